//! Uses that were refused, and say something of who has the token.

use super::{Observed, Signal};
use crate::api_token::usage::{DayOfUse, Denial};

pub(super) fn signals(observed: &Observed<'_>) -> Vec<Signal> {
    let watched = [
        Denial::OwnerLeft,
        Denial::OutsideNetworks,
        Denial::OverQuota,
    ];
    let seen = watched.into_iter().filter(|denial| seen(observed, *denial));
    seen.filter_map(|denial| signal(observed, denial)).collect()
}

fn seen(observed: &Observed<'_>, denial: Denial) -> bool {
    observed.seen_days().any(|day| day.denied(denial) > 0)
}

fn signal(observed: &Observed<'_>, denial: Denial) -> Option<Signal> {
    let refusals = today(observed).map(|day| day.denied(denial)).sum();
    Some(match denial {
        Denial::OwnerLeft => Signal::AfterOwnerLeft { refusals },
        Denial::OverQuota => Signal::OverQuota { refusals },
        Denial::OutsideNetworks => {
            let mut networks = observed
                .seen_days()
                .flat_map(|day| day.denied_networks.named.keys());
            Signal::OutsideNetworks {
                refusals,
                network: networks.next().copied(),
                further: networks.count(),
            }
        }
        _ => return None,
    })
}

/// What is known of this day: what was written down of it, and what was seen since.
fn today<'a>(observed: &'a Observed<'_>) -> impl Iterator<Item = &'a DayOfUse> {
    let written = observed.past.on(observed.today());
    written.into_iter().chain(observed.seen_days())
}
