//! Initial access tokens: what operators give to those who may register clients
//! ([RFC 7591 section 3](https://www.rfc-editor.org/rfc/rfc7591#section-3)).

use doorward_core::Timestamp;
use doorward_core::secret::Secret;

use crate::clients::Added;
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// The door to the initial access tokens.
#[derive(Clone, Copy, Debug)]
pub struct InitialAccessTokens<'a> {
    database: &'a dyn Database,
}

/// What is known of an initial access token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InitialAccessToken {
    /// What the operator calls it.
    pub name: String,
    /// How many clients may still be registered with it.
    pub uses_left: u32,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

impl Stored for InitialAccessToken {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("initial_access_token");
        Ok(Self {
            name: fields.text()?,
            uses_left: fields.integer()?.try_into().unwrap_or(0),
            created_at: fields.timestamp()?,
            expires_at: fields.timestamp()?,
        })
    }
}

impl<'a> InitialAccessTokens<'a> {
    pub(crate) const fn new(database: &'a dyn Database) -> Self {
        Self { database }
    }

    /// Adds a token.
    pub async fn add(&self, about: &InitialAccessToken, token: &Secret) -> Result<Added, Failure> {
        let sql = "INSERT INTO initial_access_token (name, hash, uses_left, created_at, expires_at) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING";
        let hash = token.hash();
        let params = params![
            about.name.as_str(),
            hash.as_bytes(),
            about.uses_left,
            about.created_at,
            about.expires_at
        ];
        let insert = Statement::one(sql, params);
        let added = self.database.commit(vec![insert]).await?.is_committed();
        Ok(if added { Added::Added } else { Added::Taken })
    }

    /// Every token, in the order of their names.
    pub async fn list(&self) -> Result<Vec<InitialAccessToken>, Failure> {
        let sql = "SELECT name, uses_left, created_at, expires_at FROM initial_access_token ORDER BY name";
        row::all(self.database.query(sql, params![]).await?)
    }

    /// Whether a client can be registered with `token` now, if nobody else is faster.
    pub async fn is_usable(&self, token: &Secret, now: Timestamp) -> Result<bool, Failure> {
        let sql = "SELECT 1 FROM initial_access_token \
                   WHERE hash = $1 AND uses_left > 0 AND expires_at > $2";
        let params = params![token.hash().as_bytes(), now];
        Ok(!self.database.query(sql, params).await?.is_empty())
    }

    /// Removes a token; `false` when there was none. The clients that were registered with it stay.
    pub async fn remove(&self, name: &str) -> Result<bool, Failure> {
        let sql = "DELETE FROM initial_access_token WHERE name = $1";
        let delete = Statement::one(sql, params![name]);
        Ok(self.database.commit(vec![delete]).await?.is_committed())
    }
}

/// The part of a commit that uses a token once, and stands only if it works.
pub(crate) fn spend(token: &Secret, now: Timestamp) -> Statement {
    let sql = "UPDATE initial_access_token SET uses_left = uses_left - 1 \
               WHERE hash = $1 AND uses_left > 0 AND expires_at > $2";
    Statement::one(sql, params![token.hash().as_bytes(), now])
}

/// Forgets tokens that nobody can use any more.
pub(crate) fn sweep(step: u32, now: Timestamp) -> Statement {
    let sql = "DELETE FROM initial_access_token WHERE name IN (SELECT name FROM initial_access_token \
               WHERE expires_at <= $1 OR uses_left = 0 ORDER BY name LIMIT $2)";
    Statement::any(sql, params![now, step])
}
