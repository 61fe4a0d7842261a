//! The comparison in Markdown.

use std::fmt::{self, Display, Formatter};

use doorward_tests::machine::Machine;

use super::{backing::Backing, endpoint::Endpoint, figures::Figures, sizes::Size};
use crate::{
    report::{grouped, write_machine, write_yardstick},
    yardstick::Yardstick,
};

/// By how much an endpoint may cost more, and take longer, at a greater size.
const GROWTH: f64 = 0.2;

/// What two nodes must carry of what one does.
const TWO_NODES: f64 = 1.8;

/// Everything that was measured.
pub(crate) struct Report {
    /// Where.
    pub(crate) machine: Machine,
    /// What the machine can do at best.
    pub(crate) yardstick: Option<Yardstick>,
    /// Each backing at each size, the sizes of one backing one after the other.
    pub(crate) scales: Vec<Scale>,
    /// One node beside two.
    pub(crate) spread: Vec<Spread>,
}

/// One backing at one size.
pub(crate) struct Scale {
    pub(crate) backing: Backing,
    pub(crate) people: u32,
    pub(crate) clients: u32,
    /// What its node took in memory at its start, in megabytes.
    pub(crate) idle_mb: f64,
    /// What rows take.
    pub(crate) sizes: Vec<Size>,
    /// What endpoints cost.
    pub(crate) cells: Vec<(Endpoint, Figures)>,
}

/// The same load at one node, and shared out between two.
pub(crate) struct Spread {
    pub(crate) endpoint: Endpoint,
    pub(crate) one: Figures,
    pub(crate) two: Figures,
}

impl Spread {
    /// How many times the load of one node two carry, if each has a core as it has now.
    fn factor(&self) -> f64 {
        2.0 * self.one.node_us / self.two.node_us
    }
}

impl Report {
    /// Whether nothing failed.
    pub(crate) fn is_complete(&self) -> bool {
        self.figures().all(|(_, figures)| figures.failures == 0)
    }

    fn figures(&self) -> impl Iterator<Item = (String, &Figures)> {
        let cells = self.scales.iter().flat_map(|scale| {
            let named = |(endpoint, figures)| {
                let (backing, people) = (scale.backing, scale.people);
                (format!("{endpoint}, {backing}, {people} people"), figures)
            };
            scale
                .cells
                .iter()
                .map(|(endpoint, figures)| (endpoint, figures))
                .map(named)
        });
        let spread = self.spread.iter().flat_map(|spread| {
            let name = |nodes| format!("{}, {nodes}", spread.endpoint);
            [
                (name("one node"), &spread.one),
                (name("two nodes"), &spread.two),
            ]
        });
        cells.chain(spread)
    }

    /// The scale that another is compared with: the first of its backing.
    fn base(&self, of: &Scale) -> Option<&Scale> {
        let base = self
            .scales
            .iter()
            .find(|scale| scale.backing == of.backing)?;
        (base.people != of.people).then_some(base)
    }
}

impl Display for Report {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write_machine(&self.machine, f)?;
        if let Some(yardstick) = &self.yardstick {
            write_yardstick(yardstick, self.machine.cores, f)?;
        }
        self.write_cells(f)?;
        self.write_growth(f)?;
        self.write_memory(f)?;
        self.write_sizes(f)?;
        self.write_spread(f)?;
        self.write_failures(f)
    }
}

impl Report {
    fn write_cells(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### Cells\n")?;
        writeln!(
            f,
            "| endpoint | stores | people | operations | p50 ms | p99 ms | node CPU µs | database CPU µs | Redis CPU µs | WAL bytes | others' cores | stolen cores |\n\
             |---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|"
        )?;
        for endpoint in Endpoint::ALL {
            for scale in &self.scales {
                for (_, figures) in scale.cells.iter().filter(|(of, _)| *of == endpoint) {
                    let mark = if figures.is_disturbed() { " !" } else { "" };
                    let people = grouped(scale.people.into());
                    write!(f, "| {endpoint}{mark} | {} | {people} ", scale.backing)?;
                    write_figures(figures, f)?;
                }
            }
        }
        if self.figures().any(|(_, figures)| figures.is_disturbed()) {
            writeln!(
                f,
                "\n! disturbed by other processes or by the hypervisor: measure again."
            )?;
        }
        Ok(())
    }

    fn write_growth(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### Growth\n")?;
        writeln!(
            f,
            "| endpoint | stores | people | node CPU | all CPU | p99 | CPU: at most {0:.0} % | p99: at most {0:.0} % |\n|---|---|---|---:|---:|---:|---|---|",
            GROWTH * 100.0
        )?;
        for endpoint in Endpoint::ALL {
            for scale in &self.scales {
                let Some(base) = self.base(scale) else {
                    continue;
                };
                let (few, many) = (grouped(base.people.into()), grouped(scale.people.into()));
                let figures = |of: &Scale| {
                    let mut cells = of.cells.iter();
                    cells
                        .find(|(of, _)| *of == endpoint)
                        .map(|(_, figures)| figures.clone())
                };
                if let (Some(base), Some(figures)) = (figures(base), figures(scale)) {
                    write!(f, "| {endpoint} | {} | {few} to {many} ", scale.backing)?;
                    write_growth(&base, &figures, f)?;
                }
            }
        }
        Ok(())
    }

    fn write_memory(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### Memory of a node\n")?;
        writeln!(
            f,
            "| stores | people | clients | at its start, MB | under load, MB | bytes for each client more |\n|---|---:|---:|---:|---:|---:|"
        )?;
        for scale in &self.scales {
            let resident = scale.cells.iter().map(|(_, figures)| figures.resident_mb);
            let bytes = self.base(scale).map_or_else(String::new, |base| {
                let more = f64::from(scale.clients) - f64::from(base.clients);
                grouped((scale.idle_mb - base.idle_mb) * 1024.0 * 1024.0 / more)
            });
            writeln!(
                f,
                "| {} | {} | {} | {:.1} | {:.1} | {bytes} |",
                scale.backing,
                grouped(scale.people.into()),
                grouped(scale.clients.into()),
                scale.idle_mb,
                resident.fold(0.0, f64::max),
            )?;
        }
        Ok(())
    }

    fn write_sizes(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n### Bytes of a row, with its indexes\n")?;
        writeln!(f, "| row | stores | rows | bytes |\n|---|---|---:|---:|")?;
        for scale in self
            .scales
            .iter()
            .filter(|scale| self.base(scale).is_some())
        {
            for Size { name, rows, bytes } in &scale.sizes {
                let (rows, bytes) = (grouped(*rows), grouped(bytes.round()));
                writeln!(f, "| {name} | {} | {rows} | {bytes} |", scale.backing)?;
            }
        }
        Ok(())
    }

    fn write_spread(&self, f: &mut Formatter<'_>) -> fmt::Result {
        if self.spread.is_empty() {
            return Ok(());
        }
        writeln!(f, "\n### One node and two, on PostgreSQL and Redis\n")?;
        writeln!(
            f,
            "| endpoint | node CPU µs, one node | node CPU µs, two nodes | database CPU µs, one | two | two nodes carry | goal: at least {TWO_NODES} × |\n|---|---:|---:|---:|---:|---:|---|"
        )?;
        for spread in &self.spread {
            let Spread { endpoint, one, two } = spread;
            writeln!(
                f,
                "| {endpoint} | {} | {} | {} | {} | {:.2} × | {} |",
                grouped(one.node_us),
                grouped(two.node_us),
                grouped(one.database_us),
                grouped(two.database_us),
                spread.factor(),
                verdict(spread.factor() >= TWO_NODES),
            )?;
        }
        Ok(())
    }

    fn write_failures(&self, f: &mut Formatter<'_>) -> fmt::Result {
        for (what, figures) in self.figures() {
            if let Some(first) = &figures.first_failure {
                writeln!(
                    f,
                    "\n{what}: {} workers failed, the first because {first}",
                    figures.failures
                )?;
            }
        }
        Ok(())
    }
}

fn write_figures(figures: &Figures, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(
        f,
        "| {} | {:.2} | {:.2} | {} | {} | {} | {} | {:.2} | {:.2} |",
        grouped(figures.operations),
        figures.p50_ms,
        figures.p99_ms,
        grouped(figures.node_us),
        grouped(figures.database_us),
        grouped(figures.sessions_us),
        grouped(figures.logged.round()),
        figures.other_cores,
        figures.stolen_cores,
    )
}

fn write_growth(base: &Figures, figures: &Figures, f: &mut Formatter<'_>) -> fmt::Result {
    let growth = |of: fn(&Figures) -> f64| of(figures) / of(base) - 1.0;
    let node = growth(|of| of.node_us);
    let total = growth(Figures::total_us);
    let p99 = growth(|of| of.p99_ms);
    let cpu = verdict(node.max(total) <= GROWTH);
    let doubt = if base.is_disturbed() || figures.is_disturbed() {
        ", disturbed"
    } else {
        ""
    };
    let time = verdict(p99 <= GROWTH);
    let [node, total, p99] = [node, total, p99].map(|growth| format!("{:+.0} %", growth * 100.0));
    writeln!(
        f,
        "| {node} | {total} | {p99} | {cpu}{doubt} | {time}{doubt} |"
    )
}

fn verdict(is_met: bool) -> &'static str {
    if is_met { "met" } else { "**missed**" }
}
