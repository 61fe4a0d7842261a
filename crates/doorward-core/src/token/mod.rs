//! The token endpoint's rules ([RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).

pub mod code;
pub mod refresh;

use serde::Serialize;

use crate::client::{Client, GrantType};
use crate::error::ErrorCode;
use crate::parameters::Parameters;
use crate::scope::Scope;
use crate::token::code::CodeRequest;
use crate::token::refresh::{PresentedRefreshToken, RefreshRequest};

/// What a client asks of the token endpoint.
#[derive(Debug)]
pub enum TokenRequest {
    /// Tokens for a code.
    AuthorizationCode(CodeRequest),
    /// Tokens for a refresh token.
    RefreshToken(RefreshRequest),
}

/// Why a token request was refused before anything was looked up.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenRequestRefused {
    /// A parameter is given twice.
    #[error("the parameter {0:?} is given twice")]
    Repeated(String),
    /// A parameter is missing.
    #[error("{0} is missing")]
    Missing(&'static str),
    /// The grant type is none of ours.
    #[error("grant_type {0:?} is not supported")]
    GrantType(String),
    /// The client is not registered for the grant type.
    #[error("the client is not registered for {0}")]
    NotRegistered(&'static str),
    /// The scope is malformed.
    #[error("scope is malformed")]
    Scope,
    /// The code or token was never one of ours.
    #[error("the {0} is none of ours: its form or checksum is wrong")]
    Garbage(&'static str),
}

impl TokenRequestRefused {
    /// The standard's code ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Repeated(_) | Self::Missing(_) => ErrorCode::InvalidRequest,
            Self::GrantType(_) => ErrorCode::UnsupportedGrantType,
            Self::NotRegistered(_) => ErrorCode::UnauthorizedClient,
            Self::Scope => ErrorCode::InvalidScope,
            Self::Garbage(_) => ErrorCode::InvalidGrant,
        }
    }
}

impl TokenRequest {
    /// Reads a token request of `client`, who has proven who it is.
    pub fn parse(form: &Parameters, client: &Client) -> Result<Self, TokenRequestRefused> {
        if let Some(name) = form.repeated() {
            return Err(TokenRequestRefused::Repeated(
                name.chars().take(64).collect(),
            ));
        }
        let name = form
            .one("grant_type")
            .ok_or(TokenRequestRefused::Missing("grant_type"))?;
        let grant_type = GrantType::ALL
            .into_iter()
            .find(|grant_type| grant_type.as_str() == name)
            .ok_or_else(|| TokenRequestRefused::GrantType(name.chars().take(64).collect()))?;
        if !client.may_use(grant_type) {
            return Err(TokenRequestRefused::NotRegistered(grant_type.as_str()));
        }
        match grant_type {
            GrantType::AuthorizationCode => CodeRequest::parse(form).map(Self::AuthorizationCode),
            GrantType::RefreshToken => Ok(Self::RefreshToken(RefreshRequest {
                token: form
                    .one("refresh_token")
                    .ok_or(TokenRequestRefused::Missing("refresh_token"))
                    .and_then(|text| {
                        PresentedRefreshToken::parse(text)
                            .ok_or(TokenRequestRefused::Garbage("refresh token"))
                    })?,
                scope: match form.one("scope").map(str::parse::<Scope>) {
                    Some(Err(_)) => return Err(TokenRequestRefused::Scope),
                    Some(Ok(scope)) => Some(scope),
                    None => None,
                },
            })),
        }
    }
}

/// A successful answer ([RFC 6749 section 5.1], [OpenID Connect Core section 3.1.3.3]).
///
/// It is made to be sent once; it has no `Debug`, since it carries tokens.
///
/// [RFC 6749 section 5.1]: https://www.rfc-editor.org/rfc/rfc6749#section-5.1
/// [OpenID Connect Core section 3.1.3.3]: https://openid.net/specs/openid-connect-core-1_0.html#TokenResponse
#[derive(Serialize)]
pub struct TokenResponse {
    /// The access token.
    pub access_token: String,
    /// Always `Bearer`.
    pub token_type: &'static str,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// The refresh token, when the grant has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID Token, when the scope has `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What the access token opens.
    pub scope: Scope,
}
