//! Signing off the threads that serve requests, where it takes long.

use std::num::NonZero;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use doorward_core::jose::Pace;
use tokio::sync::Semaphore;

use crate::refusal::Failed;

/// The most signatures that are waited for elsewhere at a time.
const WAITING: usize = 32;

/// How long a signature that is made elsewhere may take, with the wait for its turn.
const PATIENCE: Duration = Duration::from_secs(5);

/// Runs what signs: slow signatures at most one a core at a time, since each takes as long as dozens of whole requests; those that are
/// made elsewhere a few more at a time, and never longer than [`PATIENCE`].
pub(crate) struct Signing {
    cores: Arc<Semaphore>,
    elsewhere: Arc<Semaphore>,
}

impl Default for Signing {
    fn default() -> Self {
        let cores = thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            cores: Arc::new(Semaphore::new(cores)),
            elsewhere: Arc::new(Semaphore::new(WAITING)),
        }
    }
}

impl Signing {
    /// Runs `sign` here, or on a thread of its own where it takes long.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        pace: Pace,
        sign: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Failed> {
        match pace {
            Pace::Fast => Ok(sign()),
            Pace::Slow => apart(&self.cores, sign).await,
            Pace::Elsewhere => {
                let signed = tokio::time::timeout(PATIENCE, apart(&self.elsewhere, sign));
                signed.await.unwrap_or_else(|_| Err(late()))
            }
        }
    }
}

/// Runs `sign` on a thread of its own when one of the `slots` is free, which it keeps to its end whoever waits for it.
async fn apart<T: Send + 'static>(
    slots: &Arc<Semaphore>,
    sign: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Failed> {
    let slot = Arc::clone(slots)
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

fn late() -> Failed {
    let reason = "the hardware that holds the signing key made no signature in time";
    Failed(format!("{reason}: {} s", PATIENCE.as_secs()))
}
