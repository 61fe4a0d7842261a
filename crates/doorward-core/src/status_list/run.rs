//! Runs of indices, which a node takes from the directory and hands out one by one.

use std::time::Duration;

use super::index::{RUN_LENGTH, RunNumber, StatusIndex};
use crate::time::Timestamp;

/// How many runs a node takes at once.
pub const BLOCK_LENGTH: u64 = 256;

/// How long a run is remembered, from its beginning to the end of its last token. Tokens live for at most half of it.
pub const RUN_LIFE: Duration = Duration::from_hours(2);

/// The runs of a block that nobody has begun yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// When the directory was last restored before the block was taken.
    pub epoch: Timestamp,
    left: Vec<RunNumber>,
}

impl Block {
    /// The block of this number.
    pub fn new(number: u64, epoch: Timestamp) -> Self {
        let first = number.saturating_mul(BLOCK_LENGTH);
        Self {
            epoch,
            left: (first..first + BLOCK_LENGTH).map(RunNumber).collect(),
        }
    }

    /// One of them that `random` chooses, so that neighbours in a list say nothing of each other
    /// ([Token Status List section 12.5](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-12.5)).
    pub fn take(&mut self, random: u32) -> Option<RunNumber> {
        let chosen = (random as usize).checked_rem(self.left.len())?;
        Some(self.left.swap_remove(chosen))
    }

    /// Whether none is left.
    pub const fn is_empty(&self) -> bool {
        self.left.is_empty()
    }
}

/// The indices of a run that no token has yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Run {
    number: RunNumber,
    epoch: Timestamp,
    begun_at: Timestamp,
    /// A bit for each.
    left: u32,
}

impl Run {
    /// The run of this number, begun at `now`.
    pub const fn begin(number: RunNumber, epoch: Timestamp, now: Timestamp) -> Self {
        Self {
            number,
            epoch,
            begun_at: now,
            left: u32::MAX,
        }
    }

    /// Which run it is.
    pub const fn number(&self) -> RunNumber {
        self.number
    }

    /// The epoch that it is of.
    pub const fn epoch(&self) -> Timestamp {
        self.epoch
    }

    /// When it was begun.
    pub const fn begun_at(&self) -> Timestamp {
        self.begun_at
    }

    /// When the last of its tokens is over.
    pub fn expires_at(&self) -> Timestamp {
        self.begun_at.plus(RUN_LIFE)
    }

    /// One of the indices that are left, which `random` chooses, for a token that lives until `exp`; `None` when none is left or the token
    /// would outlive the run.
    pub fn take(&mut self, random: u32, exp: Timestamp) -> Option<StatusIndex> {
        if exp > self.expires_at() {
            return None;
        }
        let passed_over = random.checked_rem(self.left.count_ones())?;
        let mut offsets = (0..RUN_LENGTH).filter(|offset| self.left >> offset & 1 == 1);
        let offset = offsets.nth(passed_over as usize)?;
        self.left &= !(1 << offset);
        Some(self.number.index(offset))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::testing::NOW;

    #[test]
    fn a_run_gives_each_of_its_indices_once_in_the_order_of_chance() {
        let mut run = Run::begin(RunNumber(3), NOW, NOW);
        let taken: Vec<u64> = (0..40_u32)
            .filter_map(|turn| run.take(turn.wrapping_mul(2_654_435_761), NOW))
            .map(StatusIndex::as_number)
            .collect();
        let distinct: BTreeSet<u64> = taken.iter().copied().collect();
        assert_eq!(distinct, (96..128).collect());
        assert_eq!(taken.len(), 32);
        assert!(!taken.is_sorted());
    }

    #[test]
    fn no_token_outlives_its_run() {
        let mut run = Run::begin(RunNumber(0), NOW, NOW);
        assert!(run.take(0, NOW.plus(RUN_LIFE)).is_some());
        let later = NOW.plus(RUN_LIFE + Duration::from_secs(1));
        assert_eq!(run.take(0, later), None);
    }

    #[test]
    fn a_block_gives_each_of_its_runs_once() {
        let mut block = Block::new(2, NOW);
        let runs: BTreeSet<RunNumber> = std::iter::from_fn(|| block.take(77)).collect();
        assert_eq!(runs, (512..768).map(RunNumber).collect());
    }
}
