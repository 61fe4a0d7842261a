//! The clock of this machine beside the one that all nodes have in common: what is written down for a wrong moment happens at a wrong moment.

use doorward_core::Timestamp;
use doorward_core::time::CLOCK_TOLERANCE;
use doorward_directory::{Directory, Failure};

use crate::ambient::ReferenceClock;

/// Two clocks that are further apart than those of nodes may be.
#[derive(Debug, thiserror::Error)]
#[error(
    "the clock of this machine shows {}, and that of the database server {}. Nodes go by moments that are written down, so \
     clocks that differ by more than {} s write none: set the clock, and do it again",
    .ours.rfc3339(), .theirs.rfc3339(), CLOCK_TOLERANCE.as_secs()
)]
pub(crate) struct ClocksApart {
    ours: Timestamp,
    theirs: Timestamp,
}

impl ClocksApart {
    /// Whether they are, at `now`.
    pub(crate) async fn found(
        directory: &Directory,
        reference: ReferenceClock,
        now: Timestamp,
    ) -> Result<Option<Self>, Failure> {
        let theirs = match reference {
            ReferenceClock::Database => directory.clock().await?,
            ReferenceClock::None => None,
        };
        let apart = theirs.filter(|theirs| !theirs.agrees_with(now));
        Ok(apart.map(|theirs| Self { ours: now, theirs }))
    }
}
