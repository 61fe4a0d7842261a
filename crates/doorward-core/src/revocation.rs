//! The revocation endpoint's rules ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).

use crate::access_token::AccessTokenClaims;
use crate::client::Client;
use crate::error::ErrorCode;
use crate::grant::Grant;
use crate::identifiers::{ClientId, GrantId};
use crate::status_list::Status;
use crate::time::Timestamp;

/// What is to be revoked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Revocation {
    /// Of a refresh token the whole grant: every token that came from it.
    Grant(GrantId),
    /// An access token alone; what it came from goes on.
    AccessToken {
        /// Its name.
        jti: String,
        /// When it would have expired.
        expires_at: Timestamp,
        /// Where its status is, if it says so.
        status: Option<Status>,
    },
}

/// Why nothing is revoked, and the client is told so.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is another client's")]
pub struct ForeignToken;

impl ForeignToken {
    /// The standard's code.
    pub const fn code(self) -> ErrorCode {
        ErrorCode::InvalidGrant
    }
}

/// What `client` revokes by showing a refresh token of `grant`. A public client, whose name anybody may use, is not told
/// that a token is another's: there is nothing to do for it, as for any text that is no token.
pub fn of_refresh_token(
    grant: &Grant,
    client: &Client,
) -> Result<Option<Revocation>, ForeignToken> {
    let revocation = Revocation::Grant(grant.id);
    if_own(&grant.client, client, revocation)
}

/// What `client` revokes by showing an access token.
pub fn of_access_token(
    claims: AccessTokenClaims,
    client: &Client,
) -> Result<Option<Revocation>, ForeignToken> {
    let revocation = Revocation::AccessToken {
        jti: claims.jti,
        expires_at: Timestamp::from_seconds(claims.exp),
        status: claims.status,
    };
    if_own(&claims.client_id, client, revocation)
}

/// What `client` revokes by showing a token that no client has.
pub fn of_others(client: &Client) -> Result<Option<Revocation>, ForeignToken> {
    if client.is_public() {
        Ok(None)
    } else {
        Err(ForeignToken)
    }
}

fn if_own(
    owner: &ClientId,
    client: &Client,
    revocation: Revocation,
) -> Result<Option<Revocation>, ForeignToken> {
    if *owner == client.client_id {
        Ok(Some(revocation))
    } else {
        of_others(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::AuthMethod;
    use crate::id_token::tests::grant;
    use crate::testing::client;

    #[test]
    fn a_client_revokes_its_own_tokens_and_a_public_one_does_not_learn_whose_another_is() {
        let payroll: ClientId = "payroll".parse().unwrap();
        let confidential = Client {
            client_id: payroll.clone(),
            ..client()
        };
        let public = Client {
            token_endpoint_auth_method: AuthMethod::None,
            ..confidential.clone()
        };
        let revoked = Ok(Some(Revocation::Grant(grant().id)));
        assert_eq!(of_refresh_token(&grant(), &client()), revoked);
        assert_eq!(of_refresh_token(&grant(), &confidential), Err(ForeignToken));
        assert_eq!(of_refresh_token(&grant(), &public), Ok(None));
        assert_eq!(ForeignToken.code(), ErrorCode::InvalidGrant);
    }
}
