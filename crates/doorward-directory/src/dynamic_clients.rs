//! Clients that registered themselves: how they come, and how they go when nobody uses them.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;
use doorward_core::secret::Secret;

use crate::clients::{self, Clients};
use crate::database::{Outcome, Statement};
use crate::failure::Failure;
use crate::initial_access_tokens;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// How exactly the last use of a client is known.
const DAY: Duration = Duration::from_hours(24);

/// What became of a client that registers itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Registered {
    /// It is there now.
    Registered,
    /// The initial access token does not work: it is unknown, used up or expired.
    NoToken,
    /// There was one of that `client_id`.
    Taken,
}

/// When a client was last used.
struct UsedAt(Timestamp);

impl Stored for UsedAt {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("client_use").timestamp().map(Self)
    }
}

impl Clients<'_> {
    /// Adds a client, and uses an initial access token for it where one is needed: both or neither.
    pub async fn register(
        &self,
        client: &Client,
        token: Option<&Secret>,
        now: Timestamp,
    ) -> Result<Registered, Failure> {
        let mut statements = vec![clients::insert(client)?];
        statements.extend(token.map(|token| initial_access_tokens::spend(token, now)));
        Ok(match self.commit(statements).await? {
            Outcome::Committed(_) => Registered::Registered,
            Outcome::Conflict { statement: 0 } => Registered::Taken,
            Outcome::Conflict { .. } => Registered::NoToken,
        })
    }

    /// How many clients registered themselves.
    pub fn dynamic(&self) -> usize {
        let clients = self.list();
        clients
            .iter()
            .filter(|client| client.dynamic.is_some())
            .count()
    }

    /// Notes that a client got a token. It is written down once a day.
    pub async fn used(&self, id: &ClientId, now: Timestamp) -> Result<(), Failure> {
        let sql = "SELECT used_at FROM client_use WHERE client = $1";
        let found = self.database.query(sql, params![id.as_str()]).await?;
        let before: Option<UsedAt> = row::first(found)?;
        if before.is_some_and(|UsedAt(at)| now.since(at) < DAY) {
            return Ok(());
        }
        let sql = "INSERT INTO client_use (client, used_at) SELECT id, $1 FROM client WHERE id = $2 \
                   ON CONFLICT (client) DO UPDATE SET used_at = excluded.used_at";
        let note = Statement::any(sql, params![now, id.as_str()]);
        self.database.commit(vec![note]).await.map(drop)
    }

    /// Removes the clients that registered themselves and that nobody used for so long; says which.
    pub async fn remove_unused(
        &self,
        unused: Duration,
        now: Timestamp,
    ) -> Result<Vec<ClientId>, Failure> {
        let before = now.minus(unused);
        let mut removed = Vec::new();
        for client in self.list() {
            if client.dynamic.is_none() || client.created_at >= before {
                continue;
            }
            let id = &client.client_id;
            let sql = "SELECT used_at FROM client_use WHERE client = $1";
            let found = self.database.query(sql, params![id.as_str()]).await?;
            let used: Option<UsedAt> = row::first(found)?;
            if used.is_none_or(|UsedAt(at)| at < before) && self.remove(id, now).await? {
                removed.push(id.clone());
            }
        }
        Ok(removed)
    }
}
