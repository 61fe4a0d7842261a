//! What a server used in a window, and who else was at work on the machine.

use std::{
    hint::black_box,
    pin::pin,
    process,
    time::{Duration, Instant},
};

use serde::Serialize;
use tokio::time::timeout;

use crate::process::{MachineUsage, ProcessUsage, resident_megabytes};

/// How often the resident memory is looked at.
const SAMPLING: Duration = Duration::from_millis(100);

/// The use of a machine in a window of time. Cores are seconds of processor time per second.
#[derive(Clone, Copy, Debug, Default, Serialize)]
pub(crate) struct Usage {
    /// The length of the window.
    pub(crate) seconds: f64,
    /// Used by the server.
    pub(crate) server_cores: f64,
    /// Used by the driver.
    pub(crate) driver_cores: f64,
    /// Used by neither: a disturbance.
    pub(crate) other_cores: f64,
    /// Taken by the hypervisor: a disturbance.
    pub(crate) stolen_cores: f64,
    /// The most resident memory that the server was seen with.
    pub(crate) resident_mb: f64,
    /// The speed of a core, as [`core_speed`] has it, before and after.
    pub(crate) core_speed: [f64; 2],
}

impl Usage {
    /// More cores than this, used by others, make a figure doubtful.
    const DISTURBANCE: f64 = 0.15;

    /// Whether others used or stole so much that the figures are doubtful.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.other_cores > Self::DISTURBANCE || self.stolen_cores > Self::DISTURBANCE
    }
}

#[derive(Clone, Copy)]
struct Reading {
    at: Instant,
    server: Duration,
    driver: Duration,
    machine: MachineUsage,
}

impl Reading {
    fn now(pid: u32) -> anyhow::Result<Self> {
        Ok(Self {
            at: Instant::now(),
            server: ProcessUsage::of(pid)?.cpu,
            driver: ProcessUsage::of(process::id())?.cpu,
            machine: MachineUsage::now()?,
        })
    }

    fn until(&self, end: &Self) -> Usage {
        let seconds = (end.at - self.at).as_secs_f64();
        let cores = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64() / seconds;
        let server_cores = cores(self.server, end.server);
        let driver_cores = cores(self.driver, end.driver);
        let busy = (end.machine.busy_seconds - self.machine.busy_seconds) / seconds;
        let stolen = (end.machine.stolen_seconds - self.machine.stolen_seconds) / seconds;
        Usage {
            seconds,
            server_cores,
            driver_cores,
            other_cores: (busy - server_cores - driver_cores).max(0.0),
            stolen_cores: stolen,
            ..Usage::default()
        }
    }
}

/// Watches the server process for a while.
pub(crate) async fn watch(pid: u32, length: Duration) -> anyhow::Result<Usage> {
    let before = Reading::now(pid)?;
    let ((), resident_mb) = peak_resident_mb(pid, tokio::time::sleep(length)).await?;
    let after = Reading::now(pid)?;
    Ok(Usage {
        resident_mb,
        ..before.until(&after)
    })
}

/// Waits for something, and returns with its output the most memory that the process had meanwhile.
pub(crate) async fn peak_resident_mb<T>(
    pid: u32,
    work: impl Future<Output = T>,
) -> anyhow::Result<(T, f64)> {
    let mut work = pin!(work);
    let mut peak = resident_megabytes(pid)?;
    loop {
        let ended = timeout(SAMPLING, &mut work).await;
        peak = resident_megabytes(pid)?.max(peak);
        if let Ok(output) = ended {
            return Ok((output, peak));
        }
    }
}

/// The speed of one core now: millions of dependent multiplications per second. It tells a slow
/// moment of the machine from a slow server.
pub(crate) fn core_speed() -> f64 {
    const MILLIONS: u32 = 20;
    let begun = Instant::now();
    let mut value = black_box(3_u64);
    for _ in 0..MILLIONS * 1_000_000 {
        value = value.wrapping_mul(6_364_136_223_846_793_005) ^ 1;
    }
    black_box(value);
    f64::from(MILLIONS) / begun.elapsed().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cores_are_shared_out_between_server_driver_and_others() {
        let before = Reading {
            at: Instant::now(),
            server: Duration::from_secs(10),
            driver: Duration::from_secs(20),
            machine: MachineUsage {
                busy_seconds: 100.0,
                stolen_seconds: 5.0,
            },
        };
        let after = Reading {
            at: before.at + Duration::from_secs(2),
            server: Duration::from_secs(12),
            driver: Duration::from_secs(21),
            machine: MachineUsage {
                busy_seconds: 104.0,
                stolen_seconds: 5.5,
            },
        };

        let usage = before.until(&after);

        let shares = [
            usage.server_cores,
            usage.driver_cores,
            usage.other_cores,
            usage.stolen_cores,
        ];
        assert_eq!(
            shares.map(|cores| format!("{cores:.2}")),
            ["1.00", "0.50", "0.50", "0.25"]
        );
        assert!(usage.is_disturbed());
    }
}
