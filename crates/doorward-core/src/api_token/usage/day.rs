//! Days, and what is counted in one.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Agent, Denial};
use crate::network::Network;
use crate::time::Timestamp;

const MILLIS: i64 = 86_400_000;

/// A day of the calendar in UTC, as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(i64);

impl Day {
    /// The day that a moment is in.
    pub const fn of(moment: Timestamp) -> Self {
        Self(moment.as_millis().div_euclid(MILLIS))
    }

    /// The day of this number.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// Its number.
    pub const fn number(self) -> i64 {
        self.0
    }

    /// When it begins.
    pub const fn begin(self) -> Timestamp {
        Timestamp::from_millis(self.0.saturating_mul(MILLIS))
    }
}

/// The use of a token on one day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DayOfUse {
    /// How often it worked.
    pub uses: u64,
    /// The most uses in one minute that one node saw.
    pub peak: u64,
    /// How often it worked from each network, where the address was known.
    pub networks: Shares<Network>,
    /// How often each program that we know used it.
    pub agents: Shares<Agent>,
    /// How often it was refused, by the kind of reason.
    pub denials: BTreeMap<Denial, u64>,
    /// From where it was refused for being outside its networks.
    pub denied_networks: Shares<Network>,
}

/// How many of a day are counted by name; whatever comes after them is counted together.
pub const NAMED: usize = 64;

/// How the uses of a day were shared among some.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shares<T> {
    /// By name, at most [`NAMED`] of them.
    pub named: BTreeMap<T, u64>,
    /// Those that came when there were that many.
    pub others: u64,
}

impl<T> Default for Shares<T> {
    fn default() -> Self {
        Self {
            named: BTreeMap::new(),
            others: 0,
        }
    }
}

impl<T: Ord + Copy> Shares<T> {
    /// Counts `uses` more for `name`.
    pub fn count(&mut self, name: T, uses: u64) {
        let room = self.named.len() < NAMED;
        match self.named.get_mut(&name) {
            Some(counted) => *counted = counted.saturating_add(uses),
            None if room => {
                self.named.insert(name, uses);
            }
            None => self.others = self.others.saturating_add(uses),
        }
    }

    fn absorb(&mut self, more: &Self) {
        for (name, uses) in &more.named {
            self.count(*name, *uses);
        }
        self.others = self.others.saturating_add(more.others);
    }
}

impl DayOfUse {
    /// Counts a refusal for that kind of reason.
    pub fn deny(&mut self, denial: Denial, times: u64) {
        let counted = self.denials.entry(denial).or_default();
        *counted = counted.saturating_add(times);
    }

    /// How often it was refused for that kind of reason.
    pub fn denied(&self, denial: Denial) -> u64 {
        self.denials.get(&denial).copied().unwrap_or(0)
    }

    pub(super) fn absorb(&mut self, more: &Self) {
        self.uses = self.uses.saturating_add(more.uses);
        self.peak = self.peak.max(more.peak);
        self.networks.absorb(&more.networks);
        self.agents.absorb(&more.agents);
        for (denial, times) in &more.denials {
            self.deny(*denial, *times);
        }
        self.denied_networks.absorb(&more.denied_networks);
    }
}

/// The day on which what is kept for `span` begins at `now`.
pub(super) fn first_kept(span: Duration, now: Timestamp) -> Day {
    Day::of(now.minus(span))
}
