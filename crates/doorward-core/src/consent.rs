//! Consent: what a person allowed a client to learn, remembered.

use serde::{Deserialize, Serialize};

use crate::identifiers::{ClientId, PersonId};
use crate::scope::Scope;
use crate::time::Timestamp;

/// What a person allowed a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who allowed it.
    pub person: PersonId,
    /// Who was allowed.
    pub client: ClientId,
    /// All that was ever allowed and not taken back.
    pub scope: Scope,
    /// When it was last given.
    pub given_at: Timestamp,
}
