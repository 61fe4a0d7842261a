//! What the processes of a provider used in a window, each kind by itself.

use std::{
    process,
    time::{Duration, Instant},
};

use super::filling::{Target, written};
use crate::{
    process::{MachineUsage, ProcessUsage},
    usage::peak_resident_mb,
};

/// The processes of a provider.
pub(crate) struct Watched<'a> {
    /// Its nodes.
    pub(crate) nodes: Vec<u32>,
    /// The database server.
    pub(crate) database: Option<u32>,
    /// The Redis server.
    pub(crate) sessions: Option<u32>,
    /// Where the directory is.
    pub(crate) directory: &'a Target,
}

/// Processor time in seconds, by whom, and what else was used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Shares {
    /// The length of the window.
    pub(crate) seconds: f64,
    /// Of the nodes.
    pub(crate) nodes: f64,
    /// Of the database server.
    pub(crate) database: f64,
    /// Of the Redis server.
    pub(crate) sessions: f64,
    /// Bytes of the database server's write-ahead log; 0 for a file.
    pub(crate) logged: f64,
    /// Of nobody that is measured: a disturbance.
    pub(crate) others: f64,
    /// Taken by the hypervisor: a disturbance.
    pub(crate) stolen: f64,
    /// The most memory that the first node was seen with, in megabytes.
    pub(crate) resident_mb: f64,
}

struct Reading {
    at: Instant,
    nodes: Duration,
    database: Duration,
    sessions: Duration,
    driver: Duration,
    machine: MachineUsage,
}

impl Watched<'_> {
    /// Watches for a while.
    pub(crate) async fn watch(&self, length: Duration) -> anyhow::Result<Shares> {
        let logged_before = written(self.directory).await?;
        let before = self.read()?;
        let waited = tokio::time::sleep(length);
        let first = self.nodes.first().copied().unwrap_or(process::id());
        let ((), resident_mb) = peak_resident_mb(first, waited).await?;
        let after = self.read()?;
        Ok(Shares {
            resident_mb,
            logged: written(self.directory).await? - logged_before,
            ..before.until(&after)
        })
    }

    fn read(&self) -> anyhow::Result<Reading> {
        let mut nodes = Duration::ZERO;
        for node in &self.nodes {
            nodes += ProcessUsage::of(*node)?.cpu;
        }
        Ok(Reading {
            at: Instant::now(),
            nodes,
            database: family(self.database)?,
            sessions: family(self.sessions)?,
            driver: ProcessUsage::of(process::id())?.cpu,
            machine: MachineUsage::now()?,
        })
    }
}

fn family(of: Option<u32>) -> anyhow::Result<Duration> {
    match of {
        Some(pid) => Ok(ProcessUsage::of_family(pid)?.cpu),
        None => Ok(Duration::ZERO),
    }
}

impl Reading {
    fn until(&self, end: &Self) -> Shares {
        let spent = |from: Duration, to: Duration| to.saturating_sub(from).as_secs_f64();
        let nodes = spent(self.nodes, end.nodes);
        let database = spent(self.database, end.database);
        let sessions = spent(self.sessions, end.sessions);
        let measured = nodes + database + sessions + spent(self.driver, end.driver);
        let busy = end.machine.busy_seconds - self.machine.busy_seconds;
        Shares {
            seconds: (end.at - self.at).as_secs_f64(),
            nodes,
            database,
            sessions,
            others: (busy - measured).max(0.0),
            stolen: end.machine.stolen_seconds - self.machine.stolen_seconds,
            logged: 0.0,
            resident_mb: 0.0,
        }
    }
}
