//! Access tokens: signed, and read by whoever they are for
//! ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).

use std::net::IpAddr;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::acr::Acr;
use crate::api_token::{ApiToken, ApiTokenPolicy, ApiTokenRefused, FoundToken};
use crate::assertion_issuer::{Vouched, VouchingRefused};
use crate::authorization_details::AuthorizationDetails;
use crate::client::{Client, GrantType};
use crate::confirmation::Confirmation;
use crate::grant::{Grant, GrantFallen};
use crate::identifiers::{ApiTokenId, ClientId, GrantId};
use crate::jose::{Audience, base64url};
use crate::network::Networks;
use crate::resource_server::{ResourceServers, Target};
use crate::scope::Scope;
use crate::session::AuthenticationMethod;
use crate::status_list::Status;
use crate::subject::SubjectIdentifier;
use crate::time::{CLOCK_TOLERANCE, Timestamp};
use crate::token::exchange::{Actor, ExchangeTakenBack};

/// The claims of an access token ([RFC 9068 section 2.2]).
///
/// [RFC 9068 section 2.2]: https://www.rfc-editor.org/rfc/rfc9068#section-2.2
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessTokenClaims {
    /// Who issued it.
    pub iss: String,
    /// Whom it is for: a resource server, the issuer's own endpoints, or both.
    pub aud: Audience,
    /// The client it was given to.
    pub client_id: ClientId,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// When it expires, in seconds.
    pub exp: i64,
    /// Its own name.
    pub jti: String,
    /// What it allows.
    #[serde(default, skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    /// What it allows in detail ([RFC 9396 section 9.1](https://www.rfc-editor.org/rfc/rfc9396#section-9.1)).
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// The key that it is bound to, if it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cnf: Option<Confirmation>,
    /// Who acts for them, if the token was given in exchange for another one and says so
    /// ([RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub act: Option<Actor>,
    /// Where its status is, if its resource server wants to know
    /// ([Token Status List section 6.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-6.1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<Status>,
    /// For whom it speaks.
    #[serde(flatten)]
    pub subject: Subject,
}

/// For whom an access token speaks. People and clients can be told apart: a client's name never has the form of a person's
/// ([RFC 9068 section 5](https://www.rfc-editor.org/rfc/rfc9068#section-5)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Subject {
    /// For an End-User, by what they allowed.
    EndUser(EndUser),
    /// For whom an assertion issuer vouched for.
    Vouched(Vouched),
    /// For whom an API token acts that it was given in exchange for.
    ApiToken(ByApiToken),
    /// For the client itself, by its own credentials.
    Client {
        /// The client.
        sub: ClientId,
    },
}

/// For whom an API token acts, as the subject of an access token that dies with it. The name of the token and its networks are private claims
/// of ours ([RFC 7519 section 4.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.3)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ByApiToken {
    /// The person, the service account or the project.
    pub sub: String,
    /// The API token.
    pub api_token_id: ApiTokenId,
    /// The networks that the access token works from; everywhere when absent. Whoever verifies it has to look.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<Networks>,
}

impl ByApiToken {
    /// Of `token`, which the operator's policy narrows.
    pub fn of(token: &ApiToken, policy: &ApiTokenPolicy) -> Self {
        let networks = match (&token.networks, &policy.networks) {
            (Some(own), Some(of_all)) => Some(own.intersection(of_all)),
            (one, other) => one.as_ref().or(other.as_ref()).cloned(),
        };
        Self {
            sub: token.acts_for.sub(),
            api_token_id: token.id,
            networks,
        }
    }
}

/// An End-User as the subject of an access token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EndUser {
    /// Who.
    pub sub: SubjectIdentifier,
    /// When they had signed in, in seconds.
    pub auth_time: i64,
    /// How strongly, if that has a name; the same in each token of one grant
    /// ([RFC 9068 section 2.2.1](https://www.rfc-editor.org/rfc/rfc9068#section-2.2.1)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acr: Option<Acr>,
    /// By what.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<AuthenticationMethod>,
    /// The grant that the token came from, and dies with: a private claim of ours
    /// ([RFC 7519 section 4.3](https://www.rfc-editor.org/rfc/rfc7519#section-4.3)).
    pub grant_id: GrantId,
}

impl EndUser {
    /// The End-User who allowed `grant`, by the name that its client knows.
    pub fn of(grant: &Grant, sub: SubjectIdentifier) -> Self {
        Self {
            sub,
            auth_time: grant.authentication.at.as_seconds(),
            acr: grant.acr.clone(),
            amr: grant.authentication.methods.clone(),
            grant_id: grant.id,
        }
    }
}

/// What is known of an access token beside what it says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whether it was revoked by itself, without the grant that it came from.
    pub revoked: bool,
    /// When the directory was last restored from a backup: what was issued before may have been revoked since that backup.
    pub restored_at: Timestamp,
}

/// Why an access token whose signature is good does not work.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AccessTokenFallen {
    /// It is opaque, and stands for nothing.
    #[error("the access token is unknown or has expired")]
    Unknown,
    /// It is for others.
    #[error("the access token is for another resource server")]
    ForOthers,
    /// It was revoked.
    #[error("the access token was revoked")]
    Revoked,
    /// It is older than the directory's last restoration.
    #[error("the access token was issued before the directory was restored")]
    Restored,
    /// It belongs to nothing that is known.
    #[error("the grant of the access token is gone")]
    GrantGone,
    /// The client is not registered any more.
    #[error("the client of the access token is gone")]
    ClientGone,
    /// What it stands for no longer holds.
    #[error(transparent)]
    Grant(#[from] GrantFallen),
    /// The client may get no tokens for itself any more.
    #[error("the client is no longer registered for client_credentials")]
    ClientCredentials,
    /// It was exchanged, and would not be any more.
    #[error(transparent)]
    Exchange(#[from] ExchangeTakenBack),
    /// It was given for an API token that does not work any more.
    #[error(transparent)]
    ApiToken(#[from] ApiTokenRefused),
    /// It came of an assertion issuer's word, which no longer counts.
    #[error(transparent)]
    Vouching(#[from] VouchingRefused),
}

impl AccessTokenClaims {
    /// Whether the token may be used at `audience` ([RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4)).
    pub fn is_for(&self, audience: &str) -> Result<(), AccessTokenFallen> {
        if self.aud.contains(audience) {
            Ok(())
        } else {
            Err(AccessTokenFallen::ForOthers)
        }
    }

    /// Whether nothing that is known of the token itself speaks against it. What it came from is judged beside this:
    /// by [`Grant::stands`] or [`AccessTokenClaims::stands_for_client`].
    pub fn stands(&self, standing: Standing) -> Result<(), AccessTokenFallen> {
        if standing.revoked {
            Err(AccessTokenFallen::Revoked)
        } else if self.iat <= standing.restored_at.as_seconds() {
            Err(AccessTokenFallen::Restored)
        } else {
            Ok(())
        }
    }

    /// Whether the token, which `found` was exchanged for, still opens nothing that this does not.
    pub fn stands_for_api_token(
        &self,
        found: &FoundToken,
        servers: &ResourceServers,
        now: Timestamp,
    ) -> Result<(), ApiTokenRefused> {
        found.is_alive(now)?;
        let working = found.working(servers)?;
        let reaches = |name: &str| {
            working
                .resources
                .iter()
                .any(|resource| resource.as_str() == name)
        };
        if self.scope.is_within(&working.scope) && self.aud.iter().all(reaches) {
            Ok(())
        } else {
            Err(ApiTokenRefused::NothingLeft)
        }
    }

    /// Whether the token works for somebody at this address, as far as it says itself.
    pub fn works_from(&self, address: Option<IpAddr>) -> Result<(), ApiTokenRefused> {
        let Subject::ApiToken(ByApiToken {
            networks: Some(networks),
            ..
        }) = &self.subject
        else {
            return Ok(());
        };
        let address = address.ok_or(ApiTokenRefused::AddressUnknown)?;
        if networks.contains(address) {
            Ok(())
        } else {
            Err(ApiTokenRefused::OutsideNetworks(address))
        }
    }

    /// Whether `client` is still the one that the token speaks for, and may have it.
    pub fn stands_for_client(&self, client: &Client) -> Result<(), AccessTokenFallen> {
        let issued_at = Timestamp::from_seconds(self.iat);
        if issued_at.plus(CLOCK_TOLERANCE) < client.created_at {
            Err(GrantFallen::ClientRegisteredAnew.into())
        } else if client.may_use(GrantType::ClientCredentials) {
            Ok(())
        } else {
            Err(AccessTokenFallen::ClientCredentials)
        }
    }
}

/// What an access token is made of.
#[derive(Clone, Debug)]
pub struct AccessTokenFor<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The client that gets it.
    pub client: &'a ClientId,
    /// For whom it speaks.
    pub subject: Subject,
    /// Who acts for them, if anybody does.
    pub act: Option<Actor>,
    /// What it is for, and what it allows there: what was granted, or less if the client asked for less.
    pub target: &'a Target,
    /// The key that it is to be bound to, if any.
    pub confirmation: Option<Confirmation>,
    /// 16 random bytes for its name.
    pub jti: [u8; 16],
    /// The present time.
    pub now: Timestamp,
    /// How long it lives.
    pub lifetime: Duration,
}

/// The claims of an access token.
pub fn claims(of: AccessTokenFor<'_>) -> AccessTokenClaims {
    AccessTokenClaims {
        iss: of.issuer.to_owned(),
        aud: of.target.audience.clone(),
        client_id: of.client.clone(),
        iat: of.now.as_seconds(),
        exp: of.now.plus(of.lifetime).as_seconds(),
        jti: base64url::encode(of.jti),
        scope: of.target.scope.clone(),
        authorization_details: of.target.authorization_details.clone(),
        cnf: of.confirmation,
        act: of.act,
        status: None,
        subject: of.subject,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::id_token::tests::{ISSUER, NOW, grant};
    use crate::jose::testing::{key, keyring};
    use crate::jose::{Algorithm, Expected, Expiry, JwtRefused, Typ};

    fn ours(scope: Scope) -> Target {
        Target {
            server: None,
            audience: Audience::One(ISSUER.to_owned()),
            authorization_details: AuthorizationDetails::default(),
            scope,
        }
    }

    fn for_grant(grant: &Grant) -> AccessTokenClaims {
        claims(AccessTokenFor {
            issuer: ISSUER,
            client: &grant.client,
            subject: Subject::EndUser(EndUser::of(grant, grant.person.into())),
            act: None,
            target: &ours(grant.scope.clone()),
            confirmation: None,
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
                "amr": ["pwd"],
                "grant_id": grant.id,
            })
        );
    }

    /// [RFC 9068 section 2.2](https://www.rfc-editor.org/rfc/rfc9068#section-2.2): without an End-User the subject is the client.
    #[test]
    fn for_the_client_itself_it_names_no_person_and_no_sign_in() {
        let wiki: ClientId = "wiki".parse().unwrap();
        let claims = claims(AccessTokenFor {
            issuer: ISSUER,
            client: &wiki,
            subject: Subject::Client { sub: wiki.clone() },
            act: None,
            target: &ours(Scope::default()),
            confirmation: None,
            jti: [0xff; 16],
            now: NOW,
            lifetime: Duration::from_mins(5),
        });
        let json = serde_json::to_value(&claims).unwrap();
        assert_eq!(
            json,
            json!({
                "iss": ISSUER,
                "aud": ISSUER,
                "sub": "wiki",
                "client_id": "wiki",
                "iat": 1_700_000_000,
                "exp": 1_700_000_300,
                "jti": "_____________________w",
            })
        );
        let read: AccessTokenClaims = serde_json::from_value(json).unwrap();
        assert_eq!(read, claims);
    }

    /// [RFC 9449 section 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1).
    #[test]
    fn one_that_is_bound_to_a_key_says_so() {
        let key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        let claims = AccessTokenClaims {
            cnf: Some(Confirmation::Jkt(key.parse().unwrap())),
            ..for_grant(&grant())
        };
        let json = serde_json::to_value(&claims).unwrap();
        assert_eq!(json["cnf"], json!({"jkt": key}));
        let read: AccessTokenClaims = serde_json::from_value(json).unwrap();
        assert_eq!(read, claims);
    }

    #[test]
    fn one_that_was_revoked_or_is_older_than_a_restoration_does_not_work() {
        let claims = for_grant(&grant());
        let standing = Standing {
            revoked: false,
            restored_at: NOW.minus(Duration::from_secs(1)),
        };
        assert_eq!(claims.stands(standing), Ok(()));
        let revoked = Standing {
            revoked: true,
            ..standing
        };
        assert_eq!(claims.stands(revoked), Err(AccessTokenFallen::Revoked));
        let restored = Standing {
            // Seconds do not tell whether it was issued before or after.
            restored_at: NOW,
            ..standing
        };
        assert_eq!(claims.stands(restored), Err(AccessTokenFallen::Restored));
    }

    #[test]
    fn a_client_keeps_its_own_token_while_it_is_registered_for_it() {
        let claims = for_grant(&grant());
        let client = Client {
            created_at: NOW,
            ..crate::testing::client()
        };
        assert_eq!(claims.stands_for_client(&client), Ok(()));

        let anew = Client {
            created_at: NOW.plus(CLOCK_TOLERANCE + Duration::from_secs(1)),
            ..client.clone()
        };
        let refused = Err(GrantFallen::ClientRegisteredAnew.into());
        assert_eq!(claims.stands_for_client(&anew), refused);

        let mut another = client;
        another.grant_types.remove(&GrantType::ClientCredentials);
        let refused = Err(AccessTokenFallen::ClientCredentials);
        assert_eq!(claims.stands_for_client(&another), refused);
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
