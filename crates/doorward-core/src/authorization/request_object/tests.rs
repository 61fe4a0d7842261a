use serde_json::json;

use super::*;
use crate::client::{RequestObjectLifetime, RequestObjects};
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, JwkSet, SigningKey, base64url};
use crate::testing::{NOW, client, parameters};

const ISSUER: &str = "https://login.example.com";
const HOUR: i64 = 3600;

/// The client `wiki`, which has one key of each kind.
fn wiki() -> Client {
    Client {
        jwks: Some(JwkSet::parse(keyring().jwks()).unwrap()),
        ..client()
    }
}

/// The same, as FAPI 2.0 wants it.
fn strict() -> Client {
    Client {
        request_objects: RequestObjects {
            algorithm: Some(Algorithm::Es256),
            lifetime: RequestObjectLifetime::Hour,
            ..RequestObjects::default()
        },
        ..wiki()
    }
}

fn claims() -> Value {
    let now = NOW.as_seconds();
    json!({
        "iss": "wiki",
        "aud": ISSUER,
        "iat": now,
        "nbf": now,
        "exp": now + 60,
        "jti": "one",
        "client_id": "wiki",
        "response_type": "code",
        "scope": "openid",
        "max_age": 300,
        "claims": {"id_token": {"email": null}},
    })
}

/// The claims with some changed or, by `null`, taken out.
fn with(changes: &[(&str, Value)]) -> Value {
    let mut claims = claims();
    let members = claims.as_object_mut().unwrap();
    for (name, value) in changes {
        members.insert((*name).to_owned(), value.clone());
    }
    members.retain(|_, value| !value.is_null());
    claims
}

fn header() -> Value {
    json!({"alg": "ES256", "kid": key(Algorithm::Es256).kid(), "typ": "oauth-authz-req+jwt"})
}

fn signed(header: &Value, claims: &Value) -> String {
    key(Algorithm::Es256).sign_anything(&header.to_string(), &claims.to_string())
}

fn open(client: &Client, text: &str) -> Result<Parameters, RequestObjectRefused> {
    let example = [("client_id", "wiki"), ("request", text)];
    let parameters = parameters(&example, &[]);
    let object = RequestObject::of(&parameters, client)?;
    let asked = object
        .expect("the client has keys")
        .open(client, ISSUER, NOW)?;
    assert!(asked.is_signed());
    Ok(asked.parameters().clone())
}

fn opened(changes: &[(&str, Value)]) -> Result<Parameters, RequestObjectRefused> {
    open(&wiki(), &signed(&header(), &with(changes)))
}

/// P13: what is said of the object itself is no parameter, and numbers and structures are texts.
#[test]
fn the_request_is_what_is_in_the_object() {
    let parameters = opened(&[]).ok().unwrap();
    for (name, value) in [
        ("client_id", Some("wiki")),
        ("response_type", Some("code")),
        ("scope", Some("openid")),
        ("max_age", Some("300")),
        ("claims", Some(r#"{"id_token":{"email":null}}"#)),
        ("state", None),
        ("iss", None),
        ("aud", None),
        ("exp", None),
        ("jti", None),
    ] {
        assert_eq!(parameters.one(name), value, "{name}");
    }
}

/// P05: what may be given once is no list.
#[test]
fn only_a_resource_may_be_a_list() {
    let lists = [
        (
            "resource",
            json!(["https://a.example", "https://b.example"]),
        ),
        ("redirect_uri", json!(["https://wiki.example/callback"])),
        ("scope", json!(["openid"])),
    ];
    let parameters = opened(&lists).ok().unwrap();
    let resources: Vec<_> = parameters.all("resource").collect();
    assert_eq!(resources, ["https://a.example", "https://b.example"]);
    let redirect_uri = parameters.one("redirect_uri");
    assert_eq!(redirect_uri, Some(r#"["https://wiki.example/callback"]"#));
    assert_eq!(parameters.one("scope"), Some(r#"["openid"]"#));
}

#[test]
fn each_algorithm_and_type_of_the_standard_is_accepted() {
    for algorithm in Algorithm::ALL {
        let header = json!({"alg": algorithm, "kid": key(algorithm).kid()});
        let text = key(algorithm).sign_anything(&header.to_string(), &claims().to_string());
        assert!(open(&wiki(), &text).is_ok(), "{algorithm}");
    }
    for typ in [
        "oauth-authz-req+jwt",
        "application/oauth-authz-req+jwt",
        "jwt",
    ] {
        let mut header = header();
        header["typ"] = json!(typ);
        assert!(open(&wiki(), &signed(&header, &claims())).is_ok(), "{typ}");
    }
}

/// P13, as [RFC 9101 section 10.2](https://www.rfc-editor.org/rfc/rfc9101#section-10.2) has it: neither `none` nor an algorithm
/// that is not the client's, nor a key that is not.
#[test]
fn what_the_client_did_not_sign_as_registered_is_refused() {
    let encode = |value: &Value| base64url::encode(value.to_string());
    let none = format!("{}.{}.", encode(&json!({"alg": "none"})), encode(&claims()));
    let stranger = SigningKey::generate(Algorithm::Es256);
    let foreign = stranger.sign_anything(&header().to_string(), &claims().to_string());
    let mut typed = header();
    typed["typ"] = json!("client-authentication+jwt");
    for (client, text, reason) in [
        (wiki(), none, JwtRefused::UnknownAlgorithm),
        (wiki(), foreign, JwtRefused::SignatureWrong),
        (
            wiki(),
            signed(&typed, &claims()),
            JwtRefused::OtherType("oauth-authz-req+jwt"),
        ),
        (wiki(), "x".to_owned(), JwtRefused::NotThreeParts),
        (
            strict(),
            {
                let header = json!({"alg": "RS256", "kid": key(Algorithm::Rs256).kid()});
                key(Algorithm::Rs256).sign_anything(&header.to_string(), &claims().to_string())
            },
            JwtRefused::ForbiddenAlgorithm,
        ),
    ] {
        let refused = open(&client, &text).err().unwrap();
        assert_eq!(refused, reason.into());
        assert_eq!(refused.code().as_str(), "invalid_request_object");
    }
}

/// P13.
#[test]
fn each_member_that_does_not_fit_has_its_reason() {
    use RequestObjectRefused as R;
    let now = NOW.as_seconds();
    for (name, value, reason) in [
        ("iss", Value::Null, R::Issuer),
        ("iss", json!("payroll"), R::Issuer),
        ("client_id", Value::Null, R::Client),
        ("client_id", json!("payroll"), R::Client),
        ("sub", json!("wiki"), R::Assertion),
        ("aud", Value::Null, R::Audience),
        ("aud", json!("https://evil.example"), R::Audience),
        ("aud", json!(format!("{ISSUER}/authorize")), R::Audience),
        ("aud", json!([ISSUER, 1]), R::Audience),
        ("exp", Value::Null, JwtRefused::Date("exp").into()),
        ("exp", json!("soon"), JwtRefused::Date("exp").into()),
        ("exp", json!(now - 60), JwtRefused::Expired.into()),
        ("nbf", json!(now + 61), JwtRefused::TooEarly("nbf").into()),
        ("iat", json!(now + 61), JwtRefused::TooEarly("iat").into()),
        ("request", json!("e30.e30."), R::Nested("request")),
        ("request_uri", json!("urn:x"), R::Nested("request_uri")),
        ("state", json!("a\u{0}b"), R::Encoding),
    ] {
        assert_eq!(opened(&[(name, value)]).err(), Some(reason), "{name}");
    }
    let mut null = claims();
    null["state"] = Value::Null;
    let refused = open(&wiki(), &signed(&header(), &null));
    assert_eq!(refused.err(), Some(R::Null("state".to_owned())));
}

#[test]
fn clocks_differ_and_an_object_may_be_for_several_servers() {
    let now = NOW.as_seconds();
    for (name, value) in [
        ("nbf", json!(now + 8)),
        ("exp", json!(now - 59)),
        ("exp", json!(now + 24 * HOUR)),
        ("nbf", Value::Null),
        ("aud", json!(["https://other.example", ISSUER])),
        ("sub", json!("somebody")),
    ] {
        assert!(opened(&[(name, value.clone())]).is_ok(), "{name}: {value}");
    }
}

/// [FAPI 2.0 Message Signing section 5.3.1](https://openid.net/specs/fapi-message-signing-2_0-final.html#section-5.3.1).
#[test]
fn where_the_client_wants_it_an_object_is_good_for_an_hour_from_its_nbf_on() {
    let now = NOW.as_seconds();
    for (nbf, exp, outcome) in [
        (json!(now), now + HOUR, Ok(())),
        (json!(now + 8), now + HOUR, Ok(())),
        (json!(now - HOUR), now, Ok(())),
        (
            json!(now),
            now + HOUR + 1,
            Err(RequestObjectRefused::TooLong),
        ),
        (
            json!(now - HOUR - 1),
            now,
            Err(RequestObjectRefused::TooLong),
        ),
        (Value::Null, now + 60, Err(JwtRefused::Date("nbf").into())),
    ] {
        let claims = with(&[("nbf", nbf.clone()), ("exp", json!(exp))]);
        let opened = open(&strict(), &signed(&header(), &claims));
        assert_eq!(opened.map(|_| ()), outcome, "{nbf} to {exp}");
    }
}

#[test]
fn an_object_that_could_not_be_proven_is_none() {
    let example = [("client_id", "wiki"), ("request", "e30.e30.")];
    let parameters = parameters(&example, &[]);
    assert!(matches!(
        RequestObject::of(&parameters, &client()),
        Ok(None)
    ));
}

/// [RFC 9101 section 5](https://www.rfc-editor.org/rfc/rfc9101#section-5).
#[test]
fn a_request_is_by_value_or_by_reference_and_never_both() {
    let example = [("client_id", "wiki"), ("request", "e30.e30.")];
    for references in [
        &[("request_uri", "https://wiki.example/request")][..],
        &[("request_uri", "a"), ("request_uri", "b")],
    ] {
        let parameters = parameters(&example, references);
        let refused = RequestObject::of(&parameters, &wiki()).err().unwrap();
        assert_eq!(refused, RequestObjectRefused::ReferenceToo);
        assert_eq!(refused.code().as_str(), "invalid_request");
    }
}
