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

/// How far a replica may be behind, and how long it may take until everybody knows that it takes writes.
const LAST_MOMENT: Duration = Duration::from_secs(1);

/// A replica that is taking over.
#[derive(Debug)]
pub(crate) struct Takeover {
    from: Instant,
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

    /// From now on the session store may forget what it acknowledged since a second ago: a replica takes over that
    /// may not have been told of it.
    pub(crate) fn replica_takes_over(&self) -> Takeover {
        let now = Instant::now();
        let from = now.checked_sub(LAST_MOMENT).unwrap_or(now);
        let promise = Promise::Recent { from, until: None };
        self.load.books.ledger().promise(promise);
        Takeover { from }
    }

    /// The replica has taken over: what is acknowledged a moment later holds.
    pub(crate) fn replica_has_taken_over(&self, takeover: &Takeover) {
        let promise = Promise::Recent {
            from: takeover.from,
            until: Some(Instant::now() + LAST_MOMENT),
        };
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
