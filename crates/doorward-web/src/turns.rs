//! Whose turn it is to be asked for a document: one request at a time goes to one host, and a few in all, so that whoever never answers
//! holds up nobody but its own clients, and those for seconds. Clients that registered themselves have a share of their own. Anybody's
//! links have request objects asked for, so those have turns of their own, and keys and documents do not wait for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Mutex as AsyncMutex, MutexGuard as AsyncMutexGuard, Semaphore};
use tokio::time::timeout;
use url::Url;

use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;
use doorward_core::outbound::{Document, Fetched, OutboundUri};

use crate::outbound::NoAnswer;
use crate::provider::App;

/// How many documents of what an operator registered a node asks for at once.
const AT_ONCE: usize = 16;

/// The same of clients that registered themselves.
const AT_ONCE_DYNAMIC: usize = 8;

/// How many turns of a share are remembered.
const MOST: usize = 1000;

/// How long somebody waits for a document: for a request under way to the same host, and for one of its own.
pub(crate) const PATIENCE: Duration = Duration::from_secs(10);

/// Who registered whatever a document is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Registrant {
    Operator,
    /// The client itself.
    Client,
}

impl Registrant {
    pub(crate) const fn of(client: &Client) -> Self {
        match client.dynamic {
            Some(_) => Self::Client,
            None => Self::Operator,
        }
    }
}

/// What one has to wait for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Queue {
    /// Keys and documents at this host.
    Documents(String),
    /// Request objects at this host.
    Objects(String),
    /// Request objects of this client.
    Publisher(ClientId),
    /// The keys at this address.
    Keys(OutboundUri),
}

/// What whoever asks holds while it does.
pub(crate) struct Turn {
    pub(crate) registrant: Registrant,
    lock: Arc<AsyncMutex<()>>,
}

impl Turn {
    /// Waits until nobody else holds it.
    pub(crate) async fn hold(&self) -> AsyncMutexGuard<'_, ()> {
        self.lock.lock().await
    }

    /// Whether somebody holds it now.
    pub(crate) fn is_taken(&self) -> bool {
        self.lock.try_lock().is_err()
    }
}

/// All turns. Clients that registered themselves, however many and however slow they are, take no turn at a host and no
/// request from what an operator registered.
pub(crate) struct Turns {
    operators: Share,
    dynamic: Share,
}

struct Share {
    turns: Mutex<HashMap<Queue, Arc<AsyncMutex<()>>>>,
    slots: Semaphore,
}

impl Default for Turns {
    fn default() -> Self {
        Self {
            operators: Share::of(AT_ONCE),
            dynamic: Share::of(AT_ONCE_DYNAMIC),
        }
    }
}

impl Turns {
    /// The turn at the host of this address, for keys or a document.
    pub(crate) fn at(&self, registrant: Registrant, url: &Url) -> Turn {
        self.of(registrant, Queue::Documents(url.authority().to_owned()))
    }

    /// The turn at the host of this address, for a request object.
    pub(crate) fn of_objects_at(&self, registrant: Registrant, url: &Url) -> Turn {
        self.of(registrant, Queue::Objects(url.authority().to_owned()))
    }

    /// The turn of those who need a request object of `client`: whatever hosts it named, one of them is asked at a time. Whoever has it
    /// waits for the turn at the host.
    pub(crate) fn of_publisher(&self, client: &Client) -> Turn {
        let queue = Queue::Publisher(client.client_id.clone());
        self.of(Registrant::of(client), queue)
    }

    /// The turn of those who need the keys at this address. Whoever has it waits for the turn at its host.
    pub(crate) fn of_keys(&self, registrant: Registrant, uri: &OutboundUri) -> Turn {
        self.of(registrant, Queue::Keys(uri.clone()))
    }

    fn of(&self, registrant: Registrant, queue: Queue) -> Turn {
        let lock = self.share(registrant).turn(queue);
        Turn { registrant, lock }
    }

    const fn share(&self, registrant: Registrant) -> &Share {
        match registrant {
            Registrant::Operator => &self.operators,
            Registrant::Client => &self.dynamic,
        }
    }
}

impl Share {
    fn of(at_once: usize) -> Self {
        Self {
            turns: Mutex::default(),
            slots: Semaphore::new(at_once),
        }
    }

    fn turn(&self, queue: Queue) -> Arc<AsyncMutex<()>> {
        let mut turns = lock(&self.turns);
        if turns.len() >= MOST {
            turns.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        Arc::clone(turns.entry(queue).or_default())
    }
}

/// Fetches a document of a client that registers itself, when it is its turn.
pub(crate) async fn fetch(app: &App, url: &Url, document: Document) -> Result<Fetched, NoAnswer> {
    let turn = app.turns.at(Registrant::Client, url);
    let fetched = async {
        let _held = turn.hold().await;
        fetch_in_turn(app, &turn, url, document).await
    };
    let fetched = timeout(PATIENCE, fetched).await;
    fetched.unwrap_or_else(|_| Err(NoAnswer("its turn did not come in time".to_owned())))
}

/// Fetches a document for whoever holds the turn.
pub(crate) async fn fetch_in_turn(
    app: &App,
    turn: &Turn,
    url: &Url,
    document: Document,
) -> Result<Fetched, NoAnswer> {
    let _slot = app.turns.share(turn.registrant).slots.acquire().await;
    app.outbound.fetch(url, document).await
}

/// Nobody panics while holding one of these locks.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
