//! Why nothing is given in exchange for a token.

use std::fmt;

use crate::error::ErrorCode;
use crate::resource_server::{Resource, TargetRefused};

/// Which of the two tokens of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presented {
    /// The `subject_token`.
    Subject,
    /// The `actor_token`.
    Actor,
}

impl fmt::Display for Presented {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Subject => "subject_token",
            Self::Actor => "actor_token",
        })
    }
}

/// Why nothing is given in exchange for a token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ExchangeRefused {
    /// The client cannot prove who it is.
    #[error("a public client exchanges no tokens: it cannot prove who it is")]
    Public,
    /// Nobody allowed it.
    #[error("the client is registered for no token exchange (client add --exchange-for)")]
    NotAllowed,
    /// The subject token is another client's, for APIs that are not this client.
    #[error(
        "the subject_token is another client's, and for no resource server that the client answers for (resource add --introspected-by)"
    )]
    NotMeant,
    /// The token must be the client's own, as it was first given.
    #[error("the {0} is not one that the client itself was given first")]
    NotOwn(Presented),
    /// The token is bound to a key, and the request proves none.
    #[error("the {0} is bound to a key, and the request proves none (DPoP)")]
    Unproven(Presented),
    /// The token is bound to a certificate, and what is given for it would not be.
    #[error(
        "the {0} is bound to a certificate, and the request comes without one, or the client's own tokens are not bound"
    )]
    NoCertificate(Presented),
    /// The token is bound to another key or certificate than the one that the request proves.
    #[error("the {0} is bound to another key or certificate than the one that the request proves")]
    WrongKey(Presented),
    /// Nobody says who acts, and somebody must.
    #[error(
        "actor_token is missing: the client is registered for delegation, not for impersonation"
    )]
    NoActor,
    /// Too many have acted for each other.
    #[error("the chain of actors would be longer than four")]
    Chain,
    /// One of the tokens is over.
    #[error("a token that is to be exchanged has expired")]
    Over,
    /// No resource server is named, and the scope belongs to none.
    #[error("neither resource nor audience nor scope says which resource server the token is for")]
    NoTarget,
    /// The client may not exchange for this resource server.
    #[error("the client may not exchange tokens for {0} (client add --exchange-for)")]
    TargetNotAllowed(Resource),
    /// An API token is for others, and was never for more.
    #[error("the API token is for other resource servers than {0}")]
    NotFor(Resource),
    /// The resource server demands more of the sign-in behind a token.
    #[error(
        "{0} demands a stronger or more recent sign-in than the token that is to be exchanged has"
    )]
    TooWeak(Resource),
    /// What is named is no resource server, or not one.
    #[error(transparent)]
    Target(#[from] TargetRefused),
    /// Nothing of the scope may be given, or more is asked for.
    #[error(
        "the scope is more than the client is registered for there, or more than was allowed at first"
    )]
    Scope,
    /// A signed token is asked for, of a resource server that takes opaque ones.
    #[error("requested_token_type is jwt, and the resource server takes opaque tokens")]
    Opaque,
}

impl ExchangeRefused {
    /// The standard's code ([RFC 8693 section 2.2.2](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.2): a token that does not
    /// work makes the request invalid).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Public | Self::NotAllowed => ErrorCode::UnauthorizedClient,
            Self::NoTarget
            | Self::TargetNotAllowed(_)
            | Self::NotFor(_)
            | Self::TooWeak(_)
            | Self::Target(_) => ErrorCode::InvalidTarget,
            Self::Scope => ErrorCode::InvalidScope,
            Self::Unproven(_) => ErrorCode::InvalidDpopProof,
            Self::NotMeant
            | Self::NotOwn(_)
            | Self::NoCertificate(_)
            | Self::WrongKey(_)
            | Self::NoActor
            | Self::Chain
            | Self::Over
            | Self::Opaque => ErrorCode::InvalidRequest,
        }
    }
}
