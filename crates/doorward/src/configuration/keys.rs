//! When signing keys change, as the configuration says it.

use std::time::Duration;

use doorward_core::keys::Schedule;

use super::value::{Value, parse_span, quoted, show_span};
use super::{Configuration, DAY};

/// The least and the greatest time that a key may sign for, in seconds.
const BOUNDS: std::ops::RangeInclusive<u64> = 2 * DAY..=2 * 365 * DAY;

/// How long a key signs, if the next one takes its place by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RotateEvery(Option<u64>);

impl RotateEvery {
    /// After this many seconds.
    pub const fn seconds(seconds: u64) -> Self {
        Self(Some(seconds))
    }
}

impl Value for RotateEvery {
    fn allowed() -> String {
        "a time from 2d to 730d, such as \"90d\", or \"never\"".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "never" {
            return Some(Self(None));
        }
        let seconds = parse_span(text)?;
        BOUNDS.contains(&seconds).then_some(Self(Some(seconds)))
    }

    fn show(&self) -> String {
        quoted(&self.0.map_or_else(|| "never".to_owned(), show_span))
    }
}

impl Configuration {
    /// When signing keys change.
    pub fn key_schedule(&self) -> Schedule {
        /// The longest that any token may be configured to live.
        const LONGEST_TOKEN: Duration = Duration::from_hours(1);
        Schedule {
            rotate_every: self.keys.rotate_every.0.map(Duration::from_secs),
            publish_before: self.keys.publish_before.duration(),
            wait_for_uptake: self.keys.wait_for_uptake.duration(),
            longest_use: self.session.absolute.duration().max(LONGEST_TOKEN),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_signs_for_some_days_or_until_it_is_told_otherwise() {
        for (text, seconds) in [
            ("90d", Some(90 * DAY)),
            ("never", None),
            ("48h", Some(2 * DAY)),
        ] {
            assert_eq!(RotateEvery::parse(text), Some(RotateEvery(seconds)));
        }
        for text in ["", "1d", "731d", "often"] {
            assert_eq!(RotateEvery::parse(text), None, "{text}");
        }
        assert_eq!(RotateEvery(None).show(), "\"never\"");
        assert_eq!(RotateEvery::seconds(90 * DAY).show(), "\"90d\"");
    }
}
