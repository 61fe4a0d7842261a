//! Why a token that there is did not work, in the kinds that are counted.

use std::fmt;
use std::str::FromStr;

use crate::api_token::ApiTokenRefused;

/// A kind of [`ApiTokenRefused`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
    /// It was revoked.
    Revoked,
    /// It was suspended.
    Suspended,
    /// Its time, or that of the secret that was shown, is over.
    Expired,
    /// It may have been revoked since the backup that the directory was restored from.
    Restored,
    /// Whoever answered for it, or its service account, may not sign in or is gone.
    OwnerLeft,
    /// Its owner may nothing of what it was made for any more.
    NothingLeft,
    /// It has networks, and nobody said from where it was shown.
    AddressUnknown,
    /// It was shown from outside its networks, or those of all tokens.
    OutsideNetworks,
    /// It was shown to an API that it is not for.
    ForOthers,
    /// It was used too often.
    OverQuota,
}

/// A word that stands for none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no kind of denial")]
pub struct NotADenial(String);

impl Denial {
    /// Every kind.
    pub const ALL: [Self; 10] = [
        Self::Revoked,
        Self::Suspended,
        Self::Expired,
        Self::Restored,
        Self::OwnerLeft,
        Self::NothingLeft,
        Self::AddressUnknown,
        Self::OutsideNetworks,
        Self::ForOthers,
        Self::OverQuota,
    ];

    /// The kind of a refusal; none for a token that there is not.
    pub const fn of(refused: &ApiTokenRefused) -> Option<Self> {
        Some(match refused {
            ApiTokenRefused::Unknown => return None,
            ApiTokenRefused::Revoked { .. } => Self::Revoked,
            ApiTokenRefused::Suspended { .. } => Self::Suspended,
            ApiTokenRefused::Expired(_) | ApiTokenRefused::Rotated(_) => Self::Expired,
            ApiTokenRefused::Restored(_) => Self::Restored,
            ApiTokenRefused::OwnerDisabled
            | ApiTokenRefused::OwnerGone
            | ApiTokenRefused::AccountDisabled => Self::OwnerLeft,
            ApiTokenRefused::NothingLeft => Self::NothingLeft,
            ApiTokenRefused::AddressUnknown => Self::AddressUnknown,
            ApiTokenRefused::OutsideNetworks(_) | ApiTokenRefused::OutsidePolicy(_) => {
                Self::OutsideNetworks
            }
            ApiTokenRefused::ForOthers => Self::ForOthers,
            ApiTokenRefused::Quota(_) => Self::OverQuota,
        })
    }

    /// The word in tables, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Revoked => "revoked",
            Self::Suspended => "suspended",
            Self::Expired => "expired",
            Self::Restored => "restored",
            Self::OwnerLeft => "owner_left",
            Self::NothingLeft => "nothing_left",
            Self::AddressUnknown => "address_unknown",
            Self::OutsideNetworks => "outside_networks",
            Self::ForOthers => "for_others",
            Self::OverQuota => "over_quota",
        }
    }
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Denial {
    type Err = NotADenial;

    fn from_str(text: &str) -> Result<Self, NotADenial> {
        let mut all = Self::ALL.into_iter();
        all.find(|denial| denial.as_str() == text)
            .ok_or_else(|| NotADenial(text.to_owned()))
    }
}
