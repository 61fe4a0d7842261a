//! What the tests share.

use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use doorward_core::random::Random;
use doorward_core::seal::{KeyEncryptionKey, Sealer};
use doorward_core::{Clock, Timestamp};
use doorward_sessions::{Backend, Inserted, Key, Store};
use tokio::task::JoinSet;

/// Longer than any test takes.
pub(crate) const LONG: Duration = Duration::from_hours(1);

/// How long what a test waits for may take before it has failed.
pub(crate) const DEADLINE: Duration = Duration::from_secs(30);

/// A clock that stands still until it is told otherwise.
pub(crate) struct SettableClock(AtomicI64);

impl SettableClock {
    pub(crate) fn new() -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(1_700_000_000_000)))
    }

    pub(crate) fn advance(&self, span: Duration) {
        let span = i64::try_from(span.as_millis()).unwrap();
        self.0.fetch_add(span, Ordering::SeqCst);
    }
}

impl Clock for SettableClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that do not repeat within a test.
pub(crate) struct CountingRandom(AtomicU64);

impl Random for CountingRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let count = self.0.fetch_add(1, Ordering::SeqCst).to_be_bytes();
        for (byte, count) in bytes.iter_mut().zip(count.iter().cycle()) {
            *byte = *count;
        }
    }
}

pub(crate) fn random() -> Arc<dyn Random> {
    Arc::new(CountingRandom(AtomicU64::new(1)))
}

pub(crate) fn sealer(purpose: &'static str) -> Sealer {
    KeyEncryptionKey::parse(&"a7".repeat(32))
        .unwrap()
        .as_root()
        .sealer(purpose)
}

/// A text that no other test and no other run has.
pub(crate) fn unique() -> String {
    format!("{:016x}", RandomState::new().hash_one("doorward"))
}

/// An open backend, and how time passes for it.
pub(crate) struct Fixture {
    pub(crate) backend: Arc<dyn Backend>,
    /// `None` where the backend has a clock of its own.
    pub(crate) clock: Option<Arc<SettableClock>>,
    /// A time to live that passes soon, and not before a test is done with it.
    pub(crate) short: Duration,
    /// What must outlive the backend.
    pub(crate) _guard: Option<tempfile::TempDir>,
}

impl Fixture {
    /// Lets everything expire that was given a `short` time to live before.
    pub(crate) async fn let_short_pass(&self) {
        let marker = Key::of("marker", &unique());
        let inserted = self.backend.insert(&marker, vec![1], self.short).await;
        assert_eq!(inserted, Ok(Inserted::New));
        if let Some(clock) = &self.clock {
            clock.advance(self.short);
        }
        let gone = async {
            while self.backend.get(&marker).await.unwrap().is_some() {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        tokio::time::timeout(DEADLINE, gone).await.unwrap();
    }

    pub(crate) fn store(&self) -> Store {
        Store::new(Arc::clone(&self.backend), sealer("session"), random())
    }
}

/// Runs `times` copies of a task at once and returns what came of each.
pub(crate) async fn in_parallel<F, T>(times: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    F: Future<Output = T> + Send + 'static,
    T: Send + 'static,
{
    (0..times)
        .map(task)
        .collect::<JoinSet<_>>()
        .join_all()
        .await
}
