//! Programs with tokens of their own.

use serde::{Deserialize, Serialize};

use super::{Owner, ServiceAccountName};
use crate::identifiers::ServiceAccountId;
use crate::person::PersonStatus;
use crate::time::Timestamp;

/// A program that acts for itself. It has what its owner has, of what its tokens name, and ends with its owner unless it is handed over before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServiceAccount {
    /// The subject of its tokens; never changes and is never used again.
    pub id: ServiceAccountId,
    /// What operators call it.
    pub name: ServiceAccountName,
    /// Who answers for it.
    pub owner: Owner,
    /// Whether its tokens may be used.
    pub status: PersonStatus,
    /// When it was made.
    pub created_at: Timestamp,
}
