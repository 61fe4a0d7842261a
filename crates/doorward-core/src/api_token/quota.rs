//! How often a token may be used.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How often a token may be used; without limit where none is given. Minutes and days are those of the calendar, in UTC.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Quota {
    /// Uses in a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Uses in a day.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
}

/// The spans that uses are counted in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// A minute.
    Minute,
    /// A day.
    Day,
}

/// A token was used more often than it may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it was used more than {most} times in a {}", self.span.as_str())]
pub struct QuotaExceeded {
    /// In which span.
    pub span: Counted,
    /// How often it may be used in that.
    pub most: u32,
}

impl Counted {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Minute => "minute",
            Self::Day => "day",
        }
    }

    /// How long it is.
    pub const fn length(self) -> Duration {
        match self {
            Self::Minute => Duration::from_mins(1),
            Self::Day => Duration::from_hours(24),
        }
    }
}

impl Quota {
    /// Whether nothing is counted.
    pub const fn is_unlimited(&self) -> bool {
        self.per_minute.is_none() && self.per_day.is_none()
    }

    /// What is to be counted, and how far: the shorter span first, so that what is refused there is not counted in the longer one.
    pub fn limits(self) -> impl Iterator<Item = (Counted, u32)> {
        let minute = self.per_minute.map(|most| (Counted::Minute, most));
        let day = self.per_day.map(|most| (Counted::Day, most));
        minute.into_iter().chain(day)
    }

    /// Whether every limit of it is at most the one of `other`.
    pub fn is_within(self, other: Self) -> bool {
        let within = |own: Option<u32>, other: Option<u32>| match (own, other) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(own), Some(other)) => own <= other,
        };
        within(self.per_minute, other.per_minute) && within(self.per_day, other.per_day)
    }
}

impl QuotaExceeded {
    /// Whether the `count`-th use in a span is one too many.
    pub const fn unless_within(span: Counted, most: u32, count: u64) -> Result<(), Self> {
        if count > most as u64 {
            Err(Self { span, most })
        } else {
            Ok(())
        }
    }
}
