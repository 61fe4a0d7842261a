//! The error codes of the standards. Each wire name is written here and nowhere else.

/// An error code as clients see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is broken ([RFC 6749 section 4.1.2.1], [section 5.2]).
    ///
    /// [RFC 6749 section 4.1.2.1]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1
    /// [section 5.2]: https://www.rfc-editor.org/rfc/rfc6749#section-5.2
    InvalidRequest,
    /// The client did not prove who it is.
    InvalidClient,
    /// The code or refresh token does not work, or not for this client.
    InvalidGrant,
    /// The client may not use this grant type or response type.
    UnauthorizedClient,
    /// The token endpoint does not know the grant type.
    UnsupportedGrantType,
    /// The authorization endpoint does not know the response type.
    UnsupportedResponseType,
    /// The scope is malformed, or nothing of it may be granted.
    InvalidScope,
    /// The person, or the provider for them, said no.
    AccessDenied,
    /// Something of ours failed.
    ServerError,
    /// We cannot answer now.
    TemporarilyUnavailable,
    /// Somebody must sign in, and the request forbids to ask
    /// ([OpenID Connect Core section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).
    LoginRequired,
    /// Somebody must be asked for consent, and the request forbids it.
    ConsentRequired,
    /// Somebody must choose an account, and the request forbids to ask.
    AccountSelectionRequired,
    /// The request object is none that the client signed for now and for us
    /// ([RFC 9101 section 7](https://www.rfc-editor.org/rfc/rfc9101#section-7)).
    InvalidRequestObject,
    /// There is no request object at the `request_uri`, or the client did not register it.
    InvalidRequestUri,
    /// Request objects by value are not supported.
    RequestNotSupported,
    /// Request objects by reference are not supported.
    RequestUriNotSupported,
    /// Registration in a request is not supported.
    RegistrationNotSupported,
    /// What the client demands of the sign-in cannot be met
    /// ([OpenID Connect Core Error Code](https://openid.net/specs/openid-connect-unmet-authentication-requirements-1_0.html)).
    UnmetAuthenticationRequirements,
    /// The `authorization_details` are none that the client may ask for
    /// ([RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5)).
    InvalidAuthorizationDetails,
    /// The `resource` is none that the client may reach ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    InvalidTarget,
    /// A redirect URI may not be registered ([RFC 7591 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2)).
    InvalidRedirectUri,
    /// What a client says of itself cannot be registered.
    InvalidClientMetadata,
    /// The access token does not work ([RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1)).
    InvalidToken,
    /// The access token does not open this.
    InsufficientScope,
    /// The sign-in behind the access token is too weak or too long ago for this
    /// ([RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).
    InsufficientUserAuthentication,
    /// The proof of possession proves nothing ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).
    InvalidDpopProof,
    /// The proof of possession needs the nonce that comes with the answer
    /// ([RFC 9449 section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
    UseDpopNonce,
    /// The person has not answered yet ([RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5)).
    AuthorizationPending,
    /// The same, asked too often.
    SlowDown,
    /// The person did not answer in time.
    ExpiredToken,
}

impl ErrorCode {
    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnauthorizedClient => "unauthorized_client",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::AccessDenied => "access_denied",
            Self::ServerError => "server_error",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
            Self::LoginRequired => "login_required",
            Self::ConsentRequired => "consent_required",
            Self::AccountSelectionRequired => "account_selection_required",
            Self::InvalidRequestObject => "invalid_request_object",
            Self::InvalidRequestUri => "invalid_request_uri",
            Self::RequestNotSupported => "request_not_supported",
            Self::RequestUriNotSupported => "request_uri_not_supported",
            Self::RegistrationNotSupported => "registration_not_supported",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::InvalidAuthorizationDetails => "invalid_authorization_details",
            Self::InvalidTarget => "invalid_target",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::InvalidToken => "invalid_token",
            Self::InsufficientScope => "insufficient_scope",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::AuthorizationPending => "authorization_pending",
            Self::SlowDown => "slow_down",
            Self::ExpiredToken => "expired_token",
        }
    }

    /// A sentence for the client's developer, in the characters that `error_description` may have.
    ///
    /// It says what to do and never more than the client may know; the exact reason is in the log.
    pub const fn description(self) -> &'static str {
        match self {
            Self::InvalidRequest => "A parameter is missing, malformed or given twice.",
            Self::InvalidClient => "The client is unknown or did not authenticate as registered.",
            Self::InvalidGrant => {
                "The code, token or assertion is unknown, expired, already used or not for this client."
            }
            Self::UnauthorizedClient => "The client is not registered for this.",
            Self::UnsupportedGrantType => "The grant_type is not one that the metadata lists.",
            Self::UnsupportedResponseType => {
                "The response_type is not one that the metadata lists."
            }
            Self::InvalidScope => {
                "The scope is malformed or has nothing that the client may ask for."
            }
            Self::AccessDenied => "The request was declined.",
            Self::ServerError => "The provider failed; try again later.",
            Self::TemporarilyUnavailable => {
                "The provider cannot answer now; try again in a moment."
            }
            Self::LoginRequired => "Nobody suitable is signed in, and the request forbids to ask.",
            Self::ConsentRequired => "Consent is needed, and the request forbids to ask.",
            Self::AccountSelectionRequired => {
                "An account must be chosen, and the request forbids to ask."
            }
            Self::InvalidRequestObject => {
                "The request object is not signed as registered, not for this provider, or not for now."
            }
            Self::InvalidRequestUri => {
                "The request_uri is not registered, or there was no request object at it."
            }
            Self::RequestNotSupported => {
                "The request parameter is not supported for this client: it has no keys."
            }
            Self::RequestUriNotSupported => {
                "The request_uri parameter is not supported for this client: it registered no request_uris."
            }
            Self::RegistrationNotSupported => "The registration parameter is not supported.",
            Self::UnmetAuthenticationRequirements => {
                "The authentication context that the request demands cannot be reached."
            }
            Self::InvalidAuthorizationDetails => {
                "The authorization_details are malformed, not as their type has them, or more than the client may ask for."
            }
            Self::InvalidTarget => {
                "The resource is not one that the client may reach, or one must be named."
            }
            Self::InvalidRedirectUri => "A redirect URI is missing or may not be registered.",
            Self::InvalidClientMetadata => "The client metadata cannot be registered.",
            Self::InvalidToken => {
                "The access token is unknown, expired or revoked, or is bound to a key and came without."
            }
            Self::InsufficientScope => "The access token does not cover this.",
            Self::InsufficientUserAuthentication => {
                "The person must sign in again, as the challenge says, before a token opens this."
            }
            Self::InvalidDpopProof => {
                "The DPoP proof is missing, was used before, or was not made for this request."
            }
            Self::UseDpopNonce => {
                "The DPoP proof needs the nonce of the DPoP-Nonce header; make a new one and try again."
            }
            Self::AuthorizationPending => {
                "The person has not answered yet; ask again after the interval."
            }
            Self::SlowDown => "Wait five seconds longer from now on before asking again.",
            Self::ExpiredToken => "The person did not answer in time; begin again.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every code. The match has no other arm, so a new code does not compile until it is listed.
    fn all() -> [ErrorCode; 31] {
        use ErrorCode::{
            AccessDenied, AccountSelectionRequired, AuthorizationPending, ConsentRequired,
            ExpiredToken, InsufficientScope, InsufficientUserAuthentication,
            InvalidAuthorizationDetails, InvalidClient, InvalidClientMetadata, InvalidDpopProof,
            InvalidGrant, InvalidRedirectUri, InvalidRequest, InvalidRequestObject,
            InvalidRequestUri, InvalidScope, InvalidTarget, InvalidToken, LoginRequired,
            RegistrationNotSupported, RequestNotSupported, RequestUriNotSupported, ServerError,
            SlowDown, TemporarilyUnavailable, UnauthorizedClient, UnmetAuthenticationRequirements,
            UnsupportedGrantType, UnsupportedResponseType, UseDpopNonce,
        };
        match InvalidRequest {
            InvalidRequest
            | InvalidClient
            | InvalidGrant
            | UnauthorizedClient
            | UnsupportedGrantType
            | UnsupportedResponseType
            | InvalidScope
            | AccessDenied
            | ServerError
            | TemporarilyUnavailable
            | LoginRequired
            | ConsentRequired
            | AccountSelectionRequired
            | InvalidRequestObject
            | InvalidRequestUri
            | RequestNotSupported
            | RequestUriNotSupported
            | RegistrationNotSupported
            | UnmetAuthenticationRequirements
            | InvalidAuthorizationDetails
            | InvalidTarget
            | InvalidRedirectUri
            | InvalidClientMetadata
            | InvalidToken
            | InsufficientScope
            | InsufficientUserAuthentication
            | InvalidDpopProof
            | UseDpopNonce
            | AuthorizationPending
            | SlowDown
            | ExpiredToken => [
                InvalidRequest,
                InvalidClient,
                InvalidGrant,
                UnauthorizedClient,
                UnsupportedGrantType,
                UnsupportedResponseType,
                InvalidScope,
                AccessDenied,
                ServerError,
                TemporarilyUnavailable,
                LoginRequired,
                ConsentRequired,
                AccountSelectionRequired,
                InvalidRequestObject,
                InvalidRequestUri,
                RequestNotSupported,
                RequestUriNotSupported,
                RegistrationNotSupported,
                UnmetAuthenticationRequirements,
                InvalidAuthorizationDetails,
                InvalidTarget,
                InvalidRedirectUri,
                InvalidClientMetadata,
                InvalidToken,
                InsufficientScope,
                InsufficientUserAuthentication,
                InvalidDpopProof,
                UseDpopNonce,
                AuthorizationPending,
                SlowDown,
                ExpiredToken,
            ],
        }
    }

    /// [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2): `%x20-21 / %x23-5B / %x5D-7E`.
    #[test]
    fn names_and_descriptions_have_only_permitted_characters() {
        let permitted = |byte| matches!(byte, 0x20 | 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
        for code in all() {
            for text in [code.as_str(), code.description()] {
                assert!(!text.is_empty() && text.bytes().all(permitted), "{code:?}");
            }
        }
    }

    #[test]
    fn no_two_codes_share_a_name_or_a_description() {
        let distinct = |texts: [&'static str; 31]| {
            std::collections::BTreeSet::from(texts).len() == texts.len()
        };
        assert!(distinct(all().map(ErrorCode::as_str)));
        assert!(distinct(all().map(ErrorCode::description)));
    }
}
