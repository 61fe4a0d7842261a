//! The values of `[api_tokens]`.

use std::time::Duration;

use doorward_core::api_token::ApiTokenPolicy;

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
        }
    }
}
