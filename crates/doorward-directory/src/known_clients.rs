//! The clients in memory: every request asks for one, and a change of one costs no more than itself, however many there are.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;

use crate::database::Database;
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// A client, and which change of the clients made it what it is.
#[derive(Clone, Debug)]
pub(crate) struct Known {
    pub(crate) client: Arc<Client>,
    pub(crate) revision: i64,
}

/// The clients as of some revision.
#[derive(Debug, Default)]
pub(crate) struct KnownClients {
    by_id: BTreeMap<ClientId, Known>,
    /// Those that registered themselves.
    dynamic: BTreeSet<ClientId>,
    /// Those that are known by where they are.
    networked: BTreeSet<ClientId>,
    /// How many redirect URIs are at each origin.
    origins: BTreeMap<String, usize>,
    /// The ids of rows that make no client.
    unreadable: BTreeSet<String>,
}

/// What became of one client.
#[derive(Debug)]
pub(crate) enum Change {
    Present(Box<Client>, i64),
    Removed(String),
    /// Its row makes no client, for a reason.
    Unreadable(String, Failure),
}

/// A row of [`changes_since`]; `Forgotten` is for removals that nobody remembers.
enum Found {
    Change(Change),
    Forgotten,
}

impl Stored for Found {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let kind = fields.columns_of("client").text()?;
        let (id, revision) = (fields.text()?, fields.integer()?);
        Ok(match kind.as_str() {
            "forgotten" => Self::Forgotten,
            "removed" => Self::Change(Change::Removed(id)),
            _ => Self::Change(match document(fields, &id) {
                Ok(client) => Change::Present(Box::new(client), revision),
                Err(failure) => Change::Unreadable(id, failure),
            }),
        })
    }
}

impl Found {
    fn change(self) -> Option<Change> {
        match self {
            Self::Change(change) => Some(change),
            Self::Forgotten => None,
        }
    }
}

fn document(fields: &mut Fields, id: &str) -> Result<Client, Failure> {
    let client: Client = fields.json()?;
    if client.client_id.as_str() == id {
        Ok(client)
    } else {
        Err(fields.bad("the document names another client"))
    }
}

/// What became of the clients since `revision`, in the order that it did; `None` when some were removed and are forgotten, so that
/// all have to be loaded. As of one moment: a client that is removed and added again is in one of the tables.
pub(crate) async fn changes_since(
    database: &dyn Database,
    revision: i64,
) -> Result<Option<Vec<Change>>, Failure> {
    let sql = "SELECT 'present', id, revision, document FROM client WHERE revision > $1 \
               UNION ALL SELECT 'removed', client, revision, NULL FROM client_removal WHERE revision > $1 \
               UNION ALL SELECT 'forgotten', '', number, NULL FROM revision \
               WHERE name = 'client_removals' AND number > $1 ORDER BY 3";
    let found = row::all(database.query(sql, params![revision]).await?)?;
    Ok(found.into_iter().map(Found::change).collect())
}

impl KnownClients {
    /// All that there are.
    pub(crate) async fn load(database: &dyn Database) -> Result<Self, Failure> {
        let sql = "SELECT 'present', id, revision, document FROM client";
        let found: Vec<Found> = row::all(database.query(sql, params![]).await?)?;
        let mut clients = Self::default();
        clients.apply(found.into_iter().filter_map(Found::change));
        Ok(clients)
    }

    pub(crate) fn apply(&mut self, changes: impl IntoIterator<Item = Change>) {
        for change in changes {
            match change {
                Change::Present(client, revision) => self.put(Arc::from(client), revision),
                Change::Removed(id) => self.forget(&id),
                Change::Unreadable(id, reason) => {
                    tracing::error!(client.id = %id, %reason, "a client cannot be read and is refused");
                    self.forget(&id);
                    self.unreadable.insert(id);
                }
            }
        }
    }

    pub(crate) fn get(&self, id: &ClientId) -> Option<&Known> {
        self.by_id.get(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Client>> {
        self.by_id.values().map(|known| &known.client)
    }

    pub(crate) fn dynamic(&self) -> impl ExactSizeIterator<Item = &ClientId> {
        self.dynamic.iter()
    }

    pub(crate) fn in_network(&self, address: IpAddr) -> impl Iterator<Item = &ClientId> {
        let networked = self.networked.iter();
        networked.filter(move |id| {
            let known = self.by_id.get(*id);
            known.is_some_and(|known| known.client.networks.contains(address))
        })
    }

    pub(crate) fn has_origin(&self, origin: &str) -> bool {
        self.origins.contains_key(origin)
    }

    pub(crate) fn unreadable(&self) -> impl Iterator<Item = &String> {
        self.unreadable.iter()
    }

    fn put(&mut self, client: Arc<Client>, revision: i64) {
        let id = client.client_id.clone();
        self.forget(id.as_str());
        if client.dynamic.is_some() {
            self.dynamic.insert(id.clone());
        }
        if !client.networks.is_empty() {
            self.networked.insert(id.clone());
        }
        for origin in origins(&client) {
            *self.origins.entry(origin).or_default() += 1;
        }
        self.by_id.insert(id, Known { client, revision });
    }

    fn forget(&mut self, id: &str) {
        self.unreadable.remove(id);
        let Some(known) = id.parse().ok().and_then(|id: ClientId| {
            self.dynamic.remove(&id);
            self.networked.remove(&id);
            self.by_id.remove(&id)
        }) else {
            return;
        };
        for origin in origins(&known.client) {
            if let Some(uris) = self.origins.get_mut(&origin) {
                *uris -= 1;
                if *uris == 0 {
                    self.origins.remove(&origin);
                }
            }
        }
    }
}

fn origins(client: &Client) -> impl Iterator<Item = String> {
    let uris = client.redirect_uris.iter();
    uris.filter_map(|uri| uri.origin().map(str::to_owned))
}
