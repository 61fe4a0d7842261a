use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde_json::json;

use super::super::{ClientRefused, Judge, Presented, Proof, authenticate, presented};
use super::*;
use crate::client::AuthMethod;
use crate::error::ErrorCode;
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, JwkSet, SigningKey, base64url};
use crate::parameters::Parameters;
use crate::testing::{NOW, Pairs, client, client_secrets, parameters};

const ISSUER: &str = "https://login.example.com";
const TOKEN_ENDPOINT: &str = "https://login.example.com/token";
const ALIAS: &str = "https://mtls.login.example.com/token";
const US: Addressee<'_> = Addressee {
    issuer: ISSUER,
    token_endpoint: TOKEN_ENDPOINT,
    token_endpoint_alias: Some(ALIAS),
};

/// The client `wiki`, which has one key of each kind.
fn wiki() -> Client {
    Client {
        token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
        secrets: Vec::new(),
        jwks: Some(JwkSet::parse(keyring().jwks()).unwrap()),
        ..client()
    }
}

fn claims() -> Value {
    json!({
        "iss": "wiki",
        "sub": "wiki",
        "aud": ISSUER,
        "jti": "one",
        "exp": NOW.as_seconds() + 60,
    })
}

/// The JSON object with one member changed or, by `null`, taken out.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    let members = object.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    object
}

fn header(algorithm: Algorithm) -> Value {
    json!({"alg": algorithm, "kid": key(algorithm).kid()})
}

fn signed(header: &Value, claims: &Value) -> String {
    key(Algorithm::Es256).sign_anything(&header.to_string(), &claims.to_string())
}

fn good() -> String {
    signed(&header(Algorithm::Es256), &claims())
}

fn with_claim(name: &str, value: Value) -> String {
    signed(&header(Algorithm::Es256), &with(claims(), name, value))
}

fn form(assertion: &str, more: Pairs<'_>) -> Parameters {
    let example = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    parameters(&example, more)
}

fn proven_by(client: &Client, assertion: &str) -> Result<Proof, ClientRefused> {
    let presented = presented(None, &form(assertion, &[]))?;
    let authorities = crate::certificate::Authorities::default();
    let judge = Judge {
        addressee: US,
        secrets: &client_secrets(),
        authorities: &authorities,
    };
    authenticate(&presented, Some(client), judge, NOW)
}

fn refused_by(client: &Client, assertion: &str) -> AssertionRefused {
    let refused = proven_by(client, assertion).unwrap_err();
    assert_eq!(refused.code(), ErrorCode::InvalidClient);
    match refused {
        ClientRefused::Assertion(reason) => reason,
        other => panic!("{other}"),
    }
}

#[test]
fn an_assertion_of_each_algorithm_proves_its_client_for_one_use() {
    let once = Proof::FirstUse(SingleUse {
        client: "wiki".parse().unwrap(),
        jti: "one".to_owned(),
        remembered: Duration::from_mins(1 + 1 + 1),
    });
    for algorithm in Algorithm::ALL {
        for header in [
            header(algorithm),
            with(header(algorithm), "kid", Value::Null),
            with(header(algorithm), "typ", json!("JWT")),
            with(header(algorithm), "typ", json!("jwt")),
            with(header(algorithm), "typ", json!("client-authentication+jwt")),
        ] {
            let key = key(algorithm);
            let assertion = key.sign_anything(&header.to_string(), &claims().to_string());
            let proof = proven_by(&wiki(), &assertion);
            assert_eq!(proof.as_ref(), Ok(&once), "{header}");
        }
    }
}

#[test]
fn each_claim_that_does_not_fit_has_its_reason() {
    let now = NOW.as_seconds();
    let date = |name| AssertionRefused::Jwt(JwtRefused::Date(name));
    let early = |name| AssertionRefused::Jwt(JwtRefused::TooEarly(name));
    let expired = AssertionRefused::Jwt(JwtRefused::Expired);
    for (name, value, reason) in [
        ("sub", Value::Null, AssertionRefused::Subject),
        ("sub", json!(["wiki"]), AssertionRefused::Subject),
        ("sub", json!("two words"), AssertionRefused::Subject),
        ("iss", Value::Null, AssertionRefused::Issuer),
        ("iss", json!("another"), AssertionRefused::Issuer),
        ("iss", json!(ISSUER), AssertionRefused::Issuer),
        ("aud", Value::Null, AssertionRefused::Audience),
        ("aud", json!([ISSUER]), AssertionRefused::Audience),
        ("aud", json!([]), AssertionRefused::Audience),
        ("aud", json!(TOKEN_ENDPOINT), AssertionRefused::Audience),
        ("aud", json!(ALIAS), AssertionRefused::Audience),
        (
            "aud",
            json!(format!("{ISSUER}/")),
            AssertionRefused::Audience,
        ),
        (
            "aud",
            json!("https://evil.example"),
            AssertionRefused::Audience,
        ),
        ("exp", Value::Null, date("exp")),
        ("exp", json!("soon"), date("exp")),
        ("exp", json!(now - 60), expired.clone()),
        ("exp", json!(now - 300), expired),
        ("exp", json!(now + 361), AssertionRefused::TooLong),
        ("nbf", json!(now + 61), early("nbf")),
        ("iat", json!(now + 61), early("iat")),
        ("nbf", json!("now"), date("nbf")),
        ("iat", json!(-1), date("iat")),
        ("jti", Value::Null, AssertionRefused::Jti),
        ("jti", json!(""), AssertionRefused::Jti),
        ("jti", json!(7), AssertionRefused::Jti),
        ("jti", json!("x".repeat(257)), AssertionRefused::Jti),
    ] {
        let refused = refused_by(&wiki(), &with_claim(name, value.clone()));
        assert_eq!(refused, reason, "{name}: {value}");
    }
}

#[test]
fn a_clock_may_be_wrong_by_a_minute() {
    let now = NOW.as_seconds();
    for (name, value) in [
        ("exp", now - 59),
        ("exp", now + 360),
        ("nbf", now + 8),
        ("nbf", now + 60),
        ("iat", now + 60),
    ] {
        let proof = proven_by(&wiki(), &with_claim(name, json!(value)));
        assert!(proof.is_ok(), "{name}: {proof:?}");
    }
}

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[test]
fn a_client_that_knows_no_better_may_address_the_token_endpoint() {
    let lenient = Client {
        assertion_audience: AssertionAudience::TokenEndpointToo,
        ..wiki()
    };
    for (aud, accepted) in [
        (json!(ISSUER), true),
        (json!(TOKEN_ENDPOINT), true),
        (json!([TOKEN_ENDPOINT]), true),
        (json!(ALIAS), true),
        (json!([ISSUER]), true),
        (json!([ISSUER, "https://evil.example"]), false),
        (json!([ISSUER, 1]), false),
        (json!([]), false),
        (json!("https://login.example.com/authorize"), false),
    ] {
        let proof = proven_by(&lenient, &with_claim("aud", aud.clone()));
        assert_eq!(proof.is_ok(), accepted, "{aud}");
    }
}

/// [RFC 8725 section 3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1).
#[test]
fn the_registration_says_which_algorithms_count() {
    let strict = Client {
        token_endpoint_auth_signing_alg: Some(Algorithm::Es256),
        ..wiki()
    };
    assert!(proven_by(&strict, &good()).is_ok());
    for algorithm in [Algorithm::Rs256, Algorithm::Ps256, Algorithm::EdDsa] {
        let header = header(algorithm).to_string();
        let assertion = key(algorithm).sign_anything(&header, &claims().to_string());
        let refused = refused_by(&strict, &assertion);
        assert_eq!(refused, JwtRefused::ForbiddenAlgorithm.into());
    }
}

/// K04: the same for what clients sign.
#[test]
fn what_no_key_of_the_client_signed_is_refused() {
    let stranger = SigningKey::generate(Algorithm::Es256);
    let claims = claims().to_string();
    let by_stranger = |header: &Value| stranger.sign_anything(&header.to_string(), &claims);
    let own = header(Algorithm::Es256);
    let unsigned = |alg: &str| {
        let header = json!({"alg": alg}).to_string();
        let (header, claims) = (base64url::encode(header), base64url::encode(&claims));
        format!("{header}.{claims}.")
    };
    for (assertion, reason) in [
        (by_stranger(&own), JwtRefused::SignatureWrong),
        (
            by_stranger(&with(own.clone(), "kid", json!(stranger.kid()))),
            JwtRefused::NoKey,
        ),
        (
            by_stranger(&with(own.clone(), "jwk", json!(stranger.published()))),
            JwtRefused::SignatureWrong,
        ),
        (unsigned("none"), JwtRefused::UnknownAlgorithm),
        (unsigned("NoNe"), JwtRefused::UnknownAlgorithm),
        (unsigned("ES256"), JwtRefused::SignatureWrong),
        (
            signed(
                &with(own.clone(), "typ", json!("dpop+jwt")),
                &self::claims(),
            ),
            JwtRefused::OtherType("JWT"),
        ),
        (
            signed(&with(own, "crit", json!(["exp"])), &self::claims()),
            JwtRefused::HeaderMember("crit"),
        ),
        ("a.b".to_owned(), JwtRefused::NotThreeParts),
        ("A".repeat(9000), JwtRefused::TooLong),
    ] {
        assert_eq!(
            refused_by(&wiki(), &assertion),
            reason.into(),
            "{assertion}"
        );
    }
}

#[test]
fn an_hmac_with_the_public_key_is_no_signature() {
    let public = keyring().jwks();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, public);
    let forged = |alg: &str| {
        let header = base64url::encode(json!({"alg": alg}).to_string());
        let message = format!("{header}.{}", base64url::encode(claims().to_string()));
        let signature = base64url::encode(hmac::sign(&secret, message.as_bytes()));
        format!("{message}.{signature}")
    };
    let other = ClientRefused::Method {
        registered: "private_key_jwt",
        used: "client_secret_jwt",
    };
    assert_eq!(proven_by(&wiki(), &forged("HS256")), Err(other));
    for (alg, reason) in [
        ("HS512", JwtRefused::UnknownAlgorithm),
        ("ES256", JwtRefused::SignatureWrong),
    ] {
        assert_eq!(refused_by(&wiki(), &forged(alg)), reason.into(), "{alg}");
    }
}

#[test]
fn a_client_without_keys_lets_nobody_in() {
    let keyless = Client {
        jwks: None,
        ..wiki()
    };
    assert_eq!(refused_by(&keyless, &good()), AssertionRefused::NoKeys);
}

/// [RFC 7521 section 4.2](https://www.rfc-editor.org/rfc/rfc7521#section-4.2).
#[test]
fn the_form_says_what_kind_of_assertion_it_has_and_names_no_other_client() {
    let assertion = good();
    let read = |more: Pairs<'_>| presented(None, &form(&assertion, more));
    let other_kind = ClientRefused::Assertion(AssertionRefused::OtherKind);
    let saml = "urn:ietf:params:oauth:client-assertion-type:saml2-bearer";
    for (more, expected) in [
        (&[][..], None),
        (&[("client_id", "wiki")], None),
        (
            &[("client_id", "payroll")],
            Some(ClientRefused::OtherClient),
        ),
        (&[("client_assertion_type", "")], Some(other_kind.clone())),
        (&[("client_assertion_type", saml)], Some(other_kind.clone())),
        (&[("client_assertion", "")], Some(other_kind)),
    ] {
        let refused = read(more).err();
        assert_eq!(refused, expected, "{more:?}");
    }
    for twice in [
        &[("client_secret", "x")][..],
        &[("client_id", "wiki"), ("client_id", "wiki")],
        &[("client_assertion", "x"), ("client_assertion", "x")],
    ] {
        let refused = read(twice).unwrap_err();
        assert_eq!(refused, ClientRefused::TwoMethods, "{twice:?}");
        assert_eq!(refused.code(), ErrorCode::InvalidRequest);
    }
    let header = presented(Some("Basic d2lraTp4"), &form(&assertion, &[]));
    assert_eq!(header, Err(ClientRefused::TwoMethods));
}

#[test]
fn an_assertion_is_not_printed() {
    let presented: Presented = presented(None, &form(&good(), &[])).unwrap();
    assert_eq!(format!("{presented:?}"), "Presented(wiki, private_key_jwt)");
}

proptest! {
    #[test]
    fn no_text_is_accepted_or_makes_it_panic(text in "\\PC{0,80}(\\.\\PC{0,80}){0,3}") {
        prop_assert!(proven_by(&wiki(), &text).is_err());
    }

    #[test]
    fn no_signed_header_or_claims_make_it_panic(header in "\\PC{0,80}", claims in "\\PC{0,80}") {
        let token = key(Algorithm::Es256).sign_anything(&header, &claims);
        prop_assert!(proven_by(&wiki(), &token).is_err());
    }
}
