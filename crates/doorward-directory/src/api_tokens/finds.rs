//! Secrets that somebody found where they do not belong, and handed in.
//!
//! They are written down by their hashes before anything is looked up, and looked at afterwards: how long whoever hands one in waits says
//! nothing of whether it opens anything.

use doorward_core::Timestamp;
use doorward_core::identifiers::ApiTokenId;
use doorward_core::network::Network;
use doorward_core::secret::SecretHash;

use super::ApiTokens;
use crate::database::Statement;
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// How many are looked at at once.
const AT_ONCE: u32 = 64;

/// What somebody handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    /// The hash of the secret.
    pub hash: SecretHash,
    /// From where it was handed in.
    pub finder: Option<Network>,
    /// When.
    pub found_at: Timestamp,
}

/// A find, and the token that it opens, if it opens one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LookedAt {
    /// What was handed in.
    pub find: Find,
    /// The token.
    pub token: Option<ApiTokenId>,
}

impl ApiTokens<'_> {
    /// Writes down what was handed in, whatever it is. What waits already goes on waiting.
    pub async fn hand_in(&self, finds: &[Find]) -> Result<(), Failure> {
        if finds.is_empty() {
            return Ok(());
        }
        let statements = finds.iter().map(put).collect();
        self.database.commit(statements).await.map(drop)
    }

    /// The longest waiting of what was handed in, and what it opens at `now`. What opened a token before it was rotated opens none once
    /// that has ended.
    pub async fn handed_in(&self, now: Timestamp) -> Result<Vec<LookedAt>, Failure> {
        let sql = "SELECT found_secret.hash, finder, found_at, token FROM found_secret \
                   LEFT JOIN api_token_secret ON api_token_secret.hash = found_secret.hash \
                   AND (ends_at IS NULL OR ends_at > $1) ORDER BY found_at, found_secret.hash LIMIT $2";
        row::all(self.database.query(sql, params![now, AT_ONCE]).await?)
    }

    /// Forgets what was handed in, once everything has followed from it.
    pub async fn settle(&self, find: &Find) -> Result<(), Failure> {
        let sql = "DELETE FROM found_secret WHERE hash = $1";
        let delete = Statement::any(sql, params![find.hash.as_bytes()]);
        self.database.commit(vec![delete]).await.map(drop)
    }
}

fn put(find: &Find) -> Statement {
    let sql = "INSERT INTO found_secret (hash, finder, found_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
    let finder = find.finder.map(|network| network.to_string());
    Statement::any(sql, params![find.hash.as_bytes(), finder, find.found_at])
}

impl Stored for LookedAt {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let hash = SecretHash::from_bytes(fields.columns_of("found_secret").bytes()?);
        let finder = fields.optional_parsed()?;
        let found_at = fields.timestamp()?;
        let token = fields.columns_of("api_token_secret").optional_bytes()?;
        Ok(Self {
            find: Find {
                hash,
                finder,
                found_at,
            },
            token: token.map(ApiTokenId::from_bytes),
        })
    }
}
