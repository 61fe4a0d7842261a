//! What goes on beside the requests: taking over what other processes changed, and removing what has expired.

use std::sync::Arc;
use std::time::Duration;

use doorward_core::Clock;
use doorward_core::random::Random;
use doorward_directory::Directory;
use doorward_web::{Provider, remove_unused_clients};
use tokio::time::{Interval, MissedTickBehavior, interval};

/// How often changes that another process made to the directory are looked for, besides when they are announced.
const REFRESH_EVERY: Duration = Duration::from_millis(250);

/// How often it is written down who has fetched the key set.
const NOTE_EVERY: Duration = Duration::from_secs(1);

/// How often what has expired is removed from the directory.
const SWEEP_EVERY: Duration = Duration::from_mins(10);

/// How long the node that sweeps is left to it. A little longer than from one sweep to the next, so that it stays the same
/// node while it lives, and not much longer, so that another one soon takes over when it does not.
const SWEEPING: Duration = Duration::from_mins(12);

/// Takes over what other processes change in the directory, such as another node or the command line.
pub(crate) async fn follow_changes(provider: Arc<Provider>, directory: Directory) {
    let mut failing = false;
    let mut ticks = every(REFRESH_EVERY);
    loop {
        tokio::select! {
            _ = ticks.tick() => {}
            () = directory.changed() => {}
        }
        let refreshed = provider.follow_directory().await;
        match &refreshed {
            // Said once, not with every attempt.
            Err(error) if !failing => {
                tracing::error!(%error, "changes of clients and keys cannot be read");
            }
            Ok(()) if failing => tracing::info!("changes of clients and keys are read again"),
            _ => {}
        }
        failing = refreshed.is_err();
    }
}

/// Writes down who has fetched the key set.
pub(crate) async fn note_readers(provider: Arc<Provider>) {
    let mut ticks = every(NOTE_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = provider.note_key_set_readers().await {
            tracing::warn!(%error, "who has fetched the key set cannot be written down");
        }
    }
}

/// Removes what has expired from the directory, while it is this node's turn. The session store does so by itself.
pub(crate) async fn sweep(
    provider: Arc<Provider>,
    directory: Directory,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
) {
    let node = node_name(&*random);
    let mut ticks = every(SWEEP_EVERY);
    loop {
        ticks.tick().await;
        if let Err(error) = sweep_in_turn(&provider, &directory, &node, &*clock).await {
            tracing::error!(%error, "what has expired cannot be removed");
        }
    }
}

async fn sweep_in_turn(
    provider: &Provider,
    directory: &Directory,
    node: &str,
    clock: &dyn Clock,
) -> Result<(), doorward_directory::Failure> {
    let now = clock.now();
    if directory.lease("sweep", node, SWEEPING, now).await? {
        let swept = directory.sweep(now).await?;
        tracing::debug!(?swept, "swept");
        remove_unused_clients(provider).await?;
    }
    Ok(())
}

/// What this node is called where one node at a time does something.
pub(crate) fn node_name(random: &dyn Random) -> String {
    random
        .bytes::<16>()
        .map(|byte| format!("{byte:02x}"))
        .concat()
}

/// Ticks each `period`, the first time at once; ticks that were missed are not made up for.
pub(crate) fn every(period: Duration) -> Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
