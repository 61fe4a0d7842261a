//! What the kernel knows about processes and the machine ([proc(5)]).
//!
//! [proc(5)]: https://man7.org/linux/man-pages/man5/proc.5.html

use std::{fs, time::Duration};

use anyhow::Context;

/// What one process has used since it started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ProcessUsage {
    /// User and system time of all its threads.
    pub(crate) cpu: Duration,
}

impl ProcessUsage {
    /// Reads the usage of a process.
    pub(crate) fn of(pid: u32) -> anyhow::Result<Self> {
        let path = format!("/proc/{pid}/stat");
        let stat = fs::read_to_string(&path).with_context(|| path.clone())?;
        Self::parse(&stat, ticks_per_second()).with_context(|| format!("{path} reads {stat}"))
    }

    /// Reads the usage of a process and its children, those that have ended included.
    pub(crate) fn of_family(pid: u32) -> anyhow::Result<Self> {
        let path = format!("/proc/{pid}/stat");
        let stat = fs::read_to_string(&path).with_context(|| path.clone())?;
        let parent = Self::parse_family(&stat, ticks_per_second());
        let mut family = parent.with_context(|| format!("{path} reads {stat}"))?;
        let children = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children"))?;
        for child in children.split_ascii_whitespace() {
            // One that ended just now is counted with its parent's the next time.
            if let Ok(usage) = Self::of(child.parse()?) {
                family.cpu += usage.cpu;
            }
        }
        Ok(family)
    }

    /// Reads `/proc/PID/stat`. The command's name may itself hold spaces and parentheses.
    fn parse(stat: &str, ticks_per_second: f64) -> Option<Self> {
        Self::sum(stat, 2, ticks_per_second)
    }

    /// The same, and the time of the children that have ended.
    fn parse_family(stat: &str, ticks_per_second: f64) -> Option<Self> {
        Self::sum(stat, 4, ticks_per_second)
    }

    /// Adds up the first of the fields user, system, children's user and children's system time.
    fn sum(stat: &str, fields: usize, ticks_per_second: f64) -> Option<Self> {
        let (_, after_name) = stat.rsplit_once(')')?;
        let times = after_name.split_ascii_whitespace().skip(11).take(fields);
        let times: Vec<u32> = times.map(str::parse).collect::<Result<_, _>>().ok()?;
        let ticks: f64 = times.iter().copied().map(f64::from).sum();
        (times.len() == fields).then(|| Self {
            cpu: Duration::from_secs_f64(ticks / ticks_per_second),
        })
    }
}

/// Resident memory of a process in megabytes (of 1024 × 1024 bytes).
pub(crate) fn resident_megabytes(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let status = fs::read_to_string(&path).with_context(|| path.clone())?;
    parse_resident(&status).with_context(|| format!("no VmRSS in {path}"))
}

fn parse_resident(status: &str) -> Option<f64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: u32 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(f64::from(kilobytes) / 1024.0)
}

/// What all cores together have done since the machine started.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct MachineUsage {
    /// Seconds of work, of all processes and the kernel.
    pub(crate) busy_seconds: f64,
    /// Seconds that the hypervisor gave to others.
    pub(crate) stolen_seconds: f64,
}

impl MachineUsage {
    /// Reads the machine's usage.
    pub(crate) fn now() -> anyhow::Result<Self> {
        let stat = fs::read_to_string("/proc/stat").context("/proc/stat")?;
        Self::parse(&stat, ticks_per_second()).context("no line for all cores in /proc/stat")
    }

    fn parse(stat: &str, ticks_per_second: f64) -> Option<Self> {
        let line = stat.lines().find_map(|line| line.strip_prefix("cpu "))?;
        let fields: Vec<f64> = line
            .split_ascii_whitespace()
            .map(str::parse)
            .collect::<Result<_, _>>()
            .ok()?;
        let &[
            user,
            nice,
            system,
            _idle,
            _waiting,
            interrupts,
            soft_interrupts,
            stolen,
            ..,
        ] = fields.as_slice()
        else {
            return None;
        };
        let busy = user + nice + system + interrupts + soft_interrupts;
        Some(Self {
            busy_seconds: busy / ticks_per_second,
            stolen_seconds: stolen / ticks_per_second,
        })
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "the kernel's ticks are 100 or 1000 per second"
)]
fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cpu_time_is_user_and_system_time_whatever_the_command_is_called() {
        let stat = "42 (a) b (c) R 1 42 42 0 -1 4194304 100 0 0 0 150 50 0 0 20 0 7 0 1234 5678 90";

        let usage = ProcessUsage::parse(stat, 100.0).unwrap();

        assert_eq!(usage.cpu, Duration::from_secs(2));
        let stat = stat.replace("150 50 0 0", "150 50 70 30");
        let family = ProcessUsage::parse_family(&stat, 100.0).unwrap();
        assert_eq!(family.cpu, Duration::from_secs(3));
        assert_eq!(ProcessUsage::parse("42 (a", 100.0), None);
    }

    #[test]
    fn resident_memory_is_read_in_megabytes() {
        let status = "Name:\tdoorward\nVmHWM:\t  40960 kB\nVmRSS:\t   30720 kB\nThreads:\t5\n";

        assert_eq!(parse_resident(status), Some(30.0));
        assert_eq!(parse_resident("Name:\tkthreadd\n"), None);
    }

    #[test]
    fn busy_time_leaves_out_idling_waiting_and_stolen_time() {
        let stat = "cpu  100 20 30 4000 500 6 4 70 9 0\ncpu0 1 1 1 1 1 1 1 1 0 0\n";

        let usage = MachineUsage::parse(stat, 10.0).unwrap();

        assert_eq!(
            usage,
            MachineUsage {
                busy_seconds: 16.0,
                stolen_seconds: 7.0
            }
        );
        assert_eq!(MachineUsage::parse("cpu0 1 2 3", 10.0), None);
    }

    #[test]
    fn this_process_can_be_read() {
        let pid = std::process::id();
        assert!(resident_megabytes(pid).unwrap() > 1.0);
        ProcessUsage::of(pid).unwrap();
        assert!(MachineUsage::now().unwrap().busy_seconds > 0.0);
    }
}
