//! Signed access tokens ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::http::Method;
use doorward_core::resource_server::AccessTokenFormat;
use doorward_tests::user_agent::http_client;
use tracing_subscriber::fmt::MakeWriter;

use super::api::{Api, furnished, own_token, verifier};

/// [RFC 9068 section 4](https://www.rfc-editor.org/rfc/rfc9068#section-4).
#[tokio::test]
async fn a_good_token_opens_what_its_scope_allows_and_nothing_else() {
    let (scene, wiki) = furnished(AccessTokenFormat::Jwt).await;
    let verifier = verifier(&scene).await.build().expect("a verifier");
    let api = Api::start(&verifier).await;
    let token = scene
        .tokens(&wiki, "openid reports:read")
        .await
        .access_token;
    let answer = api.read(&token).await;
    answer.assert_allowed();
    assert_eq!(answer.body, scene.alice.sub());
    let token = own_token(&scene, &wiki, "reports:read").await;
    let answer = api.read(&token).await;
    answer.assert_allowed();
    assert_eq!(answer.body, "wiki");

    let bearer = format!("Bearer {token}");
    let answer = api.ask(Method::POST, &[("authorization", &bearer)]).await;
    answer.assert_refused(403, "insufficient_scope");
    assert!(
        answer.challenges[0].contains("scope=\"reports:write\""),
        "{answer:?}"
    );
}

/// [RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3).
#[tokio::test]
async fn whoever_has_no_good_token_is_challenged() {
    let (scene, wiki) = furnished(AccessTokenFormat::Jwt).await;
    let verifier = verifier(&scene).await.build().expect("a verifier");
    let api = Api::start(&verifier).await;
    let answer = api.ask(Method::GET, &[]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.challenges[0], "Bearer scope=\"reports:read\"");

    let good = own_token(&scene, &wiki, "reports:read").await;
    let elsewhere = own_token(&scene, &wiki, "files:read").await;
    api.read(&elsewhere)
        .await
        .assert_refused(401, "invalid_token");
    let tokens = scene
        .tokens(&wiki, "openid offline_access reports:read")
        .await;
    let refresh = tokens.refresh_token.expect("a refresh token");
    let id_token = tokens.id_token.expect("an ID Token");
    let (head, signature) = good.rsplit_once('.').expect("a JWT");
    let (header, _) = head.split_once('.').expect("a JWT");
    let other = elsewhere.split('.').nth(1).expect("a JWT");
    let forged = format!("{header}.{other}.{signature}");
    let unsigned = format!("eyJhbGciOiJub25lIn0.{other}.");
    for bad in [&*refresh, &id_token, &forged, &unsigned, head, "x", "a.b.c"] {
        api.read(bad).await.assert_refused(401, "invalid_token");
    }
    let bearer = format!("Bearer {good}");
    let twice = [("authorization", &*bearer), ("authorization", &bearer)];
    let answer = api.ask(Method::GET, &twice).await;
    answer.assert_refused(400, "invalid_request");

    scene.provider.clock().advance(Duration::from_mins(10));
    api.read(&good).await.assert_refused(401, "invalid_token");
}

/// The provider is gone. Its keys are known, so its tokens are good until they expire, and no longer.
#[tokio::test]
async fn signed_tokens_work_without_their_issuer_while_the_copy_of_its_keys_may_be_used() {
    let (scene, wiki) = furnished(AccessTokenFormat::Jwt).await;
    let limit = Duration::from_mins(30);
    let verifier = verifier(&scene).await.go_on_without_issuer(limit);
    let api = Api::start(&verifier.build().expect("a verifier")).await;
    let token = own_token(&scene, &wiki, "reports:read").await;
    api.read(&token).await.assert_allowed();
    let clock = scene.provider.time();
    drop(scene);

    clock.advance(Duration::from_mins(9));
    api.read(&token).await.assert_allowed();
    clock.advance(Duration::from_mins(1));
    api.read(&token).await.assert_refused(401, "invalid_token");
    clock.advance(Duration::from_hours(2));
    let answer = api.read(&token).await;
    assert_eq!(
        answer.status, 503,
        "nobody knows the keys any more: {answer:?}"
    );
}

/// T09: a refusal is in the log with its reason, and the token is not.
#[tokio::test]
async fn every_refusal_is_in_the_log_without_the_token() {
    let paper = Paper::default();
    let subscriber = tracing_subscriber::fmt()
        .with_writer(paper.clone())
        .finish();
    let _here = tracing::subscriber::set_default(subscriber);
    let (scene, wiki) = furnished(AccessTokenFormat::Jwt).await;
    let verifier = verifier(&scene).await.build().expect("a verifier");
    let api = Api::start(&verifier).await;
    let elsewhere = own_token(&scene, &wiki, "files:read").await;
    let bad = format!("{elsewhere}x");
    for token in [&elsewhere, &bad, "dw_at_garbage"] {
        assert_eq!(api.read(token).await.status, 401);
    }
    let good = own_token(&scene, &wiki, "reports:read").await;
    let in_query = format!("{}?access_token={good}", api.url());
    let answer = http_client().get(in_query).send().await;
    assert_eq!(answer.expect("an answer").status(), 400);
    let text = paper.text();
    let lines = text.lines();
    let refusals = lines.filter(|line| line.contains("refused an access token"));
    assert_eq!(refusals.count(), 4, "{text}");
    assert!(text.contains("the token's aud is another"), "{text}");
    let signature = elsewhere.rsplit('.').next().expect("a signature");
    for secret in [signature, &good, "dw_at_garbage"] {
        assert!(!text.contains(secret), "{text}");
    }
}

/// What is logged.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().expect("nobody panics with it")).into_owned()
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().expect("nobody panics with it").write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Paper {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}
