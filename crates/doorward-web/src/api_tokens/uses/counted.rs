//! What was counted of one token since that was last written down.

use std::net::IpAddr;
use std::time::Duration;

use doorward_core::api_token::usage::{Agent, Day, Denial, LastUse, NAMED, Usage};
use doorward_core::network::Network;
use doorward_core::time::Timestamp;

/// How often the uses of one token are written down at most.
const WRITTEN_EVERY: Duration = Duration::from_mins(1);

/// How long a token that is not used is remembered, with what is familiar of it.
const REMEMBERED_FOR: Duration = Duration::from_mins(10);

/// How many uses in a minute are looked at, until a look says how many are.
const FIRST_LOOK: u64 = 60;

/// What was counted of a token, and what is to be looked at.
#[derive(Debug, Default)]
pub(super) struct Counted {
    /// Since it was last written down.
    pub(super) usage: Usage,
    written_at: Option<Timestamp>,
    touched_at: Option<Timestamp>,
    minute: Minute,
    familiar: Familiar,
    /// Whether it waits to be looked at.
    pub(super) flagged: bool,
}

/// The uses in one minute of the clock.
#[derive(Debug)]
struct Minute {
    number: i64,
    uses: u64,
    /// How many are looked at in any minute.
    alarm_at: u64,
    /// How many are looked at next in this one.
    next_look: u64,
}

impl Default for Minute {
    fn default() -> Self {
        Self {
            number: 0,
            uses: 0,
            alarm_at: FIRST_LOOK,
            next_look: FIRST_LOOK,
        }
    }
}

/// What was looked at before, and need not be again.
#[derive(Debug, Default)]
struct Familiar {
    networks: Vec<Network>,
    agents: Vec<Agent>,
}

/// Whether something came up that wants a look before it is written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It does.
    Wanted,
    /// All is as it was.
    Unneeded,
}

impl Counted {
    /// Counts a use that worked.
    pub(super) fn used(&mut self, used: LastUse) -> Look {
        let (at, network) = (used.at, used.address.map(Network::around));
        let new = self.familiar.is_news(network, used.agent);
        self.touched_at = Some(at);
        self.usage.count(used);
        let (in_minute, alarm) = self.minute.count(at);
        if let Some(day) = self.usage.days.get_mut(&Day::of(at)) {
            day.peak = day.peak.max(in_minute);
        }
        if new || alarm {
            Look::Wanted
        } else {
            Look::Unneeded
        }
    }

    /// Counts a use that was refused. The first of its kind since the last writing wants a look.
    pub(super) fn denied(
        &mut self,
        denial: Denial,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Look {
        self.touched_at = Some(at);
        self.usage.deny(denial, address, at);
        let day = self.usage.on(Day::of(at));
        if day.is_some_and(|day| day.denied(denial) == 1) {
            Look::Wanted
        } else {
            Look::Unneeded
        }
    }

    /// How often it worked in the minute of its last use.
    pub(super) const fn in_minute(&self) -> u64 {
        self.minute.uses
    }

    /// Whether something came up after this was seen that may be news.
    pub(super) fn has_more_than(&self, seen: &Usage) -> bool {
        let parts = |usage: &Usage| {
            let days = usage.days.values();
            let parts = days
                .map(|day| day.networks.named.len() + day.agents.named.len() + day.denials.len());
            parts.sum::<usize>()
        };
        parts(&self.usage) > parts(seen) || self.minute.uses >= self.minute.next_look
    }

    /// Notes that it was looked at when it had worked `seen` times in this minute, and how many times in any minute want a look. Whoever
    /// goes on is looked at again after twice as many.
    pub(super) fn looked_at(&mut self, seen: u64, alarm_at: u64) {
        self.minute.alarm_at = alarm_at;
        self.minute.next_look = if seen < alarm_at {
            alarm_at
        } else {
            seen.saturating_mul(2)
        };
    }

    /// Whether it may be written down again. What waits to be looked at is looked at first: written down, it is news no more.
    pub(super) fn is_due(&self, now: Timestamp) -> bool {
        let written = self.written_at;
        // A clock that was set back must not hold it up.
        let rested = written.is_none_or(|at| at > now || at.plus(WRITTEN_EVERY) <= now);
        rested && self.is_ripe()
    }

    /// Whether there is something to write down that nobody has to look at first.
    pub(super) fn is_ripe(&self) -> bool {
        !self.usage.is_empty() && !self.flagged
    }

    /// Takes what is to be written down.
    pub(super) fn take(&mut self, now: Timestamp) -> Usage {
        self.written_at = Some(now);
        std::mem::take(&mut self.usage)
    }

    /// Puts back what could not be written down.
    pub(super) fn put_back(&mut self, usage: &Usage) {
        self.usage.absorb(usage);
        self.written_at = None;
    }

    /// Whether it can be forgotten.
    pub(super) fn is_idle(&self, now: Timestamp) -> bool {
        let touched = self.touched_at.or(self.written_at);
        let long_ago = touched.is_none_or(|at| at.plus(REMEMBERED_FOR) <= now);
        self.usage.is_empty() && !self.flagged && long_ago
    }
}

impl Minute {
    /// Counts a use; says how many there were, and whether that wants a look.
    const fn count(&mut self, at: Timestamp) -> (u64, bool) {
        let number = at.as_seconds().div_euclid(60);
        if number != self.number {
            self.number = number;
            self.uses = 0;
            self.next_look = self.alarm_at;
        }
        self.uses = self.uses.saturating_add(1);
        (self.uses, self.uses == self.next_look)
    }
}

impl Familiar {
    /// Whether one of these was not seen lately; it is familiar from now on.
    fn is_news(&mut self, network: Option<Network>, agent: Option<Agent>) -> bool {
        let network = network.is_some_and(|network| note(&mut self.networks, network));
        let agent = agent.is_some_and(|agent| note(&mut self.agents, agent));
        network || agent
    }
}

fn note<T: PartialEq>(familiar: &mut Vec<T>, seen: T) -> bool {
    if familiar.contains(&seen) {
        return false;
    }
    if familiar.len() == NAMED {
        familiar.remove(0);
    }
    familiar.push(seen);
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_700_049_600);

    fn used(at: Timestamp, address: &str) -> LastUse {
        LastUse {
            at,
            address: address.parse().ok(),
            agent: None,
            resource: None,
        }
    }

    /// T07
    #[test]
    fn uses_are_written_down_at_most_once_a_minute() {
        let mut counted = Counted::default();
        assert!(!counted.is_due(NOON), "there is nothing yet");
        counted.used(used(NOON, "192.0.2.1"));
        assert!(counted.is_due(NOON));
        assert_eq!(counted.take(NOON).uses, 1);
        let soon = NOON.plus(Duration::from_secs(59));
        counted.used(used(soon, "192.0.2.1"));
        assert!(!counted.is_due(soon));
        assert!(counted.is_due(NOON.plus(WRITTEN_EVERY)));
        assert!(counted.is_due(NOON.minus(Duration::from_hours(1))));
    }

    #[test]
    fn only_what_is_news_wants_a_look() {
        let mut counted = Counted::default();
        assert_eq!(counted.used(used(NOON, "192.0.2.1")), Look::Wanted);
        assert_eq!(counted.used(used(NOON, "192.0.2.9")), Look::Unneeded);
        counted.take(NOON);
        assert_eq!(counted.used(used(NOON, "192.0.2.1")), Look::Unneeded);
        assert_eq!(counted.used(used(NOON, "198.51.100.1")), Look::Wanted);
        let later = NOON.plus(WRITTEN_EVERY);
        let looks = (1..=FIRST_LOOK).map(|_| counted.used(used(later, "192.0.2.1")));
        let looks: Vec<Look> = looks.collect();
        assert_eq!(looks.last(), Some(&Look::Wanted));
        assert_eq!(
            looks.iter().filter(|look| **look == Look::Wanted).count(),
            1
        );
        assert_eq!(counted.in_minute(), FIRST_LOOK);
    }

    /// T07: a burst that goes on is looked at again, but not with every use.
    #[test]
    fn a_burst_is_looked_at_each_time_that_it_has_doubled() {
        let mut counted = Counted::default();
        counted.used(used(NOON, "192.0.2.1"));
        let mut looks = Vec::new();
        for uses in 2..=500 {
            if counted.used(used(NOON, "192.0.2.1")) == Look::Wanted {
                looks.push(uses);
                counted.looked_at(uses, FIRST_LOOK);
            }
        }
        assert_eq!(looks, [60, 120, 240, 480]);
        let later = NOON.plus(WRITTEN_EVERY);
        let again = (0..FIRST_LOOK).map(|_| counted.used(used(later, "192.0.2.1")));
        assert_eq!(again.last(), Some(Look::Wanted));
    }

    #[test]
    fn what_waits_for_a_look_is_not_written_down_before_it() {
        let mut counted = Counted::default();
        counted.used(used(NOON, "192.0.2.1"));
        counted.flagged = true;
        assert!(!counted.is_due(NOON));
        assert!(!counted.is_idle(NOON.plus(REMEMBERED_FOR)));
    }

    #[test]
    fn what_cannot_be_written_down_is_kept() {
        let mut counted = Counted::default();
        counted.used(used(NOON, "192.0.2.1"));
        let taken = counted.take(NOON);
        counted.used(used(NOON, "192.0.2.1"));
        counted.put_back(&taken);
        assert!(counted.is_due(NOON));
        assert_eq!(counted.take(NOON).uses, 2);
    }
}
