//! What came of it, as a table that is read on a terminal and in Markdown alike.

use std::fmt::{self, Display};

use doorward_tests::machine::Machine;

use crate::ledger::{Faults, Kind};
use crate::load::Figures;

/// What became of one scenario.
#[derive(Debug)]
pub(crate) struct Row {
    /// What was broken.
    pub(crate) name: String,
    /// How it went.
    pub(crate) outcome: Outcome,
}

/// How a scenario went.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// It came to its end.
    Ran {
        figures: Figures,
        faults: Faults,
        /// What this scenario must not have besides, if it had it.
        broken_promise: Option<String>,
    },
    /// It did not: the cluster did not come back, most likely.
    Failed(String),
    /// This machine does not permit it.
    NotRun(String),
}

/// The counts, in the order of their columns.
const COUNTS: [Kind; 5] = [
    Kind::Lost,
    Kind::SpentTwice,
    Kind::Revived,
    Kind::Unbound,
    Kind::Leaked,
];

const HEAD: [&str; 12] = [
    "scenario",
    "requests",
    "refused, with Retry-After",
    "refused, without",
    "no answer",
    "slowest refusal",
    "longest gap",
    "writes lost",
    "spent twice",
    "revived",
    "without key",
    "secrets in logs",
];

impl Row {
    /// Whether it proves what it is to prove.
    pub(crate) fn passed(&self) -> bool {
        match &self.outcome {
            Outcome::Ran {
                faults,
                broken_promise,
                ..
            } => faults.all().is_empty() && broken_promise.is_none(),
            Outcome::Failed(_) | Outcome::NotRun(_) => false,
        }
    }

    /// Whether it was left out.
    pub(crate) const fn left_out(&self) -> bool {
        matches!(self.outcome, Outcome::NotRun(_))
    }

    fn cells(&self) -> Vec<String> {
        let mut cells = vec![self.name.clone()];
        match &self.outcome {
            Outcome::Ran {
                figures, faults, ..
            } => {
                let counted = [
                    figures.requests,
                    figures.later,
                    figures.unable + figures.surprises,
                    figures.silence,
                ];
                cells.extend(counted.map(|count| count.to_string()));
                let times = [figures.slowest_refusal, figures.longest_gap];
                cells.extend(times.map(|time| format!("{:.1} s", time.as_secs_f64())));
                cells.extend(COUNTS.map(|kind| faults.count(kind).to_string()));
            }
            Outcome::Failed(_) => cells.push("FAILED".to_owned()),
            Outcome::NotRun(_) => cells.push("NOT RUN".to_owned()),
        }
        cells.resize(HEAD.len(), String::new());
        cells
    }

    /// What a person should know besides the figures.
    pub(crate) fn notes(&self) -> Vec<String> {
        match &self.outcome {
            Outcome::Failed(reason) => vec![format!("failed: {reason}")],
            Outcome::NotRun(reason) => vec![format!("NOT RUN: {reason}")],
            Outcome::Ran {
                figures,
                faults,
                broken_promise,
            } => {
                let told = faults.all().iter().take(10).map(|fault| fault.what.clone());
                let mut notes: Vec<_> = broken_promise.iter().cloned().chain(told).collect();
                if faults.excused() > 0 {
                    let excused = faults.excused();
                    notes.push(format!(
                        "the session store forgot {excused} entries, as it may here"
                    ));
                }
                let surprised = figures.surprised.iter();
                notes.extend(surprised.map(|what| format!("odd: {what}")));
                notes
            }
        }
    }
}

/// The whole report.
pub(crate) struct Report<'a> {
    pub(crate) rows: &'a [Row],
    pub(crate) machine: Machine,
    pub(crate) seed: u64,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let machine = &self.machine;
        writeln!(
            f,
            "{}, {} on {} cores, Linux {}; {}, seed {}\n",
            machine.date,
            machine.processor,
            machine.cores,
            machine.kernel,
            machine.product,
            self.seed
        )?;
        table(f, self.rows)?;
        for row in self.rows {
            for note in row.notes() {
                writeln!(f, "\n- {}: {note}", row.name)?;
            }
        }
        Ok(())
    }
}

fn table(f: &mut fmt::Formatter<'_>, rows: &[Row]) -> fmt::Result {
    let mut lines = vec![HEAD.map(str::to_owned).to_vec()];
    lines.extend(rows.iter().map(Row::cells));
    let widths: Vec<usize> = (0..HEAD.len())
        .map(|column| {
            let cells = lines.iter().filter_map(|cells| cells.get(column));
            cells.map(|cell| cell.chars().count()).max().unwrap_or(0)
        })
        .collect();
    for (number, cells) in lines.iter().enumerate() {
        for (column, (cell, width)) in cells.iter().zip(&widths).enumerate() {
            match column {
                0 => write!(f, "| {cell:<width$} ")?,
                _ => write!(f, "| {cell:>width$} ")?,
            }
        }
        writeln!(f, "|")?;
        if number == 0 {
            for (column, width) in widths.iter().enumerate() {
                let rule = "-".repeat(width + 1);
                let (left, right) = if column == 0 { ("-", "") } else { ("", ":") };
                write!(f, "|{left}{rule}{right}")?;
            }
            writeln!(f, "|")?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ledger::Ledger;

    fn row(faults: Faults, broken_promise: Option<String>) -> Row {
        Row {
            name: "a node is killed".to_owned(),
            outcome: Outcome::Ran {
                figures: Figures::default(),
                faults,
                broken_promise,
            },
        }
    }

    fn faults(kind: Kind) -> Faults {
        let mut ledger = Ledger::default();
        ledger.fault(kind, "it".to_owned());
        ledger.take_faults()
    }

    #[test]
    fn one_count_that_is_not_zero_fails_its_row_and_is_shown_in_its_column() {
        assert!(row(Faults::default(), None).passed());
        for (column, kind) in COUNTS.into_iter().enumerate() {
            let failed = row(faults(kind), None);
            assert!(!failed.passed());
            let cells = failed.cells();
            assert_eq!(cells[7 + column], "1");
            assert_eq!(
                cells[7..].iter().filter(|cell| *cell == "0").count(),
                COUNTS.len() - 1
            );
        }
    }

    #[test]
    fn what_failed_was_left_out_or_broke_a_promise_has_not_passed() {
        let lost = row(Faults::default(), Some("a request was lost".to_owned()));
        assert!(!lost.passed() && !lost.left_out());
        for outcome in [
            Outcome::Failed("it did not come back".to_owned()),
            Outcome::NotRun("no disk".to_owned()),
        ] {
            let left_out = matches!(outcome, Outcome::NotRun(_));
            let row = Row {
                name: "a full disk".to_owned(),
                outcome,
            };
            assert_eq!((row.passed(), row.left_out()), (false, left_out));
            assert_eq!(row.cells().len(), HEAD.len());
        }
    }
}
