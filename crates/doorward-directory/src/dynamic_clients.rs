//! Clients that registered themselves: how they come, and how they go when nobody uses them.

use std::collections::BTreeSet;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::client::Client;
use doorward_core::identifiers::ClientId;
use doorward_core::registration::PresentedRegistrationToken;
use doorward_core::secret::Secret;

use crate::clients::{self, Clients};
use crate::database::{Outcome, Statement};
use crate::failure::Failure;
use crate::initial_access_tokens;
use crate::row::{self, Fields, Stored};
use crate::value::{IntoValue as _, params};

/// How many clients are removed at once.
const STEP: usize = 256;

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

/// The client of a row of `client_use`.
struct UsedClient(ClientId);

impl Stored for UsedClient {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("client_use").parsed().map(Self)
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
        self.memory.clients().dynamic().len()
    }

    /// The client that registered itself and whose registration this token manages.
    pub fn managed_by(&self, token: PresentedRegistrationToken) -> Option<Arc<Client>> {
        let mut clients = self.dynamic_clients().into_iter();
        clients.find(|client| token.manages(client))
    }

    fn dynamic_clients(&self) -> Vec<Arc<Client>> {
        let clients = self.memory.clients();
        let known = clients.dynamic().filter_map(|id| clients.get(id));
        known.map(|known| Arc::clone(&known.client)).collect()
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

    /// Removes the clients that registered themselves and that nobody used for so long, in steps that others' commits come
    /// between; says which.
    pub async fn remove_unused(
        &self,
        unused: Duration,
        now: Timestamp,
    ) -> Result<Vec<ClientId>, Failure> {
        let before = now.minus(unused);
        let used = self.used_since(before).await?;
        let is_unused =
            |client: &Arc<Client>| client.created_at < before && !used.contains(&client.client_id);
        let clients = self.dynamic_clients().into_iter().filter(is_unused);
        let unused: Vec<ClientId> = clients.map(|client| client.client_id.clone()).collect();
        let mut removed = Vec::new();
        for step in unused.chunks(STEP) {
            self.commit(removal(step, before, now)).await?;
            let gone = step.iter().filter(|id| self.client(id).is_none());
            removed.extend(gone.cloned());
        }
        Ok(removed)
    }

    /// The clients that got a token at `time` or later.
    async fn used_since(&self, time: Timestamp) -> Result<BTreeSet<ClientId>, Failure> {
        let sql = "SELECT client FROM client_use WHERE used_at >= $1";
        let used = row::all(self.database.query(sql, params![time]).await?)?;
        Ok(used.into_iter().map(|UsedClient(id)| id).collect())
    }
}

/// The statements that remove those of `clients` that nobody used since `before`, and revoke what they were granted.
fn removal(clients: &[ClientId], before: Timestamp, now: Timestamp) -> Vec<Statement> {
    let ids = clients.iter().chain(clients.last().into_iter().cycle());
    let mut params = params![before];
    params.extend(ids.take(STEP).map(|id| id.as_str().into_value()));
    // One statement, so that all are locked before the change of any is numbered.
    let delete = Statement::any(DELETE.as_str(), params);
    vec![delete, Statement::any(REVOKE, params![now])]
}

/// Revokes what was granted to clients that are gone.
pub(crate) const REVOKE: &str = "UPDATE oauth_grant SET revoked_at = $1 \
                                 WHERE revoked_at IS NULL AND client IN (SELECT client FROM client_removal)";

/// Removes [`STEP`] clients, unless somebody used them.
static DELETE: LazyLock<String> = LazyLock::new(|| {
    let ids: Vec<String> = (2..STEP + 2).map(|number| format!("${number}")).collect();
    format!(
        "DELETE FROM client WHERE NOT EXISTS (SELECT 1 FROM client_use \
         WHERE client_use.client = client.id AND client_use.used_at >= $1) AND id IN ({})",
        ids.join(", ")
    )
});
