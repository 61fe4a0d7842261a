//! How a token stands, in one word for lists.

use super::{ApiTokenRefused, FoundToken};
use crate::time::Timestamp;

/// How a token stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ApiTokenStatus {
    /// It works, where it may be used and as often.
    Active,
    /// Somebody stopped it, and it can be resumed.
    Suspended,
    /// Somebody ended it.
    Revoked,
    /// Its time is over.
    Expired,
    /// It may have been revoked since the backup that the directory was restored from, and waits to be resumed.
    Waiting,
    /// Who answers for it may not sign in.
    OwnerDisabled,
    /// Nobody answers for it.
    OwnerGone,
    /// Its service account is disabled.
    AccountDisabled,
}

impl ApiTokenStatus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Expired => "expired",
            Self::Waiting => "waiting",
            Self::OwnerDisabled => "owner_disabled",
            Self::OwnerGone => "owner_gone",
            Self::AccountDisabled => "account_disabled",
        }
    }
}

impl FoundToken {
    /// How the token stands.
    pub fn status(&self, now: Timestamp) -> ApiTokenStatus {
        match self.is_alive(now) {
            Err(ApiTokenRefused::Suspended { .. }) => ApiTokenStatus::Suspended,
            Err(ApiTokenRefused::Revoked { .. }) => ApiTokenStatus::Revoked,
            Err(ApiTokenRefused::Expired(_)) => ApiTokenStatus::Expired,
            Err(ApiTokenRefused::Restored(_)) => ApiTokenStatus::Waiting,
            Err(ApiTokenRefused::OwnerDisabled) => ApiTokenStatus::OwnerDisabled,
            Err(ApiTokenRefused::OwnerGone) => ApiTokenStatus::OwnerGone,
            Err(ApiTokenRefused::AccountDisabled) => ApiTokenStatus::AccountDisabled,
            // What is left is about one use, or one secret of two.
            Ok(()) | Err(_) => ApiTokenStatus::Active,
        }
    }
}
