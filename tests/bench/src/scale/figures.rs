//! What one cell of the comparison came to.

use super::usage::Shares;
use crate::{cell::median, driver::Load};

/// More cores than this, used by others, make a figure doubtful.
const DISTURBANCE: f64 = 0.15;

/// The cost of an endpoint at one size.
#[derive(Clone, Debug)]
pub(crate) struct Figures {
    /// How many operations were measured.
    pub(crate) operations: f64,
    /// Half of the operations took no longer, in milliseconds.
    pub(crate) p50_ms: f64,
    /// Ninety-nine in a hundred took no longer, in milliseconds.
    pub(crate) p99_ms: f64,
    /// The nodes' processor time for one, in microseconds.
    pub(crate) node_us: f64,
    /// The database server's.
    pub(crate) database_us: f64,
    /// The Redis server's.
    pub(crate) sessions_us: f64,
    /// Bytes of PostgreSQL's write-ahead log for one.
    pub(crate) logged: f64,
    /// The most memory that the first node was seen with, in megabytes.
    pub(crate) resident_mb: f64,
    /// Cores that others used meanwhile.
    pub(crate) other_cores: f64,
    /// Cores that the hypervisor took meanwhile.
    pub(crate) stolen_cores: f64,
    /// Workers that failed.
    pub(crate) failures: usize,
    /// The first failure.
    pub(crate) first_failure: Option<String>,
}

impl Figures {
    /// Reads the figures off a load.
    pub(crate) fn of(load: &Load<Shares>) -> Self {
        let Shares {
            seconds,
            nodes,
            database,
            sessions,
            logged,
            others,
            stolen,
            resident_mb,
        } = load.usage;
        let operations = count(load.latencies.count());
        let micros = |spent: f64| spent * 1e6 / operations.max(1.0);
        Self {
            operations,
            p50_ms: load.latencies.quantile_ms(0.5),
            p99_ms: load.latencies.quantile_ms(0.99),
            node_us: micros(nodes),
            database_us: micros(database),
            sessions_us: micros(sessions),
            logged: logged / operations.max(1.0),
            resident_mb,
            other_cores: others / seconds,
            stolen_cores: stolen / seconds,
            failures: load.failures,
            first_failure: load
                .first_failure
                .as_ref()
                .map(|failure| format!("{failure:#}")),
        }
    }

    /// The median of repetitions, figure by figure; operations and failures add up, and memory is the most seen.
    pub(crate) fn median(of: &[Self]) -> Option<Self> {
        let figure = |figure: fn(&Self) -> f64| median(of.iter().map(figure));
        Some(Self {
            operations: of.iter().map(|of| of.operations).sum(),
            p50_ms: figure(|of| of.p50_ms)?,
            p99_ms: figure(|of| of.p99_ms)?,
            node_us: figure(|of| of.node_us)?,
            database_us: figure(|of| of.database_us)?,
            sessions_us: figure(|of| of.sessions_us)?,
            logged: figure(|of| of.logged)?,
            resident_mb: of.iter().map(|of| of.resident_mb).fold(0.0, f64::max),
            other_cores: figure(|of| of.other_cores)?,
            stolen_cores: figure(|of| of.stolen_cores)?,
            failures: of.iter().map(|of| of.failures).sum(),
            first_failure: of.iter().find_map(|of| of.first_failure.clone()),
        })
    }

    /// The processor time of all that are not the driver.
    pub(crate) fn total_us(&self) -> f64 {
        self.node_us + self.database_us + self.sessions_us
    }

    /// Whether others used or stole so much that the figures are doubtful.
    pub(crate) fn is_disturbed(&self) -> bool {
        self.other_cores > DISTURBANCE || self.stolen_cores > DISTURBANCE
    }
}

#[expect(clippy::cast_precision_loss, reason = "no run has 2^53 operations")]
fn count(operations: u64) -> f64 {
    operations as f64
}
