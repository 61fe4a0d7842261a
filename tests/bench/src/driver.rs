//! The closed loop: each worker performs one operation after the other, and waits for its answer.
//!
//! All workers share one thread, so the driver takes at most one core. It stops a worker at its first
//! failure: a broken chain of refresh tokens cannot go on, and a figure with failures in it is no figure.

use std::{
    cell::Cell,
    rc::Rc,
    time::{Duration, Instant},
};

use hdrhistogram::Histogram;
use tokio::task::JoinSet;

use crate::{
    operation::Operation,
    usage::{Usage, watch},
};

/// How long a load runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Window {
    /// Before anything counts.
    pub(crate) warm_up: Duration,
    /// While everything counts.
    pub(crate) measured: Duration,
}

/// What happened in a window, and what it used.
pub(crate) struct Load<U = Usage> {
    /// The times of the operations that ended well in the window.
    pub(crate) latencies: Latencies,
    /// Workers that failed, in the window or before it.
    pub(crate) failures: usize,
    /// The first failure that was seen.
    pub(crate) first_failure: Option<anyhow::Error>,
    /// What the servers and the machine used in the window.
    pub(crate) usage: U,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    WarmUp,
    Measured,
    Over,
}

/// Runs one worker per operation on the server process `pid`. Must be called inside a `LocalSet`.
pub(crate) async fn drive<O: Operation>(
    operations: Vec<O>,
    window: Window,
    pid: u32,
) -> anyhow::Result<Load> {
    drive_watched(operations, window, async |length| watch(pid, length).await).await
}

/// Runs one worker per operation while `watch` looks at whatever serves them. Must be called inside a `LocalSet`.
pub(crate) async fn drive_watched<O: Operation, U>(
    operations: Vec<O>,
    window: Window,
    watch: impl AsyncFnOnce(Duration) -> anyhow::Result<U>,
) -> anyhow::Result<Load<U>> {
    let phase = Rc::new(Cell::new(Phase::WarmUp));
    let mut workers = JoinSet::new();
    for operation in operations {
        workers.spawn_local(work(operation, Rc::clone(&phase)));
    }
    tokio::time::sleep(window.warm_up).await;
    phase.set(Phase::Measured);
    let usage = watch(window.measured).await;
    phase.set(Phase::Over);

    let mut load = Load {
        latencies: Latencies::default(),
        failures: 0,
        first_failure: None,
        usage: usage?,
    };
    while let Some(worker) = workers.join_next().await {
        let (latencies, outcome) = worker?;
        load.latencies.add(&latencies);
        if let Err(failure) = outcome {
            load.failures += 1;
            load.first_failure.get_or_insert(failure);
        }
    }
    Ok(load)
}

async fn work<O: Operation>(
    mut operation: O,
    phase: Rc<Cell<Phase>>,
) -> (Latencies, anyhow::Result<()>) {
    let mut latencies = Latencies::default();
    while phase.get() != Phase::Over {
        let begun = Instant::now();
        if let Err(failure) = operation.perform().await {
            return (latencies, Err(failure));
        }
        if phase.get() == Phase::Measured {
            latencies.record(begun.elapsed());
        }
        operation.rest().await;
    }
    (latencies, Ok(()))
}

/// Times of operations, to three significant digits.
#[derive(Default)]
pub(crate) struct Latencies(Option<Histogram<u64>>);

impl Latencies {
    /// Notes the time of one operation.
    pub(crate) fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        if let Some(histogram) = self.histogram() {
            histogram.saturating_record(micros);
        }
    }

    /// How many operations were noted.
    pub(crate) fn count(&self) -> u64 {
        self.0.as_ref().map_or(0, Histogram::len)
    }

    /// The time in milliseconds within which a share of the operations ended; 0.99 is the 99th percentile.
    pub(crate) fn quantile_ms(&self, share: f64) -> f64 {
        let micros = self
            .0
            .as_ref()
            .map_or(0, |histogram| histogram.value_at_quantile(share));
        Duration::from_micros(micros).as_secs_f64() * 1e3
    }

    fn add(&mut self, other: &Self) {
        if let (Some(histogram), Some(other)) = (self.histogram(), &other.0) {
            // Both have the same bounds, so every value fits.
            let _ = histogram.add(other);
        }
    }

    /// From one microsecond to ten minutes. These bounds are valid, so there always is a histogram.
    fn histogram(&mut self) -> Option<&mut Histogram<u64>> {
        if self.0.is_none() {
            self.0 = Histogram::new_with_bounds(1, 600_000_000, 3).ok();
        }
        self.0.as_mut()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(value: f64, expected: f64) -> bool {
        (value - expected).abs() <= expected * 0.002
    }

    #[test]
    fn quantiles_are_times_within_which_that_share_ended() {
        let mut latencies = Latencies::default();
        for micros in 1..=10_000 {
            latencies.record(Duration::from_micros(micros));
        }

        assert_eq!(latencies.count(), 10_000);
        assert!(within(latencies.quantile_ms(0.5), 5.0));
        assert!(within(latencies.quantile_ms(0.99), 9.9));
    }

    #[test]
    fn latencies_of_workers_add_up() {
        let (mut fast, mut slow) = (Latencies::default(), Latencies::default());
        fast.record(Duration::from_millis(1));
        slow.record(Duration::from_millis(100));
        fast.add(&slow);
        fast.add(&Latencies::default());

        assert_eq!(fast.count(), 2);
        assert!(within(fast.quantile_ms(1.0), 100.0));
    }

    #[test]
    fn without_operations_every_quantile_is_zero() {
        assert!(Latencies::default().quantile_ms(0.99) < f64::EPSILON);
    }
}
