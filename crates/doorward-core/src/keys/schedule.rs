//! When keys are to change.

use std::time::Duration;

use crate::time::CLOCK_TOLERANCE;

/// How long anybody may keep the key set without asking again: its `Cache-Control`.
///
/// Always shorter than a new key is published before it signs.
pub const KEY_SET_CACHED: Duration = Duration::from_mins(5);

/// How long before its moment a key's publication is written down, so that all nodes have read it by then and publish it at once.
pub const ANNOUNCED: Duration = Duration::from_secs(5);

/// How long before its moment a change of the active key is written down.
pub const HANDOVER: Duration = Duration::from_mins(5);

/// How long a node signs without having seen the directory. That is less than [`HANDOVER`] by as much as the clocks of two nodes may differ,
/// and by the time that it takes to write down what was decided.
pub const IN_SIGHT: Duration = Duration::from_secs(210);

/// How long ago a key is gone that is revoked now, so that it is gone on every node, also where the clock is behind.
pub const REVOKED_SINCE: Duration = Duration::from_mins(1);

/// The operator's schedule for all keys ([NIST SP 800-57 part 1 section 5.3.6](https://csrc.nist.gov/pubs/sp/800/57/pt1/r5/final)
/// on how long a key should sign).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// How long a key signs; never, if absent, does one change by itself.
    pub rotate_every: Option<Duration>,
    /// How long a key is published before it signs, at least.
    pub publish_before: Duration,
    /// How much longer it waits for applications that were not seen to know it.
    pub wait_for_uptake: Duration,
    /// The longest time for which anybody may bring back what a key has signed: an access token until it expires, an ID Token until the
    /// session that it names is over (`id_token_hint`).
    pub longest_use: Duration,
}

impl Schedule {
    /// How long a key that signs no more stays published: as long as what it signed is of use, on the clock of whoever verifies it, and as
    /// somebody may use a copy of the key set.
    pub fn kept(&self) -> Duration {
        self.longest_use + 2 * CLOCK_TOLERANCE + KEY_SET_CACHED
    }
}

impl Default for Schedule {
    fn default() -> Self {
        const DAY: Duration = Duration::from_hours(24);
        Self {
            rotate_every: Some(90 * DAY),
            publish_before: 7 * DAY,
            wait_for_uptake: 14 * DAY,
            longest_use: Duration::from_hours(1),
        }
    }
}
