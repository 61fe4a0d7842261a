//! The programs that a cluster is made of, and what to install where one is missing.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

/// Where Debian keeps the programs of a PostgreSQL server, by version.
const POSTGRES_VERSIONS: &str = "/usr/lib/postgresql";

/// Programs by their paths.
#[derive(Clone, Debug)]
pub struct Programs {
    /// The provider.
    pub doorward: PathBuf,
    /// Makes the data folder of a PostgreSQL server.
    pub initdb: PathBuf,
    /// The PostgreSQL server.
    pub postgres: PathBuf,
    /// Speaks to it.
    pub psql: PathBuf,
    /// The Redis server, and Sentinel.
    pub redis_server: PathBuf,
    /// Speaks to them.
    pub redis_cli: PathBuf,
    /// The balancer; empty where there is none.
    pub caddy: PathBuf,
    /// Starts programs of other accounts.
    pub setpriv: PathBuf,
}

/// What stands in front of the nodes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Front {
    /// Caddy.
    Balancer,
    /// Nothing: each node is spoken to by itself.
    Nothing,
}

impl Programs {
    /// Finds all of them; `doorward` is the provider to run, or the one that was built beside this program.
    ///
    /// # Errors
    /// When some are missing; the message has the line that installs them.
    pub fn locate(doorward: Option<PathBuf>, front: Front) -> Result<Self> {
        let mut missing = Missing::default();
        let programs = Self {
            doorward: provider(doorward)?,
            initdb: missing.unless(of_postgres("initdb"), "initdb", "postgresql"),
            postgres: missing.unless(of_postgres("postgres"), "postgres", "postgresql"),
            psql: missing.unless(in_path("psql"), "psql", "postgresql-client"),
            redis_server: missing.unless(in_path("redis-server"), "redis-server", "redis-server"),
            redis_cli: missing.unless(in_path("redis-cli"), "redis-cli", "redis-tools"),
            caddy: match front {
                Front::Balancer => missing.unless(in_path("caddy"), "caddy", "caddy"),
                Front::Nothing => PathBuf::new(),
            },
            setpriv: missing.unless(in_path("setpriv"), "setpriv", "util-linux"),
        };
        missing.report()?;
        Ok(programs)
    }
}

/// What was looked for in vain.
#[derive(Debug, Default)]
struct Missing {
    programs: Vec<&'static str>,
    packages: Vec<&'static str>,
}

impl Missing {
    fn unless(
        &mut self,
        found: Option<PathBuf>,
        program: &'static str,
        package: &'static str,
    ) -> PathBuf {
        found.unwrap_or_else(|| {
            self.programs.push(program);
            if !self.packages.contains(&package) {
                self.packages.push(package);
            }
            PathBuf::new()
        })
    }

    fn report(&self) -> Result<()> {
        if self.programs.is_empty() {
            return Ok(());
        }
        bail!(
            "a cluster needs programs that are not here: {}\n\
             Install them with:  sudo apt-get install {}",
            self.programs.join(", "),
            self.packages.join(" ")
        )
    }
}

fn provider(named: Option<PathBuf>) -> Result<PathBuf> {
    let path = match named {
        Some(path) => path,
        None => env::current_exe()?.with_file_name("doorward"),
    };
    ensure!(
        path.is_file(),
        "there is no program at {}\nBuild it with `cargo build --package doorward`, or say where it is with `--doorward PATH`.",
        path.display()
    );
    Ok(path)
}

fn in_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    let system = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    env::split_paths(&folders)
        .chain(system)
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

/// A program of the server, which Debian keeps out of the search path: that of the newest version.
fn of_postgres(name: &str) -> Option<PathBuf> {
    newest(Path::new(POSTGRES_VERSIONS))
        .map(|version| version.join("bin").join(name))
        .filter(|path| path.is_file())
        .or_else(|| in_path(name))
}

fn newest(versions: &Path) -> Option<PathBuf> {
    let entries = fs::read_dir(versions).ok()?.flatten();
    let numbered = entries.filter_map(|entry| {
        let number: u32 = entry.file_name().to_str()?.parse().ok()?;
        Some((number, entry.path()))
    });
    numbered.max().map(|(_, path)| path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_told_with_the_line_that_installs_it() {
        let mut missing = Missing::default();
        missing.unless(None, "initdb", "postgresql");
        missing.unless(None, "postgres", "postgresql");
        missing.unless(None, "caddy", "caddy");
        missing.unless(Some("/bin/sh".into()), "sh", "dash");

        let report = missing.report().unwrap_err().to_string();

        assert!(report.contains("initdb, postgres, caddy"), "{report}");
        assert!(
            report.ends_with("sudo apt-get install postgresql caddy"),
            "{report}"
        );
        assert!(Missing::default().report().is_ok());
    }

    #[test]
    fn the_newest_version_is_the_greatest_number_and_not_the_last_word() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["9", "15", "16-old", "common"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        assert_eq!(newest(folder.path()), Some(folder.path().join("15")));
        assert_eq!(newest(&folder.path().join("none")), None);
    }
}
