//! `max_age`: how long ago a sign-in may be
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::session::Authentication;
use crate::time::Timestamp;

/// The greatest age of a sign-in, in seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct MaxAge(u64);

/// `max_age` is not a whole number of seconds from 0 to 2⁵³ − 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("max_age is not a whole number of seconds")]
pub struct MaxAgeMalformed;

impl MaxAge {
    /// The age of `seconds`.
    pub const fn seconds(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The age in seconds.
    pub const fn as_seconds(self) -> u64 {
        self.0
    }

    pub(crate) fn parse(text: &str) -> Result<Self, MaxAgeMalformed> {
        // The greatest integer that JSON's numbers carry exactly.
        const MOST: u64 = (1 << 53) - 1;
        let digits = text.bytes().all(|byte| byte.is_ascii_digit());
        let seconds = text
            .parse()
            .ok()
            .filter(|&seconds| digits && seconds <= MOST);
        seconds.map(Self).ok_or(MaxAgeMalformed)
    }

    /// Whether `authentication` is too old at `now`. Zero asks for a sign-in whenever the last one was.
    pub fn is_exceeded(self, authentication: &Authentication, now: Timestamp) -> bool {
        self.0 == 0 || now.since(authentication.at) > Duration::from_secs(self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_seconds_are_read() {
        assert_eq!(MaxAge::parse("10000"), Ok(MaxAge(10_000)));
        for bad in [
            "-1",
            "+1",
            "1.0",
            "1e3",
            "",
            " 1",
            "9007199254740992",
            "18446744073709551616",
            "x",
        ] {
            assert_eq!(MaxAge::parse(bad), Err(MaxAgeMalformed), "{bad}");
        }
    }

    #[test]
    fn zero_is_exceeded_by_the_very_moment_and_any_other_age_by_the_one_after_it() {
        let now = Timestamp::from_seconds(1_700_000_000);
        for (max_age, elapsed, exceeded) in [
            (0, 0, true),
            (0, 1, true),
            (1, 0, false),
            (1, 1000, false),
            (1, 1001, true),
            ((1 << 53) - 1, i64::MAX / 2, false),
        ] {
            let authentication = Authentication {
                at: Timestamp::from_millis(now.as_millis().saturating_sub(elapsed)),
                methods: Vec::new(),
            };
            let judged = MaxAge(max_age).is_exceeded(&authentication, now);
            assert_eq!(judged, exceeded, "{max_age} {elapsed}");
        }
    }
}
