//! Authorization Codes, good for one redemption ([RFC 6749 section 4.1.2]).
//!
//! [RFC 6749 section 4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2

use std::time::Duration;

use doorward_core::identifiers::GrantId;
use doorward_core::secret::Secret;
use doorward_core::token::code::{AuthorizationCode, Redeemed};
use serde::{Deserialize, Serialize};

use crate::{Inserted, Store, StoreError};

/// The codes of a provider. A redeemed code leaves a tombstone that names its grant, so that whoever
/// sees it again can revoke everything that came from it.
#[derive(Clone)]
pub struct Codes {
    store: Store,
}

/// The kind of entry that codes are.
const KIND: &str = "code";

#[derive(Serialize, Deserialize)]
enum State {
    Live(AuthorizationCode),
    Spent(GrantId),
}

impl Codes {
    /// The codes that `store` keeps.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes `code` stand for `meaning`, for `ttl`.
    pub async fn issue(
        &self,
        code: &Secret,
        meaning: AuthorizationCode,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        match self
            .store
            .insert(KIND, code.reveal(), &State::Live(meaning), ttl)
            .await?
        {
            Inserted::New => Ok(()),
            Inserted::AlreadyThere => Err(StoreError::Taken { kind: KIND }),
        }
    }

    /// Redeems `code`, which says of itself that it is for `grant`: the one step of which, however many
    /// try, one hears `Fresh`. The tombstone stays for as long as `tombstone`, which should be longer than the
    /// code itself would have lived.
    ///
    /// Where this fails, the code may be spent and nobody has heard `Fresh`; nobody will.
    pub async fn redeem(
        &self,
        code: &Secret,
        grant: GrantId,
        tombstone: Duration,
    ) -> Result<Redeemed, StoreError> {
        let spent = State::Spent(grant);
        let former = self
            .store
            .replace(KIND, code.reveal(), &spent, tombstone)
            .await?;
        Ok(match former {
            Some(State::Live(meaning)) => Redeemed::Fresh(meaning),
            Some(State::Spent(grant)) => Redeemed::Replayed(grant),
            None => Redeemed::Unknown,
        })
    }
}
