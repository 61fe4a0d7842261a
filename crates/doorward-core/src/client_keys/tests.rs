use serde_json::{Value, json};

use super::*;
use crate::jose::testing::{key, keyring};
use crate::jose::{Algorithm, KeyName, SigningKey};
use crate::testing::NOW;

fn named(algorithm: Algorithm, kid: &str) -> NeededKey {
    NeededKey::Verifies(KeyName {
        algorithm,
        kid: Some(kid.to_owned()),
    })
}

/// A key that is among the keys.
fn old() -> NeededKey {
    named(Algorithm::Es256, key(Algorithm::Es256).kid())
}

/// A key that is not.
fn new() -> NeededKey {
    named(Algorithm::Es256, "new")
}

fn keys() -> JwkSet {
    JwkSet::parse(keyring().jwks()).unwrap()
}

/// What is known after one answer at `NOW`.
fn known(answer: Result<JwkSet, KeysUnavailable>) -> KnownKeys {
    let mut known = KnownKeys::default();
    known.learn(answer, NOW);
    known
}

fn later(seconds: u64) -> Timestamp {
    NOW.plus(Duration::from_secs(seconds))
}

/// K06: seldom.
#[test]
fn keys_that_are_known_are_not_asked_for_again_for_five_minutes() {
    assert_eq!(KnownKeys::default().step(&old(), NOW), Step::Ask);
    let known = known(Ok(keys()));
    assert_eq!(known.step(&old(), NOW), Step::Use(keys()));
    assert_eq!(known.step(&old(), later(299)), Step::Use(keys()));
    assert_eq!(known.step(&old(), later(300)), Step::Ask);
}

/// Stands for `oidcc-refresh-token-rp-key-rotation`: a new key is known within seconds, and nobody makes us ask with every request.
/// K06: an unknown name asks once, and not again at once.
#[test]
fn a_key_of_an_unknown_name_is_asked_for_every_ten_seconds_at_most() {
    let known = known(Ok(keys()));
    assert_eq!(known.step(&new(), later(9)), Step::Use(keys()));
    assert_eq!(known.step(&new(), later(10)), Step::Ask);
}

#[test]
fn while_nobody_answers_known_keys_are_believed_for_an_hour_and_unknown_ones_wait() {
    let failure = KeysUnavailable::NotFetched(NotFetched::Status(500));
    let mut known = known(Ok(keys()));
    known.learn(Err(failure.clone()), later(300));
    let step = |needed: &NeededKey, seconds| known.step(needed, later(seconds));
    assert_eq!(step(&old(), 301), Step::Use(keys()));
    assert_eq!(step(&new(), 301), Step::Fail(failure.clone()));
    assert_eq!(step(&old(), 310), Step::Ask);
    let settled = |seconds| known.settle(&old(), later(seconds));
    assert_eq!(settled(3599), Ok(keys()));
    assert_eq!(settled(3600), Err(failure));
}

#[test]
fn whoever_never_answered_is_asked_again_after_ten_seconds() {
    let failure = KeysUnavailable::NoAnswer("no connection".to_owned());
    let known = known(Err(failure.clone()));
    assert_eq!(known.step(&old(), later(9)), Step::Fail(failure));
    assert_eq!(known.step(&old(), later(10)), Step::Ask);
    let nothing = KnownKeys::default().settle(&old(), NOW);
    assert_eq!(nothing, Err(KeysUnavailable::Asked));
}

#[test]
fn a_key_that_is_taken_out_is_forgotten_with_the_next_answer() {
    let mut known = known(Ok(keys()));
    let other = SigningKey::generate(Algorithm::EdDsa);
    let other = serde_json::to_vec(&other.published()).unwrap();
    known.learn(Ok(JwkSet::parse(&other).unwrap()), later(300));
    let Step::Use(keys) = known.step(&old(), later(301)) else {
        panic!("what was answered is used");
    };
    assert!(!keys.has(&old()));
}

fn answer(status: u16, content_type: Option<&str>, body: &Value) -> Fetched {
    Fetched {
        status,
        content_type: content_type.map(str::to_owned),
        body: body.to_string().into_bytes(),
        ..Fetched::default()
    }
}

/// F03: a success, and JSON.
#[test]
fn an_answer_is_a_success_and_a_jwk_set_as_json() {
    let set: Value = serde_json::from_slice(keyring().jwks()).unwrap();
    let json = Some("application/json");
    for good in [
        json,
        Some("Application/JSON; charset=utf-8"),
        Some("application/jwk-set+json"),
    ] {
        assert_eq!(published(&answer(200, good, &set)), Ok(keys()), "{good:?}");
    }
    for (answer, reason) in [
        (
            answer(302, json, &set),
            KeysUnavailable::NotFetched(NotFetched::Status(302)),
        ),
        (
            answer(404, json, &set),
            KeysUnavailable::NotFetched(NotFetched::Status(404)),
        ),
        (
            answer(200, None, &set),
            KeysUnavailable::NotFetched(NotFetched::ContentType("application/jwk-set+json")),
        ),
        (
            answer(200, Some("text/html"), &set),
            KeysUnavailable::NotFetched(NotFetched::ContentType("application/jwk-set+json")),
        ),
        (
            answer(200, json, &json!([])),
            JwkSetRefused::Malformed.into(),
        ),
        (
            answer(200, json, &json!({"keys": []})),
            JwkSetRefused::Count(0).into(),
        ),
    ] {
        assert_eq!(published(&answer), Err(reason));
    }
}
