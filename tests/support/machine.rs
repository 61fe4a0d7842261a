//! The machine that the figures belong to.

use std::{fs, num::NonZero, process::Command, thread};

use serde::Serialize;
use time::OffsetDateTime;

/// What to know of a machine before comparing its figures.
#[derive(Clone, Debug, Serialize)]
pub struct Machine {
    /// The day of the run.
    pub date: String,
    /// The processor's model.
    pub processor: String,
    /// The cores that a program may use.
    pub cores: usize,
    /// The kernel's release.
    pub kernel: String,
    /// The compiler, if there is one; it need not be the one that built the programs.
    pub rustc: Option<String>,
    /// How the processor chooses its frequency, if the machine says.
    pub governor: Option<String>,
    /// The product's version.
    pub product: String,
}

/// The cores that a program may use.
pub fn cores() -> usize {
    thread::available_parallelism().map_or(1, NonZero::get)
}

impl Machine {
    /// Describes this machine.
    #[expect(
        clippy::disallowed_methods,
        reason = "the real date is what a reader wants to know"
    )]
    pub fn describe(product: String) -> Self {
        let governor = "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor";
        Self {
            date: OffsetDateTime::now_utc().date().to_string(),
            processor: read("/proc/cpuinfo")
                .and_then(|text| model(&text))
                .unwrap_or_else(unknown),
            cores: cores(),
            kernel: read("/proc/sys/kernel/osrelease").unwrap_or_else(unknown),
            rustc: rustc(),
            governor: read(governor),
            product,
        }
    }
}

fn model(cpuinfo: &str) -> Option<String> {
    let line = cpuinfo
        .lines()
        .find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

fn rustc() -> Option<String> {
    let output = Command::new("rustc").arg("--version").output().ok()?;
    let version = String::from_utf8(output.stdout).ok()?;
    Some(version.trim().to_owned()).filter(|version| !version.is_empty())
}

fn read(path: &str) -> Option<String> {
    Some(fs::read_to_string(path).ok()?.trim().to_owned())
}

fn unknown() -> String {
    "unknown".to_owned()
}

#[cfg(test)]
mod tests {
    use super::model;

    #[test]
    fn the_processors_model_is_found() {
        let cpuinfo = "processor\t: 0\nmodel name\t: A Fast One\nflags\t\t: fpu\n";
        assert_eq!(model(cpuinfo).as_deref(), Some("A Fast One"));
        assert_eq!(model("processor : 0"), None);
    }
}
