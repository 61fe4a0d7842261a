//! Clients: the applications that people sign in to.
//!
//! Every request names one, so all of them are in memory; [`Directory::refresh`](crate::Directory::refresh)
//! fetches those that other processes changed.

use std::net::IpAddr;
use std::sync::Arc;

use doorward_core::Timestamp;
use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;

use crate::compare_and_set::{self, Place, Present};
use crate::database::{Database, Outcome, Statement};
use crate::failure::Failure;
use crate::memory::Memory;
use crate::value::{self, params};

/// The door to the clients.
#[derive(Clone, Copy, Debug)]
pub struct Clients<'a> {
    pub(crate) database: &'a dyn Database,
    pub(crate) memory: &'a Memory,
}

/// Revokes what a client was granted.
pub(crate) const REVOKE: &str =
    "UPDATE oauth_grant SET revoked_at = $1 WHERE client = $2 AND revoked_at IS NULL";

/// What became of a client that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It is there now.
    Added,
    /// There was one of that `client_id`.
    Taken,
}

/// What became of a client, or of something else, that was to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Updated<T = Client> {
    /// It is so now.
    Updated(Arc<T>),
    /// It was so before, and nothing was written.
    Unchanged(Arc<T>),
    /// There is none.
    Absent,
}

impl<T> Updated<T> {
    /// What is there now, whether it was changed or not.
    pub fn present(self) -> Option<Arc<T>> {
        match self {
            Self::Updated(value) | Self::Unchanged(value) => Some(value),
            Self::Absent => None,
        }
    }
}

impl<'a> Clients<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// The client of this `client_id`.
    pub fn client(&self, id: &ClientId) -> Option<Arc<Client>> {
        let clients = self.memory.clients();
        clients.get(id).map(|known| Arc::clone(&known.client))
    }

    /// Every client, in the order of their ids.
    pub fn list(&self) -> Vec<Arc<Client>> {
        self.memory.clients().all().cloned().collect()
    }

    /// The clients with this address in a network of theirs.
    pub fn in_network(&self, address: IpAddr) -> Vec<ClientId> {
        self.memory.clients().in_network(address).cloned().collect()
    }

    /// Whether a client has a redirect URI at this origin.
    pub fn has_origin(&self, origin: &str) -> bool {
        self.memory.clients().has_origin(origin)
    }

    /// The ids of those that are there and cannot be read. They are as good as absent until somebody repairs them.
    pub fn unreadable(&self) -> Vec<String> {
        self.memory.clients().unreadable().cloned().collect()
    }

    /// Adds a client.
    pub async fn add(&self, client: &Client) -> Result<Added, Failure> {
        let added = self.change(vec![insert(client)?]).await?;
        Ok(if added { Added::Added } else { Added::Taken })
    }

    /// Puts what `decide` makes of a client in its place, unless that is the same. Of changes that come at once none is lost: who comes
    /// later decides anew, on what the earlier ones made.
    pub async fn update<E: From<Failure>>(
        &self,
        id: &ClientId,
        decide: impl FnMut(&Client) -> Result<Client, E> + Send,
    ) -> Result<Updated, E> {
        let registration = Registration { clients: *self, id };
        compare_and_set::change(registration, decide).await
    }

    /// Removes a client, revokes what it was granted and forgets what it was allowed; `false` when there was none.
    pub async fn remove(&self, id: &ClientId, now: Timestamp) -> Result<bool, Failure> {
        let delete = "DELETE FROM client WHERE id = $1";
        self.change(vec![
            Statement::one(delete, params![id.as_str()]),
            Statement::any(REVOKE, params![now, id.as_str()]),
        ])
        .await
    }

    async fn change(&self, statements: Vec<Statement>) -> Result<bool, Failure> {
        Ok(self.commit(statements).await?.is_committed())
    }

    pub(crate) async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        let outcome = self.database.commit(statements).await?;
        if outcome.is_committed() {
            self.memory.refresh(self.database).await?;
        }
        Ok(outcome)
    }
}

/// The place of one client. It is the same as long as its revision is.
struct Registration<'a> {
    clients: Clients<'a>,
    id: &'a ClientId,
}

impl Place for Registration<'_> {
    type Value = Client;
    type Mark = i64;

    async fn read(&self) -> Result<Option<Present<Self>>, Failure> {
        let Clients { database, memory } = self.clients;
        memory.refresh(database).await?;
        let known = memory.clients().get(self.id).cloned();
        Ok(known.map(|known| (known.client, known.revision)))
    }

    async fn write(&self, client: &Client, revision: i64) -> Result<bool, Failure> {
        let sql = "UPDATE client SET document = $1 WHERE id = $2 AND revision = $3";
        let document = value::json("client", client)?;
        let update = Statement::one(sql, params![document, self.id.as_str(), revision]);
        self.clients.change(vec![update]).await
    }

    fn name(&self) -> String {
        format!("the client {}", self.id)
    }
}

/// The part of a commit that adds a client.
pub(crate) fn insert(client: &Client) -> Result<Statement, Failure> {
    let sql = "INSERT INTO client (id, document) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let document = value::json("client", client)?;
    let params = params![client.client_id.as_str(), document];
    Ok(Statement::one(sql, params))
}
