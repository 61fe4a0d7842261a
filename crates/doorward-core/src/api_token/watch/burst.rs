//! A token that is used far more often than ever before.

use super::{Observed, Signal};
use crate::network::Network;

/// The fewest uses in a minute that are a burst: small numbers vary too much to say anything.
const FLOOR: u64 = 60;

/// How many times as many as ever before are a burst.
const TIMES: u64 = 10;

pub(super) fn signal(observed: &Observed<'_>) -> Option<Signal> {
    let (uses, usual) = (observed.in_minute, usual(observed)?);
    if uses < alarm_at(observed) {
        return None;
    }
    Some(match new_network(observed) {
        Some(network) => Signal::BurstFromNewNetwork {
            network,
            uses,
            usual,
        },
        None => Signal::Burst { uses, usual },
    })
}

/// How many uses in a minute are a burst.
pub(super) fn alarm_at(observed: &Observed<'_>) -> u64 {
    let usual = usual(observed).unwrap_or(0);
    FLOOR.max(usual.saturating_mul(TIMES))
}

/// The most uses in a minute on any day before this one, if it was used on any.
fn usual(observed: &Observed<'_>) -> Option<u64> {
    let used = observed.days_before().filter(|day| day.uses > 0);
    used.map(|day| day.peak).max()
}

/// The network that most of what was seen came from, if the token was not used from there before today.
fn new_network(observed: &Observed<'_>) -> Option<Network> {
    let seen: u64 = observed.seen_days().map(|day| day.uses).sum();
    let networks = observed.seen_days().flat_map(|day| &day.networks.named);
    let (network, uses) = networks.max_by_key(|(_, uses)| **uses)?;
    let known = |network| {
        observed
            .days_before()
            .any(|day| day.networks.named.contains_key(network))
    };
    let most = uses.saturating_mul(2) > seen;
    let somewhere = observed
        .days_before()
        .any(|day| !day.networks.named.is_empty());
    (most && somewhere && !known(network)).then_some(*network)
}
