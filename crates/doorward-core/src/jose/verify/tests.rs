//! What is accepted, and one table of what is not.

use std::time::Duration;

use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::*;
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, SigningKey};

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
const ISSUER: &str = "https://login.example.com";
const KEY: Algorithm = Algorithm::Es256;

fn expected() -> Expected<'static> {
    Expected {
        typ: Typ::IdToken,
        issuer: ISSUER,
        audience: Some("wiki"),
        now: NOW,
        expiry: Expiry::Required,
    }
}

fn claims() -> Value {
    let now = NOW.as_seconds();
    json!({"iss": ISSUER, "aud": "wiki", "sub": "alice", "iat": now, "nbf": now, "exp": now + 60})
}

fn header() -> Value {
    json!({"alg": KEY, "typ": "JWT", "kid": key(KEY).kid()})
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

fn good() -> String {
    key(KEY).sign(Typ::IdToken, &claims()).unwrap()
}

fn with_header(name: &str, value: Value) -> String {
    key(KEY).sign_anything(
        &with(header(), name, value).to_string(),
        &claims().to_string(),
    )
}

fn with_claim(name: &str, value: Value) -> String {
    key(KEY).sign_anything(
        &header().to_string(),
        &with(claims(), name, value).to_string(),
    )
}

fn verify(token: &str) -> Result<Value, JwtRefused> {
    keyring().verify(token, expected())
}

#[test]
fn what_a_key_of_ours_signed_is_read_back() {
    for algorithm in Algorithm::ALL {
        let token = key(algorithm).sign(Typ::IdToken, &claims()).unwrap();
        assert_eq!(verify(&token), Ok(claims()), "{algorithm}");
    }
}

#[test]
fn several_audiences_and_an_absent_type_are_fine() {
    for token in [
        with_claim("aud", json!(["payroll", "wiki"])),
        with_header("typ", Value::Null),
        with_claim("nbf", Value::Null),
    ] {
        assert!(verify(&token).is_ok(), "{token}");
    }
}

/// K04: `none` in no spelling.
/// [RFC 8725 section 3.1](https://www.rfc-editor.org/rfc/rfc8725#section-3.1): the algorithm is the verifier's choice.
#[test]
fn no_algorithm_but_the_keys_own_is_accepted() {
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "es256", "ES256K", "ES256 ",
    ] {
        let token = with_header("alg", json!(alg));
        assert_eq!(verify(&token), Err(JwtRefused::UnknownAlgorithm), "{alg}");
        let (unsigned, _) = token.rsplit_once('.').unwrap();
        let refused = verify(&format!("{unsigned}."));
        assert_eq!(refused, Err(JwtRefused::UnknownAlgorithm), "{alg} unsigned");
    }
    for alg in ["RS256", "PS256", "EdDSA", "ES384", "ES512"] {
        let refused = verify(&with_header("alg", json!(alg)));
        assert_eq!(refused, Err(JwtRefused::OtherAlgorithm), "{alg}");
    }
    for (name, reason) in [
        ("alg", JwtRefused::UnknownAlgorithm),
        ("kid", JwtRefused::UnknownKey),
    ] {
        assert_eq!(verify(&with_header(name, Value::Null)), Err(reason));
    }
}

/// K04: a public key is no shared secret.
#[test]
fn an_hmac_with_the_public_key_is_no_signature() {
    for algorithm in Algorithm::ALL {
        let kid = key(algorithm).kid();
        let set: Value = serde_json::from_slice(keyring().jwks()).unwrap();
        let keys = set["keys"].as_array().unwrap();
        let public = keys
            .iter()
            .find(|key| key["kid"] == kid)
            .unwrap()
            .to_string();
        let secret = hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes());
        for (alg, reason) in [
            ("HS256", JwtRefused::UnknownAlgorithm),
            (algorithm.as_str(), JwtRefused::SignatureWrong),
        ] {
            let header = json!({"alg": alg, "typ": "JWT", "kid": kid}).to_string();
            let claims = claims().to_string();
            let message = format!(
                "{}.{}",
                base64url::encode(header),
                base64url::encode(claims)
            );
            let signature = base64url::encode(hmac::sign(&secret, message.as_bytes()));
            let refused = verify(&format!("{message}.{signature}"));
            assert_eq!(refused, Err(reason), "{alg}");
        }
    }
}

/// K04: a `kid` is looked up, and nothing else is done with it.
#[test]
fn a_key_is_one_of_ours_or_none() {
    let stranger = SigningKey::generate(KEY);
    let token = stranger.sign(Typ::IdToken, &claims()).unwrap();
    assert_eq!(verify(&token), Err(JwtRefused::UnknownKey));
    let token = stranger.sign_anything(&header().to_string(), &claims().to_string());
    assert_eq!(verify(&token), Err(JwtRefused::SignatureWrong));
    for kid in [
        json!(""),
        json!("../../key"),
        json!("' OR 1=1"),
        json!("a".repeat(129)),
    ] {
        assert_eq!(
            verify(&with_header("kid", kid.clone())),
            Err(JwtRefused::UnknownKey),
            "{kid}"
        );
    }
}

/// K04: `jwk`, `jku`, `x5u` and `x5c` are not looked at.
/// A token cannot bring its own key
/// ([RFC 8725 section 3.10](https://www.rfc-editor.org/rfc/rfc8725#section-3.10)).
#[test]
fn a_key_in_the_header_counts_for_nothing() {
    let stranger = SigningKey::generate(KEY);
    let own = serde_json::to_value(stranger.published()).unwrap();
    for (name, value) in [
        ("jwk", own),
        ("jku", json!("https://evil.example/keys")),
        ("x5u", json!("https://evil.example/certificate")),
        ("x5c", json!(["AAAA"])),
    ] {
        let header = with(header(), name, value).to_string();
        let forged = stranger.sign_anything(&header, &claims().to_string());
        assert_eq!(verify(&forged), Err(JwtRefused::SignatureWrong), "{name}");
    }
}

/// P36: each use has a type.
#[test]
fn a_token_for_one_thing_is_none_for_another() {
    let types = [Typ::IdToken, Typ::AccessToken, Typ::LogoutToken];
    for made in types {
        let token = key(KEY).sign(made, &claims()).unwrap();
        for wanted in types {
            let expected = Expected {
                typ: wanted,
                ..expected()
            };
            let read = keyring().verify::<Value>(&token, expected);
            let reason = JwtRefused::OtherType(wanted.as_str());
            assert_eq!(
                read.err(),
                (made != wanted).then_some(reason),
                "{made:?} as {wanted:?}"
            );
        }
    }
    for typ in ["jwt", "JWT ", "application/jwt", ""] {
        assert_eq!(
            verify(&with_header("typ", json!(typ))),
            Err(JwtRefused::OtherType("JWT"))
        );
    }
    let untyped = with_header("typ", Value::Null);
    let expected = Expected {
        typ: Typ::AccessToken,
        ..expected()
    };
    let refused = keyring().verify::<Value>(&untyped, expected);
    assert_eq!(refused, Err(JwtRefused::OtherType("at+jwt")));
}

/// K04: `crit`, `b64` and `zip` are refused.
/// [RFC 7515 section 4.1.11](https://www.rfc-editor.org/rfc/rfc7515#section-4.1.11),
/// [RFC 7797 section 3](https://www.rfc-editor.org/rfc/rfc7797#section-3),
/// [RFC 8725 section 3.6](https://www.rfc-editor.org/rfc/rfc8725#section-3.6).
#[test]
fn headers_that_want_more_than_we_do_are_refused() {
    for (name, value) in [
        ("crit", json!(["exp"])),
        ("crit", json!([])),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
    ] {
        let refused = verify(&with_header(name, value));
        assert_eq!(refused, Err(JwtRefused::HeaderMember(name)));
    }
}

/// K04: JSON of distinct members and nothing behind it.
#[test]
fn a_header_or_claims_that_can_be_read_in_two_ways_are_refused() {
    let (header, claims) = (header().to_string(), claims().to_string());
    let doubled = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    let sign = |header: &str, claims: &str| verify(&key(KEY).sign_anything(header, claims));
    for bad in [
        doubled(&header, r#""alg":"none""#),
        doubled(&header, r#""\u0061lg":"ES256""#),
        format!("{header}{header}"),
        format!("[{header}]"),
        "null".to_owned(),
        String::new(),
        with(self::header(), "typ", json!(1)).to_string(),
        with(self::header(), "kid", json!(["a"])).to_string(),
        with(self::header(), "alg", json!({})).to_string(),
    ] {
        assert_eq!(
            sign(&bad, &claims),
            Err(JwtRefused::HeaderMalformed),
            "{bad}"
        );
    }
    for bad in [
        doubled(&claims, r#""sub":"bob""#),
        doubled(&claims, r#""a":{"b":1,"b":2}"#),
        format!("{claims}x"),
        format!("[{claims}]"),
        "\"alice\"".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            sign(&header, &bad),
            Err(JwtRefused::ClaimsMalformed),
            "{bad}"
        );
    }
}

/// K04: no padding, no idle bits, no more than 8 KiB, nothing encrypted or nested.
#[test]
fn only_three_parts_of_strict_base64url_are_read() {
    let token = good();
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else {
        panic!("three parts");
    };
    // A signature of 64 bytes has four idle bits in its last character.
    let (body, last) = signature.split_at(signature.len() - 1);
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let next = alphabet.as_bytes()[alphabet.find(last).unwrap() + 1] as char;
    for (change, token, reason) in [
        ("nothing", String::new(), JwtRefused::NotThreeParts),
        ("one part", header.to_owned(), JwtRefused::NotThreeParts),
        (
            "two parts",
            format!("{header}.{claims}"),
            JwtRefused::NotThreeParts,
        ),
        ("four parts", format!("{token}."), JwtRefused::NotThreeParts),
        (
            "six parts",
            format!("{token}.{token}"),
            JwtRefused::NotThreeParts,
        ),
        (
            "encrypted",
            format!("{token}.{header}.{claims}"),
            JwtRefused::Encrypted,
        ),
        (
            "padded header",
            format!("{header}=.{claims}.{signature}"),
            JwtRefused::HeaderEncoding,
        ),
        (
            "space before",
            format!(" {token}"),
            JwtRefused::HeaderEncoding,
        ),
        (
            "padded signature",
            format!("{token}=="),
            JwtRefused::SignatureEncoding,
        ),
        (
            "line after",
            format!("{token}\n"),
            JwtRefused::SignatureEncoding,
        ),
        (
            "trailing bits",
            format!("{header}.{claims}.{body}{next}"),
            JwtRefused::SignatureEncoding,
        ),
        (
            "no signature",
            format!("{header}.{claims}."),
            JwtRefused::SignatureWrong,
        ),
        (
            "cut signature",
            format!("{header}.{claims}.{}", &signature[..40]),
            JwtRefused::SignatureWrong,
        ),
        (
            "too long",
            format!("{token}{}", "A".repeat(8192)),
            JwtRefused::TooLong,
        ),
    ] {
        assert_eq!(verify(&token), Err(reason), "{change}");
    }
    for claims in [format!("{claims}="), format!("{claims}\n"), "A".to_owned()] {
        let token = key(KEY).sign_message(&format!("{header}.{claims}"));
        assert_eq!(verify(&token), Err(JwtRefused::ClaimsEncoding), "{claims}");
    }
}

/// K04: dates are sensible numbers.
#[test]
fn each_claim_that_does_not_fit_has_its_reason() {
    let now = NOW.as_seconds();
    for (name, value, reason) in [
        (
            "iss",
            json!("https://evil.example"),
            JwtRefused::OtherIssuer,
        ),
        ("iss", json!(format!("{ISSUER}/")), JwtRefused::OtherIssuer),
        ("iss", json!([ISSUER]), JwtRefused::OtherIssuer),
        ("iss", Value::Null, JwtRefused::OtherIssuer),
        ("aud", json!("payroll"), JwtRefused::OtherAudience),
        ("aud", json!(["payroll"]), JwtRefused::OtherAudience),
        ("aud", json!([]), JwtRefused::OtherAudience),
        ("aud", json!({"wiki": 1}), JwtRefused::OtherAudience),
        ("aud", json!(["wiki", 1]), JwtRefused::OtherAudience),
        ("aud", Value::Null, JwtRefused::OtherAudience),
        ("exp", json!(now), JwtRefused::Expired),
        ("exp", json!(0), JwtRefused::Expired),
        ("exp", json!(-1), JwtRefused::Date("exp")),
        ("exp", json!((now + 60) * 1000), JwtRefused::Date("exp")),
        ("exp", json!(u64::MAX), JwtRefused::Date("exp")),
        ("exp", json!(1e300), JwtRefused::Date("exp")),
        (
            "exp",
            json!((now + 60).to_string()),
            JwtRefused::Date("exp"),
        ),
        ("exp", json!(true), JwtRefused::Date("exp")),
        ("exp", Value::Null, JwtRefused::Date("exp")),
        ("iat", json!(now + 61), JwtRefused::TooEarly("iat")),
        ("iat", json!("now"), JwtRefused::Date("iat")),
        ("iat", Value::Null, JwtRefused::Date("iat")),
        ("nbf", json!(now + 61), JwtRefused::TooEarly("nbf")),
        ("nbf", json!([]), JwtRefused::Date("nbf")),
    ] {
        let refused = verify(&with_claim(name, value.clone()));
        assert_eq!(refused, Err(reason), "{name}: {value}");
    }
}

/// K07: a minute is the most that is tolerated.
#[test]
fn clocks_may_differ_by_a_minute_but_no_token_lives_longer() {
    for name in ["iat", "nbf"] {
        assert!(
            verify(&with_claim(name, json!(NOW.as_seconds() + 60))).is_ok(),
            "{name}"
        );
    }
    let last = NOW.plus(Duration::from_millis(59_999));
    for (now, refused) in [
        (last, None),
        (NOW.plus(Duration::from_mins(1)), Some(JwtRefused::Expired)),
    ] {
        let read = keyring().verify::<Value>(&good(), Expected { now, ..expected() });
        assert_eq!(read.err(), refused);
    }
}

#[test]
fn an_expired_token_may_still_tell_who_it_was_about() {
    let expected = Expected {
        now: NOW.plus(Duration::from_secs(1_000_000)),
        expiry: Expiry::Tolerated,
        audience: None,
        ..expected()
    };
    assert_eq!(keyring().verify(&good(), expected), Ok(claims()));
    let dateless = with_claim("exp", Value::Null);
    let refused = keyring().verify::<Value>(&dateless, expected);
    assert_eq!(
        refused,
        Err(JwtRefused::Date("exp")),
        "a UserInfo response is no ID Token"
    );
}

#[test]
fn claims_of_another_shape_are_refused() {
    #[derive(Debug, PartialEq, serde::Deserialize)]
    struct Shape {
        sub: u32,
    }
    let refused = keyring().verify::<Shape>(&good(), expected());
    assert!(
        matches!(refused, Err(JwtRefused::ClaimsUnexpected(_))),
        "{refused:?}"
    );
}

proptest! {
    #[test]
    fn no_text_is_accepted_or_makes_it_panic(text in "\\PC{0,80}(\\.\\PC{0,80}){0,3}") {
        prop_assert!(verify(&text).is_err());
    }

    #[test]
    fn no_signed_header_or_claims_make_it_panic(header in "\\PC{0,80}", claims in "\\PC{0,80}") {
        let token = key(KEY).sign_anything(&header, &claims);
        prop_assert!(verify(&token).is_err());
    }

    #[test]
    fn any_single_changed_character_is_noticed(
        algorithm in prop::sample::select(Algorithm::ALL.to_vec()),
        at in any::<prop::sample::Index>(),
        new in "[A-Za-z0-9_.=-]",
    ) {
        let token = key(algorithm).sign(Typ::IdToken, &claims()).unwrap();
        let at = at.index(token.len());
        let changed = format!("{}{new}{}", &token[..at], &token[at + 1..]);
        prop_assume!(changed != token);
        prop_assert!(verify(&changed).is_err(), "{}", changed);
    }
}
