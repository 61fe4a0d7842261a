//! Clients: the applications that people sign in to.
//!
//! Every request names one, so all of them are in memory; [`Directory::refresh`](crate::Directory::refresh)
//! fetches those that other processes changed.

use std::sync::Arc;

use doorward_core::Timestamp;
use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;

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

/// What became of a client that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Added {
    /// It is there now.
    Added,
    /// There was one of that `client_id`.
    Taken,
}

/// What became of a client that was to be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub enum Updated {
    /// It is so now.
    Updated(Arc<Client>),
    /// It was so before, and nothing was written.
    Unchanged(Arc<Client>),
    /// There is none.
    Absent,
}

/// How often a change is decided anew when another one came first.
const ATTEMPTS: u32 = 10;

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
        mut decide: impl FnMut(&Client) -> Result<Client, E> + Send,
    ) -> Result<Updated, E> {
        for _ in 0..ATTEMPTS {
            self.memory.refresh(self.database).await?;
            let Some(known) = self.memory.clients().get(id).cloned() else {
                return Ok(Updated::Absent);
            };
            let client = decide(&known.client)?;
            if client == *known.client {
                return Ok(Updated::Unchanged(known.client));
            }
            let sql = "UPDATE client SET document = $1 WHERE id = $2 AND revision = $3";
            let document = value::json("client", &client)?;
            let update = Statement::one(sql, params![document, id.as_str(), known.revision]);
            if self.change(vec![update]).await? {
                return Ok(Updated::Updated(Arc::new(client)));
            }
        }
        let reason = format!("others changed the client {id} each time that it was to be changed");
        Err(Failure::Unavailable(reason).into())
    }

    /// Removes a client, revokes what it was granted and forgets what it was allowed; `false` when there was none.
    pub async fn remove(&self, id: &ClientId, now: Timestamp) -> Result<bool, Failure> {
        let delete = "DELETE FROM client WHERE id = $1";
        let revoke =
            "UPDATE oauth_grant SET revoked_at = $1 WHERE client = $2 AND revoked_at IS NULL";
        self.change(vec![
            Statement::one(delete, params![id.as_str()]),
            Statement::any(revoke, params![now, id.as_str()]),
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

/// The part of a commit that adds a client.
pub(crate) fn insert(client: &Client) -> Result<Statement, Failure> {
    let sql = "INSERT INTO client (id, document) VALUES ($1, $2) ON CONFLICT DO NOTHING";
    let document = value::json("client", client)?;
    let params = params![client.client_id.as_str(), document];
    Ok(Statement::one(sql, params))
}
