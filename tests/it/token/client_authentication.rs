//! [RFC 6749 section 2.3](https://www.rfc-editor.org/rfc/rfc6749#section-2.3).

use std::time::Duration;

use doorward_core::client::ClientSecret;
use doorward_core::secret::SecretHash;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, basic};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderValue};

use crate::scene::{Scene, http};

/// A request that fails for its token alone once the client is known, so that `invalid_grant` proves who asked.
const GARBAGE: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "x")];

fn header(value: HeaderValue) -> HeaderMap {
    HeaderMap::from_iter([(AUTHORIZATION, value)])
}

fn secret(client: &RelyingParty) -> &str {
    client.secret.as_deref().expect("a confidential client")
}

#[tokio::test]
async fn each_client_authenticates_in_its_registered_way() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let header = provider.client("header").await;
    let form = provider.client("form").post().await;
    let public = provider.public_client("public").await;

    for client in [header, form, public] {
        scene.tokens(&client, "openid").await;
    }
}

#[tokio::test]
async fn each_client_authenticates_in_no_other_way() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let by_header = provider.client("header").await;
    let by_form = provider.client("form").post().await;
    let public = provider.public_client("public").await;

    for registered in [&by_header, &by_form, &public] {
        let id = registered.id();
        let known = registered.secret.as_deref().unwrap_or("anything");
        let in_header = header(basic(id, known));
        let in_form = [("client_id", id), ("client_secret", known)];
        let ways = [
            ("header", vec![], in_header),
            ("form", in_form.to_vec(), HeaderMap::new()),
            ("public", vec![("client_id", id)], HeaderMap::new()),
        ];
        for (way, form, headers) in ways {
            let form = [form, GARBAGE.to_vec()].concat();
            let answer = provider.token(registered).raw(&form, headers).await;
            if way == id {
                answer.assert_error("invalid_grant");
            } else {
                let reference = answer.assert_error("invalid_client");
                let reason = provider.refusal(&reference).await.reason;
                assert!(reason.contains("registered for"), "{reason}");
            }
        }
    }
}

/// P35: 401 has a challenge.
/// [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2): a client that used the header is challenged.
#[tokio::test]
async fn wrong_credentials_are_refused_with_a_challenge_and_a_reason_for_the_operator_alone() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let raw = |text: &'static str| HeaderValue::from_static(text);
    for (credentials, reason) in [
        (basic("wiki", "wrong"), "the client secret is wrong"),
        (basic("nobody", secret(&wiki)), "no client \"nobody\""),
        (basic("two words", "x"), "no client \"two words\""),
        (raw("Basic"), "the Authorization header is not Basic"),
        (raw("Basic ==="), "the Authorization header is not Basic"),
        (
            raw("Basic d2lraQ=="),
            "the Authorization header is not Basic",
        ),
        (raw("Bearer x"), "the Authorization header is not Basic"),
    ] {
        let client = scene.provider.token(&wiki);
        let answer = client.raw(&GARBAGE, header(credentials)).await;
        let reference = answer.assert_error("invalid_client");
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Basic "), "{answer:?}");
        assert!(!answer.text.contains(reason), "{answer:?}");
        let refusal = scene.provider.refusal(&reference).await;
        assert!(refusal.reason.contains(reason), "{refusal:?}");
    }
    let shown = [secret(&wiki), "wrong"];
    scene.provider.assert_never_recorded(&shown[..1]).await;
}

#[tokio::test]
async fn a_request_without_a_client_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let client = scene.provider.token(&wiki);
    let answer = client.raw(&GARBAGE, HeaderMap::new()).await;
    answer.assert_error("invalid_client");
}

/// P21: one proof of one client.
#[tokio::test]
async fn two_ways_at_once_are_refused_even_where_both_are_right() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let right = basic("wiki", secret(&wiki));
    let twice = HeaderMap::from_iter([(AUTHORIZATION, right.clone())]);
    let mut doubled = twice.clone();
    doubled.append(AUTHORIZATION, right);
    let id = ("client_id", "wiki");
    let in_form = ("client_secret", secret(&wiki));
    for (form, headers) in [
        (vec![id, in_form], twice.clone()),
        (vec![in_form], twice.clone()),
        (vec![("client_id", "another")], twice.clone()),
        (vec![id, id], twice),
        (vec![], doubled),
    ] {
        let form = [form, GARBAGE.to_vec()].concat();
        let answer = scene.provider.token(&wiki).raw(&form, headers).await;
        answer.assert_error("invalid_request");
    }
}

/// P21: neither credentials nor the code.
#[tokio::test]
async fn nothing_is_taken_from_the_query() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").post().await;
    let code = scene.code(&wiki).await;
    let credentials = format!("client_id=wiki&client_secret={}", secret(&wiki));
    let form = format!(
        "grant_type=authorization_code&code={}&redirect_uri={}&code_verifier={}",
        code.value,
        code.redirect_uri,
        code.code_verifier.as_deref().unwrap_or_default()
    );
    let whole = format!("{form}&{credentials}");
    for (query, body) in [(&credentials, &form), (&whole, &String::new())] {
        let address = scene.provider.url(&format!("/token?{query}"));
        let sending = http().post(address).body(body.clone());
        let sending = sending.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        Answer::of(sending).await.assert_error("invalid_request");
    }
    // None of it has spent the code.
    let exchanged = scene.provider.token(&wiki).exchange(&code).await;
    exchanged.assert_ok();
}

/// P21: a form by POST.
#[tokio::test]
async fn only_forms_are_read() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").post().await;
    let json = serde_json::json!({
        "grant_type": "refresh_token",
        "refresh_token": "x",
        "client_id": "wiki",
        "client_secret": secret(&wiki),
    });
    for (content_type, body) in [
        ("application/json", json.to_string()),
        ("text/plain", "grant_type=refresh_token".to_owned()),
        ("multipart/form-data; boundary=x", "--x--".to_owned()),
    ] {
        let sending = http().post(scene.provider.url("/token")).body(body);
        let answer = Answer::of(sending.header(CONTENT_TYPE, content_type)).await;
        answer.assert_error("invalid_request");
    }
    let form = format!(
        "grant_type=refresh_token&refresh_token=x&client_id=wiki&client_secret={}",
        secret(&wiki)
    );
    for content_type in [
        "application/x-www-form-urlencoded;charset=UTF-8",
        "Application/X-WWW-Form-URLEncoded",
    ] {
        let sending = http().post(scene.provider.url("/token")).body(form.clone());
        let answer = Answer::of(sending.header(CONTENT_TYPE, content_type)).await;
        answer.assert_error("invalid_grant");
    }
    let got = Answer::of(http().get(scene.provider.url("/token"))).await;
    assert_eq!(got.status, 405, "{got:?}");
}

/// P29: two at once, each with an end.
#[tokio::test]
async fn a_secret_ends_and_its_successor_works_before_and_after() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let now = doorward_core::Clock::now(scene.provider.clock());
    let successor = RelyingParty {
        secret: Some("the next secret".to_owned()),
        ..wiki.clone()
    };
    let both = |client: &mut doorward_core::client::Client| {
        for old in &mut client.secrets {
            old.expires_at = Some(now.plus(Duration::from_mins(1)));
        }
        client.secrets.push(ClientSecret {
            hash: SecretHash::of("the next secret"),
            salt: None,
            created_at: now,
            expires_at: None,
        });
    };
    scene.change(&wiki, both).await;
    for client in [&wiki, &successor] {
        let answer = scene.provider.token(client).send(&GARBAGE).await;
        answer.assert_error("invalid_grant");
    }

    scene.provider.clock().advance(Duration::from_mins(1));

    let old = scene.provider.token(&wiki).send(&GARBAGE).await;
    let reference = old.assert_error("invalid_client");
    let reason = scene.provider.refusal(&reference).await.reason;
    assert_eq!(reason, "the client secret has expired");
    let new = scene.provider.token(&successor).send(&GARBAGE).await;
    new.assert_error("invalid_grant");
}

/// P19: there is no `password` and no `implicit`.
#[tokio::test]
async fn a_client_uses_only_what_it_is_registered_for() {
    let scene = Scene::new().await;
    let once = scene.provider.client("once").with(|client| {
        client.grant_types = [doorward_core::client::GrantType::AuthorizationCode].into();
    });
    let once = once.await;
    let client = scene.provider.token(&once);
    let refresh = client.send(&GARBAGE).await;
    refresh.assert_error("unauthorized_client");
    for grant_type in ["password", "implicit", "x"] {
        let answer = client.send(&[("grant_type", grant_type)]).await;
        answer.assert_error("unsupported_grant_type");
    }
    client.send(&[]).await.assert_error("invalid_request");
}

/// [RFC 9110 section 15.5.6](https://www.rfc-editor.org/rfc/rfc9110#section-15.5.6).
#[tokio::test]
async fn a_wrong_method_at_an_endpoint_of_clients_is_answered_in_json() {
    let scene = Scene::new().await;
    for path in ["/token", "/par", "/introspect", "/revoke"] {
        let answer = Answer::of(http().put(scene.provider.url(path))).await;
        assert_eq!(answer.status, 405, "{path}: {answer:?}");
        assert_eq!(answer.json()["error"], "invalid_request", "{path}");
    }
}
