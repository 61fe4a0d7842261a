//! Clients: the applications that people sign in to.
//!
//! Every request names one, so all of them are in memory; [`Directory::refresh`](crate::Directory::refresh)
//! fetches what other processes changed.

use std::sync::Arc;

use doorward_core::Timestamp;
use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;

use crate::database::{Database, Outcome, Statement};
use crate::failure::Failure;
use crate::memory::{self, Memory};
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the clients.
#[derive(Clone, Copy, Debug)]
pub struct Clients<'a> {
    pub(crate) database: &'a dyn Database,
    memory: &'a Memory,
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

impl Stored for Client {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let id: ClientId = fields.columns_of("client").parsed()?;
        let client: Self = fields.json()?;
        if client.client_id == id {
            Ok(client)
        } else {
            Err(fields.bad(format_args!("the document of {id} names another client")))
        }
    }
}

pub(crate) async fn all(database: &dyn Database) -> Result<Vec<Client>, Failure> {
    let sql = "SELECT id, document FROM client ORDER BY id";
    row::all(database.query(sql, params![]).await?)
}

impl<'a> Clients<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// The client of this `client_id`.
    pub fn client(&self, id: &ClientId) -> Option<Arc<Client>> {
        self.memory.snapshot().clients.get(id).cloned()
    }

    /// Every client, in the order of their ids.
    pub fn list(&self) -> Vec<Arc<Client>> {
        self.memory.snapshot().clients.values().cloned().collect()
    }

    /// Adds a client.
    pub async fn add(&self, client: &Client) -> Result<Added, Failure> {
        let added = self.change(vec![insert(client)?]).await?;
        Ok(if added { Added::Added } else { Added::Taken })
    }

    /// Puts `client` in place of the one with its `client_id`; `false` when there is none.
    pub async fn update(&self, client: &Client) -> Result<bool, Failure> {
        let sql = "UPDATE client SET document = $1 WHERE id = $2";
        let document = value::json("client", client)?;
        let update = Statement::one(sql, params![document, client.client_id.as_str()]);
        self.change(vec![update]).await
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

    pub(crate) async fn commit(&self, mut statements: Vec<Statement>) -> Result<Outcome, Failure> {
        statements.push(memory::clients_changed());
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
