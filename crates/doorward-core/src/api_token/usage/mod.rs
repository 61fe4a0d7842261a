//! How a token was used: when and from where last, how often, and day by day.
//!
//! Figures add up, whoever counted them: what one node has seen since it last wrote is a [`Usage`] too, and [`absorbed`](Usage::absorb)
//! by what was written before.

mod agent;
mod day;
mod denial;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::network::Network;
use crate::resource_server::Resource;
use crate::time::Timestamp;

pub use agent::Agent;
pub use day::{Day, DayOfUse, NAMED, Shares};
pub use denial::{Denial, NotADenial};

/// How long the use of each day is kept.
pub const KEPT_USAGE_FOR: Duration = Duration::from_hours(90 * 24);

/// How a token was used.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// When it first worked.
    pub first_used_at: Option<Timestamp>,
    /// Its last use, if it ever worked.
    pub last: Option<LastUse>,
    /// How often it worked in all.
    pub uses: u64,
    /// Day by day; days without use or refusal are left out.
    pub days: BTreeMap<Day, DayOfUse>,
}

/// The last time that a token worked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastUse {
    /// When.
    pub at: Timestamp,
    /// From where, if whoever checked it knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// By which program, if it said so and we know it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub agent: Option<Agent>,
    /// At which resource server.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
}

impl Usage {
    /// Counts a use that worked.
    pub fn count(&mut self, used: LastUse) {
        let day = self.days.entry(Day::of(used.at)).or_default();
        day.uses = day.uses.saturating_add(1);
        if let Some(address) = used.address {
            day.networks.count(Network::around(address), 1);
        }
        if let Some(agent) = used.agent {
            day.agents.count(agent, 1);
        }
        self.uses = self.uses.saturating_add(1);
        self.first_used_at.get_or_insert(used.at);
        self.last = Some(used);
    }

    /// Counts a use that was refused.
    pub fn deny(&mut self, denial: Denial, address: Option<IpAddr>, at: Timestamp) {
        let day = self.days.entry(Day::of(at)).or_default();
        day.deny(denial, 1);
        if let (Denial::OutsideNetworks, Some(address)) = (denial, address) {
            day.denied_networks.count(Network::around(address), 1);
        }
    }

    /// Adds what was seen elsewhere, or later.
    pub fn absorb(&mut self, more: &Self) {
        let first = [self.first_used_at, more.first_used_at];
        self.first_used_at = first.into_iter().flatten().min();
        let last = [self.last.take(), more.last.clone()];
        self.last = last.into_iter().flatten().max_by_key(|used| used.at);
        self.uses = self.uses.saturating_add(more.uses);
        for (day, of_day) in &more.days {
            self.days.entry(*day).or_default().absorb(of_day);
        }
    }

    /// Whether nothing was counted.
    pub fn is_empty(&self) -> bool {
        self.days.is_empty()
    }

    /// What was counted on one day.
    pub fn on(&self, day: Day) -> Option<&DayOfUse> {
        self.days.get(&day)
    }

    /// The first day of which anything is kept at `now`.
    pub fn first_day_kept(now: Timestamp) -> Day {
        day::first_kept(KEPT_USAGE_FOR, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOON: Timestamp = Timestamp::from_seconds(1_700_049_600);

    fn used(at: Timestamp, address: &str) -> LastUse {
        LastUse {
            at,
            address: Some(address.parse().unwrap()),
            agent: Agent::of_header(b"curl/8.5.0"),
            resource: None,
        }
    }

    fn usage(uses: &[(u64, &str)]) -> Usage {
        let mut usage = Usage::default();
        for (hours, address) in uses {
            usage.count(used(NOON.plus(Duration::from_hours(*hours)), address));
        }
        usage
    }

    #[test]
    fn uses_are_counted_by_day_and_by_network() {
        let usage = usage(&[(0, "192.0.2.1"), (1, "192.0.2.2"), (24, "2001:db8::1")]);
        assert_eq!(usage.uses, 3);
        let day = usage.on(Day::of(NOON)).unwrap();
        assert_eq!(
            day.networks.named,
            [("192.0.2.0/24".parse().unwrap(), 2)].into()
        );
        assert_eq!(usage.days.len(), 2);
        assert_eq!(usage.first_used_at, Some(NOON));
        assert_eq!(
            usage.last,
            Some(used(NOON.plus(Duration::from_hours(24)), "2001:db8::1"))
        );
    }

    #[test]
    fn what_two_nodes_counted_adds_up_in_either_order() {
        let (here, there) = (
            usage(&[(0, "192.0.2.1")]),
            usage(&[(1, "192.0.2.1"), (30, "198.51.100.1")]),
        );
        let sum = |one: &Usage, other: &Usage| {
            let mut sum = one.clone();
            sum.absorb(other);
            sum
        };
        assert_eq!(sum(&here, &there), sum(&there, &here));
        assert_eq!(
            sum(&here, &there),
            usage(&[(0, "192.0.2.1"), (1, "192.0.2.1"), (30, "198.51.100.1")])
        );
    }

    #[test]
    fn only_so_many_networks_of_a_day_have_names() {
        let mut many = Usage::default();
        for network in 0..100 {
            many.count(used(NOON, &format!("192.0.{network}.1")));
        }
        let networks = &many.on(Day::of(NOON)).unwrap().networks;
        assert_eq!((networks.named.len(), networks.others), (NAMED, 36));
    }

    #[test]
    fn refusals_are_counted_by_reason_and_are_no_uses() {
        let mut usage = Usage::default();
        let address = "198.51.100.1".parse().ok();
        usage.deny(Denial::OutsideNetworks, address, NOON);
        usage.deny(Denial::Expired, address, NOON);
        let day = usage.on(Day::of(NOON)).unwrap();
        assert_eq!((day.uses, day.denied(Denial::OutsideNetworks)), (0, 1));
        assert_eq!(day.denied_networks.named.len(), 1);
        assert_eq!((usage.uses, usage.last), (0, None));
        for denial in Denial::ALL {
            assert_eq!(denial.as_str().parse(), Ok(denial));
        }
    }

    #[test]
    fn a_day_begins_at_midnight_in_utc() {
        let day = Day::of(NOON);
        assert_eq!(day.begin().rfc3339(), "2023-11-15T00:00:00Z");
        assert_eq!(Day::of(day.begin()), day);
        assert!(Day::of(day.begin().minus(Duration::from_millis(1))) < day);
    }
}
