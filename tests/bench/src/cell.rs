//! One cell of the table: a shape of load at a number of connections, on one server.

use serde::Serialize;

use crate::{
    driver::Load,
    shape::Shape,
    usage::{Usage, core_speed},
};

/// What was measured in one cell.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Cell {
    /// What each operation was.
    pub(crate) shape: Shape,
    /// How many workers there were.
    pub(crate) connections: usize,
    /// Operations per second.
    pub(crate) rate: f64,
    /// Half of the operations took no longer, in milliseconds.
    pub(crate) p50_ms: f64,
    /// Ninety-nine in a hundred operations took no longer, in milliseconds.
    pub(crate) p99_ms: f64,
    /// The server's processor time per operation, in microseconds.
    pub(crate) cpu_us: f64,
    /// How the machine was used.
    pub(crate) usage: Usage,
    /// How many workers failed.
    pub(crate) failures: usize,
    /// The first failure.
    pub(crate) first_failure: Option<String>,
}

impl Cell {
    /// Reads the figures off a load. `speed_before` is the core's speed before it.
    pub(crate) fn new(shape: Shape, connections: usize, load: Load, speed_before: f64) -> Self {
        let usage = Usage {
            core_speed: [speed_before, core_speed()],
            ..load.usage
        };
        let operations = count(load.latencies.count());
        Self {
            shape,
            connections,
            rate: operations / usage.seconds,
            p50_ms: load.latencies.quantile_ms(0.5),
            p99_ms: load.latencies.quantile_ms(0.99),
            cpu_us: usage.server_cores * usage.seconds * 1e6 / operations.max(1.0),
            usage,
            failures: load.failures,
            first_failure: load.first_failure.map(|failure| format!("{failure:#}")),
        }
    }

    /// The median of repetitions, figure by figure; failures add up and memory is the most seen.
    pub(crate) fn median(of: &[Self]) -> Option<Self> {
        let figure = |figure: fn(&Self) -> f64| median(of.iter().map(figure));
        let first = of.first()?;
        Some(Self {
            rate: figure(|cell| cell.rate)?,
            p50_ms: figure(|cell| cell.p50_ms)?,
            p99_ms: figure(|cell| cell.p99_ms)?,
            cpu_us: figure(|cell| cell.cpu_us)?,
            usage: Usage {
                seconds: figure(|cell| cell.usage.seconds)?,
                server_cores: figure(|cell| cell.usage.server_cores)?,
                driver_cores: figure(|cell| cell.usage.driver_cores)?,
                other_cores: figure(|cell| cell.usage.other_cores)?,
                stolen_cores: figure(|cell| cell.usage.stolen_cores)?,
                resident_mb: of
                    .iter()
                    .map(|cell| cell.usage.resident_mb)
                    .fold(0.0, f64::max),
                core_speed: [
                    figure(|cell| cell.usage.core_speed[0])?,
                    figure(|cell| cell.usage.core_speed[1])?,
                ],
            },
            failures: of.iter().map(|cell| cell.failures).sum(),
            first_failure: of.iter().find_map(|cell| cell.first_failure.clone()),
            ..first.clone()
        })
    }
}

/// The middle value; of an even number of values, the mean of the two in the middle.
pub(crate) fn median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<_> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = values.get(values.len() / 2)?;
    let lower = values.get(values.len().checked_sub(1)? / 2)?;
    Some(f64::midpoint(*lower, *upper))
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^53 operations")]
fn count(operations: u64) -> f64 {
    operations as f64
}

#[cfg(test)]
mod tests {
    use super::median;

    #[test]
    fn the_median_is_the_middle_value_whatever_the_order() {
        assert_eq!(median([3.0, 100.0, 1.0]), Some(3.0));
        assert_eq!(median([4.0, 1.0, 2.0, 100.0]), Some(3.0));
        assert_eq!(median([]), None);
    }
}
