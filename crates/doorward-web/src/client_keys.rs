//! The keys that clients publish at their `jwks_uri`, asked for when something is to be verified that they signed, or to be encrypted for
//! them.
//!
//! One request at a time goes to one host, and a few in all, so that whoever never answers holds up nobody but its own clients, and those
//! for seconds. Clients that registered themselves have a share of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use doorward_core::client::Client;
use doorward_core::client_keys::{KeysUnavailable, KnownKeys, Step};
use doorward_core::jose::{Encrypter, Encryption, JwkSet, NeededKey};
use doorward_core::outbound::OutboundUri;
use tokio::sync::{Mutex as Turn, Semaphore};
use tokio::time::timeout;

use crate::outbound::NoAnswer;
use crate::provider::App;

/// How many requests for keys of clients that an operator registered a node has under way at once.
const AT_ONCE: usize = 16;

/// The same of clients that registered themselves.
const AT_ONCE_DYNAMIC: usize = 8;

/// How long somebody waits for keys: for a request under way to the same host, and for one of its own.
const PATIENCE: Duration = Duration::from_secs(10);

/// How many addresses of a share are remembered, and as many hosts.
const MOST: usize = 1000;

/// The keys that clients publish. Those that registered themselves, however many and however slow they are, take no turn at a host,
/// no request and no memory from those that an operator registered.
pub(crate) struct ClientKeys {
    operators: Arc<Share>,
    dynamic: Arc<Share>,
}

/// What is known of the keys of some clients, by their addresses.
struct Share {
    known: Mutex<HashMap<OutboundUri, KnownKeys>>,
    /// Whose turn it is to ask each host.
    hosts: Mutex<HashMap<String, Arc<Turn<()>>>>,
    slots: Semaphore,
}

impl Default for ClientKeys {
    fn default() -> Self {
        Self {
            operators: Arc::new(Share::of(AT_ONCE)),
            dynamic: Arc::new(Share::of(AT_ONCE_DYNAMIC)),
        }
    }
}

impl ClientKeys {
    fn share(&self, client: &Client) -> &Arc<Share> {
        match client.dynamic {
            Some(_) => &self.dynamic,
            None => &self.operators,
        }
    }
}

/// What encrypts for `client` as it is registered, if it is, with a key that it has now.
pub(crate) async fn encrypter_for(
    app: &App,
    client: &Arc<Client>,
    registered: Option<Encryption>,
) -> Result<Option<Encrypter>, KeysUnavailable> {
    let Some(encryption) = registered else {
        return Ok(None);
    };
    let holder = with_keys(app, client, &NeededKey::Encrypts(encryption)).await?;
    let keys = holder.jwks.as_ref();
    keys.and_then(|keys| keys.encrypter(encryption))
        .ok_or(KeysUnavailable::NoneEncrypts(encryption.alg))
        .map(Some)
}

/// `client` with the keys that it has now, for what one is `needed` for.
pub(crate) async fn with_keys(
    app: &App,
    client: &Arc<Client>,
    needed: &NeededKey,
) -> Result<Arc<Client>, KeysUnavailable> {
    match &client.jwks_uri {
        None => Ok(Arc::clone(client)),
        Some(uri) => {
            let share = app.client_keys.share(client);
            let keys = keys(app, share, uri, needed).await?;
            Ok(Arc::new(client.publishing(keys)))
        }
    }
}

async fn keys(
    app: &App,
    share: &Arc<Share>,
    uri: &OutboundUri,
    needed: &NeededKey,
) -> Result<JwkSet, KeysUnavailable> {
    match share.known(uri).step(needed, app.now()) {
        Step::Use(keys) => return Ok(keys),
        Step::Fail(reason) => return Err(reason),
        Step::Ask => {}
    }
    let turn = share.turn(uri);
    if turn.try_lock().is_err()
        && let Ok(keys) = share.known(uri).settle(needed, app.now())
    {
        // Somebody else asks already, and what is known will do.
        return Ok(keys);
    }
    // Who gives up waiting does not end the request, or many who give up would make many requests.
    let asking = tokio::spawn(ask(
        app.clone(),
        Arc::clone(share),
        uri.clone(),
        needed.clone(),
    ));
    let _waited = timeout(PATIENCE, asking).await;
    share.known(uri).settle(needed, app.now())
}

/// Asks for keys when it is our turn, unless somebody has done so meanwhile.
async fn ask(app: App, share: Arc<Share>, uri: OutboundUri, needed: NeededKey) {
    let turn = share.turn(&uri);
    let _turn = turn.lock().await;
    if share.known(&uri).step(&needed, app.now()) != Step::Ask {
        return;
    }
    let _slot = share.slots.acquire().await;
    let answer = match app.outbound.get_keys(uri.url()).await {
        Ok(answer) => answer.keys(),
        Err(NoAnswer(reason)) => Err(KeysUnavailable::NoAnswer(reason)),
    };
    if let Err(reason) = &answer {
        tracing::info!(jwks_uri = %uri, %reason, "a client's keys were not had");
    }
    share.learn(uri, answer, app.now());
}

impl Share {
    fn of(at_once: usize) -> Self {
        Self {
            known: Mutex::default(),
            hosts: Mutex::default(),
            slots: Semaphore::new(at_once),
        }
    }

    fn known(&self, uri: &OutboundUri) -> KnownKeys {
        lock(&self.known).get(uri).cloned().unwrap_or_default()
    }

    fn learn(
        &self,
        uri: OutboundUri,
        answer: Result<JwkSet, KeysUnavailable>,
        now: doorward_core::Timestamp,
    ) {
        let mut known = lock(&self.known);
        if known.len() >= MOST && !known.contains_key(&uri) {
            let oldest = known.iter().min_by_key(|(_, keys)| keys.asked_at());
            let oldest = oldest.map(|(uri, _)| uri.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        known.entry(uri).or_default().learn(answer, now);
    }

    /// What whoever asks the host of this address holds while it does.
    fn turn(&self, uri: &OutboundUri) -> Arc<Turn<()>> {
        let mut hosts = lock(&self.hosts);
        if hosts.len() >= MOST {
            hosts.retain(|_, turn| Arc::strong_count(turn) > 1);
        }
        let host = uri.url().authority().to_owned();
        Arc::clone(hosts.entry(host).or_default())
    }
}

/// Nobody panics while holding one of these locks.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
