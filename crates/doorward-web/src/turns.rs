//! Whose turn it is to be asked for a document: one request at a time goes to one host, and a few in all, so that whoever never answers
//! holds up nobody but its own clients, and those for seconds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, Semaphore};
use tokio::time::timeout;
use url::Url;

use doorward_core::outbound::{Document, Fetched};

use crate::outbound::NoAnswer;
use crate::provider::App;

/// How many documents a node asks for at once.
const AT_ONCE: usize = 16;

/// How many hosts are remembered.
const MOST: usize = 1000;

/// How long somebody waits for a document: for a request under way to the same host, and for one of its own.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// What whoever asks a host holds while it does.
pub(crate) type Turn = Arc<AsyncMutex<()>>;

/// The turns of all hosts.
pub(crate) struct Turns {
    hosts: Mutex<HashMap<String, Turn>>,
    slots: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            hosts: Mutex::default(),
            slots: Semaphore::new(AT_ONCE),
        }
    }
}

impl Turns {
    /// The turn at the host of this address.
    pub(crate) fn at(&self, url: &Url) -> Turn {
        let mut hosts = lock(&self.hosts);
        if hosts.len() >= MOST {
            hosts.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        let host = url.authority().to_owned();
        Arc::clone(hosts.entry(host).or_default())
    }
}

/// Fetches a document when it is its turn.
pub(crate) async fn fetch(app: &App, url: &Url, document: Document) -> Result<Fetched, NoAnswer> {
    let turn = app.turns.at(url);
    let fetched = async {
        let _turn = turn.lock().await;
        fetch_in_turn(app, url, document).await
    };
    let fetched = timeout(PATIENCE, fetched).await;
    fetched.unwrap_or_else(|_| Err(NoAnswer("its turn did not come in time".to_owned())))
}

/// Fetches a document for whoever has the turn.
pub(crate) async fn fetch_in_turn(
    app: &App,
    url: &Url,
    document: Document,
) -> Result<Fetched, NoAnswer> {
    let _slot = app.turns.slots.acquire().await;
    app.outbound.fetch(url, document).await
}

/// Nobody panics while holding one of these locks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
