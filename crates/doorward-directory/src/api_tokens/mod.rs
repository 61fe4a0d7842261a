//! API tokens: what they are, what opens them, and how those behind them stand.

mod finds;
mod found;
mod known;
mod list;
mod notices;
mod several;
mod stored;
mod usage;

use std::sync::Arc;
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::api_token::{
    ApiToken, Cause, FoundToken, Owner, OwnerStanding, PresentedApiToken, State,
};
use doorward_core::identifiers::{ApiTokenId, PersonId};
use doorward_core::secret::Secret;

use crate::clients::Updated;
use crate::compare_and_set::{self, Place, Present};
use crate::database::{Database, Outcome, Statement};
use crate::failure::Failure;
use crate::memory::Memory;
use crate::row;
use crate::value::{self, params};

pub use finds::{Find, LookedAt};
pub(crate) use known::KnownApiTokens;
pub use list::{ApiTokenFilter, ListedApiToken};
pub use notices::Raised;
pub(crate) use stored::Behind;
use stored::{Columns, StoredToken, document};
pub use usage::COUNTED_AT_ONCE;
pub(crate) use usage::sweep as sweep_uses;

/// How long a token that is over is kept, so that a refusal can say what became of it.
pub const KEPT_API_TOKENS_FOR: Duration = Duration::from_hours(90 * 24);

/// The door to the API tokens.
#[derive(Clone, Copy, Debug)]
pub struct ApiTokens<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

/// How much of what this process remembers may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memories {
    /// It has seen the directory just now, and knows of every change.
    Fresh,
    /// Something may have changed unseen: ask.
    Stale,
}

/// Whom a revocation of many tokens is about.
#[derive(Clone, Copy, Debug)]
pub enum Whose {
    /// Those that one person answers for, also by way of a service account.
    Person(PersonId),
    /// All that there are.
    Everybody,
}

impl<'a> ApiTokens<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// Adds a token that `secret` opens.
    pub async fn add(&self, token: &ApiToken, secret: &Secret) -> Result<(), Failure> {
        let statements = vec![insert(token)?, open(token.id, secret)];
        match self.database.commit(statements).await? {
            Outcome::Committed(_) => Ok(()),
            Outcome::Conflict { .. } => Err(Failure::Unavailable(
                "who is to answer for the token is gone".to_owned(),
            )),
        }
    }

    /// The token that was shown, with how those behind it stand now; `None` when there is none. No question to the database when it was asked
    /// before and nothing has changed since, if `memories` are to be believed.
    pub async fn find(
        &self,
        presented: &PresentedApiToken,
        memories: Memories,
    ) -> Result<Option<Arc<FoundToken>>, Failure> {
        self.memory
            .api_tokens()
            .find(self.database, self.memory, presented, memories)
            .await
    }

    /// The token of this name, with how those behind it stand now.
    pub async fn by_id(&self, id: ApiTokenId) -> Result<Option<FoundToken>, Failure> {
        found::by_id(self.database, id).await
    }

    /// How somebody stands who answers for tokens, or would.
    pub async fn standing_of(&self, owner: &Owner) -> Result<OwnerStanding, Failure> {
        found::standing_of(self.database, owner).await
    }

    /// Puts what `decide` makes of a token in its place, unless that is the same. Of changes that come at once none is lost.
    pub async fn update<E: From<Failure>>(
        &self,
        id: ApiTokenId,
        decide: impl FnMut(&ApiToken) -> Result<ApiToken, E> + Send,
    ) -> Result<Updated<ApiToken>, E> {
        compare_and_set::change(Registration { door: *self, id }, decide).await
    }

    /// Gives a token another secret, if it is still as it was `before`. What opened it until now goes on until `ends_at`; what opened it before
    /// that ends at once. `false` when the token has changed meanwhile.
    pub async fn rotate(
        &self,
        before: &ApiToken,
        rotated: &ApiToken,
        secret: &Secret,
        ends_at: Timestamp,
    ) -> Result<bool, Failure> {
        let older = "DELETE FROM api_token_secret WHERE token = $1 AND ends_at IS NOT NULL";
        let present = "UPDATE api_token_secret SET ends_at = $1 WHERE token = $2";
        let id = before.id;
        self.commit(vec![
            replace(rotated, &Columns::of(before)?)?,
            Statement::any(older, params![id.as_bytes()]),
            Statement::any(present, params![ends_at, id.as_bytes()]),
            open(id, secret),
        ])
        .await
        .map(|outcome| outcome.is_committed())
    }

    /// Revokes all of these that work; says how many.
    pub async fn revoke_all(
        &self,
        whose: Whose,
        because: Cause,
        now: Timestamp,
    ) -> Result<u64, Failure> {
        let of_person = "UPDATE api_token SET state = $1, revoked_at = $2 WHERE revoked_at IS NULL \
                         AND (person = $3 OR service_account IN (SELECT id FROM service_account WHERE person = $3))";
        let of_all = "UPDATE api_token SET state = $1, revoked_at = $2 WHERE revoked_at IS NULL";
        let state = value::json("api_token", &State::Live.revoked(now, because))?;
        let statement = match whose {
            Whose::Person(person) => {
                Statement::any(of_person, params![state, now, person.as_bytes()])
            }
            Whose::Everybody => Statement::any(of_all, params![state, now]),
        };
        Ok(self.commit(vec![statement]).await?.touched())
    }

    async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        let outcome = self.database.commit(statements).await?;
        if outcome.is_committed() {
            self.memory.refresh(self.database).await?;
        }
        Ok(outcome)
    }
}

/// The place of one token.
struct Registration<'a> {
    door: ApiTokens<'a>,
    id: ApiTokenId,
}

impl Place for Registration<'_> {
    type Value = ApiToken;
    type Mark = Columns;

    async fn read(&self) -> Result<Option<Present<Self>>, Failure> {
        let sql = concat!(
            "SELECT ",
            stored::columns!(),
            " FROM api_token WHERE id = $1"
        );
        let rows = self.door.database.query(sql, params![self.id.as_bytes()]);
        let stored: Option<StoredToken> = row::first(rows.await?)?;
        Ok(stored.map(|stored| (Arc::new(stored.token), stored.columns)))
    }

    async fn write(&self, token: &ApiToken, mark: Columns) -> Result<bool, Failure> {
        let update = replace(token, &mark)?;
        Ok(self.door.commit(vec![update]).await?.is_committed())
    }

    fn name(&self) -> String {
        format!("the API token {}", self.id)
    }
}

fn insert(token: &ApiToken) -> Result<Statement, Failure> {
    let sql = "INSERT INTO api_token (id, person, people_group, service_account, project, expires_at, revoked_at, state, document) \
               VALUES ($1, $2, $3, $4, $5, $6, NULL, $7, $8)";
    let behind = Behind::of(&token.acts_for);
    let params = params![
        token.id.as_bytes(),
        behind.person,
        behind.group,
        behind.service_account,
        behind.project,
        token.expires_at,
        value::json("api_token", &token.state)?,
        document(token)?,
    ];
    Ok(Statement::one(sql, params))
}

/// Writes `token` in place of what had these columns. For whom it acts never changes.
fn replace(token: &ApiToken, before: &Columns) -> Result<Statement, Failure> {
    let sql = "UPDATE api_token SET expires_at = $1, revoked_at = $2, state = $3, document = $4 \
               WHERE id = $5 AND state = $6 AND document = $7";
    let after = Columns::of(token)?;
    let params = params![
        token.expires_at,
        stored::revoked_at(&token.state),
        after.state,
        after.document,
        token.id.as_bytes(),
        before.state.as_str(),
        before.document.as_str(),
    ];
    Ok(Statement::one(sql, params))
}

fn open(id: ApiTokenId, secret: &Secret) -> Statement {
    let sql = "INSERT INTO api_token_secret (hash, token, ends_at) VALUES ($1, $2, NULL)";
    Statement::one(sql, params![secret.hash().as_bytes(), id.as_bytes()])
}

/// Forgets tokens that have long been over.
pub(crate) fn sweep(step: u32, now: Timestamp) -> [Statement; 2] {
    let expired = "DELETE FROM api_token WHERE id IN \
                   (SELECT id FROM api_token WHERE expires_at <= $1 ORDER BY expires_at LIMIT $2)";
    let revoked = "DELETE FROM api_token WHERE id IN \
                   (SELECT id FROM api_token WHERE revoked_at <= $1 ORDER BY revoked_at LIMIT $2)";
    let over = now.minus(KEPT_API_TOKENS_FOR);
    [expired, revoked].map(|sql| Statement::any(sql, params![over, step]))
}
