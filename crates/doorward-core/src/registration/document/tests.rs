use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};

use super::*;
use crate::authorization::ResponseMode;
use crate::client::{GrantType, Incoherent, MutualTlsSupport};
use crate::jose::Algorithm;
use crate::jose::testing::keyring;
use crate::registration::RegistrationAccess;
use crate::testing::NOW;

const URL: &str = "https://app.example/client.json";

fn document(changes: &Value) -> Fetched {
    let mut document = json!({
        "client_id": URL,
        "client_name": "Agent",
        "redirect_uris": ["https://app.example/callback", "http://127.0.0.1/callback"],
        "token_endpoint_auth_method": "none",
        "grant_types": ["authorization_code", "refresh_token"],
    });
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    members.retain(|_, value| !value.is_null());
    Fetched {
        status: 200,
        content_type: Some("application/json".to_owned()),
        body: document.to_string().into_bytes(),
        ..Fetched::default()
    }
}

fn policy(scope: &str) -> RegistrationPolicy {
    RegistrationPolicy {
        access: RegistrationAccess::Closed,
        scope: scope.parse().unwrap(),
        unused: Duration::from_hours(1),
        authorization_details_types: BTreeSet::new(),
        mutual_tls: MutualTlsSupport::Off,
        signatures: Algorithm::USUAL.into(),
        documents: ClientDocumentPolicy::default(),
    }
}

fn read(changes: &Value) -> Result<Client, DocumentRefused> {
    let policy = policy("openid email");
    client_of_document(&URL.parse().unwrap(), &document(changes), &policy, NOW)
}

/// [OAuth Client ID Metadata Document section 4](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html#section-4).
#[test]
fn a_document_says_what_its_client_is_and_people_are_always_asked() {
    let client = read(&json!({"scope": "openid groups"})).unwrap();
    assert_eq!(client.client_id.as_str(), URL);
    assert_eq!(client.scope, "openid".parse().unwrap());
    assert_eq!(client.consent_policy(), ConsentPolicy::Ask);
    assert!(client.must_use_pkce() && client.dynamic.is_some());
    assert_eq!(client.profile, ClientProfile::Standard);
    let unsaid = read(&json!({"token_endpoint_auth_method": null})).unwrap();
    assert!(unsaid.is_public());
    let native = read(&json!({"redirect_uris": ["http://127.0.0.1/callback"]})).unwrap();
    assert_eq!(native.profile, ClientProfile::Native);
    let keys: Value = serde_json::from_slice(keyring().jwks()).unwrap();
    let signing = json!({"token_endpoint_auth_method": "private_key_jwt", "jwks": keys});
    let signing = read(&signing).unwrap();
    assert_eq!(
        signing.token_endpoint_auth_method,
        AuthMethod::PrivateKeyJwt
    );
    assert_eq!(signing.pkce, PkcePolicy::Required);
    let more = read(&json!({"grant_types": ["authorization_code", "client_credentials"]}));
    assert_eq!(
        more.unwrap().grant_types,
        [GrantType::AuthorizationCode].into()
    );
}

/// The same, sections 4.1 and 6.
#[test]
fn a_document_that_lies_or_speaks_of_others_is_none() {
    use DocumentRefused as R;
    let elsewhere = |uri: &str| R::Elsewhere(uri.to_owned());
    let evil = "https://evil.example/callback";
    for (changes, reason) in [
        (
            json!({"client_id": "https://app.example/other.json"}),
            R::OtherClient,
        ),
        (
            json!({"client_id": "https://app.example/client.json/"}),
            R::OtherClient,
        ),
        (json!({"client_id": null}), R::OtherClient),
        (json!({"client_secret": "x"}), R::Secret("client_secret")),
        (
            json!({"client_secret_expires_at": 0}),
            R::Secret("client_secret_expires_at"),
        ),
        (
            json!({"token_endpoint_auth_method": "client_secret_post"}),
            R::AuthMethod,
        ),
        (
            json!({"token_endpoint_auth_method": "client_secret_basic"}),
            R::AuthMethod,
        ),
        (json!({"redirect_uris": [evil]}), elsewhere(evil)),
        (
            json!({"redirect_uris": ["https://app.example:8443/"]}),
            elsewhere("https://app.example:8443/"),
        ),
        (
            json!({"redirect_uris": ["com.example.app:/cb"]}),
            elsewhere("com.example.app:/cb"),
        ),
        (
            json!({"post_logout_redirect_uris": [evil]}),
            elsewhere(evil),
        ),
        (json!({"backchannel_logout_uri": evil}), elsewhere(evil)),
        (
            json!({"jwks_uri": evil, "token_endpoint_auth_method": "private_key_jwt"}),
            elsewhere(evil),
        ),
        (
            // F04: people's links have nothing asked that is somebody else's.
            json!({
                "jwks_uri": "https://app.example/jwks",
                "token_endpoint_auth_method": "private_key_jwt",
                "request_uris": ["https://app.example/request.jwt", evil],
            }),
            elsewhere(evil),
        ),
        (
            // Who says nothing of a method has none, and proves nothing with a key.
            json!({"jwks_uri": "https://app.example/jwks", "token_endpoint_auth_method": null}),
            R::Registration(Incoherent::PublicWithKeys.into()),
        ),
        (
            json!({"redirect_uris": []}),
            R::Registration(RegistrationRefused::NoRedirectUri),
        ),
    ] {
        assert_eq!(read(&changes).unwrap_err(), reason, "{changes}");
    }
    let mut page = document(&json!({}));
    page.content_type = Some("text/html".to_owned());
    let policy = policy("openid");
    let id = URL.parse().unwrap();
    let refused = client_of_document(&id, &page, &policy, NOW).unwrap_err();
    assert_eq!(
        refused,
        R::NotFetched(NotFetched::ContentType("application/json"))
    );
}

#[test]
fn only_documents_of_named_hosts_are_read() {
    let admits = |hosts: &[&str], id: &str| {
        let hosts = hosts.iter().map(|host| host.parse().unwrap()).collect();
        ClientDocumentPolicy { hosts }.admits(&id.parse().unwrap())
    };
    assert!(!admits(&[], URL));
    assert!(!admits(&["*"], "wiki"));
    for (host, admitted) in [
        ("*", true),
        ("app.example", true),
        ("*.example", true),
        ("example", false),
        ("*.app.example", false),
        ("*.pp.example", false),
        ("app.example.com", false),
    ] {
        assert_eq!(admits(&[host], URL), admitted, "{host}");
    }
    for bad in [
        "",
        "**",
        "*example.com",
        "a.*.example",
        "https://a.example",
        "a.example/",
        "a:1",
        "A.example",
    ] {
        assert!(bad.parse::<HostPattern>().is_err(), "{bad}");
    }
}

#[test]
fn a_document_is_believed_as_long_as_it_says_within_bounds() {
    for (said, minutes) in [
        (None, 5),
        (Some("public"), 5),
        (Some("public, max-age=600"), 10),
        (Some("MAX-AGE=\"3600\""), 60),
        (Some("max-age=0"), 1),
        (Some("no-store"), 1),
        (Some("no-cache, max-age=3600"), 1),
        (Some("max-age=99999999"), 24 * 60),
        (Some("max-age=soon"), 5),
    ] {
        assert_eq!(
            believed_for(said),
            Duration::from_secs(60 * minutes),
            "{said:?}"
        );
    }
}

/// The policy is that of the day, and what an operator allows this one stays.
#[test]
fn a_newer_document_is_judged_again_within_what_an_operator_allows() {
    let mut before = read(&json!({})).unwrap();
    let dynamic = before.dynamic.as_mut().unwrap();
    dynamic.allowed_scope = Some("openid groups".parse().unwrap());
    let policy = policy("openid");
    let newer = document(&json!({"client_name": "Assistant", "scope": "openid email groups"}));
    let after = client_of_newer_document(&before, &newer, &policy).unwrap();
    assert_eq!(after.client_name, "Assistant");
    assert_eq!(after.scope, "openid groups".parse().unwrap());
    assert_eq!(after.created_at, before.created_at);
    assert_eq!(after.allowed_scope(), before.allowed_scope());
    let elsewhere = document(&json!({"redirect_uris": ["https://evil.example/"]}));
    assert!(client_of_newer_document(&before, &elsewhere, &policy).is_err());
}

/// P43: like an application that registered itself, whatever its document says.
#[test]
fn a_newer_document_leaves_alone_what_is_the_operators() {
    let policy = policy("openid email");
    let set = Client {
        consent: ConsentPolicy::Trusted,
        access_token_signed_response_alg: Algorithm::EdDsa,
        response_modes: vec![ResponseMode::DEFAULT],
        ..read(&json!({})).unwrap()
    };
    let renamed = document(&json!({"client_name": "Assistant"}));
    let after = client_of_newer_document(&set, &renamed, &policy).unwrap();
    let expected = Client {
        client_name: "Assistant".to_owned(),
        ..set.clone()
    };
    assert_eq!(after, expected);
    let moved = document(&json!({"redirect_uris": ["https://app.example/other"]}));
    let after = client_of_newer_document(&set, &moved, &policy).unwrap();
    assert_eq!(after.consent, ConsentPolicy::Ask);

    // What kind of application it is follows from its addresses, until an operator says so.
    let native = document(&json!({"redirect_uris": ["http://127.0.0.1/callback"]}));
    let after = client_of_newer_document(&set, &native, &policy).unwrap();
    assert_eq!(after.profile, ClientProfile::Native);
    let by_operator = Client {
        profile: ClientProfile::Fapi2,
        ..set
    };
    let refused = client_of_newer_document(&by_operator, &renamed, &policy).unwrap_err();
    assert!(matches!(
        refused,
        DocumentRefused::Registration(RegistrationRefused::Profile(_))
    ));
}

#[test]
fn a_document_is_read_again_when_it_is_believed_no_longer_and_not_with_every_request() {
    let later = |seconds| NOW.plus(Duration::from_secs(seconds));
    let silence = DocumentRefused::NoAnswer("no route".to_owned());
    let mut known = KnownDocument::default();
    assert_eq!(known.step(NOW), DocumentStep::Read);
    known.failed(silence.clone(), NOW);
    assert_eq!(known.step(later(9)), DocumentStep::Refuse(silence.clone()));
    assert_eq!(known.step(later(10)), DocumentStep::Read);
    known.read(Duration::from_mins(5), later(10));
    assert_eq!(known.step(later(309)), DocumentStep::Believe);
    assert_eq!(known.step(later(310)), DocumentStep::Read);
    known.failed(silence.clone(), later(310));
    assert_eq!(known.step(later(311)), DocumentStep::Believe);
    let busy = DocumentRefused::NotFetched(NotFetched::Status(503));
    known.failed(busy, later(320));
    assert_eq!(known.step(later(321)), DocumentStep::Believe);
    // An hour after it was believed for the last time it may be anybody's, and at once when its owner says something else.
    known.failed(silence.clone(), later(310 + 3599));
    assert_eq!(known.step(later(310 + 3599)), DocumentStep::Believe);
    known.failed(silence.clone(), later(310 + 3600));
    let refused = DocumentStep::Refuse(silence.clone());
    assert_eq!(known.step(later(310 + 3600)), refused);
    known.read(Duration::from_mins(5), later(4000));
    known.failed(DocumentRefused::OtherClient, later(4300));
    let refused = DocumentStep::Refuse(DocumentRefused::OtherClient);
    assert_eq!(known.step(later(4301)), refused);
    known.failed(silence.clone(), later(4310));
    assert_eq!(known.step(later(4311)), DocumentStep::Refuse(silence));
}

/// However long it was believed before, and also where somebody else read it.
#[test]
fn while_nobody_answers_a_document_is_believed_for_an_hour_longer() {
    let later = |hours| NOW.plus(Duration::from_hours(hours));
    let silence = DocumentRefused::NoAnswer("no route".to_owned());
    let mut day = KnownDocument::default();
    day.read(Duration::from_hours(24), NOW);
    let client = read(&json!({})).unwrap();
    let mut kept = KnownDocument::of_kept_client(&client, later(24));
    assert_eq!(kept.step(later(24)), DocumentStep::Read);
    for known in [&mut day, &mut kept] {
        known.failed(silence.clone(), later(24));
        assert_eq!(known.step(later(24)), DocumentStep::Believe);
        known.failed(silence.clone(), later(25));
        let refused = DocumentStep::Refuse(silence.clone());
        assert_eq!(known.step(later(25)), refused);
    }
}

/// A client of which one node learned that it is none any more is none for the others, until there is a document again.
#[test]
fn what_its_owner_took_back_is_not_believed_by_whoever_has_not_read_it() {
    let client = read(&json!({})).unwrap();
    let gone = client.with_document_gone(NOW);
    let later = NOW.plus(Duration::from_mins(1));
    assert_eq!(gone.with_document_gone(later), gone, "since the first time");
    let mut kept = KnownDocument::of_kept_client(&gone, later);
    assert_eq!(kept.step(later), DocumentStep::Read);
    let silence = DocumentRefused::NoAnswer("no route".to_owned());
    kept.failed(silence.clone(), later);
    assert_eq!(kept.step(later), DocumentStep::Refuse(silence));
    let back = client_of_newer_document(&gone, &document(&json!({})), &policy("openid email"));
    assert_eq!(back.unwrap(), client);
}
