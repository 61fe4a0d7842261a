//! What every backend must do. A backend runs it with one line: `contract!(fixture)`, where
//! `fixture` is an expression for a new [`Fixture`], or `None` where there is nothing to test against.

use std::sync::Arc;
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::authorization::ProofKey;
use doorward_core::authorization::pushed::{PushedRequest, RequestUri};
use doorward_core::claims::ClaimsRequest;
use doorward_core::client_authentication::SingleUse;
use doorward_core::device_authorization::{
    DeviceAnswer, DeviceAuthorization, DeviceCodeName, Pace, UserCode,
};
use doorward_core::dpop::ProofUse;
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::identifiers::{GrantId, PersonId, SessionId};
use doorward_core::parameters::Parameters;
use doorward_core::secret::{Secret, SecretKind};
use doorward_core::session::{Authentication, AuthenticationMethod};
use doorward_core::token::code::AuthorizationCode;
use doorward_sessions::{
    Backend, Codes, Devices, Inserted, Key, PushedRequests, ReplayMarks, StoreError, Use,
};

use crate::support::{Fixture, LONG, in_parallel, unique};

macro_rules! contract {
    ($fixture:expr) => {
        $crate::contract::contract!($fixture;
            nothing_is_there_before_it_is_inserted
            a_value_is_there_once_inserted
            a_second_insertion_changes_nothing
            replacing_what_is_absent_does_nothing
            replacing_returns_the_former_value
            what_is_removed_is_absent
            removing_what_is_absent_is_no_error
            an_expired_value_is_absent
            an_expired_value_is_not_replaced
            an_expired_value_makes_room_for_another
            a_replacement_has_its_own_time_to_live
            a_rejected_insertion_prolongs_nothing
            a_counter_counts_from_one
            a_counter_starts_again_once_its_first_use_is_long_ago
            a_removed_counter_starts_again
            a_value_is_no_counter
            values_of_any_bytes_up_to_64_kibibytes_come_back
            kinds_do_not_collide
            an_endless_time_to_live_is_taken
            of_50_parallel_insertions_one_is_new
            of_50_parallel_replacements_one_is_handed_the_original
            replacements_form_one_chain
            of_50_parallel_additions_each_has_its_own_count
            a_code_stands_for_what_it_was_issued_for_until_it_is_forgotten
            a_code_is_remembered_for_longer_than_it_works
            a_code_is_issued_once
            a_pushed_request_is_found_until_its_time_is_over
            of_50_parallel_answers_to_a_pushed_request_one_finds_it_waiting
            of_50_parallel_uses_of_an_assertion_one_is_the_first
            of_50_parallel_uses_of_a_proof_one_is_the_first
            an_assertion_is_forgotten_when_it_would_be_refused_anyway
            a_device_is_known_by_both_of_its_codes_until_its_time_is_over
            of_50_parallel_answers_to_a_device_the_first_stands
        );
    };
    ($fixture:expr; $($case:ident)*) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $case() {
                if let Some(fixture) = $fixture {
                    $crate::contract::$case(&fixture).await;
                }
            }
        )*
    };
}
pub(crate) use contract;

fn key() -> Key {
    Key::of("test", &unique())
}

pub(crate) async fn nothing_is_there_before_it_is_inserted(f: &Fixture) {
    assert_eq!(f.backend.get(&key()).await, Ok(None));
}

pub(crate) async fn a_value_is_there_once_inserted(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert_eq!(f.backend.get(&key).await, Ok(Some(b"one".into())));
}

pub(crate) async fn a_second_insertion_changes_nothing(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert_eq!(
        f.backend.insert(&key, b"two".into(), LONG).await,
        Ok(Inserted::AlreadyThere)
    );
    assert_eq!(f.backend.get(&key).await, Ok(Some(b"one".into())));
}

pub(crate) async fn replacing_what_is_absent_does_nothing(f: &Fixture) {
    let key = key();
    assert_eq!(f.backend.replace(&key, b"one".into(), LONG).await, Ok(None));
    assert_eq!(f.backend.get(&key).await, Ok(None));
}

pub(crate) async fn replacing_returns_the_former_value(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert_eq!(
        f.backend.replace(&key, b"two".into(), LONG).await,
        Ok(Some(b"one".into()))
    );
    assert_eq!(
        f.backend.replace(&key, b"three".into(), LONG).await,
        Ok(Some(b"two".into()))
    );
    assert_eq!(f.backend.get(&key).await, Ok(Some(b"three".into())));
}

pub(crate) async fn what_is_removed_is_absent(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert_eq!(f.backend.remove(&key).await, Ok(()));
    assert_eq!(f.backend.get(&key).await, Ok(None));
    assert_eq!(f.backend.replace(&key, b"two".into(), LONG).await, Ok(None));
    assert_eq!(
        f.backend.insert(&key, b"three".into(), LONG).await,
        Ok(Inserted::New)
    );
}

pub(crate) async fn removing_what_is_absent_is_no_error(f: &Fixture) {
    assert_eq!(f.backend.remove(&key()).await, Ok(()));
}

pub(crate) async fn an_expired_value_is_absent(f: &Fixture) {
    let (brief, lasting) = (key(), key());
    assert_eq!(
        f.backend.insert(&brief, b"one".into(), f.short).await,
        Ok(Inserted::New)
    );
    assert_eq!(
        f.backend.insert(&lasting, b"two".into(), LONG).await,
        Ok(Inserted::New)
    );
    f.let_short_pass().await;
    assert_eq!(f.backend.get(&brief).await, Ok(None));
    assert_eq!(f.backend.get(&lasting).await, Ok(Some(b"two".into())));
}

pub(crate) async fn an_expired_value_is_not_replaced(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), f.short).await,
        Ok(Inserted::New)
    );
    f.let_short_pass().await;
    assert_eq!(f.backend.replace(&key, b"two".into(), LONG).await, Ok(None));
    assert_eq!(f.backend.get(&key).await, Ok(None));
}

pub(crate) async fn an_expired_value_makes_room_for_another(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), f.short).await,
        Ok(Inserted::New)
    );
    f.let_short_pass().await;
    assert_eq!(
        f.backend.insert(&key, b"two".into(), LONG).await,
        Ok(Inserted::New)
    );
    f.let_short_pass().await;
    assert_eq!(f.backend.get(&key).await, Ok(Some(b"two".into())));
}

pub(crate) async fn a_replacement_has_its_own_time_to_live(f: &Fixture) {
    let (shortened, prolonged) = (key(), key());
    assert_eq!(
        f.backend.insert(&shortened, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert_eq!(
        f.backend.insert(&prolonged, b"one".into(), f.short).await,
        Ok(Inserted::New)
    );
    let former = f.backend.replace(&shortened, b"two".into(), f.short).await;
    assert_eq!(former, Ok(Some(b"one".into())));
    let former = f.backend.replace(&prolonged, b"two".into(), LONG).await;
    assert_eq!(former, Ok(Some(b"one".into())));
    f.let_short_pass().await;
    assert_eq!(f.backend.get(&shortened).await, Ok(None));
    assert_eq!(f.backend.get(&prolonged).await, Ok(Some(b"two".into())));
}

pub(crate) async fn a_rejected_insertion_prolongs_nothing(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), f.short).await,
        Ok(Inserted::New)
    );
    assert_eq!(
        f.backend.insert(&key, b"two".into(), LONG).await,
        Ok(Inserted::AlreadyThere)
    );
    f.let_short_pass().await;
    assert_eq!(f.backend.get(&key).await, Ok(None));
}

pub(crate) async fn a_counter_counts_from_one(f: &Fixture) {
    let (key, other) = (key(), key());
    for count in 1..=3 {
        assert_eq!(f.backend.add(&key, LONG).await, Ok(count));
    }
    assert_eq!(f.backend.add(&other, LONG).await, Ok(1));
}

pub(crate) async fn a_counter_starts_again_once_its_first_use_is_long_ago(f: &Fixture) {
    let key = key();
    assert_eq!(f.backend.add(&key, f.short).await, Ok(1));
    assert_eq!(f.backend.add(&key, LONG).await, Ok(2));
    f.let_short_pass().await;
    assert_eq!(f.backend.add(&key, LONG).await, Ok(1));
    f.let_short_pass().await;
    assert_eq!(f.backend.add(&key, f.short).await, Ok(2));
}

pub(crate) async fn a_removed_counter_starts_again(f: &Fixture) {
    let key = key();
    assert_eq!(f.backend.add(&key, LONG).await, Ok(1));
    assert_eq!(f.backend.remove(&key).await, Ok(()));
    assert_eq!(f.backend.add(&key, LONG).await, Ok(1));
}

pub(crate) async fn a_value_is_no_counter(f: &Fixture) {
    let key = key();
    assert_eq!(
        f.backend.insert(&key, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );
    assert!(f.backend.add(&key, LONG).await.is_err());
    assert_eq!(f.backend.get(&key).await, Ok(Some(b"one".into())));
}

pub(crate) async fn values_of_any_bytes_up_to_64_kibibytes_come_back(f: &Fixture) {
    let bytes = (0..=u8::MAX).cycle();
    for length in [0, 1, 255, 256, 4096, 65_535, 65_536] {
        let value: Vec<u8> = bytes.clone().take(length).collect();
        let key = key();
        assert_eq!(
            f.backend.insert(&key, value.clone(), LONG).await,
            Ok(Inserted::New)
        );
        assert_eq!(f.backend.get(&key).await, Ok(Some(value.clone())));
        let former = f.backend.replace(&key, b"\r\n\0".into(), LONG).await;
        assert_eq!(former, Ok(Some(value)));
        assert_eq!(f.backend.get(&key).await, Ok(Some(b"\r\n\0".into())));
    }
}

pub(crate) async fn kinds_do_not_collide(f: &Fixture) {
    let secret = unique();
    for kind in ["a", "b", "aa", "a:"] {
        let key = Key::of(kind, &secret);
        assert_eq!(
            f.backend.insert(&key, kind.into(), LONG).await,
            Ok(Inserted::New)
        );
    }
    for kind in ["a", "b", "aa", "a:"] {
        let found = f.backend.get(&Key::of(kind, &secret)).await;
        assert_eq!(found, Ok(Some(kind.into())));
    }
}

pub(crate) async fn an_endless_time_to_live_is_taken(f: &Fixture) {
    let key = key();
    let endless = std::time::Duration::MAX;
    assert_eq!(
        f.backend.insert(&key, b"one".into(), endless).await,
        Ok(Inserted::New)
    );
    assert_eq!(f.backend.get(&key).await, Ok(Some(b"one".into())));
}

pub(crate) async fn of_50_parallel_insertions_one_is_new(f: &Fixture) {
    let key = key();
    let outcomes = in_parallel(50, |at| {
        let (backend, key) = (Arc::clone(&f.backend), key.clone());
        async move {
            (
                at,
                backend
                    .insert(&key, at.to_string().into(), LONG)
                    .await
                    .unwrap(),
            )
        }
    })
    .await;
    let new: Vec<_> = outcomes
        .iter()
        .filter(|(_, inserted)| *inserted == Inserted::New)
        .collect();
    let [(at, _)] = new.as_slice() else {
        panic!("{} are new", new.len());
    };
    assert_eq!(f.backend.get(&key).await, Ok(Some(at.to_string().into())));
}

pub(crate) async fn of_50_parallel_replacements_one_is_handed_the_original(f: &Fixture) {
    let formers = replace_in_parallel(&f.backend, &key()).await;
    assert_eq!(
        formers
            .iter()
            .filter(|former| *former == "original")
            .count(),
        1
    );
}

pub(crate) async fn replacements_form_one_chain(f: &Fixture) {
    let key = key();
    let mut seen = replace_in_parallel(&f.backend, &key).await;
    let last = f.backend.get(&key).await.unwrap().unwrap();
    seen.push(String::from_utf8(last).unwrap());
    seen.sort();
    let mut all: Vec<String> = (0..50).map(|at| at.to_string()).collect();
    all.push("original".to_owned());
    all.sort();
    assert_eq!(seen, all);
}

async fn replace_in_parallel(backend: &Arc<dyn Backend>, key: &Key) -> Vec<String> {
    assert_eq!(
        backend.insert(key, b"original".into(), LONG).await,
        Ok(Inserted::New)
    );
    in_parallel(50, |at| {
        let (backend, key) = (Arc::clone(backend), key.clone());
        async move {
            let former = backend.replace(&key, at.to_string().into(), LONG).await;
            String::from_utf8(former.unwrap().unwrap()).unwrap()
        }
    })
    .await
}

pub(crate) async fn of_50_parallel_additions_each_has_its_own_count(f: &Fixture) {
    let key = key();
    let mut counts = in_parallel(50, |_| {
        let (backend, key) = (Arc::clone(&f.backend), key.clone());
        async move { backend.add(&key, LONG).await.unwrap() }
    })
    .await;
    counts.sort_unstable();
    assert_eq!(counts, (1..=50).collect::<Vec<_>>());
}

fn grant() -> Grant {
    Grant {
        id: GrantId::from_bytes([7; 16]),
        person: PersonId::from_bytes([8; 16]),
        client: "wiki".parse().unwrap(),
        session: SessionId::from_bytes([9; 16]),
        scope: "openid profile".parse().unwrap(),
        resources: std::collections::BTreeSet::new(),
        authorization_details: doorward_core::authorization_details::AuthorizationDetails::default(
        ),
        acr: Some("urn:example:loa:1".parse().unwrap()),
        claims: ClaimsRequest::default(),
        authentication: Authentication {
            at: Timestamp::from_seconds(1_700_000_000),
            methods: vec![AuthenticationMethod::Password],
        },
        lifetime: GrantLifetime::Offline,
        issued_at: Timestamp::from_seconds(1_700_000_000),
        expires_at: Timestamp::from_seconds(1_800_000_000),
        revoked_at: None,
    }
}

fn meaning() -> AuthorizationCode {
    AuthorizationCode {
        grant: grant(),
        client_created_at: Timestamp::from_seconds(1_600_000_000),
        redirect_uri: "https://wiki.example/cb".to_owned(),
        proof_key: ProofKey::Absent,
        dpop_jkt: None,
        nonce: Some("n-0S6_WzA2Mj".to_owned()),
        expires_at: Timestamp::from_seconds(1_700_000_000),
    }
}

fn codes(f: &Fixture) -> (Codes, Secret) {
    let code = Secret::from_bytes(SecretKind::AuthorizationCode, unique().repeat(2).as_bytes());
    (Codes::new(f.store()), code)
}

// https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2
pub(crate) async fn a_code_stands_for_what_it_was_issued_for_until_it_is_forgotten(f: &Fixture) {
    let (codes, code) = codes(f);
    assert_eq!(codes.find(&code).await.unwrap(), None);
    codes.issue(&code, &meaning(), LONG).await.unwrap();
    for _ in 0..3 {
        assert_eq!(codes.find(&code).await.unwrap(), Some(meaning()));
    }
    codes.forget(&code).await.unwrap();
    assert_eq!(codes.find(&code).await.unwrap(), None);
}

pub(crate) async fn a_code_is_remembered_for_longer_than_it_works(f: &Fixture) {
    let (codes, code) = codes(f);
    codes.issue(&code, &meaning(), f.short).await.unwrap();
    f.let_short_pass().await;
    assert_eq!(codes.find(&code).await.unwrap(), Some(meaning()));
}

pub(crate) async fn a_code_is_issued_once(f: &Fixture) {
    let (codes, code) = codes(f);
    codes.issue(&code, &meaning(), LONG).await.unwrap();
    let again = codes.issue(&code, &meaning(), LONG).await;
    assert!(matches!(again, Err(StoreError::Taken { kind: "code" })));
}

fn pushed_request() -> PushedRequest {
    let request = serde_json::json!({
        "client": "wiki",
        "target": { "redirect_uri": "https://wiki.example/cb", "mode": "query" },
        "scope": "openid",
        "proof_key": "absent",
        "prompts": [],
        "claims": {},
    });
    PushedRequest::Waiting {
        request: serde_json::from_value(request).unwrap(),
        client_created_at: Timestamp::from_seconds(1_600_000_000),
        expires_at: Timestamp::from_seconds(1_700_000_000),
    }
}

fn pushed_requests(f: &Fixture) -> (PushedRequests, RequestUri) {
    let secret = Secret::from_bytes(SecretKind::PushedRequest, unique().repeat(2).as_bytes());
    let uri = format!("urn:ietf:params:oauth:request_uri:{}", secret.reveal());
    let parameters = Parameters::parse(format!("request_uri={uri}").as_bytes()).unwrap();
    let uri = RequestUri::named(&parameters).unwrap().unwrap();
    (PushedRequests::new(f.store()), uri)
}

// https://www.rfc-editor.org/rfc/rfc9126#section-4
pub(crate) async fn a_pushed_request_is_found_until_its_time_is_over(f: &Fixture) {
    let (requests, uri) = pushed_requests(f);
    let name = uri.name();
    assert_eq!(requests.find(&name).await.unwrap(), None);
    assert_eq!(requests.answer(&name, LONG).await.unwrap(), None);
    let request = pushed_request();
    requests.keep(&name, &request, f.short).await.unwrap();
    let again = requests.keep(&name, &request, f.short).await;
    assert!(matches!(again, Err(StoreError::Taken { .. })));
    assert_eq!(requests.find(&name).await.unwrap(), Some(request));
    f.let_short_pass().await;
    assert_eq!(requests.find(&name).await.unwrap(), None);
}

// https://www.rfc-editor.org/rfc/rfc9126#section-7.3
pub(crate) async fn of_50_parallel_answers_to_a_pushed_request_one_finds_it_waiting(f: &Fixture) {
    let (requests, uri) = pushed_requests(f);
    let name = uri.name();
    requests.keep(&name, &pushed_request(), LONG).await.unwrap();
    let found = in_parallel(50, |_| {
        let (requests, name) = (requests.clone(), name.clone());
        async move { requests.answer(&name, LONG).await.unwrap().unwrap() }
    })
    .await;
    let waiting = found.iter().filter(|found| **found == pushed_request());
    assert_eq!(waiting.count(), 1);
    assert_eq!(
        requests.find(&name).await.unwrap(),
        Some(PushedRequest::Answered)
    );
}

fn assertion(remembered: Duration) -> SingleUse {
    SingleUse {
        client: "wiki".parse().unwrap(),
        jti: unique(),
        remembered,
    }
}

// https://www.rfc-editor.org/rfc/rfc7523#section-3
pub(crate) async fn of_50_parallel_uses_of_an_assertion_one_is_the_first(f: &Fixture) {
    let (marks, assertion) = (ReplayMarks::new(f.store()), assertion(LONG));
    let uses = in_parallel(50, |_| {
        let (marks, assertion) = (marks.clone(), assertion.clone());
        async move { marks.spend(&assertion).await.unwrap() }
    })
    .await;
    let first = uses.iter().filter(|&&seen| seen == Use::First);
    assert_eq!(first.count(), 1);
    let other = SingleUse {
        client: "payroll".parse().unwrap(),
        ..assertion
    };
    assert_eq!(marks.spend(&other).await.unwrap(), Use::First);
}

// https://www.rfc-editor.org/rfc/rfc9449#section-11.1
pub(crate) async fn of_50_parallel_uses_of_a_proof_one_is_the_first(f: &Fixture) {
    let marks = ReplayMarks::new(f.store());
    let proof = |jti: &str| ProofUse {
        name: format!("key https://id.example/token {jti}"),
        remembered: LONG,
    };
    let jti = unique();
    let uses = in_parallel(50, |_| {
        let (marks, proof) = (marks.clone(), proof(&jti));
        async move { marks.spend_proof(&proof).await.unwrap() }
    })
    .await;
    let first = uses.iter().filter(|&&seen| seen == Use::First);
    assert_eq!(first.count(), 1);
    let other = proof(&unique());
    assert_eq!(marks.spend_proof(&other).await.unwrap(), Use::First);
}

pub(crate) async fn an_assertion_is_forgotten_when_it_would_be_refused_anyway(f: &Fixture) {
    let (marks, assertion) = (ReplayMarks::new(f.store()), assertion(f.short));
    assert_eq!(marks.spend(&assertion).await.unwrap(), Use::First);
    f.let_short_pass().await;
    assert_eq!(marks.spend(&assertion).await.unwrap(), Use::First);
}

/// A device that waits, and its user code.
fn device() -> (UserCode, DeviceAuthorization) {
    let secret = Secret::from_bytes(SecretKind::DeviceCode, unique().repeat(2).as_bytes());
    let request = serde_json::json!({
        "client": "tv",
        "client_created_at": Timestamp::from_seconds(1_600_000_000),
        "scope": "openid",
        "proof_key": "absent",
        "prompts": ["consent"],
        "max_age": null,
    });
    let device = DeviceAuthorization {
        request: serde_json::from_value(request).unwrap(),
        device_code: DeviceCodeName::of(&secret),
        expires_at: Timestamp::from_seconds(1_700_000_000),
    };
    (UserCode::of(&secret), device)
}

// https://www.rfc-editor.org/rfc/rfc8628#section-3.2
pub(crate) async fn a_device_is_known_by_both_of_its_codes_until_its_time_is_over(f: &Fixture) {
    let (devices, (code, device)) = (Devices::new(f.store()), device());
    let name = device.device_code.clone();
    assert_eq!(devices.find(code).await.unwrap(), None);
    let kept = devices.keep(code, &device, f.short).await.unwrap();
    assert_eq!(kept, Inserted::New);
    let (_, pretender) = self::device();
    let again = devices.keep(code, &pretender, f.short).await.unwrap();
    assert_eq!(again, Inserted::AlreadyThere);
    assert_eq!(devices.find(code).await.unwrap(), Some(device.clone()));
    // The letters are few enough to try them all against a hash, so their mere hash leads nowhere.
    let guessed = Key::of("device", &code.letters());
    assert_eq!(f.backend.get(&guessed).await.unwrap(), None);

    let (slower, _) = Pace::default().ask(Timestamp::from_seconds(1_650_000_000));
    devices.paced(&name, &slower, f.short).await.unwrap();
    let known = devices.known(code, &name).await.unwrap();
    assert_eq!(known.authorization, Some(device));
    assert_eq!((known.answer, known.pace), (None, Some(slower)));

    f.let_short_pass().await;
    devices.paced(&name, &slower, LONG).await.unwrap();
    let known = devices.known(code, &name).await.unwrap();
    assert!(known.authorization.is_none() && known.pace.is_none());
}

// https://www.rfc-editor.org/rfc/rfc8628#section-3.3
pub(crate) async fn of_50_parallel_answers_to_a_device_the_first_stands(f: &Fixture) {
    let (devices, (_, device)) = (Devices::new(f.store()), device());
    let name = device.device_code;
    assert_eq!(devices.answer(&name).await.unwrap(), None);
    let answers = in_parallel(50, |at| {
        let (devices, name) = (devices.clone(), name.clone());
        let answer = match at % 2 {
            0 => DeviceAnswer::Denied,
            _ => DeviceAnswer::Allowed(Box::new(grant())),
        };
        async move {
            let recorded = devices.record(&name, &answer, LONG).await.unwrap();
            (recorded, answer)
        }
    })
    .await;
    let mut new = answers
        .iter()
        .filter(|(recorded, _)| *recorded == Inserted::New);
    let (_, first) = new.next().unwrap();
    assert_eq!(new.next(), None);
    assert_eq!(devices.answer(&name).await.unwrap().as_ref(), Some(first));
}
