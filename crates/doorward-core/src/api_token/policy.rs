//! What an operator allows API tokens.

use std::time::Duration;

use super::watch::WatchPolicy;
use crate::network::Networks;

/// What an operator allows API tokens to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiTokenPolicy {
    /// How long a token lives when nobody says.
    pub default_lifetime: Duration,
    /// The longest that one may live; without end when absent, and only then may one never expire.
    pub max_lifetime: Option<Duration>,
    /// How many tokens that work one owner, account or project may have.
    pub max_tokens: u32,
    /// How long the secret before it goes on working at most when a token is rotated.
    pub max_overlap: Duration,
    /// The networks that any token works from, whatever its own say; everywhere when absent.
    pub networks: Option<Networks>,
    /// What follows from what is seen of their use.
    pub watch: WatchPolicy,
}

/// How long the secret before goes on when nobody says.
const OVERLAP: Duration = Duration::from_hours(24);

impl ApiTokenPolicy {
    /// How long the secret before goes on when a token is rotated and nobody says.
    pub fn default_overlap(&self) -> Duration {
        OVERLAP.min(self.max_overlap)
    }
}

impl Default for ApiTokenPolicy {
    fn default() -> Self {
        Self {
            default_lifetime: Duration::from_hours(90 * 24),
            max_lifetime: Some(Duration::from_hours(366 * 24)),
            max_tokens: 100,
            max_overlap: Duration::from_hours(7 * 24),
            networks: None,
            watch: WatchPolicy::default(),
        }
    }
}
