//! Access tokens: signed, and read by whoever they are for
//! ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::grant::Grant;
use crate::identifiers::{ClientId, GrantId, PersonId};
use crate::jose::base64url;
use crate::scope::Scope;
use crate::session::ACR_PASSWORD;
use crate::time::Timestamp;

/// The claims of an access token ([RFC 9068 section 2.2]).
///
/// [RFC 9068 section 2.2]: https://www.rfc-editor.org/rfc/rfc9068#section-2.2
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Who issued it.
    pub iss: String,
    /// Whom it is for: the issuer's own endpoints.
    pub aud: String,
    /// The End-User.
    pub sub: PersonId,
    /// The client it was given to.
    pub client_id: ClientId,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// When it expires, in seconds.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
    /// What it allows.
    pub scope: Scope,
    /// When the End-User had signed in, in seconds.
    pub auth_time: i64,
    /// How strongly.
    pub acr: String,
    /// The grant it came from, and dies with: a private claim of ours
    /// ([RFC 7519 section 4.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.3)).
    pub grant_id: GrantId,
}

/// What an access token is made of.
#[derive(Clone, Copy, Debug)]
pub struct AccessTokenFor<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The grant it comes from.
    pub grant: &'a Grant,
    /// What it allows: the grant's scope, or less if the client asked for less.
    pub scope: &'a Scope,
    /// 16 random bytes for its name.
    pub jti: [u8; 16],
    /// The present time.
    pub now: Timestamp,
    /// How long it lives.
    pub lifetime: Duration,
}

/// The claims of the access token `of` a grant.
pub fn claims(of: AccessTokenFor<'_>) -> AccessTokenClaims {
    AccessTokenClaims {
        iss: of.issuer.to_owned(),
        aud: of.issuer.to_owned(),
        sub: of.grant.person,
        client_id: of.grant.client.clone(),
        iat: of.now.as_seconds(),
        exp: of.now.plus(of.lifetime).as_seconds(),
        jti: base64url::encode(of.jti),
        scope: of.scope.clone(),
        auth_time: of.grant.authentication.at.as_seconds(),
        acr: ACR_PASSWORD.to_owned(),
        grant_id: of.grant.id,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::id_token::tests::{ISSUER, NOW, grant};
    use crate::jose::testing::{key, keyring};
    use crate::jose::{Algorithm, Expected, Expiry, JwtRefused, Typ};

    fn for_grant(grant: &Grant) -> AccessTokenClaims {
        claims(AccessTokenFor {
            issuer: ISSUER,
            grant,
            scope: &grant.scope,
            jti: [0xff; 16],
            now: NOW,
            lifetime: Duration::from_mins(5),
        })
    }

    /// [RFC 9068 section 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2).
    #[test]
    fn it_has_the_claims_of_its_profile() {
        let grant = grant();
        assert_eq!(
            serde_json::to_value(for_grant(&grant)).unwrap(),
            json!({
                "iss": ISSUER,
                "aud": ISSUER,
                "sub": grant.person,
                "client_id": "wiki",
                "iat": 1_700_000_000,
                "exp": 1_700_000_300,
                "jti": "_____________________w",
                "scope": "email openid profile",
                "auth_time": 1_699_999_000,
                "acr": "urn:doorward:acr:password",
                "grant_id": grant.id,
            })
        );
    }

    #[test]
    fn it_is_read_back_where_an_access_token_is_wanted_and_nowhere_else() {
        let claims = for_grant(&grant());
        let token = key(Algorithm::Es256)
            .sign(Typ::AccessToken, &claims)
            .unwrap();
        let expected = Expected {
            typ: Typ::AccessToken,
            issuer: ISSUER,
            audience: Some(ISSUER),
            now: NOW,
            expiry: Expiry::Required,
        };
        assert_eq!(keyring().verify(&token, expected), Ok(claims));

        let expected = Expected {
            typ: Typ::IdToken,
            ..expected
        };
        let refused = keyring().verify::<Value>(&token, expected);
        assert_eq!(refused, Err(JwtRefused::OtherType("JWT")));
    }
}
