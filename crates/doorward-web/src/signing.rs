//! Signing off the threads that serve requests, where it takes long.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;

use doorward_core::jose::Algorithm;
use tokio::sync::Semaphore;

use crate::refusal::Failed;

/// Runs RSA signatures, at most one a core at a time: each takes as long as dozens of whole requests.
pub(crate) struct Signing {
    slots: Arc<Semaphore>,
}

impl Default for Signing {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            slots: Arc::new(Semaphore::new(cores)),
        }
    }
}

/// How long a piece of signing takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Pace {
    /// Less than it would take to hand it over.
    Fast,
    /// Long enough to hold up others.
    Slow,
}

impl Pace {
    /// How long a signature by `algorithm` takes.
    pub(crate) const fn of(algorithm: Algorithm) -> Self {
        if algorithm.is_slow() {
            Self::Slow
        } else {
            Self::Fast
        }
    }
}

impl Signing {
    /// Runs `sign` here, or on a thread of its own where it is slow.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        pace: Pace,
        sign: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failed> {
        if pace == Pace::Fast {
            return Ok(sign());
        }
        let slot = Arc::clone(&self.slots)
            .acquire_owned()
            .await
            .map_err(|error| Failed(error.to_string()))?;
        let signed = tokio::task::spawn_blocking(move || {
            let signed = sign();
            drop(slot);
            signed
        });
        signed.await.map_err(|error| Failed(error.to_string()))
    }
}
