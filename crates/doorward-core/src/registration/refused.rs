//! Why a registration is refused.

use crate::client::{Incoherent, ProfileBroken};
use crate::error::ErrorCode;
use crate::redirect_uri::RedirectUriRefused;

/// Why a registration is refused. Whoever registers is told exactly: it is about what they sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RegistrationRefused {
    /// The body is not what it should be.
    #[error("the body is not one JSON object in which each member occurs once")]
    Malformed,
    /// A member has another type, or a value that it cannot have.
    #[error("{name}: {reason}")]
    Member {
        /// Its name.
        name: &'static str,
        /// What it should be.
        reason: String,
    },
    /// A redirect URI may not be registered.
    #[error("redirect_uris: {uri}: {reason}")]
    RedirectUri {
        /// The URI.
        uri: String,
        /// Why not.
        reason: RedirectUriRefused,
    },
    /// There is none, and people have to be sent somewhere.
    #[error("redirect_uris: there is none")]
    NoRedirectUri,
    /// A change names members that are the provider's
    /// ([RFC 7592 section 2.2](https://www.rfc-editor.org/rfc/rfc7592#section-2.2)).
    #[error("{0}: it is the provider's to say; leave it out")]
    NotYours(&'static str),
    /// The operator gave the client a profile that does not allow it.
    #[error(transparent)]
    Profile(#[from] ProfileBroken),
    /// A change names another client, or none.
    #[error("client_id: it is not the client that the address names")]
    OtherClient,
    /// A change names a secret that is not the client's.
    #[error("client_secret: it is not the client's; leave it out, or send what was issued")]
    OtherSecret,
}

impl From<Incoherent> for RegistrationRefused {
    fn from(reason: Incoherent) -> Self {
        Self::member(reason.member(), reason)
    }
}

impl RegistrationRefused {
    /// A member that cannot be so.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "reasons come owned and borrowed"
    )]
    pub(super) fn member(name: &'static str, reason: impl ToString) -> Self {
        let reason = reason.to_string();
        Self::Member { name, reason }
    }

    /// The standard's code ([RFC 7591 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::RedirectUri { .. } | Self::NoRedirectUri => ErrorCode::InvalidRedirectUri,
            _ => ErrorCode::InvalidClientMetadata,
        }
    }
}
