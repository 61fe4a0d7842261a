//! Clients whose `client_id` is the URL of a document that says what they are
//! ([OAuth Client ID Metadata Document](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html)): read
//! when somebody comes with such a client, where an operator has documents read, and kept among the clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use doorward_core::client::Client;
use doorward_core::event::{Event, RegistrationChange};
use doorward_core::identifiers::ClientId;
use doorward_core::outbound::{Document, Fetched};
use doorward_core::registration::{
    DocumentRefused, DocumentStep, KnownDocument, believed_for, client_of_document,
    client_of_newer_document,
};
use doorward_core::resource_server::Resource;
use doorward_directory::clients::Updated;
use doorward_directory::{Failure, Registered};
use tokio::time::timeout;
use url::Url;

use crate::limits::{self, Verdict};
use crate::outbound::NoAnswer;
use crate::provider::App;
use crate::refusal::Failed;
use crate::registration::MOST_CLIENTS;
use crate::turns::{PATIENCE, Registrant, Turn, fetch_in_turn, lock};

/// How many documents are remembered.
const MOST: usize = 1000;

/// What is known of documents, by the clients that they are of.
#[derive(Default)]
pub(crate) struct ClientDocuments(Mutex<HashMap<ClientId, KnownDocument>>);

/// Why it cannot be said who a client is.
#[derive(Debug)]
pub(crate) enum Undescribed {
    /// There is no such client: its document is none, or is not had and never was.
    Document(DocumentRefused),
    /// It is a client, and its document is not had for the time being.
    Silent(DocumentRefused),
    /// Its document is not read now.
    TooMany(String),
    Failed(Failed),
}

impl From<Failed> for Undescribed {
    fn from(failed: Failed) -> Self {
        Self::Failed(failed)
    }
}

/// Why nothing was made of a document.
enum NotKept {
    Document(DocumentRefused),
    Failed(Failed),
}

impl From<DocumentRefused> for NotKept {
    fn from(refused: DocumentRefused) -> Self {
        Self::Document(refused)
    }
}

impl From<Failure> for NotKept {
    fn from(failure: Failure) -> Self {
        Self::Failed(failure.into())
    }
}

/// The client of this `client_id`, as it is registered or as its document says now; `address` is of whoever names it.
pub(crate) async fn known_client(
    app: &App,
    id: &ClientId,
    address: &str,
) -> Result<Option<Arc<Client>>, Undescribed> {
    let registered = app.client(id);
    // Whom an operator registered has nothing more to say.
    let is_described = registered
        .as_ref()
        .is_none_or(|client| client.dynamic.is_some());
    match id.document_url() {
        Some(_) if is_described && !is_admitted(app, id) => Ok(None),
        Some(url) if is_described => described(app, id, url, address).await.map(Some),
        _ => Ok(registered),
    }
}

/// Who asks about a client that nobody knows does not learn whether somebody answers there.
fn undescribed(app: &App, id: &ClientId, refused: DocumentRefused) -> Undescribed {
    let is_client = app.directory.clients().client(id).is_some();
    if is_client && refused.is_passing() {
        Undescribed::Silent(refused)
    } else {
        Undescribed::Document(refused)
    }
}

/// Whether its document is read. What is for an API must not be taken for what is for a client.
fn is_admitted(app: &App, id: &ClientId) -> bool {
    let servers = app.directory.resource_servers().registry();
    let as_api = id.as_str().parse::<Resource>().ok();
    let is_api = as_api.is_some_and(|resource| servers.get(&resource).is_some());
    !is_api && app.settings.registration.documents.admits(id)
}

async fn described(
    app: &App,
    id: &ClientId,
    url: Url,
    address: &str,
) -> Result<Arc<Client>, Undescribed> {
    let settled = || settled(app, id).map_err(|refused| undescribed(app, id, refused));
    if let Some(client) = settled()? {
        return Ok(client);
    }
    if app.directory.clients().client(id).is_none() {
        limit(app, address).await?;
    }
    // Who gives up waiting does not end the request, or many who give up would make many requests.
    let reading = tokio::spawn(read(
        app.clone(),
        app.turns.at(Registrant::Client, &url),
        id.clone(),
        url,
    ));
    match timeout(PATIENCE, reading).await {
        Ok(Ok(read)) => read?,
        Ok(Err(stopped)) => return Err(Failed(stopped.to_string()).into()),
        Err(_) => {}
    }
    let unanswered = || DocumentRefused::NoAnswer("it is being read still".to_owned());
    settled()?.ok_or_else(|| undescribed(app, id, unanswered()))
}

/// The client, if what is known of its document will do.
fn settled(app: &App, id: &ClientId) -> Result<Option<Arc<Client>>, DocumentRefused> {
    match known(app, id).step(app.now()) {
        DocumentStep::Read => Ok(None),
        DocumentStep::Refuse(refused) => Err(refused),
        DocumentStep::Believe => Ok(app.client(id)),
    }
}

/// What is known of a client's document. Others may have read it before this process began.
fn known(app: &App, id: &ClientId) -> KnownDocument {
    app.client_documents.of(id).unwrap_or_else(|| {
        let kept = app.directory.clients().client(id);
        kept.map_or_else(KnownDocument::default, |client| {
            KnownDocument::of_kept_client(&client, app.now())
        })
    })
}

/// Counts a client that nobody has heard of, like one that registers itself.
async fn limit(app: &App, address: &str) -> Result<(), Undescribed> {
    if limits::registration(app, address).await? == Verdict::Exceeded {
        let reason = format!("{address} came with too many clients that nobody knew");
        return Err(Undescribed::TooMany(reason));
    }
    if app.directory.clients().dynamic() >= MOST_CLIENTS {
        let reason = format!("{MOST_CLIENTS} clients came by themselves already");
        return Err(Undescribed::TooMany(reason));
    }
    Ok(())
}

/// Reads a document when it is our turn, unless somebody has done so meanwhile.
async fn read(app: App, turn: Turn, id: ClientId, url: Url) -> Result<(), Failed> {
    let _held = turn.hold().await;
    if !matches!(settled(&app, &id), Ok(None)) {
        return Ok(());
    }
    let kept = match fetch_in_turn(&app, &turn, &url, Document::Json).await {
        Ok(fetched) => match keep(&app, &id, &fetched).await {
            Ok(()) => Ok(believed_for(fetched.cache_control.as_deref())),
            Err(NotKept::Document(refused)) => Err(refused),
            Err(NotKept::Failed(failed)) => return Err(failed),
        },
        Err(NoAnswer(reason)) => Err(DocumentRefused::NoAnswer(reason)),
    };
    if let Err(reason) = &kept {
        tracing::info!(client.id = %id, %reason, "a client's document was refused");
    }
    let now = app.now();
    let mut known = known(&app, &id);
    let is_gone = kept.as_ref().is_err_and(|refused| !refused.is_passing());
    match kept {
        Ok(believed) => known.read(believed, now),
        Err(refused) => known.failed(refused, now),
    }
    app.client_documents.learn(id.clone(), known);
    if is_gone {
        mark_gone(&app, &id).await?;
    }
    Ok(())
}

/// Lets whoever has not read the document know that its owner took it back, if there was one.
async fn mark_gone(app: &App, id: &ClientId) -> Result<(), Failure> {
    let (clients, now) = (app.directory.clients(), app.now());
    let marked = clients.update(id, |client| {
        Ok::<_, Failure>(client.with_document_gone(now))
    });
    marked.await.map(drop)
}

/// Makes of the client what its document says.
async fn keep(app: &App, id: &ClientId, fetched: &Fetched) -> Result<(), NotKept> {
    let clients = app.directory.clients();
    let (policy, now) = (&app.settings.registration, app.now());
    let updated = clients.update(id, |before| match before.dynamic {
        Some(_) => Ok(client_of_newer_document(before, fetched, policy)?),
        // An operator registered it meanwhile.
        None => Ok::<_, NotKept>(before.clone()),
    });
    let change = match updated.await? {
        Updated::Unchanged(_) => return Ok(()),
        Updated::Updated(_) => RegistrationChange::Updated,
        Updated::Absent => {
            let client = client_of_document(id, fetched, policy, now)?;
            match clients.register(&client, None, now).await? {
                Registered::Registered => RegistrationChange::Registered,
                // Another node was faster.
                Registered::Taken | Registered::NoToken => return Ok(()),
            }
        }
    };
    let client = id.clone();
    app.note_unasked(Event::ClientRegistration { client, change });
    Ok(())
}

impl ClientDocuments {
    fn of(&self, id: &ClientId) -> Option<KnownDocument> {
        lock(&self.0).get(id).cloned()
    }

    fn learn(&self, id: ClientId, document: KnownDocument) {
        let mut known = lock(&self.0);
        if known.len() >= MOST && !known.contains_key(&id) {
            let oldest = known
                .iter()
                .min_by_key(|(_, document)| document.settled_until());
            let oldest = oldest.map(|(id, _)| id.clone());
            oldest.and_then(|oldest| known.remove(&oldest));
        }
        known.insert(id, document);
    }
}
