//! The command line.

use std::{path::PathBuf, time::Duration};

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::{driver::Window, reference::ReferenceArguments, scale::ScaleArguments};

/// Measures Doorward beside a reference server, in one run on one machine.
///
/// It sets up a fresh Doorward in a temporary directory, with four people and three clients, and a
/// reference server that does the least a token endpoint can do. Then it puts the same load on the one
/// and the other in turn, measures what the machine itself can sign and hash, and prints the figures
/// and how they stand to the goals. Nothing leaves the machine and nothing remains on it.
#[derive(Debug, Parser)]
#[command(name = "doorward-bench", version, args_conflicts_with_subcommands = true, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// What to do instead of measuring.
    #[command(subcommand)]
    pub(crate) command: Option<Instead>,
    /// How to measure.
    #[command(flatten)]
    pub(crate) measure: MeasureArguments,
}

const EXAMPLES: &str = "\
Examples:
  doorward-bench                              everything, about half an hour
  doorward-bench --quick                      everything in short, to see that it works
  doorward-bench --only refresh --only code   two shapes and their goals
  doorward-bench --only clients               a directory of 100,000 clients beside one of three
  doorward-bench --json figures.json          the figures for a program as well

Before a run that counts, end everything else on the machine. A figure marked with ! was disturbed
by other processes or by the hypervisor; compare figures of one run only.";

/// What else this program does.
#[derive(Debug, Subcommand)]
pub(crate) enum Instead {
    /// Be the reference server
    #[command(hide = true)]
    Reference(ReferenceArguments),
    /// Compare ten thousand people with a million: what each endpoint costs, and what a row takes
    Scale(ScaleArguments),
}

/// How to measure.
#[derive(Args, Debug)]
pub(crate) struct MeasureArguments {
    /// The program to measure [default: `doorward` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) doorward: Option<PathBuf>,
    /// Measure this part alone; may be given more than once
    #[arg(long, value_name = "PART")]
    only: Vec<Part>,
    /// Measure each cell so often, and take the median
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,
    /// Measure each cell so long
    #[arg(long, value_name = "SECONDS", default_value_t = 4, value_parser = clap::value_parser!(u32).range(1..))]
    seconds: u32,
    /// How many clients there are where there are many
    #[arg(long, value_name = "CLIENTS", default_value_t = 100_000, value_parser = clap::value_parser!(u32).range(3..))]
    pub(crate) clients: u32,
    /// One repeat of one second: to see that it works, not to compare
    #[arg(long, conflicts_with_all = ["repeats", "seconds"])]
    quick: bool,
    /// Write all figures to this file as well
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// A part of the benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Part {
    /// The discovery document
    Discovery,
    /// The public keys
    Jwks,
    /// A token for the client itself, by its own credentials
    Credentials,
    /// The same for few clients and for any of a hundred thousand, and the start with those
    Clients,
    /// Refreshing, with a refresh token that changes each time
    Refresh,
    /// What an access token stands for
    Introspection,
    /// Whether a request to a site may pass
    ForwardAuth,
    /// A code without a prompt, and its exchange
    Code,
    /// A login in a fresh browser, by password
    Login,
    /// The token endpoint while people log in
    Starvation,
    /// Memory, idle and under load, and a flood of logins
    Memory,
    /// Start on empty and on existing data, and the end under load
    Start,
}

impl MeasureArguments {
    /// Whether a part is to be measured.
    pub(crate) fn includes(&self, part: Part) -> bool {
        self.only.is_empty() || self.only.contains(&part)
    }

    /// How often to measure.
    pub(crate) fn repeats(&self) -> u32 {
        if self.quick { 1 } else { self.repeats }
    }

    /// How long to measure.
    pub(crate) fn window(&self) -> Window {
        let seconds = if self.quick { 1 } else { self.seconds };
        let measured = Duration::from_secs(seconds.into());
        Window {
            warm_up: measured / 4,
            measured,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_a_choice_everything_is_measured() {
        let all = Arguments::parse_from(["doorward-bench"]).measure;
        let some = Arguments::parse_from(["doorward-bench", "--only", "code", "--quick"]).measure;

        assert!(
            Part::value_variants()
                .iter()
                .all(|part| all.includes(*part))
        );
        assert!(some.includes(Part::Code) && !some.includes(Part::Login));
        assert_eq!((all.repeats(), some.repeats()), (3, 1));
    }
}
