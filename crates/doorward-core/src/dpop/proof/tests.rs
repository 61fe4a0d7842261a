//! What proves that a key is held, and one table of what does not
//! ([RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)).

use aws_lc_rs::hmac;
use proptest::prelude::*;
use serde_json::json;

use super::super::nonce::{LIFETIME, tests::nonces};
use super::*;
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, JwkSetRefused, SigningKey};
use crate::testing::{NOW, client};

const TOKEN_ENDPOINT: &str = "https://id.example/token";

const ON: Occasion<'static> = Occasion {
    method: "POST",
    address: TOKEN_ENDPOINT,
    alias: None,
    access_token: None,
    now: NOW,
};

const SECOND: Duration = Duration::from_secs(1);

/// What a client publishes of its key: the members that its thumbprint covers.
fn jwk(algorithm: Algorithm) -> Value {
    let mut jwk = serde_json::to_value(key(algorithm).published()).unwrap();
    let members = jwk.as_object_mut().unwrap();
    members.retain(|name, _| !["kid", "alg", "use"].contains(&name.as_str()));
    jwk
}

fn header(algorithm: Algorithm) -> Value {
    json!({"typ": "dpop+jwt", "alg": algorithm, "jwk": jwk(algorithm)})
}

fn claims() -> Value {
    json!({"jti": "one", "htm": "POST", "htu": TOKEN_ENDPOINT, "iat": NOW.as_seconds()})
}

/// The JSON object with one member changed or, by `null`, taken out.
fn with(mut object: Value, name: &str, value: Value) -> Value {
    let members = object.as_object_mut().unwrap();
    members.insert(name.to_owned(), value);
    members.retain(|_, value| !value.is_null());
    object
}

fn signed(header: &Value, claims: &Value) -> String {
    key(Algorithm::Es256).sign_anything(&header.to_string(), &claims.to_string())
}

fn with_header(name: &str, value: Value) -> String {
    signed(&with(header(Algorithm::Es256), name, value), &claims())
}

fn with_claim(name: &str, value: Value) -> String {
    signed(&header(Algorithm::Es256), &with(claims(), name, value))
}

fn judged(proof: &str) -> Result<Proof, DpopRefused> {
    prove(proof, ON, &nonces(), NoncePolicy::Optional)
}

fn good() -> String {
    signed(&header(Algorithm::Es256), &claims())
}

#[test]
fn whoever_holds_a_key_of_each_algorithm_proves_it() {
    for algorithm in ALGORITHMS {
        let proof =
            key(algorithm).sign_anything(&header(algorithm).to_string(), &claims().to_string());
        let proven = judged(&proof).unwrap();
        assert_eq!(proven.key.as_str(), key(algorithm).kid(), "{algorithm}");
    }
}

/// [RFC 9449 section 4.1](https://www.rfc-editor.org/rfc/rfc9449#section-4.1).
#[test]
fn the_example_of_the_standard_proves_its_key() {
    let proof = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
    let on = Occasion {
        address: "https://server.example.com/token",
        now: Timestamp::from_seconds(1_562_262_616),
        ..ON
    };
    let proven = prove(proof, on, &nonces(), NoncePolicy::Optional).unwrap();
    // The thumbprint that section 6.1 gives for this key.
    let thumbprint = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    assert_eq!(proven.key.as_str(), thumbprint);
}

#[test]
fn claims_and_members_that_are_nobodys_say_nothing() {
    for proof in [
        with_claim("exp", json!(NOW.as_seconds() + 300)),
        with_claim("nbf", json!(NOW.as_seconds())),
        with_claim("aud", json!("anybody")),
        with_header("kid", json!("any")),
        with_header("jku", json!("https://evil.example")),
    ] {
        judged(&proof).unwrap();
    }
}

/// P38 and K04 of the security rules: each of the twelve checks, and what a header may not bring.
#[test]
fn each_part_that_does_not_fit_has_its_reason() {
    use DpopRefused::{Address, Claim, Jti, Jwt, Method, Time};
    let refused = |refused| Jwt(refused);
    let other_type = || refused(JwtRefused::OtherType("dpop+jwt"));
    let own_key = |reason| refused(JwtRefused::OwnKey(reason));
    let private = with(jwk(Algorithm::Es256), "d", json!("AQ"));
    let symmetric = json!({"kty": "oct", "k": "c2VjcmV0"});
    let beside = with(jwk(Algorithm::Es256), "x", json!("AQ"));
    let signature = good().rsplit_once('.').unwrap().1.to_owned();
    for (proof, reason) in [
        ("x".to_owned(), refused(JwtRefused::NotThreeParts)),
        (String::new(), refused(JwtRefused::NotThreeParts)),
        (with_header("typ", Value::Null), other_type()),
        (with_header("typ", json!("JWT")), other_type()),
        (with_header("typ", json!("DPoP+jwt")), other_type()),
        (
            with_header("alg", Value::Null),
            refused(JwtRefused::UnknownAlgorithm),
        ),
        (
            with_header("alg", json!("none")),
            refused(JwtRefused::UnknownAlgorithm),
        ),
        (
            with_header("alg", json!("HS256")),
            refused(JwtRefused::UnknownAlgorithm),
        ),
        (
            with_header("alg", json!("RS256")),
            refused(JwtRefused::ForbiddenAlgorithm),
        ),
        (
            with_header("alg", json!("PS256")),
            refused(JwtRefused::OtherAlgorithm),
        ),
        (
            with_header("crit", json!(["x"])),
            refused(JwtRefused::HeaderMember("crit")),
        ),
        (
            with_header("jwk", Value::Null),
            refused(JwtRefused::NoOwnKey),
        ),
        (
            with_header("jwk", json!("x")),
            own_key(JwkSetRefused::Malformed),
        ),
        (
            with_header("jwk", private),
            own_key(JwkSetRefused::Secret(1, "d")),
        ),
        (
            with_header("jwk", symmetric),
            own_key(JwkSetRefused::Secret(1, "k")),
        ),
        (
            with_header("jwk", beside),
            own_key(JwkSetRefused::Unusable(1)),
        ),
        (
            with_header("jwk", jwk(Algorithm::EdDsa)),
            refused(JwtRefused::OtherAlgorithm),
        ),
        (
            format!(
                "{}.{signature}",
                with_claim("jti", json!("two")).rsplit_once('.').unwrap().0
            ),
            refused(JwtRefused::SignatureWrong),
        ),
        (with_claim("jti", Value::Null), Claim("jti")),
        (with_claim("jti", json!(1)), Claim("jti")),
        (with_claim("jti", json!("")), Jti),
        (with_claim("jti", json!("j".repeat(257))), Jti),
        (with_claim("htm", Value::Null), Claim("htm")),
        (with_claim("htm", json!("GET")), Method),
        (with_claim("htm", json!("post")), Method),
        (with_claim("htu", Value::Null), Claim("htu")),
        (with_claim("htu", json!("https://id.example/par")), Address),
        (with_claim("iat", Value::Null), Claim("iat")),
        (
            with_claim("iat", json!("now")),
            refused(JwtRefused::Date("iat")),
        ),
        (with_claim("iat", json!(NOW.as_seconds() - 3600)), Time),
        (with_claim("iat", json!(NOW.as_seconds() + 3600)), Time),
    ] {
        let found = judged(&proof).unwrap_err();
        assert_eq!(found, reason, "{proof}");
        assert_eq!(found.code(), ErrorCode::InvalidDpopProof, "{found}");
    }
}

/// K04: a public key is no secret to verify an HMAC with, whatever the header says.
#[test]
fn a_public_key_is_no_shared_secret() {
    let header = with(header(Algorithm::Es256), "alg", json!("HS256"));
    let encode = |value: &Value| base64url::encode(value.to_string());
    let message = format!("{}.{}", encode(&header), encode(&claims()));
    let secret = hmac::Key::new(hmac::HMAC_SHA256, keyring().jwks());
    let mark = base64url::encode(hmac::sign(&secret, message.as_bytes()));
    let refused = judged(&format!("{message}.{mark}")).unwrap_err();
    assert_eq!(refused, JwtRefused::UnknownAlgorithm.into());
}

/// P38: 60 seconds either way.
#[test]
fn a_clock_may_be_wrong_by_a_minute() {
    let window = Duration::from_mins(1);
    for (now, good) in [
        (NOW.plus(window).minus(SECOND), true),
        (NOW.plus(window), false),
        (NOW.minus(window), true),
        (NOW.minus(window + SECOND), false),
    ] {
        let on = Occasion { now, ..ON };
        let proven = prove(&super::tests::good(), on, &nonces(), NoncePolicy::Optional);
        assert_eq!(proven.is_ok(), good, "{now:?}");
        if let Ok(Proof { single_use, .. }) = proven {
            let forgotten = now.plus(single_use.remembered);
            // No node whose clock is within the tolerance would still take it.
            let latest = NOW.plus(window).plus(2 * CLOCK_TOLERANCE);
            assert_eq!(forgotten, latest, "{now:?}");
        }
    }
}

/// [RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7).
#[test]
fn with_an_access_token_a_proof_is_for_that_token_alone() {
    // The token and the hash of the example in section 7.1.
    let token = "Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU";
    let ath = "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo";
    let on = Occasion {
        access_token: Some(token),
        ..ON
    };
    let judged = |proof: &str| prove(proof, on, &nonces(), NoncePolicy::Optional);
    assert!(judged(&with_claim("ath", json!(ath))).is_ok());
    assert_eq!(judged(&good()), Err(DpopRefused::Claim("ath")));
    let other = judged(&with_claim("ath", json!("x")));
    assert_eq!(other, Err(DpopRefused::AccessToken));
}

/// [RFC 9449 section 9](https://www.rfc-editor.org/rfc/rfc9449#section-9).
#[test]
fn where_no_nonces_are_given_out_one_says_nothing_and_the_time_decides() {
    let with_nonce = with_claim("nonce", json!("of another server"));
    assert_eq!(judged(&with_nonce), Err(DpopRefused::Nonce));
    assert_eq!(
        prove_by_time(&with_nonce, ON).map(|proof| proof.key),
        judged(&good()).map(|proof| proof.key)
    );
    let late = Occasion {
        now: NOW.plus(Duration::from_mins(1)),
        ..ON
    };
    assert_eq!(prove_by_time(&with_nonce, late), Err(DpopRefused::Time));
    let undated = with_claim("iat", json!(null));
    assert!(prove_by_time(&undated, ON).is_err());
}

/// [RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5): an endpoint may have two addresses, and a proof is for one.
#[test]
fn a_proof_may_be_made_for_the_other_address_of_the_endpoint() {
    let alias = "https://mtls.id.example/token";
    let proof = with_claim("htu", json!(alias));
    assert_eq!(judged(&proof), Err(DpopRefused::Address));
    let on = Occasion {
        alias: Some(alias),
        ..ON
    };
    for proof in [proof, good()] {
        let proven = prove(&proof, on, &nonces(), NoncePolicy::Optional);
        let name = proven.unwrap().single_use.name;
        assert_eq!(
            name,
            judged(&good()).unwrap().single_use.name,
            "it is one endpoint"
        );
    }
}

/// [RFC 9449 section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1): one proof has one name, and no two have the same.
#[test]
fn what_tells_proofs_apart_is_their_key_their_address_and_their_jti() {
    let name = |proof: &str| judged(proof).unwrap().single_use.name;
    let first = name(&good());
    assert_eq!(first, name(&with_claim("iat", json!(NOW.as_seconds() - 9))));
    let spelled = with_claim("htu", json!("HTTPS://ID.example:443/token?x"));
    assert_eq!(first, name(&spelled));
    assert_ne!(first, name(&with_claim("jti", json!("two"))));
    let another = key(Algorithm::EdDsa)
        .sign_anything(&header(Algorithm::EdDsa).to_string(), &claims().to_string());
    assert_ne!(first, name(&another));
    let on = Occasion {
        address: "https://id.example/par",
        ..ON
    };
    let elsewhere = with_claim("htu", json!(on.address));
    let elsewhere = prove(&elsewhere, on, &nonces(), NoncePolicy::Optional);
    assert_ne!(first, elsewhere.unwrap().single_use.name);
}

/// [RFC 9449 section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8).
#[test]
fn a_nonce_is_demanded_where_the_operator_says_so_and_must_always_be_good() {
    use NoncePolicy::{Optional, Required};
    let with_nonce = |nonce: &str| with_claim("nonce", json!(nonce));
    let fresh = with_nonce(&nonces().issue(NOW));
    let old = with_nonce(&nonces().issue(NOW.minus(LIFETIME)));
    let foreign = with_nonce("eyJ7S_zG.eyJH0-Z.HX4w-7v");
    for (proof, policy, reason) in [
        (&good(), Optional, None),
        (&good(), Required, Some(DpopRefused::NonceAbsent)),
        (&fresh, Optional, None),
        (&fresh, Required, None),
        (&old, Optional, Some(DpopRefused::Nonce)),
        (&old, Required, Some(DpopRefused::Nonce)),
        (&foreign, Optional, Some(DpopRefused::Nonce)),
        (&foreign, Required, Some(DpopRefused::Nonce)),
    ] {
        let refused = prove(proof, ON, &nonces(), policy).err();
        assert_eq!(refused, reason, "{policy:?}");
        if let Some(refused) = refused {
            assert_eq!(refused.code(), ErrorCode::UseDpopNonce);
        }
    }
    let numeric = judged(&with_claim("nonce", json!(1)));
    assert_eq!(numeric, Err(DpopRefused::Claim("nonce")));
}

/// [RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3), item 11: our own time, which the nonce brings
/// back, counts in place of the client's.
#[test]
fn a_client_with_a_wrong_clock_can_use_a_nonce() {
    let claims = with(claims(), "iat", json!(NOW.as_seconds() - 86_400));
    let issued_at = NOW.minus(Duration::from_mins(2));
    let claims = with(claims, "nonce", json!(nonces().issue(issued_at)));
    let proven = judged(&signed(&header(Algorithm::Es256), &claims)).unwrap();
    let forgotten = NOW.plus(proven.single_use.remembered);
    assert_eq!(forgotten, issued_at.plus(LIFETIME + 2 * CLOCK_TOLERANCE));
}

/// [RFC 9449 section 5.2](https://www.rfc-editor.org/rfc/rfc9449#section-5.2).
#[test]
fn a_client_that_must_bind_its_tokens_brings_a_proof() {
    let proof = judged(&good()).unwrap();
    let must = Client {
        dpop: DpopPolicy::Required,
        ..client()
    };
    let some = Some(proof);
    assert_eq!(demanded(some.clone(), &must), Ok(some.clone()));
    assert_eq!(demanded(None, &must), Err(DpopRefused::Absent));
    assert_eq!(demanded(some.clone(), &client()), Ok(some));
    assert_eq!(demanded(None, &client()), Ok(None));
}

#[test]
fn a_key_that_is_too_short_proves_nothing() {
    let short = json!({"kty": "RSA", "e": "AQAB", "n": base64url::encode([0xff; 128])});
    let header = json!({"typ": "dpop+jwt", "alg": "PS256", "jwk": short});
    let refused = judged(&signed(&header, &claims())).unwrap_err();
    let unusable = JwtRefused::OwnKey(JwkSetRefused::Unusable(1));
    assert_eq!(refused, unusable.into());
}

/// Only who signed is proven: a key of somebody else in the header helps nobody.
#[test]
fn a_key_that_did_not_sign_is_not_proven() {
    let other = SigningKey::generate(Algorithm::Es256);
    let jwk = serde_json::to_value(other.published()).unwrap();
    let refused = judged(&with_header("jwk", jwk)).unwrap_err();
    assert_eq!(refused, JwtRefused::SignatureWrong.into());
}

proptest! {
    /// X02: whatever is sent as a proof, it is refused and no more.
    #[test]
    fn no_text_makes_it_panic(text in "[a-zA-Z0-9._-]{0,80}", claims in "[ -~]{0,60}") {
        prop_assert!(judged(&text).is_err());
        let proof = key(Algorithm::Es256)
            .sign_anything(&header(Algorithm::Es256).to_string(), &claims);
        prop_assert!(judged(&proof).is_err());
    }
}
