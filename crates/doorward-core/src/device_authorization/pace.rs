//! How often a client may ask whether somebody has answered
//! ([RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5)).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::time::Timestamp;

/// What a client is told to wait between two questions, until it asks too soon.
const INTERVAL: Duration = Duration::from_secs(5);

/// How much longer it must wait each time that it did.
const INCREASE: Duration = Duration::from_secs(5);

/// How much too early is early enough: networks deliver unevenly.
const TOLERANCE: Duration = Duration::from_secs(1);

/// When a client asked last, and how long it is to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pace {
    asked_at: Option<Timestamp>,
    interval: Duration,
}

/// A client asked too soon, and from now on has to wait longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooFast;

impl Default for Pace {
    /// The pace of a client that has not asked yet.
    fn default() -> Self {
        Self {
            asked_at: None,
            interval: INTERVAL,
        }
    }
}

impl Pace {
    /// Seconds between two questions.
    pub const fn interval(&self) -> u64 {
        self.interval.as_secs()
    }

    /// The pace after a question at `now`, and whether that came too soon.
    pub fn ask(self, now: Timestamp) -> (Self, Result<(), TooFast>) {
        let asked_at = Some(now);
        let soonest = self.interval.saturating_sub(TOLERANCE);
        if self
            .asked_at
            .is_some_and(|before| now.since(before) < soonest)
        {
            let interval = self.interval.saturating_add(INCREASE);
            (Self { asked_at, interval }, Err(TooFast))
        } else {
            (Self { asked_at, ..self }, Ok(()))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;

    /// [RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5): each `slow_down` is five seconds more, for
    /// good.
    #[test]
    fn whoever_asks_too_soon_waits_five_seconds_longer_from_then_on() {
        let mut pace = Pace::default();
        assert_eq!(pace.interval(), 5);
        let mut now = NOW;
        for (after, allowed, interval) in [
            (0, true, 5),
            (5, true, 5),
            (4, true, 5),
            (3, false, 10),
            (5, false, 15),
            (15, true, 15),
            (14, true, 15),
            (13, false, 20),
            (60, true, 20),
        ] {
            now = now.plus(Duration::from_secs(after));
            let (next, asked) = pace.ask(now);
            assert_eq!(asked.is_ok(), allowed, "{after} s later");
            assert_eq!(next.interval(), interval, "{after} s later");
            pace = next;
        }
    }
}
