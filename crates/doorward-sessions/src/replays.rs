//! What was used and may not be used again: the `jti` of assertions, of clients and of those who vouch for others
//! ([RFC 7523 section 3], item 7), and of proofs of possession ([RFC 9449 section 11.1]).
//!
//! [RFC 7523 section 3]: https://www.rfc-editor.org/rfc/rfc7523#section-3
//! [RFC 9449 section 11.1]: https://www.rfc-editor.org/rfc/rfc9449#section-11.1

use std::time::Duration;

use doorward_core::client_authentication::SingleUse;
use doorward_core::dpop::ProofUse;
use doorward_core::token::jwt_bearer::AssertionMark;

use crate::{Inserted, Store, StoreError};

/// The marks of what was used, on all nodes that share the store. Each is gone when what it marks would be refused
/// anyway, so those who have credentials, a code or a token can only fill the store for minutes, and nobody else can.
#[derive(Clone)]
pub struct ReplayMarks {
    store: Store,
}

/// Whether something is used for the first time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Use {
    /// Nobody used it before, and nobody will again.
    First,
    /// Somebody used it before.
    Replayed,
}

/// The kind of entry that marks of assertions are.
const ASSERTION: &str = "jti";

/// The kind of entry that marks of assertions are which stand for a grant.
const GRANT: &str = "grant-jti";

/// The kind of entry that marks of proofs are.
const PROOF: &str = "dpop-proof";

impl ReplayMarks {
    /// The marks that `store` keeps.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Marks an assertion as used. Of any number of racing callers exactly one has the first use.
    pub async fn spend(&self, assertion: &SingleUse) -> Result<Use, StoreError> {
        let SingleUse {
            client,
            jti,
            remembered,
        } = assertion;
        // No client id has a space, so no two pairs make one name.
        let name = format!("{client} {jti}");
        self.mark(ASSERTION, &name, *remembered).await
    }

    /// Marks a proof as used. Of any number of racing callers exactly one has the first use.
    pub async fn spend_proof(&self, proof: &ProofUse) -> Result<Use, StoreError> {
        self.mark(PROOF, &proof.name, proof.remembered).await
    }

    /// Marks an assertion as used that stands for a grant. Of any number of racing callers exactly one has the first use.
    pub async fn spend_grant(&self, assertion: &AssertionMark) -> Result<Use, StoreError> {
        self.mark(GRANT, &assertion.name, assertion.remembered)
            .await
    }

    async fn mark(
        &self,
        kind: &'static str,
        name: &str,
        remembered: Duration,
    ) -> Result<Use, StoreError> {
        match self.store.insert(kind, name, &(), remembered).await? {
            Inserted::New => Ok(Use::First),
            Inserted::AlreadyThere => Ok(Use::Replayed),
        }
    }
}
