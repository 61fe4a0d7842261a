//! The values of `[api_tokens]`.

use std::time::Duration;

use doorward_core::api_token::ApiTokenPolicy;
use doorward_core::api_token::watch::{LeakReaction, Reaction, WatchPolicy};

use super::value::{Value, parse_span, quoted, show_span};
use super::{ApiTokens, DAY};

/// The least and the greatest time that a token may live, in seconds.
const BOUNDS: std::ops::RangeInclusive<u64> = DAY..=10 * 365 * DAY;

/// The longest that a token may live, if there is an end to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LongestLife(Option<u64>);

impl LongestLife {
    /// This many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Some(seconds))
    }
}

impl Value for LongestLife {
    fn allowed() -> String {
        "a time from 1d to 3650d, such as \"366d\", or \"endless\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "endless" {
            return Some(Self(None));
        }
        let seconds = parse_span(text)?;
        BOUNDS.contains(&seconds).then_some(Self(Some(seconds)))
    }

    fn show(&self) -> String {
        quoted(&self.0.map_or_else(|| "endless".to_owned(), show_span))
    }
}

/// What follows from a signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignalReaction(pub Reaction);

impl Value for SignalReaction {
    fn allowed() -> String {
        "\"note\", \"tell\", \"suspend\" or \"revoke\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }

    fn show(&self) -> String {
        quoted(self.0.as_str())
    }
}

/// What follows when a token is handed in as found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OnLeak(pub LeakReaction);

impl Value for OnLeak {
    fn allowed() -> String {
        "\"revoke\" or \"suspend\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        match text {
            "revoke" => Some(Self(LeakReaction::Revoke)),
            "suspend" => Some(Self(LeakReaction::Suspend)),
            _ => None,
        }
    }

    fn show(&self) -> String {
        quoted(match self.0 {
            LeakReaction::Revoke => "revoke",
            LeakReaction::Suspend => "suspend",
        })
    }
}

impl ApiTokens {
    /// What API tokens may be.
    pub fn policy(&self) -> ApiTokenPolicy {
        let networks = self.networks.0.iter().map(ToString::to_string);
        let networks: Vec<_> = networks.filter_map(|text| text.parse().ok()).collect();
        ApiTokenPolicy {
            default_lifetime: self.default_lifetime.duration(),
            max_lifetime: self.max_lifetime.0.map(Duration::from_secs),
            max_tokens: self.max_tokens.number(),
            max_overlap: self.max_overlap.duration(),
            networks: (!self.networks.0.is_empty()).then(|| networks.into()),
            watch: self.watch(),
        }
    }

    fn watch(&self) -> WatchPolicy {
        WatchPolicy {
            learning: self.learning.duration(),
            new_network: self.on_new_network.0,
            new_agent: self.on_new_agent.0,
            burst: self.on_burst.0,
            burst_from_new_network: self.on_burst_from_new_network.0,
            many_networks: self.on_many_networks.0,
            after_owner_left: self.on_use_after_owner_left.0,
            outside_networks: self.on_use_outside_networks.0,
            over_quota: self.on_over_quota.0,
            leak: self.on_leak.0,
        }
    }
}
