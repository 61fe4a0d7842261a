//! Watching: what in the use of a token is worth a look, and what becomes of the token then.
//!
//! A rule compares what was seen since the last look with the token's own past. What it finds is a [`Signal`], which says in words and
//! with its figures what was seen, and the operator's [`WatchPolicy`] says what follows from it.

mod burst;
mod newcomers;
mod notice;
mod policy;
mod refusals;
mod signal;
#[cfg(test)]
mod tests;

use std::time::Duration;

use super::usage::{Day, DayOfUse, Usage};
use crate::time::Timestamp;

pub use notice::Notice;
pub use policy::{LeakReaction, Reaction, WatchPolicy};
pub use signal::{Signal, SignalKind};

/// How long the very same signal is not raised again, so that a token that was resumed stays so.
pub const QUIET_FOR: Duration = Duration::from_hours(24);

/// A token as it is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Observed<'a> {
    /// What was written down of its use.
    pub past: &'a Usage,
    /// What was seen of it since.
    pub seen: &'a Usage,
    /// How often it worked in the present minute.
    pub in_minute: u64,
    /// How long after its first use nothing is new about a token.
    pub learning: Duration,
    /// The present time.
    pub now: Timestamp,
}

impl Observed<'_> {
    /// What is worth a look.
    pub fn signals(&self) -> Vec<Signal> {
        let mut signals = refusals::signals(self);
        if self.is_known() {
            signals.extend(newcomers::signals(self));
            signals.extend(burst::signal(self));
        }
        signals
    }

    /// How many uses in a minute are worth another look.
    pub fn alarm_at(&self) -> u64 {
        burst::alarm_at(self)
    }

    /// Whether its past says what is usual for it.
    fn is_known(&self) -> bool {
        let first = self.past.first_used_at;
        first.is_some_and(|first| first.plus(self.learning) <= self.now)
    }

    fn today(&self) -> Day {
        Day::of(self.now)
    }

    /// The days before this one. What happens today makes nothing of today usual.
    fn days_before(&self) -> impl Iterator<Item = &DayOfUse> {
        self.past.days.range(..self.today()).map(|(_, day)| day)
    }

    /// What was seen, whatever day it was.
    fn seen_days(&self) -> impl Iterator<Item = &DayOfUse> {
        self.seen.days.values()
    }
}
