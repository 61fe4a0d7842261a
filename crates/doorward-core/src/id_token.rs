//! ID Tokens: who signed in, told to one client
//! ([OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::acr::Acr;
use crate::claims::released;
use crate::grant::Grant;
use crate::identifiers::SessionId;
use crate::jose::{Algorithm, Audience, at_hash};
use crate::person::Person;
use crate::scope::Scope;
use crate::session::AuthenticationMethod;
use crate::subject::SubjectIdentifier;
use crate::time::Timestamp;

/// The claims of an ID Token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct IdTokenClaims<'a> {
    /// Who issued it.
    pub iss: &'a str,
    /// The End-User.
    pub sub: &'a SubjectIdentifier,
    /// The client it is for.
    pub aud: &'a str,
    /// When it expires, in seconds.
    pub exp: i64,
    /// When it was issued, in seconds.
    pub iat: i64,
    /// When the End-User had signed in, in seconds.
    pub auth_time: i64,
    /// What the client sent along, byte for byte.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<&'a str>,
    /// How strongly the End-User had signed in, if that has a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acr: Option<&'a Acr>,
    /// By what.
    pub amr: &'a [AuthenticationMethod],
    /// The client that asked for it.
    pub azp: &'a str,
    /// The browser's session.
    pub sid: SessionId,
    /// The hash of the access token that came with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at_hash: Option<String>,
    /// The claims about the End-User that the client asked for one by one.
    #[serde(flatten)]
    pub person: Map<String, Value>,
}

/// What an ID Token is made of.
#[derive(Clone, Copy, Debug)]
pub struct IdTokenFor<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The grant it comes from.
    pub grant: &'a Grant,
    /// The End-User of the grant.
    pub person: &'a Person,
    /// What the client calls them.
    pub sub: &'a SubjectIdentifier,
    /// The `nonce` of the request, if it had one; a refreshed ID Token has none
    /// ([OpenID Connect Core section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse)).
    pub nonce: Option<&'a str>,
    /// The access token that comes with it, if one does.
    pub access_token: Option<&'a str>,
    /// What it will be signed with, which says how the access token is hashed.
    pub algorithm: Algorithm,
    /// The present time.
    pub now: Timestamp,
    /// How long it lives.
    pub lifetime: Duration,
}

/// The claims of the ID Token `of` a grant.
///
/// What only a scope opens is not in it: with a code, it is told at the UserInfo endpoint
/// ([OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims)).
pub fn claims(of: IdTokenFor<'_>) -> IdTokenClaims<'_> {
    let grant = of.grant;
    IdTokenClaims {
        iss: of.issuer,
        sub: of.sub,
        aud: grant.client.as_str(),
        exp: of.now.plus(of.lifetime).as_seconds(),
        iat: of.now.as_seconds(),
        auth_time: grant.authentication.at.as_seconds(),
        nonce: of.nonce,
        acr: grant.acr.as_ref(),
        amr: &grant.authentication.methods,
        azp: grant.client.as_str(),
        sid: grant.session,
        at_hash: of.access_token.map(|token| at_hash(token, of.algorithm)),
        person: released(of.person, &Scope::default(), &grant.claims.id_token),
    }
}

/// What an ID Token tells when a client shows it to us again, as `id_token_hint`
/// ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct IdTokenHint {
    /// The End-User.
    pub sub: SubjectIdentifier,
    /// The client it was for.
    pub aud: Audience,
    /// The browser's session.
    pub sid: Option<SessionId>,
    /// What the client sent along when it asked for it.
    pub nonce: Option<String>,
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::BTreeSet;
    use std::sync::LazyLock;

    use serde_json::json;

    use super::*;
    use crate::authorization_details::AuthorizationDetails;
    use crate::claims::ClaimsRequest;
    use crate::grant::GrantLifetime;
    use crate::identifiers::{GrantId, PersonId};
    use crate::jose::testing::{key, keyring};
    use crate::jose::{Expected, Expiry, Typ};
    use crate::person::{PersonStatus, Profile};
    use crate::session::Authentication;

    pub(crate) const ISSUER: &str = "https://login.example.com";
    pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    /// A grant of the scopes openid, profile and email to the client `wiki`.
    pub(crate) fn grant() -> Grant {
        Grant {
            id: GrantId::from_bytes([1; 16]),
            person: PersonId::from_bytes([2; 16]),
            client: "wiki".parse().unwrap(),
            session: SessionId::from_bytes([3; 16]),
            resources: BTreeSet::new(),
            scope: "openid profile email".parse().unwrap(),
            authorization_details: AuthorizationDetails::default(),
            claims: ClaimsRequest::default(),
            acr: "urn:doorward:acr:password".parse().ok(),
            authentication: Authentication {
                at: Timestamp::from_millis(1_699_999_000_999),
                methods: vec![AuthenticationMethod::Password],
            },
            lifetime: GrantLifetime::Session,
            issued_at: NOW,
            expires_at: NOW.plus(Duration::from_hours(1)),
            revoked_at: None,
        }
    }

    fn alice() -> Person {
        Person {
            id: PersonId::from_bytes([2; 16]),
            username: "alice".parse().unwrap(),
            status: PersonStatus::Enabled,
            profile: Profile {
                name: Some("Alice".to_owned()),
                email: Some("alice@example.com".to_owned()),
                ..Profile::default()
            },
            groups: ["staff".parse().unwrap()].into(),
            created_at: NOW,
            updated_at: NOW,
        }
    }

    static SUB: LazyLock<SubjectIdentifier> = LazyLock::new(|| alice().id.into());

    fn of<'a>(grant: &'a Grant, person: &'a Person) -> IdTokenFor<'a> {
        IdTokenFor {
            issuer: ISSUER,
            grant,
            person,
            sub: &SUB,
            nonce: Some("n-0S6_WzA2Mj"),
            access_token: Some("jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y"),
            algorithm: Algorithm::Rs256,
            now: NOW,
            lifetime: Duration::from_mins(10),
        }
    }

    #[test]
    fn it_tells_who_when_how_and_to_whom_and_nothing_that_only_a_scope_opens() {
        let (grant, alice) = (grant(), alice());
        assert_eq!(
            serde_json::to_value(claims(of(&grant, &alice))).unwrap(),
            json!({
                "iss": ISSUER,
                "sub": alice.id,
                "aud": "wiki",
                "exp": 1_700_000_600,
                "iat": 1_700_000_000,
                "auth_time": 1_699_999_000,
                "nonce": "n-0S6_WzA2Mj",
                "acr": "urn:doorward:acr:password",
                "amr": ["pwd"],
                "azp": "wiki",
                "sid": grant.session,
                "at_hash": "77QmUPtjPfzWtF2AnpK9RQ",
            })
        );
    }

    /// [OpenID Connect Core section 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter).
    #[test]
    fn claims_asked_for_one_by_one_are_added_and_never_replace_its_own() {
        let (mut grant, alice) = (grant(), alice());
        grant.claims = ClaimsRequest::parse(
            r#"{"id_token":{"email":null,"groups":null,"nickname":null,"sub":{"value":"bob"},"iss":null,"unheard":null},"userinfo":{"name":null}}"#,
        )
        .unwrap();
        let plain = serde_json::to_value(claims(of(&self::grant(), &alice))).unwrap();
        let mut expected = plain.as_object().unwrap().clone();
        expected.insert("email".to_owned(), json!("alice@example.com"));
        expected.insert("groups".to_owned(), json!(["staff"]));
        let asked = serde_json::to_value(claims(of(&grant, &alice))).unwrap();
        assert_eq!(asked, Value::Object(expected));
    }

    /// [OpenID Connect Core section 12.2](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokenResponse).
    #[test]
    fn a_later_one_of_the_same_grant_differs_in_its_own_dates_only() {
        let (grant, alice) = (grant(), alice());
        let first = claims(of(&grant, &alice));
        let later = claims(IdTokenFor {
            now: NOW.plus(Duration::from_secs(100)),
            ..of(&grant, &alice)
        });
        let expected = IdTokenClaims {
            iat: first.iat + 100,
            exp: first.exp + 100,
            ..first
        };
        assert_eq!(later, expected);
    }

    #[test]
    fn what_is_absent_is_left_out() {
        let (grant, alice) = (grant(), alice());
        let bare = IdTokenFor {
            nonce: None,
            access_token: None,
            ..of(&grant, &alice)
        };
        let bare = serde_json::to_value(claims(bare)).unwrap();
        assert!(bare.get("nonce").is_none() && bare.get("at_hash").is_none());
    }

    #[test]
    fn it_comes_back_as_a_hint_long_after_it_expired() {
        let (grant, alice) = (grant(), alice());
        let token = key(Algorithm::Rs256)
            .sign(Typ::IdToken, &claims(of(&grant, &alice)))
            .unwrap();
        let hint: IdTokenHint = keyring()
            .verify(
                &token,
                Expected {
                    typ: Typ::IdToken,
                    issuer: ISSUER,
                    audience: Some("wiki"),
                    now: NOW.plus(Duration::from_hours(10_000)),
                    expiry: Expiry::Tolerated,
                },
            )
            .unwrap();
        assert_eq!(hint.sub, alice.id.into());
        assert_eq!(hint.sid, Some(grant.session));
        assert_eq!(hint.nonce.as_deref(), Some("n-0S6_WzA2Mj"));
        assert!(hint.aud.contains("wiki") && !hint.aud.contains("payroll"));
    }
}
