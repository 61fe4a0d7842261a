//! Why nothing is given for an assertion.

use crate::assertion_issuer::{IdentityRefused, VouchingRefused};
use crate::error::ErrorCode;
use crate::grant::GrantFallen;
use crate::jose::JwtRefused;
use crate::resource_server::{Resource, TargetRefused};

/// Why nothing is given for an assertion.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtBearerRefused {
    /// It is no JWT that a key of its issuer signed, or none of this time.
    #[error("the assertion: {0}")]
    Jwt(#[from] JwtRefused),
    /// It does not say who made it.
    #[error("the assertion has no iss")]
    NoIssuer,
    /// Nobody told us to hear its issuer, or not from this client.
    #[error("the client may bring no assertions of the issuer {0:?} (assertion-issuer add)")]
    UnknownIssuer(String),
    /// Its issuer's word does not count.
    #[error(transparent)]
    Vouching(#[from] VouchingRefused),
    /// It is for others, or for others too.
    #[error("the assertion's aud is neither the issuer nor the token endpoint, alone")]
    Audience,
    /// It is good for longer than its issuer may say.
    #[error("the assertion is good for longer than its issuer may say (--longest)")]
    TooLong,
    /// It may be used once, and has no name.
    #[error("the assertion's jti is not a text of 1 to 256 bytes, and it may be used once")]
    Jti,
    /// It was used before.
    #[error("the assertion was used before")]
    Replayed,
    /// It names nobody.
    #[error(transparent)]
    Identity(#[from] IdentityRefused),
    /// Whom it names may not have the token.
    #[error(transparent)]
    Fallen(#[from] GrantFallen),
    /// What is named is no resource server, or not one.
    #[error(transparent)]
    Target(#[from] TargetRefused),
    /// No resource server is named, and there are several.
    #[error("neither resource nor scope says which resource server the token is for")]
    NoTarget,
    /// The issuer's word opens nothing there.
    #[error("the assertion issuer's word opens nothing at {0} (assertion-issuer add --resource)")]
    TargetNotAllowed(Resource),
    /// More is asked for than the client is registered for and the issuer's word opens.
    #[error("the scope is more than the client is registered for there, or than its issuer opens")]
    Scope,
}

impl JwtBearerRefused {
    /// The standard's code ([RFC 7523 section 3.1](https://www.rfc-editor.org/rfc/rfc7523#section-3.1)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Target(_) | Self::NoTarget | Self::TargetNotAllowed(_) => {
                ErrorCode::InvalidTarget
            }
            Self::Scope => ErrorCode::InvalidScope,
            _ => ErrorCode::InvalidGrant,
        }
    }
}
