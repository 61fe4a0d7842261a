//! The system's clock and randomness: the one place that reads them, behind the core's traits.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use doorward_core::random::Random;
use doorward_core::{Clock, Timestamp};

/// The system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is the clock")]
        let now = SystemTime::now();
        // A clock before 1970 is read as 1970; nothing is valid then, so nothing is let in.
        let since = now.duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }
}

/// What the clock is held against before moments are written down that other nodes go by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReferenceClock {
    /// The clock of the database server, where the directory is on one.
    #[default]
    Database,
    /// Nothing: somebody moves the clock by hand.
    None,
}

/// How long something takes, which no rule depends on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// One that runs from now on.
    pub(crate) fn start() -> Self {
        #[expect(clippy::disallowed_methods, reason = "this is the stopwatch")]
        let started = Instant::now();
        Self(started)
    }

    /// How long it has run.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// The operating system's randomness, through a generator that it seeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        #[expect(clippy::disallowed_methods, reason = "this is the randomness")]
        let filled = aws_lc_rs::rand::fill(bytes);
        if filled.is_err() {
            // A secret that can be guessed is worse than no server.
            tracing::error!("the operating system gives no randomness");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_shows_a_time_after_this_was_written() {
        assert!(SystemClock.now() > Timestamp::from_seconds(1_760_000_000));
    }

    #[test]
    fn two_draws_differ() {
        let random: &dyn Random = &SystemRandom;
        assert_ne!(random.bytes::<32>(), random.bytes::<32>());
    }
}
