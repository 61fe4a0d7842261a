//! The introspection endpoint's rules ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).

use serde::Serialize;
use serde_json::{Value, json};

use crate::access_token::{AccessTokenClaims, Subject};
use crate::acr::Acr;
use crate::api_token::{ApiToken, Working};
use crate::authorization_details::AuthorizationDetails;
use crate::client::Client;
use crate::client_authentication::ClientRefused;
use crate::confirmation::{Confirmation, TokenType};
use crate::grant::{Grant, RefreshTokenFamily};
use crate::identifiers::ClientId;
use crate::jose::Audience;
use crate::resource_server::ResourceServers;
use crate::scope::Scope;
use crate::session::AuthenticationMethod;
use crate::subject::SubjectIdentifier;
use crate::time::Timestamp;
use crate::token::exchange::Actor;

/// Whether `client` may ask at all: it has to prove who it is, so that nobody tries tokens out
/// ([RFC 7662 section 2.1](https://www.rfc-editor.org/rfc/rfc7662#section-2.1)).
pub fn may_ask(client: &Client) -> Result<(), ClientRefused> {
    if client.is_public() {
        Err(ClientRefused::Public)
    } else {
        Ok(())
    }
}

/// What is said of a token ([RFC 7662 section 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(into = "Value")]
pub enum Introspection {
    /// It works, and is meant for who asks.
    Active(Box<WorkingToken>),
    /// Anything else. Why is not said.
    Inactive,
}

/// What a working token stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WorkingToken {
    active: bool,
    iss: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    aud: Option<Audience>,
    sub: String,
    /// The client that it was given to; an API token was given to none.
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<ClientId>,
    #[serde(skip_serializing_if = "Scope::is_empty")]
    scope: Scope,
    /// [RFC 9396 section 9.2](https://www.rfc-editor.org/rfc/rfc9396#section-9.2).
    #[serde(skip_serializing_if = "AuthorizationDetails::is_empty")]
    authorization_details: AuthorizationDetails,
    iat: i64,
    /// An API token that never expires has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    jti: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_type: Option<TokenType>,
    /// [RFC 9449 section 6.2](https://www.rfc-editor.org/rfc/rfc9449#section-6.2).
    #[serde(skip_serializing_if = "Option::is_none")]
    cnf: Option<Confirmation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    auth_time: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    acr: Option<Acr>,
    /// [RFC 9470 section 6.2](https://www.rfc-editor.org/rfc/rfc9470#section-6.2).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    amr: Vec<AuthenticationMethod>,
    /// [RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1).
    #[serde(skip_serializing_if = "Option::is_none")]
    act: Option<Actor>,
}

impl From<Introspection> for Value {
    fn from(introspection: Introspection) -> Self {
        match introspection {
            Introspection::Active(active) => serde_json::to_value(active).unwrap_or_default(),
            Introspection::Inactive => json!({ "active": false }),
        }
    }
}

/// A working refresh token, and whose it is.
#[derive(Clone, Copy, Debug)]
pub struct RefreshTokenOf<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The token's family.
    pub family: &'a RefreshTokenFamily,
    /// The grant that it belongs to.
    pub grant: &'a Grant,
    /// What its client calls the End-User.
    pub sub: &'a SubjectIdentifier,
}

/// Why `active` is false although the token works.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the token is another client's, and for no resource server that the client may ask for")]
pub struct NotForAsker;

impl Introspection {
    /// What `asker` may know of a working access token: all that it says, if it is the asker's own; if it is for a resource
    /// server that the asker may ask for, what it opens there
    /// ([RFC 7662 section 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2) lets the scope differ by asker).
    pub fn of_access_token(
        claims: AccessTokenClaims,
        asker: &ClientId,
        servers: &ResourceServers,
    ) -> Result<Self, NotForAsker> {
        let (aud, scope, authorization_details) = if claims.client_id == *asker {
            (claims.aud, claims.scope, claims.authorization_details)
        } else {
            let server = servers.introspected_by(asker, &claims.aud);
            let server = server.ok_or(NotForAsker)?;
            let scope = claims.scope.intersection(&server.scopes.scope());
            let details = server.own(&claims.authorization_details);
            (Audience::One(server.resource.to_string()), scope, details)
        };
        let (sub, end_user) = match claims.subject {
            Subject::EndUser(end_user) => (end_user.sub.to_string(), Some(end_user)),
            Subject::Vouched(vouched) => (vouched.sub.sub(), None),
            Subject::ApiToken(by) => (by.sub, None),
            Subject::Client { sub } => (sub.to_string(), None),
        };
        Ok(Self::Active(Box::new(WorkingToken {
            active: true,
            iss: claims.iss,
            aud: Some(aud),
            sub,
            client_id: Some(claims.client_id),
            scope,
            authorization_details,
            iat: claims.iat,
            exp: Some(claims.exp),
            jti: Some(claims.jti),
            token_type: Some(TokenType::of(claims.cnf.as_ref())),
            cnf: claims.cnf,
            auth_time: end_user.as_ref().map(|end_user| end_user.auth_time),
            acr: end_user.as_ref().and_then(|end_user| end_user.acr.clone()),
            amr: end_user.map(|end_user| end_user.amr).unwrap_or_default(),
            act: claims.act,
        })))
    }

    /// What `asker` may know of a working refresh token, if it is the asker's own.
    pub fn of_refresh_token(of: RefreshTokenOf<'_>, asker: &ClientId) -> Result<Self, NotForAsker> {
        let RefreshTokenOf {
            issuer,
            family,
            grant,
            sub,
        } = of;
        if grant.client != *asker {
            return Err(NotForAsker);
        }
        Ok(Self::Active(Box::new(WorkingToken {
            active: true,
            iss: issuer.to_owned(),
            aud: None,
            sub: sub.to_string(),
            client_id: Some(grant.client.clone()),
            scope: grant.scope.clone(),
            authorization_details: grant.authorization_details.clone(),
            iat: family.rotated_at.as_seconds(),
            exp: Some(family.idle_expires_at.min(grant.expires_at).as_seconds()),
            jti: None,
            token_type: None,
            cnf: family.confirmation.clone(),
            auth_time: Some(grant.authentication.at.as_seconds()),
            acr: grant.acr.clone(),
            amr: grant.authentication.methods.clone(),
            act: None,
        })))
    }
}

/// A working API token, and what it opens.
#[derive(Clone, Copy, Debug)]
pub struct ApiTokenOf<'a> {
    /// The issuer.
    pub issuer: &'a str,
    /// The token.
    pub token: &'a ApiToken,
    /// What it opens now.
    pub working: &'a Working,
    /// The resource servers of today.
    pub servers: &'a ResourceServers,
}

impl Introspection {
    /// What `asker` may know of a working API token: what it opens at a resource server that the asker may ask for. It was given to no client, so
    /// none may know all of it.
    pub fn of_api_token(of: ApiTokenOf<'_>, asker: &ClientId) -> Result<Self, NotForAsker> {
        let ApiTokenOf { token, working, .. } = of;
        let audience = Audience::Many(working.resources.iter().map(ToString::to_string).collect());
        let server = of.servers.introspected_by(asker, &audience);
        let server = server.ok_or(NotForAsker)?;
        Ok(Self::Active(Box::new(WorkingToken {
            active: true,
            iss: of.issuer.to_owned(),
            aud: Some(Audience::One(server.resource.to_string())),
            sub: token.acts_for.sub(),
            client_id: None,
            scope: working.scope.intersection(&server.scopes.scope()),
            authorization_details: AuthorizationDetails::default(),
            iat: token.rotated_at.unwrap_or(token.created_at).as_seconds(),
            exp: token.expires_at.map(Timestamp::as_seconds),
            jti: Some(token.id.to_string()),
            token_type: Some(TokenType::of(None)),
            cnf: None,
            auth_time: None,
            acr: None,
            amr: Vec::new(),
            act: None,
        })))
    }
}

/// The content of a signed answer ([RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SignedIntrospection {
    iss: String,
    aud: ClientId,
    iat: i64,
    token_introspection: Introspection,
}

impl SignedIntrospection {
    /// What `issuer` says to `asker` at `now`.
    pub fn of(introspection: Introspection, issuer: &str, asker: ClientId, now: Timestamp) -> Self {
        Self {
            iss: issuer.to_owned(),
            aud: asker,
            iat: now.as_seconds(),
            token_introspection: introspection,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::access_token::{AccessTokenFor, EndUser, claims};
    use crate::client::AuthMethod;
    use crate::id_token::tests::{ISSUER, NOW, grant};
    use crate::resource_server::Target;
    use crate::resource_server::tests::reports;
    use crate::testing::{FixedRandom, client};
    use crate::token::refresh::{RefreshLimits, RotationPolicy, begin};

    fn wiki() -> ClientId {
        "wiki".parse().unwrap()
    }

    fn refresh_token(
        family: &RefreshTokenFamily,
        grant: &Grant,
        asker: &ClientId,
    ) -> Result<Introspection, NotForAsker> {
        let of = RefreshTokenOf {
            issuer: ISSUER,
            family,
            grant,
            sub: &grant.person.into(),
        };
        Introspection::of_refresh_token(of, asker)
    }

    fn access_token(subject: Subject) -> AccessTokenClaims {
        claims(AccessTokenFor {
            issuer: ISSUER,
            client: &wiki(),
            subject,
            act: None,
            target: &target(ISSUER),
            confirmation: None,
            jti: [0xff; 16],
            now: NOW,
            lifetime: Duration::from_mins(5),
        })
    }

    fn target(audience: &str) -> Target {
        Target {
            server: None,
            audience: Audience::One(audience.to_owned()),
            scope: "email openid profile reports:read".parse().unwrap(),
            authorization_details: AuthorizationDetails::default(),
        }
    }

    fn servers() -> ResourceServers {
        [reports()].into_iter().collect()
    }

    /// [RFC 7662 section 2.2](https://www.rfc-editor.org/rfc/rfc7662#section-2.2).
    #[test]
    fn of_an_access_token_its_client_is_told_what_it_says() {
        let end_user = access_token(Subject::EndUser(EndUser::of(
            &grant(),
            grant().person.into(),
        )));
        let told = Introspection::of_access_token(end_user, &wiki(), &servers());
        assert_eq!(
            Value::from(told.unwrap()),
            json!({
                "active": true,
                "iss": ISSUER,
                "aud": ISSUER,
                "sub": grant().person,
                "client_id": "wiki",
                "scope": "email openid profile reports:read",
                "iat": 1_700_000_000,
                "exp": 1_700_000_300,
                "jti": "_____________________w",
                "token_type": "Bearer",
                "auth_time": 1_699_999_000,
                "acr": "urn:doorward:acr:password",
                "amr": ["pwd"],
            })
        );
        let own = access_token(Subject::Client { sub: wiki() });
        let told = Introspection::of_access_token(own, &wiki(), &servers());
        let told = Value::from(told.unwrap());
        assert_eq!(told["sub"], "wiki");
        assert_eq!(told.get("acr"), None);
    }

    /// [RFC 9449 section 6.2](https://www.rfc-editor.org/rfc/rfc9449#section-6.2),
    /// [RFC 8705 section 3.2](https://www.rfc-editor.org/rfc/rfc8705#section-3.2).
    #[test]
    fn of_a_token_that_is_bound_the_key_or_certificate_is_told() {
        let key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
        let cnf = Some(Confirmation::Jkt(key.parse().unwrap()));
        let bound = AccessTokenClaims {
            cnf: cnf.clone(),
            ..access_token(Subject::Client { sub: wiki() })
        };
        let told = Introspection::of_access_token(bound, &wiki(), &servers());
        let told = Value::from(told.unwrap());
        assert_eq!(told["token_type"], "DPoP");
        assert_eq!(told["cnf"], json!({"jkt": key}));
        let certificate = "A4DtL2JmUMhAsvJj5tKyn64SqzmuXbMrJa0n761y5v0";
        let bound = AccessTokenClaims {
            cnf: Some(Confirmation::Certificate(certificate.parse().unwrap())),
            ..access_token(Subject::Client { sub: wiki() })
        };
        let told = Introspection::of_access_token(bound, &wiki(), &servers());
        let told = Value::from(told.unwrap());
        assert_eq!(told["token_type"], "Bearer");
        assert_eq!(told["cnf"], json!({"x5t#S256": certificate}));
        let family = RefreshTokenFamily {
            confirmation: cnf,
            ..family()
        };
        let told = refresh_token(&family, &grant(), &wiki());
        assert_eq!(Value::from(told.unwrap())["cnf"], json!({"jkt": key}));
    }

    /// [RFC 7662 section 4](https://www.rfc-editor.org/rfc/rfc7662#section-4).
    #[test]
    fn others_are_told_nothing() {
        let payroll = "payroll".parse().unwrap();
        let end_user = access_token(Subject::EndUser(EndUser::of(
            &grant(),
            grant().person.into(),
        )));
        let told = Introspection::of_access_token(end_user, &payroll, &servers());
        assert_eq!(told, Err(NotForAsker));
        let (family, grant) = (family(), grant());
        let told = refresh_token(&family, &grant, &payroll);
        assert_eq!(told, Err(NotForAsker));
    }

    /// [RFC 7662 section 4](https://www.rfc-editor.org/rfc/rfc7662#section-4).
    #[test]
    fn a_resource_server_is_told_what_a_token_opens_there() {
        let told = |audience: &str| {
            let token = AccessTokenClaims {
                aud: Audience::One(audience.to_owned()),
                ..access_token(Subject::Client { sub: wiki() })
            };
            let asker = "reports-api".parse().unwrap();
            Introspection::of_access_token(token, &asker, &servers()).map(Value::from)
        };
        let resource = "https://reports.example";
        let own = told(resource).unwrap();
        assert_eq!(own["scope"], "reports:read");
        assert_eq!(own["aud"], resource);
        assert_eq!(own["client_id"], "wiki");
        assert_eq!(told("urn:example:files"), Err(NotForAsker));
        assert_eq!(told(ISSUER), Err(NotForAsker));
    }

    #[test]
    fn nothing_is_said_of_what_does_not_work() {
        let inactive = Value::from(Introspection::Inactive);
        assert_eq!(inactive, json!({ "active": false }));
    }

    fn family() -> RefreshTokenFamily {
        let limits = RefreshLimits {
            idle: Duration::from_hours(1),
            grace: Duration::from_secs(20),
            rotation: RotationPolicy::EachUse,
        };
        begin(grant().id, limits, NOW, &FixedRandom::default()).1
    }

    #[test]
    fn of_a_refresh_token_its_client_is_told_until_when_it_works() {
        let mut grant = grant();
        grant.expires_at = NOW.plus(Duration::from_hours(2));
        let told = refresh_token(&family(), &grant, &wiki());
        let told = Value::from(told.unwrap());
        assert_eq!(told["active"], true);
        assert_eq!(told["exp"], NOW.plus(Duration::from_hours(1)).as_seconds());
        assert_eq!(told.get("token_type"), None);
        grant.expires_at = NOW.plus(Duration::from_mins(5));
        let told = refresh_token(&family(), &grant, &wiki());
        let told = Value::from(told.unwrap());
        assert_eq!(told["exp"], NOW.plus(Duration::from_mins(5)).as_seconds());
    }

    #[test]
    fn who_cannot_prove_who_it_is_may_not_ask() {
        assert_eq!(may_ask(&client()), Ok(()));
        let public = Client {
            token_endpoint_auth_method: AuthMethod::None,
            ..client()
        };
        assert_eq!(may_ask(&public), Err(ClientRefused::Public));
    }
}
