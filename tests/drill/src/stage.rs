//! Where a scenario plays: people at work, their books, and the means to judge them.

use std::time::{Duration, Instant};

use anyhow::Result;
use fastrand::Rng;
use tokio::time::sleep;

use crate::cluster::node::Node;
use crate::ledger::{Kind, Promise};
use crate::load::Load;
use crate::logs::Logs;
use crate::verdict;

/// How much is done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Extent {
    /// How many people there are.
    pub(crate) people: usize,
    /// How often a node is killed.
    pub(crate) rounds: u32,
    /// How long people work before something is broken, and after it is mended.
    pub(crate) calm: Duration,
}

/// People at work.
#[derive(Debug)]
pub(crate) struct Stage {
    pub(crate) load: Load,
    pub(crate) logs: Logs,
    pub(crate) rng: Rng,
    pub(crate) extent: Extent,
}

impl Stage {
    /// Lets people work for a while.
    pub(crate) async fn calm(&self) {
        sleep(self.extent.calm).await;
    }

    /// Lets people work for a time that nobody foresees.
    pub(crate) async fn some_moment(&mut self) {
        sleep(Duration::from_millis(self.rng.u64(0..500))).await;
    }

    /// Excuses what a replica that takes over may not have been told of: the last second.
    pub(crate) fn excuse_last_moments(&self, broken: Instant) {
        let from = broken.checked_sub(Duration::from_secs(1)).unwrap_or(broken);
        let until = Instant::now() + Duration::from_secs(1);
        let promise = Promise::Recent { from, until };
        self.load.books.ledger().promise(promise);
    }

    /// Holds everybody and asks for all that was acknowledged.
    pub(crate) async fn judge(&mut self, operator: &Node) -> Result<()> {
        let _quiet = self.load.quiet().await;
        verdict::judge(&self.load.place, &self.load.books, operator).await?;
        let mut ledger = self.load.books.ledger();
        for what in self.logs.search(ledger.secrets())? {
            ledger.fault(Kind::Leaked, what);
        }
        ledger.promise(Promise::Kept);
        Ok(())
    }
}
