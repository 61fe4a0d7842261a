//! Networks and programs that a token was never used from, and many networks at once.

use std::collections::BTreeSet;

use super::{Observed, Signal};
use crate::api_token::usage::{DayOfUse, NAMED, Shares};

/// How many networks or programs a token may have been used from for another one to be news.
const FEW: usize = 16;

/// The fewest networks that are many at once.
const MANY_NETWORKS: usize = 8;

/// How many times as many as usual are many.
const TIMES: usize = 4;

pub(super) fn signals(observed: &Observed<'_>) -> Vec<Signal> {
    let networks = newcomers(observed, |day| &day.networks);
    let agents = newcomers(observed, |day| &day.agents);
    let mut signals = Vec::new();
    signals.extend(many_networks(observed));
    for network in networks.new {
        let known = networks.known;
        signals.push(Signal::NewNetwork { network, known });
    }
    for agent in agents.new {
        let known = agents.known;
        signals.push(Signal::NewAgent { agent, known });
    }
    signals
}

/// Those that were seen and are not known.
struct Newcomers<T> {
    new: Vec<T>,
    known: usize,
}

/// None where none was ever known, or too many were: then nobody can say what is new.
fn newcomers<T: Ord + Copy>(
    observed: &Observed<'_>,
    shares: impl Fn(&DayOfUse) -> &Shares<T>,
) -> Newcomers<T> {
    let known = names(observed.past.days.values(), &shares);
    let seen = names(observed.seen_days(), &shares);
    let few = (1..FEW).contains(&known.len());
    let new = seen.difference(&known).copied();
    Newcomers {
        new: new.take(if few { FEW } else { 0 }).collect(),
        known: known.len(),
    }
}

fn names<'a, T: Ord + Copy + 'a>(
    days: impl Iterator<Item = &'a DayOfUse>,
    shares: impl Fn(&'a DayOfUse) -> &'a Shares<T>,
) -> BTreeSet<T> {
    days.flat_map(|day| shares(day).named.keys().copied())
        .collect()
}

fn many_networks(observed: &Observed<'_>) -> Option<Signal> {
    let networks = names(observed.seen_days(), |day| &day.networks).len();
    let of_day = observed.days_before().map(|day| day.networks.named.len());
    let usual = of_day.max().unwrap_or(0);
    let many = MANY_NETWORKS.max(usual.saturating_mul(TIMES)).min(NAMED);
    (networks >= many && usual < NAMED).then_some(Signal::ManyNetworks { networks, usual })
}
