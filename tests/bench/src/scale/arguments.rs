//! The command line of the comparison of sizes.

use std::{path::PathBuf, time::Duration};

use clap::{Args, ValueEnum};

use super::backing::{Backing, DirectoryStore, SessionStore};
use crate::driver::Window;

const EXAMPLES: &str = "\
Examples:
  doorward-bench scale                                      SQLite with embedded sessions, PostgreSQL with Redis
  doorward-bench scale --directory sqlite --sessions redis  that pair alone
  doorward-bench scale --people 1000,20000 --seconds 1      to see that it works, not to compare

What is filled stays in the folder that --keep names, so that the next run does not fill it again.";

/// How to compare sizes.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub(crate) struct ScaleArguments {
    /// How many people; each size is compared with the first
    #[arg(long, value_name = "N,M", value_delimiter = ',', default_values_t = [10_000, 1_000_000],
          value_parser = clap::value_parser!(u32).range(1_000..=50_000_000))]
    pub(crate) people: Vec<u32>,
    /// Where the directory is
    #[arg(long, value_enum, default_value_t = Directories::Both)]
    directory: Directories,
    /// Where sessions are; with `both` SQLite has embedded ones and PostgreSQL has Redis
    #[arg(long, value_enum, default_value_t = Sessions::Both)]
    sessions: Sessions,
    /// Measure each cell so long
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u32).range(1..=60))]
    seconds: u32,
    /// Measure each cell so often, and take the median
    #[arg(long, value_name = "TIMES", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=20))]
    pub(crate) rounds: u32,
    /// Where filled directories are kept
    #[arg(long, value_name = "FOLDER", default_value = "target/scale")]
    pub(crate) keep: PathBuf,
    /// The program to measure [default: `doorward` beside this program]
    #[arg(long, value_name = "PATH")]
    pub(crate) doorward: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Directories {
    Sqlite,
    Postgres,
    Both,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Sessions {
    Embedded,
    Redis,
    Both,
}

impl ScaleArguments {
    /// The pairs of stores to measure.
    pub(crate) fn backings(&self) -> Vec<Backing> {
        let directories = match self.directory {
            Directories::Sqlite => vec![DirectoryStore::Sqlite],
            Directories::Postgres => vec![DirectoryStore::Postgres],
            Directories::Both => vec![DirectoryStore::Sqlite, DirectoryStore::Postgres],
        };
        let sessions = |directory| match (self.sessions, directory) {
            (Sessions::Embedded, _) | (Sessions::Both, DirectoryStore::Sqlite) => {
                SessionStore::Embedded
            }
            (Sessions::Redis, _) | (Sessions::Both, DirectoryStore::Postgres) => {
                SessionStore::Redis
            }
        };
        let pair = |directory| Backing {
            directory,
            sessions: sessions(directory),
        };
        directories.into_iter().map(pair).collect()
    }

    /// How long to measure.
    pub(crate) fn window(&self) -> Window {
        let measured = Duration::from_secs(self.seconds.into());
        Window {
            warm_up: measured / 4,
            measured,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        scale: ScaleArguments,
    }

    fn pairs(words: &[&str]) -> Vec<String> {
        let words = ["scale"].iter().chain(words);
        let backings = Line::parse_from(words).scale.backings();
        backings.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn without_a_choice_each_store_is_measured_once() {
        assert_eq!(pairs(&[]), ["SQLite, embedded", "PostgreSQL, Redis"]);
    }

    #[test]
    fn any_pair_can_be_asked_for() {
        let asked = ["--directory", "sqlite", "--sessions", "redis"];
        assert_eq!(pairs(&asked), ["SQLite, Redis"]);
    }
}
