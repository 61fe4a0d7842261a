//! Who fetches the key set: the evidence that the next signing key may sign.
//!
//! The key set is for everybody, and nobody has to say who they are. Whoever does (in the address, or by authenticating) is remembered,
//! so that a key is not used before those who need it know it. That costs a row for each application that is registered, and for others
//! a few lines of who they may be.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Mutex, PoisonError};

use axum::http::Uri;
use axum::http::header::USER_AGENT;
use axum::http::request::Parts;
use doorward_core::identifiers::ClientId;
use doorward_core::keys::{Sighting, Way, the_only};
use doorward_core::resource_server::Resource;
use doorward_core::time::Timestamp;
use doorward_directory::Failure;

use crate::client_address::{self, counted};
use crate::client_authentication;
use crate::provider::{App, Provider};

/// How many of those who said nothing of themselves are remembered until they are written down.
const STRANGERS: usize = 32;

/// How many characters of what a stranger calls itself are kept.
const AGENT: usize = 60;

/// What was seen since it was last written down.
#[derive(Default)]
pub(crate) struct KeySetReaders(Mutex<HashMap<String, Sighting>>);

impl KeySetReaders {
    fn note(&self, sighting: Sighting) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let strangers = || {
            seen.values()
                .filter(|seen| seen.way == Way::UserAgent)
                .count()
        };
        if sighting.way == Way::UserAgent && strangers() >= STRANGERS {
            return;
        }
        match seen.entry(sighting.application.clone()) {
            Entry::Vacant(entry) => {
                entry.insert(sighting);
            }
            Entry::Occupied(mut entry) => entry.get_mut().absorb(&sighting),
        }
    }

    fn take(&self) -> Vec<Sighting> {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.drain().map(|(_, sighting)| sighting).collect()
    }
}

/// Notes who asks for a key set whose newest key was published at `newest`.
pub(crate) fn note(app: &App, parts: &Parts, newest: Timestamp) {
    let (application, way) = reader(app, parts);
    let seen_at = app.now();
    app.key_set_readers.note(Sighting {
        application,
        newest,
        seen_at,
        way,
    });
}

fn reader(app: &App, parts: &Parts) -> (String, Way) {
    if let Some(client) = client_authentication::by_header(app, parts) {
        return (client.client_id.to_string(), Way::Authenticated);
    }
    let neighbours = neighbours(app, parts);
    match named(app, &parts.uri) {
        Some(application) if neighbours.contains(&application) => (application, Way::Network),
        Some(application) => (application, Way::Address),
        None => match the_only(neighbours) {
            Some(application) => (application, Way::Network),
            None => (stranger(app, parts), Way::UserAgent),
        },
    }
}

/// The applications that fetch from where the request came from.
fn neighbours(app: &App, parts: &Parts) -> Vec<String> {
    let Some(address) = client_address::client(parts, &app.settings.trusted_proxies) else {
        return Vec::new();
    };
    let clients = app.directory.clients().in_network(address);
    let servers = app.directory.resource_servers().registry();
    let servers = servers.in_network(address);
    let clients = clients.iter().map(ToString::to_string);
    let servers = servers.map(|server| server.resource.to_string());
    clients.chain(servers).collect()
}

/// The client or resource server that the address names, if there is such a one.
pub(crate) fn named(app: &App, uri: &Uri) -> Option<String> {
    let query = uri.query()?;
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    let (name, value) = pairs.find(|(name, _)| name == "client_id" || name == "resource")?;
    if name == "client_id" {
        let id: ClientId = value.parse().ok()?;
        app.directory.clients().client(&id)?;
    } else {
        let resource: Resource = value.parse().ok()?;
        app.directory.resource_servers().registry().get(&resource)?;
    }
    Some(value.into_owned())
}

/// What somebody calls themselves, and where they are.
fn stranger(app: &App, parts: &Parts) -> String {
    let agent = parts.headers.get(USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    let agent: String = agent.unwrap_or("somebody").chars().take(AGENT).collect();
    let address = counted(parts, &app.settings.trusted_proxies);
    format!("{agent} at {address}")
}

impl Provider {
    /// Writes down who has fetched the key set since the last time.
    ///
    /// # Errors
    /// When the directory does not answer; what was seen is kept then.
    pub async fn note_key_set_readers(&self) -> Result<(), Failure> {
        let seen = self.key_set_readers.take();
        let noted = self.directory.keys().note_sightings(&seen).await;
        if noted.is_err() {
            for sighting in seen {
                self.key_set_readers.note(sighting);
            }
        }
        noted
    }
}
