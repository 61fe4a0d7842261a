//! The keys that clients and assertion issuers publish at their `jwks_uri`, asked for when something is to be verified that they
//! signed, or to be encrypted for them.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use doorward_core::client::Client;
use doorward_core::client_keys::{KeysUnavailable, KnownKeys, Step, published};
use doorward_core::jose::{Encrypter, Encryption, JwkSet, NeededKey};
use doorward_core::outbound::{Document, OutboundUri};
use tokio::time::timeout;

use crate::outbound::NoAnswer;
use crate::provider::App;
use crate::turns::{PATIENCE, Registrant, Turn, fetch_in_turn, lock};

/// How many addresses of a share are remembered.
const MOST: usize = 1000;

/// What is known of published keys. Clients that registered themselves, however many they are, take no memory from what an operator
/// registered.
#[derive(Default)]
pub(crate) struct ClientKeys {
    operators: Share,
    dynamic: Share,
}

/// What is known of the keys of some, by their addresses.
#[derive(Default)]
struct Share(Mutex<HashMap<OutboundUri, KnownKeys>>);

impl ClientKeys {
    const fn share(&self, registrant: Registrant) -> &Share {
        match registrant {
            Registrant::Operator => &self.operators,
            Registrant::Client => &self.dynamic,
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
            let keys = keys(app, Registrant::of(client), uri, needed).await?;
            Ok(Arc::new(client.publishing(keys)))
        }
    }
}

/// The keys that somebody publishes there now, for something that needs this one of them.
pub(crate) async fn keys(
    app: &App,
    registrant: Registrant,
    uri: &OutboundUri,
    needed: &NeededKey,
) -> Result<JwkSet, KeysUnavailable> {
    let share = app.client_keys.share(registrant);
    match share.known(uri).step(needed, app.now()) {
        Step::Use(keys) => return Ok(keys),
        Step::Fail(reason) => return Err(reason),
        Step::Ask => {}
    }
    let turn = app.turns.of_keys(registrant, uri);
    if turn.is_taken()
        && let Ok(keys) = share.known(uri).settle(needed, app.now())
        && keys.has(needed)
    {
        // Somebody else asks for them already, and what is known will do.
        return Ok(keys);
    }
    // Who gives up waiting does not end the request, or many who give up would make many requests.
    let asking = tokio::spawn(ask(app.clone(), turn, uri.clone(), needed.clone()));
    let _waited = timeout(PATIENCE, asking).await;
    share.known(uri).settle(needed, app.now())
}

/// Asks for keys when it is our turn, unless somebody has done so meanwhile.
async fn ask(app: App, turn: Turn, uri: OutboundUri, needed: NeededKey) {
    let _held = turn.hold().await;
    let share = app.client_keys.share(turn.registrant);
    if share.known(&uri).step(&needed, app.now()) != Step::Ask {
        return;
    }
    let host = app.turns.at(turn.registrant, uri.url());
    let _at_host = host.hold().await;
    let answer = match fetch_in_turn(&app, &host, uri.url(), Document::Keys).await {
        Ok(fetched) => published(&fetched),
        Err(NoAnswer(reason)) => Err(KeysUnavailable::NoAnswer(reason)),
    };
    if let Err(reason) = &answer {
        tracing::info!(jwks_uri = %uri, %reason, "published keys were not had");
    }
    share.learn(uri, answer, app.now());
}

impl Share {
    fn known(&self, uri: &OutboundUri) -> KnownKeys {
        lock(&self.0).get(uri).cloned().unwrap_or_default()
    }

    fn learn(
        &self,
        uri: OutboundUri,
        answer: Result<JwkSet, KeysUnavailable>,
        now: doorward_core::Timestamp,
    ) {
        let mut known = lock(&self.0);
        if known.len() >= MOST && !known.contains_key(&uri) {
            let oldest = known.iter().min_by_key(|(_, keys)| keys.asked_at());
            let oldest = oldest.map(|(uri, _)| uri.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        known.entry(uri).or_default().learn(answer, now);
    }
}
