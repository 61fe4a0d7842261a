use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::acr::AuthenticationDemand;
use crate::assertion_issuer::tests::cluster;
use crate::assertion_issuer::{AssertionUse, IdentityRefused, Named};
use crate::client::ConsentPolicy;
use crate::client_authentication::Addressee;
use crate::consent::Permission;
use crate::error::ErrorCode;
use crate::grant::GrantFallen;
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, JwkSet, JwtRefused};
use crate::person::PersonStatus;
use crate::resource_server::tests::{files, reports};
use crate::resource_server::{ResourceServer, TargetRefused};
use crate::testing::{NOW, alice, client};

const ISSUER: &str = "https://login.example.com";
const US: Addressee<'_> = Addressee {
    issuer: ISSUER,
    token_endpoint: "https://login.example.com/token",
    token_endpoint_alias: None,
};

fn claims() -> Value {
    json!({
        "iss": "https://cluster.example",
        "sub": "system:serviceaccount:wiki",
        "aud": [ISSUER],
        "jti": "one",
        "iat": NOW.as_seconds(),
        "exp": NOW.as_seconds() + 600,
    })
}

fn with(name: &str, value: Value) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}

fn signed(header: &Value, claims: &Value) -> String {
    key(Algorithm::Es256).sign_anything(&header.to_string(), &claims.to_string())
}

fn prove(
    issuer: &AssertionIssuer,
    header: &Value,
    claims: &Value,
) -> Result<ProvenAssertion, JwtBearerRefused> {
    let text = signed(header, claims);
    let keys = JwkSet::parse(keyring().jwks()).unwrap();
    PresentedAssertion::parse(&text)?.prove(issuer, &keys, US, NOW)
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": key(Algorithm::Es256).kid()})
}

/// P33. [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), each item.
#[test]
fn each_claim_that_does_not_fit_has_its_reason() {
    use JwtBearerRefused as R;
    let now = NOW.as_seconds();
    let (date, early) = (
        |name| R::Jwt(JwtRefused::Date(name)),
        |name| R::Jwt(JwtRefused::TooEarly(name)),
    );
    let token_endpoint = json!("https://login.example.com/token");
    for (name, value, reason) in [
        ("iss", Value::Null, Some(R::NoIssuer)),
        (
            "iss",
            json!("https://evil.example"),
            Some(R::Jwt(JwtRefused::OtherIssuer)),
        ),
        (
            "sub",
            Value::Null,
            Some(R::Identity(IdentityRefused::NoSubject)),
        ),
        (
            "sub",
            json!("system:serviceaccount:other"),
            Some(R::Identity(IdentityRefused::OtherSubject)),
        ),
        ("aud", Value::Null, Some(R::Audience)),
        ("aud", json!("https://other.example"), Some(R::Audience)),
        (
            "aud",
            json!([ISSUER, "https://other.example"]),
            Some(R::Audience),
        ),
        ("aud", json!(ISSUER), None),
        ("aud", token_endpoint, None),
        ("exp", Value::Null, Some(date("exp"))),
        ("exp", json!(now - 60), Some(R::Jwt(JwtRefused::Expired))),
        ("exp", json!(now + 601), Some(R::TooLong)),
        ("iat", Value::Null, None),
        ("iat", json!(now - 1), Some(R::TooLong)),
        ("iat", json!(now + 61), Some(early("iat"))),
        ("nbf", json!(now + 61), Some(early("nbf"))),
        ("nbf", json!("now"), Some(date("nbf"))),
        ("jti", Value::Null, Some(R::Jti)),
        ("jti", json!(""), Some(R::Jti)),
        ("jti", json!("x".repeat(257)), Some(R::Jti)),
    ] {
        let refused = prove(&cluster(), &header(), &with(name, value.clone())).err();
        assert_eq!(refused, reason, "{name}: {value}");
        let code = refused.map_or(ErrorCode::InvalidGrant, |refused| refused.code());
        assert_eq!(code, ErrorCode::InvalidGrant, "{name}: {value}");
    }
}

#[test]
fn what_another_key_or_algorithm_signed_or_for_something_else_proves_nothing() {
    let only_rsa = AssertionIssuer {
        algorithms: [Algorithm::Rs256].into(),
        ..cluster()
    };
    let refused = prove(&only_rsa, &header(), &claims()).unwrap_err();
    assert_eq!(refused, JwtRefused::ForbiddenAlgorithm.into());
    for typ in ["at+jwt", "logout+jwt", "oauth-authz-req+jwt", "dpop+jwt"] {
        let header = json!({"alg": "ES256", "typ": typ});
        let refused = prove(&cluster(), &header, &claims()).unwrap_err();
        assert_eq!(refused, JwtRefused::OtherType("JWT").into(), "{typ}");
    }
    let stranger = crate::jose::SigningKey::generate(Algorithm::Es256);
    let text = stranger.sign_anything(&json!({"alg": "ES256"}).to_string(), &claims().to_string());
    let keys = JwkSet::parse(keyring().jwks()).unwrap();
    let presented = PresentedAssertion::parse(&text).unwrap();
    let refused = presented.prove(&cluster(), &keys, US, NOW).unwrap_err();
    assert_eq!(refused, JwtRefused::SignatureWrong.into());
    assert!(PresentedAssertion::parse("a.b").is_err());
}

#[test]
fn one_use_is_remembered_for_as_long_as_a_clock_may_be_wrong() {
    let proven = prove(&cluster(), &header(), &claims()).unwrap();
    assert_eq!(proven.named, Named::Client);
    let mark = AssertionMark {
        name: "https://cluster.example one".to_owned(),
        remembered: Duration::from_mins(10 + 1 + 1),
    };
    assert_eq!(proven.single_use, Some(mark));
    let lenient = AssertionIssuer {
        assertion_use: AssertionUse::UntilItExpires,
        ..cluster()
    };
    let proven = prove(&lenient, &header(), &with("jti", Value::Null)).unwrap();
    assert_eq!(proven.single_use, None);
}

fn target(
    issuer: &AssertionIssuer,
    scope: Option<&str>,
    resource: Option<&str>,
) -> Result<(String, String), JwtBearerRefused> {
    target_among([files(), reports()], issuer, scope, resource)
}

fn target_among(
    servers: [ResourceServer; 2],
    issuer: &AssertionIssuer,
    scope: Option<&str>,
    resource: Option<&str>,
) -> Result<(String, String), JwtBearerRefused> {
    let client = Client {
        scope: "openid reports:read files:read".parse().unwrap(),
        ..client()
    };
    let servers: ResourceServers = servers.into_iter().collect();
    let (scope, resource) = (
        scope.map(|scope| scope.parse::<Scope>().unwrap()),
        resource.map(|resource| resource.parse::<Resource>().unwrap()),
    );
    let asked = JwtBearer {
        client: &client,
        issuer,
        scope: scope.as_ref(),
        resource: resource.as_ref(),
        servers: &servers,
    };
    let target = asked.target()?;
    Ok((target.audience.iter().collect(), target.scope.to_string()))
}

/// [RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3): nobody signed in for an assertion.
#[test]
fn an_api_that_demands_anything_of_a_sign_in_is_no_target() {
    let demanding = ResourceServer {
        authentication: AuthenticationDemand {
            minimum_acr: "urn:doorward:acr:password".parse().ok(),
            ..AuthenticationDemand::default()
        },
        ..reports()
    };
    let refused = target_among([files(), demanding], &cluster(), None, None).unwrap_err();
    assert_eq!(refused, JwtBearerRefused::NoSignIn(reports().resource));
    assert_eq!(refused.code(), ErrorCode::InvalidTarget);
}

/// P33: default deny. What is opened is what the issuer's word opens, and no more than the client is registered for.
#[test]
fn a_token_opens_one_resource_server_that_the_issuer_may_open() {
    use JwtBearerRefused as R;
    let reports_at = "https://reports.example";
    let read = || Ok((reports_at.to_owned(), "reports:read".to_owned()));
    let forbidden = R::TargetNotAllowed(files().resource);
    let unknown = TargetRefused::NotRegistered("urn:x".parse().unwrap());
    for (scope, resource, expected) in [
        (None, None, read()),
        (Some("reports:read"), None, read()),
        (None, Some(reports_at), read()),
        (Some("reports:write"), None, Err(R::Scope)),
        (Some("reports:read openid"), Some(reports_at), Err(R::Scope)),
        (Some("openid"), None, Err(R::NoTarget)),
        (Some("files:read"), None, Err(forbidden.clone())),
        (None, Some("urn:example:files"), Err(forbidden)),
        (None, Some("urn:x"), Err(R::Target(unknown))),
    ] {
        assert_eq!(
            target(&cluster(), scope, resource),
            expected,
            "{scope:?} {resource:?}"
        );
    }
    let several = AssertionIssuer {
        resources: [files().resource, reports().resource].into(),
        ..cluster()
    };
    assert_eq!(target(&several, None, None), Err(R::NoTarget));
    let narrow = AssertionIssuer {
        scope: Some("reports:write".parse().unwrap()),
        ..cluster()
    };
    assert_eq!(target(&narrow, None, None), Err(R::Scope));
}

/// P33: the person is active, and has allowed it where they must be asked.
#[test]
fn nobody_is_spoken_for_who_may_not_sign_in_or_was_not_asked() {
    let (trusted, asking) = (
        Client {
            consent: ConsentPolicy::Trusted,
            ..client()
        },
        client(),
    );
    let scope: Scope = "reports:read".parse().unwrap();
    let subject = |client: &Client, person: &Person, consent: Option<&Consent>| {
        let asked = JwtBearer {
            client,
            issuer: &cluster(),
            scope: None,
            resource: None,
            servers: &ResourceServers::default(),
        };
        asked.subject(Whom::Person(person, consent), &scope)
    };
    assert!(subject(&trusted, &alice(), None).is_ok());
    let mut disabled = alice();
    disabled.status = PersonStatus::Disabled;
    let refused = subject(&trusted, &disabled, None).unwrap_err();
    assert_eq!(refused, GrantFallen::PersonDisabled.into());
    let refused = subject(&asking, &alice(), None).unwrap_err();
    assert_eq!(refused, GrantFallen::ConsentWithdrawn.into());
    let given = |scope: &str| Consent {
        person: alice().id,
        client: client().client_id,
        permission: Permission {
            scope: scope.parse().unwrap(),
            ..Permission::default()
        },
        given_at: NOW,
    };
    assert!(subject(&asking, &alice(), Some(&given("reports:read"))).is_ok());
    assert!(subject(&asking, &alice(), Some(&given("openid"))).is_err());
}
