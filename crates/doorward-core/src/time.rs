//! Points in time, and where they come from.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;
use time::formatting::Formattable;

/// A point in time, in milliseconds since 1970-01-01T00:00:00Z.
///
/// Tokens carry whole seconds ([`Timestamp::as_seconds`]); the finer grain orders what
/// happens within one second, such as a sign-in and the request that asked for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The point `milliseconds` after 1970-01-01T00:00:00Z.
    pub const fn from_millis(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// The point `seconds` after 1970-01-01T00:00:00Z.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970-01-01T00:00:00Z, the `NumericDate` of [RFC 7519 section 2].
    ///
    /// [RFC 7519 section 2]: https://www.rfc-editor.org/rfc/rfc7519#section-2
    pub const fn as_seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// How programs read it, in UTC and to the second ([RFC 3339](https://www.rfc-editor.org/rfc/rfc3339)).
    pub fn rfc3339(self) -> String {
        self.formatted(&Rfc3339)
    }

    /// In this format, in UTC; the number of seconds for a point that no calendar has.
    pub fn formatted(self, format: &(impl Formattable + ?Sized)) -> String {
        let at = OffsetDateTime::from_unix_timestamp(self.as_seconds()).ok();
        at.and_then(|at| at.format(format).ok())
            .unwrap_or_else(|| self.as_seconds().to_string())
    }

    /// The point `span` later.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// The point `span` earlier.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// How long after `earlier` this is; zero when it is not after it.
    pub fn since(self, earlier: Self) -> Duration {
        let millis = self.0.saturating_sub(earlier.0);
        Duration::from_millis(u64::try_from(millis).unwrap_or(0))
    }

    /// Whether two clocks that show these at one moment agree well enough to serve one issuer: within [`CLOCK_TOLERANCE`].
    pub fn agrees_with(self, other: Self) -> bool {
        self.since(other).max(other.since(self)) <= CLOCK_TOLERANCE
    }
}

/// How far the clock of a node may be from the one that all nodes have in common. Tokens that one node makes must be good at
/// the next, and what one lets expire must not live on at another.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(30);

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Where the time comes from: the system's clock in the binary, a settable one in tests.
pub trait Clock: Send + Sync + 'static {
    /// The present time.
    fn now(&self) -> Timestamp;
}
