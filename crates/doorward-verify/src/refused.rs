//! Why a request was refused.

use std::net::IpAddr;

use doorward_core::bearer::BearerRefused;
use doorward_core::dpop::DpopRefused;
use doorward_core::error::ErrorCode;
use doorward_core::jose::JwtRefused;
use http::StatusCode;

use crate::http_client::Unreachable;

/// Why a request was refused. It is for logs: whoever sent the request sees the standard's code and no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// The token, or what must come with it, is not as it should be.
    #[error(transparent)]
    Bearer(#[from] BearerRefused),
    /// It has not the form of any token that opens an API.
    #[error(
        "the access token is neither a JWT nor whole: it has not the form, or not the checksum, of Doorward's"
    )]
    NoToken,
    /// The issuer says that it does not work, or not here.
    #[error("the issuer says that the access token is not active")]
    Inactive,
    /// What it says cannot be read.
    #[error("what the access token says cannot be read: {0}")]
    Claims(String),
    /// The issuer's answer is about a token of another issuer, or for another API.
    #[error("the issuer's answer is not about a token of its own for this API")]
    Misdirected,
    /// Its status list says that it was taken back.
    #[error("the status list of the issuer says that the access token is no longer good")]
    Revoked,
    /// Its status list is none of the issuer's.
    #[error("the status list that the access token names is not at its issuer")]
    ForeignStatusList,
    /// It may be used from some networks, and the request came from another.
    #[error("the access token may not be used from {0}")]
    Network(IpAddr),
    /// It may be used from some networks, and nobody knows where the request came from.
    #[error(
        "the access token may be used from some networks only, and the address of the request is not known: set Builder::peer"
    )]
    NoAddress,
    /// It does not allow this.
    #[error("the access token lacks the scope {0}")]
    Scope(String),
    /// Nobody can say whether it is good.
    #[error(transparent)]
    Unavailable(#[from] Unreachable),
    /// It is opaque, and there are no credentials to ask the issuer with.
    #[error(
        "the access token is opaque, and the issuer cannot be asked about it: set Builder::introspect_as"
    )]
    NotAsked,
    /// Too many proofs are remembered to tell whether this one was used before.
    #[error("too many DPoP proofs are remembered to take another one")]
    TooManyProofs,
}

impl From<JwtRefused> for Refused {
    fn from(refused: JwtRefused) -> Self {
        Self::Bearer(refused.into())
    }
}

impl From<DpopRefused> for Refused {
    fn from(refused: DpopRefused) -> Self {
        Self::Bearer(refused.into())
    }
}

impl Refused {
    /// The standard's code; none when the request has no token at all
    /// ([RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    pub const fn code(&self) -> Option<ErrorCode> {
        match self {
            Self::Bearer(refused) => refused.code(),
            Self::Scope(_) => Some(ErrorCode::InsufficientScope),
            Self::Unavailable(_) | Self::NotAsked | Self::TooManyProofs => {
                Some(ErrorCode::TemporarilyUnavailable)
            }
            _ => Some(ErrorCode::InvalidToken),
        }
    }

    /// The status of the answer.
    pub const fn status(&self) -> StatusCode {
        match self.code() {
            Some(ErrorCode::InvalidRequest) => StatusCode::BAD_REQUEST,
            Some(ErrorCode::InsufficientScope) => StatusCode::FORBIDDEN,
            Some(ErrorCode::TemporarilyUnavailable) => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::UNAUTHORIZED,
        }
    }
}
