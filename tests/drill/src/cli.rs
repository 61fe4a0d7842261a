//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::scenario::Scenario;

/// Brings up a cluster of Doorward as plain processes, to look at or to break.
///
/// A cluster is PostgreSQL, Redis with a replica and three Sentinels, two nodes, and Caddy in front of them,
/// on free ports of this machine. Nothing of it remains.
#[derive(Debug, Parser)]
#[command(name = "doorward-drill", version, after_help = EXAMPLES)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

const EXAMPLES: &str = "\
Examples:
  doorward-drill up                              a cluster with two sample applications, until Ctrl+C
  doorward-drill down                            ends it from another terminal
  doorward-drill drill                           every scenario, about ten minutes
  doorward-drill drill --short                   every scenario in short
  doorward-drill drill --only kill --rounds 20   one of them

What it needs:  sudo apt-get install postgresql redis-server caddy faketime";

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring up a cluster to look at, and end it with Ctrl+C
    Up(Up),
    /// End the cluster that was brought up in another terminal
    Down,
    /// Break a cluster under load, and look for what was lost
    Drill(Drill),
}

/// How to bring up a cluster.
#[derive(Args, Debug)]
pub(crate) struct Up {
    /// Keep all data in this directory for the next time, with the same addresses and passwords
    #[arg(long, value_name = "DIR")]
    pub(crate) keep: Option<PathBuf>,
    /// The provider to run [default: `doorward` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) doorward: Option<PathBuf>,
}

/// How to drill.
///
/// People sign in, authorize applications, refresh and sign out through the balancer, and write down every
/// answer. After each scenario all that was acknowledged is asked for, at every node. The exit code is 1 when
/// an acknowledged write was lost, a code or refresh token was spent twice, something revoked came back, a
/// secret is in a log, or a scenario could not be run.
#[derive(Args, Debug)]
pub(crate) struct Drill {
    /// Fewer rounds and less load: every scenario in less than three minutes
    #[arg(long)]
    pub(crate) short: bool,
    /// How often a node is killed [default: 100, or 3 with --short]
    #[arg(long, value_name = "TIMES", value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) rounds: Option<u32>,
    /// Only this scenario; may be given more than once
    #[arg(long, value_name = "SCENARIO")]
    pub(crate) only: Vec<Scenario>,
    /// Repeat the choices of another drill, whose report names its seed
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// The provider to run [default: `doorward` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) doorward: Option<PathBuf>,
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
    fn no_round_is_no_drill() {
        let none = ["doorward-drill", "drill", "--rounds", "0"];
        assert!(Arguments::try_parse_from(none).is_err());
    }
}
