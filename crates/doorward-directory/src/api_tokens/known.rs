//! The tokens in memory: those that were shown lately, as of the last change to any.
//!
//! A change of a token, of its owner or of its account anywhere makes all of them to be of the past at once; each is read again when it is
//! shown again. That is one look-up for each after a change, and no way to overlook one.

use std::fmt;
use std::sync::Arc;

use doorward_core::api_token::{FoundToken, PresentedApiToken};
use quick_cache::sync::Cache;

use super::{Memories, found};
use crate::database::Database;
use crate::failure::Failure;
use crate::memory::Memory;

/// How many are remembered.
const REMEMBERED: usize = 65_536;

/// Tokens by the hash of what opens them.
pub(crate) struct KnownApiTokens {
    by_secret: Cache<[u8; 32], Known>,
}

/// A token, and how often any had changed when it was read.
#[derive(Clone)]
struct Known {
    revision: i64,
    found: Arc<FoundToken>,
}

impl Default for KnownApiTokens {
    fn default() -> Self {
        Self {
            by_secret: Cache::new(REMEMBERED),
        }
    }
}

impl fmt::Debug for KnownApiTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KnownApiTokens({})", self.by_secret.len())
    }
}

impl KnownApiTokens {
    pub(super) async fn find(
        &self,
        database: &dyn Database,
        memory: &Memory,
        presented: &PresentedApiToken,
        memories: Memories,
    ) -> Result<Option<Arc<FoundToken>>, Failure> {
        let hash = *presented.hash().as_bytes();
        // Read before the token: what changes in between is read once more than needed, never missed.
        let revision = memory.api_tokens_revision();
        if memories == Memories::Fresh
            && let Some(known) = self.by_secret.get(&hash)
            && known.revision == revision
        {
            return Ok(Some(known.found));
        }
        let Some(found) = found::by_secret(database, presented).await? else {
            self.by_secret.remove(&hash);
            return Ok(None);
        };
        let found = Arc::new(found);
        let known = Known {
            revision,
            found: Arc::clone(&found),
        };
        self.by_secret.insert(hash, known);
        Ok(Some(found))
    }
}
