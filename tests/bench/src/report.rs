//! The report in Markdown: the machine, its limits, the cells, the goals, and what to doubt.

use std::fmt::{self, Display, Formatter};

use doorward_tests::machine::Machine;

use crate::{
    cell::Cell,
    crowd::Starts,
    goals::{Bound, Goal},
    run::Figures,
    signature::Algorithm,
    yardstick::Yardstick,
};

/// A core that is slower than this share of the fastest seen makes a figure doubtful.
const SLOW: f64 = 0.85;

/// Everything that was measured, for people.
pub(crate) struct Report<'a> {
    figures: &'a Figures,
    goals: &'a [Goal],
    fastest_core: f64,
}

impl<'a> Report<'a> {
    /// A report of these figures and goals.
    pub(crate) fn new(figures: &'a Figures, goals: &'a [Goal]) -> Self {
        let speeds = figures.cells.iter().flat_map(|cell| cell.usage.core_speed);
        Self {
            figures,
            goals,
            fastest_core: speeds.fold(0.0, f64::max),
        }
    }

    fn is_doubtful(&self, cell: &Cell) -> bool {
        let slow = cell
            .usage
            .core_speed
            .iter()
            .any(|speed| *speed < SLOW * self.fastest_core);
        cell.usage.is_disturbed() || slow
    }
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Figures {
            machine,
            yardstick,
            cells,
            ..
        } = self.figures;
        write_machine(machine, f)?;
        if let Some(yardstick) = yardstick {
            write_yardstick(yardstick, machine.cores, f)?;
        }
        if !cells.is_empty() {
            self.write_cells(f)?;
        }
        if let Some(starts) = &self.figures.starts {
            write_starts(starts, f)?;
        }
        write_goals(self.goals, f)?;
        self.write_failures(f)
    }
}

/// Says which machine it was.
pub(crate) fn write_machine(machine: &Machine, f: &mut Formatter<'_>) -> fmt::Result {
    let Machine {
        date,
        processor,
        cores,
        kernel,
        rustc,
        governor,
        product,
    } = machine;
    writeln!(
        f,
        "{product}, measured on {date}: {processor}, {cores} cores, Linux {kernel}"
    )?;
    if let Some(governor) = governor {
        writeln!(f, "Processor frequency: {governor}")?;
    }
    if let Some(rustc) = rustc {
        writeln!(f, "Compiler on this machine: {rustc}")?;
    }
    Ok(())
}

/// Says what a start costs with few clients and with many.
fn write_starts(starts: &Starts, f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n## Start on existing data\n")?;
    writeln!(
        f,
        "| clients | ready after | resident then |\n|---|---:|---:|"
    )?;
    let few = Algorithm::ALL.len().to_string();
    let many = grouped(starts.clients.into());
    for (clients, start) in [(few, starts.few), (many, starts.many)] {
        let (ready, resident) = (grouped(start.ready_ms), grouped(start.resident_mb));
        writeln!(f, "| {clients} | {ready} ms | {resident} MB |")?;
    }
    Ok(())
}

/// Says what the machine can do at best.
pub(crate) fn write_yardstick(
    yardstick: &Yardstick,
    cores: usize,
    f: &mut Formatter<'_>,
) -> fmt::Result {
    writeln!(f, "\n## What this machine can do\n")?;
    writeln!(f, "| limit | one core | {cores} cores |\n|---|---:|---:|")?;
    for algorithm in Algorithm::ALL {
        writeln!(
            f,
            "| {algorithm} signature | {:.0} µs | |",
            yardstick.signature_us(algorithm)
        )?;
    }
    let (one, all) = (yardstick.hashes_one_core, yardstick.hashes_all_cores);
    writeln!(f, "| password hash | {one:.1}/s | {all:.1}/s |")
}

impl Report<'_> {
    fn write_cells(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "\n## Cells\n")?;
        writeln!(
            f,
            "| operation | connections | per second | p50 ms | p99 ms | CPU µs | server cores | resident MB | others' cores | stolen cores | core speed |"
        )?;
        writeln!(f, "|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---:|")?;
        for cell in &self.figures.cells {
            let Cell {
                shape,
                connections,
                rate,
                p50_ms,
                p99_ms,
                cpu_us,
                usage,
                ..
            } = cell;
            let mark = if self.is_doubtful(cell) { " !" } else { "" };
            let [before, after] = usage.core_speed;
            writeln!(
                f,
                "| {shape}{mark} | {connections} | {} | {p50_ms:.2} | {p99_ms:.2} | {} | {:.2} | {:.0} | {:.2} | {:.2} | {before:.0} to {after:.0} |",
                grouped(*rate),
                grouped(*cpu_us),
                usage.server_cores,
                usage.resident_mb,
                usage.other_cores,
                usage.stolen_cores,
            )?;
        }
        if self.figures.cells.iter().any(|cell| self.is_doubtful(cell)) {
            writeln!(
                f,
                "\n! disturbed by other processes, by the hypervisor, or by a slow core: measure again."
            )?;
        }
        Ok(())
    }

    fn write_failures(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let failures = failures(self.figures);
        if !failures.is_empty() {
            writeln!(f, "\n## Failures\n\nFigures of these are no figures.\n")?;
        }
        failures
            .iter()
            .try_for_each(|failure| writeln!(f, "- {failure}"))
    }
}

fn write_goals(goals: &[Goal], f: &mut Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n## Goals\n")?;
    writeln!(
        f,
        "| | what | measured | goal | yardstick | measured / goal | |\n|---|---|---:|---:|---|---:|---|"
    )?;
    for goal in goals {
        let Goal {
            id,
            subject,
            measured,
            bound,
            unit,
            yardstick,
        } = goal;
        let (side, limit) = match bound {
            Bound::AtMost(limit) => ("≤", limit),
            Bound::AtLeast(limit) => ("≥", limit),
        };
        let ratio = goal
            .ratio()
            .map_or_else(String::new, |ratio| format!("{ratio:.2}"));
        writeln!(
            f,
            "| {id} | {subject} | {} {unit} | {side} {} {unit} | {yardstick} | {ratio} | {} |",
            grouped(*measured),
            grouped(*limit),
            verdict(goal),
        )?;
    }
    Ok(())
}

fn verdict(goal: &Goal) -> String {
    match goal.ratio() {
        _ if goal.is_met() => "met".to_owned(),
        Some(ratio) => format!("**missed by {:.0} %**", (ratio - 1.0).abs() * 100.0),
        None => "**missed**".to_owned(),
    }
}

/// What went wrong, as sentences.
pub(crate) fn failures(figures: &Figures) -> Vec<String> {
    let cells = figures.cells.iter().map(|cell| {
        let what = format!("{} at {} connections", cell.shape, cell.connections);
        (what, cell.failures, &cell.first_failure)
    });
    let starvation = figures.starvation.iter().map(|of| {
        (
            "tokens while people log in".to_owned(),
            of.failures,
            &of.first_failure,
        )
    });
    let memory = figures.memory.iter().flat_map(|of| {
        let flood = &of.flood;
        [
            ("memory".to_owned(), of.failures, &of.first_failure),
            (
                "the flood of logins".to_owned(),
                flood.failed,
                &flood.first_failure,
            ),
        ]
    });
    cells
        .chain(starvation)
        .chain(memory)
        .filter_map(|(what, failures, first)| {
            let first = first.as_deref()?;
            Some(format!(
                "{what}: {failures} workers failed, the first because {first}"
            ))
        })
        .collect()
}

/// A number as people read it: its thousands apart, and digits after the point only where they say something.
pub(crate) fn grouped(number: f64) -> String {
    if number.fract() == 0.0 && number < 1_000.0 {
        return format!("{number:.0}");
    }
    if number < 10.0 {
        return format!("{number:.2}");
    }
    if number < 1_000.0 {
        return format!("{number:.1}");
    }
    let digits = format!("{number:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        let written = [0.0, 1.0, 0.126, 12.34, 999.96, 1_234.5, 12_345_678.0].map(grouped);
        assert_eq!(
            written,
            ["0", "1", "0.13", "12.3", "1000.0", "1,234", "12,345,678"]
        );
    }
}
