//! The token endpoint's rules ([RFC 6749 section 3.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.2)).

pub mod client_credentials;
pub mod code;
pub mod device_code;
pub mod exchange;
pub mod jwt_bearer;
pub mod presented;
pub mod refresh;

use serde::Serialize;

use crate::authorization_details::{AuthorizationDetails, DetailsRefused};
use crate::client::{Client, GrantType};
use crate::confirmation::TokenType;
use crate::error::ErrorCode;
use crate::parameters::Parameters;
use crate::scope::Scope;
use crate::token::client_credentials::ClientCredentialsRequest;
use crate::token::code::CodeRequest;
use crate::token::device_code::DeviceCodeRequest;
use crate::token::exchange::ExchangeRequest;
use crate::token::jwt_bearer::JwtBearerRequest;
use crate::token::refresh::{PresentedRefreshToken, RefreshRequest};

/// What a client asks of the token endpoint.
#[derive(Debug)]
pub enum TokenRequest {
    /// Tokens for a code.
    AuthorizationCode(CodeRequest),
    /// Tokens for a refresh token.
    RefreshToken(RefreshRequest),
    /// Tokens for the client itself.
    ClientCredentials(ClientCredentialsRequest),
    /// Tokens for a device that somebody allowed.
    DeviceCode(DeviceCodeRequest),
    /// A token in exchange for another one.
    TokenExchange(ExchangeRequest),
    /// A token for an assertion.
    JwtBearer(JwtBearerRequest),
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
    /// The details cannot be.
    #[error(transparent)]
    Details(#[from] DetailsRefused),
    /// The code or token was never one of ours.
    #[error("the {0} is none of ours: its form or checksum is wrong")]
    Garbage(&'static str),
    /// A type of token that is not exchanged.
    #[error("{0} {1:?} is not supported: only access tokens are exchanged, and for access tokens")]
    TokenType(&'static str, String),
    /// It is not what its type says, or a refresh token.
    #[error("the {0} is no access token of the type that the request says")]
    NotExchangeable(&'static str),
}

impl TokenRequestRefused {
    /// The standard's code ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Repeated(_)
            | Self::Missing(_)
            | Self::TokenType(..)
            | Self::NotExchangeable(_) => ErrorCode::InvalidRequest,
            Self::GrantType(_) => ErrorCode::UnsupportedGrantType,
            Self::NotRegistered(_) => ErrorCode::UnauthorizedClient,
            Self::Scope => ErrorCode::InvalidScope,
            Self::Details(refused) => refused.code(),
            Self::Garbage(_) => ErrorCode::InvalidGrant,
        }
    }

    /// Refuses a form that says something twice.
    fn unless_distinct(form: &Parameters) -> Result<(), Self> {
        match form.repeated() {
            Some(name) => Err(Self::Repeated(name.chars().take(64).collect())),
            None => Ok(()),
        }
    }
}

impl TokenRequest {
    /// Reads a token request of `client`, who has proven who it is.
    pub fn parse(form: &Parameters, client: &Client) -> Result<Self, TokenRequestRefused> {
        TokenRequestRefused::unless_distinct(form)?;
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
                scope: scope(form)?,
            })),
            GrantType::ClientCredentials => {
                let scope = scope(form)?;
                Ok(Self::ClientCredentials(ClientCredentialsRequest { scope }))
            }
            GrantType::DeviceCode => DeviceCodeRequest::parse(form).map(Self::DeviceCode),
            GrantType::TokenExchange => ExchangeRequest::parse(form).map(Self::TokenExchange),
            GrantType::JwtBearer => JwtBearerRequest::parse(form).map(Self::JwtBearer),
        }
    }
}

/// The scope that a request names, if it names one.
fn scope(form: &Parameters) -> Result<Option<Scope>, TokenRequestRefused> {
    let read = |text: &str| {
        text.parse()
            .ok()
            .filter(|scope: &Scope| !scope.is_empty())
            .ok_or(TokenRequestRefused::Scope)
    };
    form.one("scope").map(read).transpose()
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
    /// How the access token is to be used.
    pub token_type: TokenType,
    /// What the access token is, when it was given in exchange for another one
    /// ([RFC 8693 section 2.2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1)).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issued_token_type: Option<&'static str>,
    /// Seconds until the access token expires.
    pub expires_in: u64,
    /// The refresh token, when the grant has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// The ID Token, when the scope has `openid`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id_token: Option<String>,
    /// What the access token opens; left out when that is none
    /// ([RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3) has no empty scope).
    #[serde(skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    /// What it opens in detail ([RFC 9396 section 7](https://www.rfc-editor.org/rfc/rfc9396#section-7)).
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grant::GrantFallen;
    use crate::identifiers::GrantId;
    use crate::secret::{Secret, SecretKind};
    use crate::testing::{Pairs, client, parameters};
    use crate::token::refresh::RefreshRefused;

    fn refresh_token() -> String {
        Secret::from_bytes(SecretKind::RefreshToken, &[7; 48])
            .reveal()
            .to_owned()
    }

    fn parse(client: &Client, changes: Pairs<'_>) -> Result<TokenRequest, TokenRequestRefused> {
        let token = refresh_token();
        let example = [
            ("grant_type", "refresh_token"),
            ("refresh_token", token.as_str()),
        ];
        TokenRequest::parse(&parameters(&example, changes), client)
    }

    fn scope(changes: Pairs<'_>) -> Option<Scope> {
        match parse(&client(), changes).unwrap() {
            TokenRequest::RefreshToken(request) => request.scope,
            other => panic!("it asks for a refresh: {other:?}"),
        }
    }

    #[test]
    fn a_refresh_is_for_all_or_for_the_scope_it_names() {
        assert_eq!(scope(&[]), None);
        assert_eq!(scope(&[("scope", "")]), None);
        let openid = "openid".parse().unwrap();
        assert_eq!(scope(&[("scope", "openid openid")]), Some(openid));
    }

    #[test]
    fn a_code_is_read_as_one() {
        let code = Secret::from_bytes(SecretKind::AuthorizationCode, &[7; 32]);
        let changes = [
            ("grant_type", "authorization_code"),
            ("code", code.reveal()),
            ("redirect_uri", "https://wiki.example/callback"),
        ];
        let request = parse(&client(), &changes);
        assert!(matches!(request, Ok(TokenRequest::AuthorizationCode(_))));
    }

    /// [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
    #[test]
    fn each_broken_rule_has_its_reason_and_the_standards_code() {
        use TokenRequestRefused as R;
        let code = Secret::from_bytes(SecretKind::AuthorizationCode, &[7; 48]);
        let cut = &refresh_token()[..60];
        let table: [(Pairs<'_>, R, &str); 11] = [
            (
                &[("scope", "openid"), ("scope", "email")],
                R::Repeated("scope".to_owned()),
                "invalid_request",
            ),
            (
                &[("unheard", "1"), ("unheard", "1")],
                R::Repeated("unheard".to_owned()),
                "invalid_request",
            ),
            (
                &[("grant_type", "")],
                R::Missing("grant_type"),
                "invalid_request",
            ),
            (
                &[("grant_type", "password")],
                R::GrantType("password".to_owned()),
                "unsupported_grant_type",
            ),
            (
                &[("grant_type", "Refresh_Token")],
                R::GrantType("Refresh_Token".to_owned()),
                "unsupported_grant_type",
            ),
            (
                &[("refresh_token", "")],
                R::Missing("refresh_token"),
                "invalid_request",
            ),
            (
                &[("refresh_token", cut)],
                R::Garbage("refresh token"),
                "invalid_grant",
            ),
            (
                &[("refresh_token", code.reveal())],
                R::Garbage("refresh token"),
                "invalid_grant",
            ),
            (&[("scope", "a\"b")], R::Scope, "invalid_scope"),
            (&[("scope", " ")], R::Scope, "invalid_scope"),
            (
                &[("grant_type", "authorization_code")],
                R::Missing("code"),
                "invalid_request",
            ),
        ];
        for (changes, reason, code) in table {
            let refused = parse(&client(), changes).unwrap_err();
            assert_eq!(refused, reason, "{changes:?}");
            assert_eq!(refused.code().as_str(), code, "{changes:?}");
        }
    }

    #[test]
    fn a_client_uses_only_the_grant_types_it_is_registered_for() {
        let mut client = client();
        for grant_type in GrantType::ALL {
            client.grant_types = GrantType::ALL.into();
            client.grant_types.remove(&grant_type);
            let refused = parse(&client, &[("grant_type", grant_type.as_str())]).unwrap_err();
            assert_eq!(
                refused,
                TokenRequestRefused::NotRegistered(grant_type.as_str())
            );
            assert_eq!(refused.code(), ErrorCode::UnauthorizedClient);
        }
    }

    #[test]
    fn only_a_scope_that_is_too_wide_is_told_apart_from_a_token_that_does_not_work() {
        assert_eq!(RefreshRefused::Scope.code(), ErrorCode::InvalidScope);
        for refused in [
            RefreshRefused::Unknown,
            RefreshRefused::Reused(GrantId::from_bytes([1; 16])),
            RefreshRefused::Idle,
            RefreshRefused::WrongClient,
            RefreshRefused::OfflineAccess,
            RefreshRefused::Grant(GrantFallen::Revoked),
        ] {
            assert_eq!(refused.code(), ErrorCode::InvalidGrant, "{refused}");
        }
    }
}
