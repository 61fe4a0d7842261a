//! The time and the randomness that a provider under test is given.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use doorward_core::random::Random;
use doorward_core::{Clock, Timestamp};

/// A clock that stands still until a test moves it.
///
/// It begins at a time that is not the machine's, so that nothing that reads another clock passes unnoticed.
#[derive(Debug)]
pub struct TestClock(AtomicI64);

impl Default for TestClock {
    fn default() -> Self {
        Self::at(Timestamp::from_seconds(1_893_456_000))
    }
}

impl TestClock {
    /// A clock that shows `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Lets time pass.
    pub fn advance(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).expect("a test does not last so long");
        self.0.fetch_add(span, Ordering::SeqCst);
    }

    /// What the clock shows, in whole seconds since 1970, as tokens have it.
    pub fn seconds(&self) -> i64 {
        self.now().as_seconds()
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// The operating system's randomness.
#[derive(Clone, Copy, Debug)]
pub struct SystemRandom;

impl Random for SystemRandom {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is where the tests' randomness comes from"
    )]
    fn fill(&self, bytes: &mut [u8]) {
        aws_lc_rs::rand::fill(bytes).expect("the system has randomness");
    }
}

/// A random text of letters and digits that is different each time: a state, a nonce or the like.
pub fn random_text() -> String {
    use base64::Engine;
    let random: &dyn Random = &SystemRandom;
    base64::prelude::BASE64_URL_SAFE_NO_PAD.encode(random.bytes::<32>())
}
