//! Tokens for a client itself ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).

use crate::client::Client;
use crate::error::ErrorCode;
use crate::scope::{STANDARD, Scope};

/// A request of a client for tokens of its own.
#[derive(Debug)]
pub struct ClientCredentialsRequest {
    /// What the token is to open, when that is less than all.
    pub scope: Option<Scope>,
}

/// Why a client gets no token of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClientCredentialsRefused {
    /// It has no credentials.
    #[error("a public client has no credentials of its own")]
    Public,
    /// It asks for more than it is registered for, or for what only people can allow.
    #[error("the scope is more than the client is registered for, or is about a person")]
    Scope,
}

impl ClientCredentialsRefused {
    /// The standard's code.
    pub const fn code(self) -> ErrorCode {
        match self {
            Self::Public => ErrorCode::UnauthorizedClient,
            Self::Scope => ErrorCode::InvalidScope,
        }
    }
}

/// What a token that speaks for `client` itself may open: what the client is registered for, without the scopes that are
/// about a person, since there is none.
pub fn granted(
    client: &Client,
    request: &ClientCredentialsRequest,
) -> Result<Scope, ClientCredentialsRefused> {
    if client.is_public() {
        return Err(ClientCredentialsRefused::Public);
    }
    let own = STANDARD
        .into_iter()
        .fold(client.scope.clone(), Scope::without);
    match &request.scope {
        None => Ok(own),
        Some(requested) if requested.is_within(&own) => Ok(requested.clone()),
        Some(_) => Err(ClientCredentialsRefused::Scope),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::AuthMethod;
    use crate::testing::client;

    fn scope(text: &str) -> Scope {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_gets_what_it_is_registered_for_and_nothing_about_people() {
        use ClientCredentialsRefused::Scope as Refused;
        let client = Client {
            scope: scope("openid email offline_access groups reports:read reports:write"),
            ..client()
        };
        for (requested, expected) in [
            (None, Ok(scope("reports:read reports:write"))),
            (Some("reports:read"), Ok(scope("reports:read"))),
            (Some("reports:delete"), Err(Refused)),
            (Some("reports:read openid"), Err(Refused)),
            (Some("email"), Err(Refused)),
            (Some("offline_access"), Err(Refused)),
        ] {
            let request = ClientCredentialsRequest {
                scope: requested.map(scope),
            };
            assert_eq!(granted(&client, &request), expected, "{requested:?}");
        }
        assert_eq!(Refused.code(), ErrorCode::InvalidScope);
    }

    #[test]
    fn a_client_without_scopes_of_its_own_gets_a_token_that_opens_none() {
        let client = Client {
            scope: scope("openid profile"),
            ..client()
        };
        let request = ClientCredentialsRequest { scope: None };
        assert_eq!(granted(&client, &request), Ok(Scope::default()));
    }

    #[test]
    fn a_public_client_has_nothing_to_show() {
        let public = Client {
            token_endpoint_auth_method: AuthMethod::None,
            ..client()
        };
        let request = ClientCredentialsRequest { scope: None };
        let refused = ClientCredentialsRefused::Public;
        assert_eq!(granted(&public, &request), Err(refused));
        assert_eq!(refused.code(), ErrorCode::UnauthorizedClient);
    }
}
