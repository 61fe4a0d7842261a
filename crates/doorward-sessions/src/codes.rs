//! Authorization Codes, until they are redeemed ([RFC 6749 section 4.1.2]).
//!
//! [RFC 6749 section 4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2

use std::time::Duration;

use doorward_core::secret::Secret;
use doorward_core::token::code::AuthorizationCode;

use crate::{Inserted, Store, StoreError};

/// The codes of a provider. That a code is redeemed once is the directory's to say, which records its grant once: what
/// this store forgets or wrongly remembers can only refuse a code.
#[derive(Clone)]
pub struct Codes {
    store: Store,
}

/// The kind of entry that codes are.
const KIND: &str = "code";

/// How much longer than it works a code is remembered, so that its second use is noticed and revokes what came of the first.
const REMEMBERED: Duration = Duration::from_mins(10);

impl Codes {
    /// The codes that `store` keeps.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Makes `code` stand for `meaning`, which works for `ttl` and is remembered for a while longer.
    pub async fn issue(
        &self,
        code: &Secret,
        meaning: &AuthorizationCode,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        let inserted = self
            .store
            .insert(KIND, code.reveal(), meaning, ttl + REMEMBERED);
        match inserted.await? {
            Inserted::New => Ok(()),
            Inserted::AlreadyThere => Err(StoreError::Taken { kind: KIND }),
        }
    }

    /// What `code` stands for, redeemed or not.
    pub async fn find(&self, code: &Secret) -> Result<Option<AuthorizationCode>, StoreError> {
        self.store.get(KIND, code.reveal()).await
    }

    /// Forgets a code that was shown by somebody who may not have it.
    pub async fn forget(&self, code: &Secret) -> Result<(), StoreError> {
        self.store.remove(KIND, code.reveal()).await
    }
}
