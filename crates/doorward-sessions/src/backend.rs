//! What a session store can do, whatever keeps its entries.

use std::borrow::Cow;
use std::time::Duration;

use async_trait::async_trait;

use crate::Key;

/// Keeps bytes for a while. Each operation is one atomic step, on any number of nodes.
///
/// An entry whose time to live has passed is absent to every operation. Times to live have a
/// precision of one millisecond. What was acknowledged is durable, as far as the backend's own
/// settings go. No key is used for a value and a counter both.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Stores `value` unless there is an entry already; that one stays as it is.
    async fn insert(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Inserted, Unavailable>;

    /// The present value.
    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable>;

    /// Puts `value` in place of the present one and returns that one; does nothing when there is none.
    ///
    /// Of any number of racing callers exactly one is handed the original.
    async fn replace(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Option<Vec<u8>>, Unavailable>;

    /// Removes the value or counter, if there is one.
    async fn remove(&self, key: &Key) -> Result<(), Unavailable>;

    /// Adds one to a counter and returns the new count.
    ///
    /// The counter starts at 0 and is gone `ttl` after its first use; later uses do not prolong it. Where a server's answer was
    /// lost on the way it may have counted one too many, and never one too few.
    async fn add(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable>;
}

/// What became of an insertion.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Inserted {
    /// The value is stored.
    New,
    /// Another value stands there; nothing was changed.
    AlreadyThere,
}

/// The store did not do what it was asked, or cannot say whether it did. The reason is for the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the session store does not answer: {reason}")]
pub struct Unavailable {
    reason: Cow<'static, str>,
}

impl Unavailable {
    /// Because of `reason`.
    pub fn because(reason: impl Into<Cow<'static, str>>) -> Self {
        Self {
            reason: reason.into(),
        }
    }
}

/// The store cannot be opened. For the person who starts the program.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot open the session store {place}: {reason}")]
pub struct Unopened {
    /// Which store, without its password.
    pub place: String,
    /// Why not.
    pub reason: String,
}
