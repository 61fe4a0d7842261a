//! Access tokens as requests carry them ([RFC 6750](https://www.rfc-editor.org/rfc/rfc6750)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use reqwest::header::CONTENT_TYPE;
use reqwest::{Method, RequestBuilder};

use crate::scene::{Scene, http};

const FORM: &str = "application/x-www-form-urlencoded";

/// Scheme, `error` and nothing about the token itself ([RFC 6750 section 3](https://www.rfc-editor.org/rfc/rfc6750#section-3)).
#[track_caller]
fn assert_challenged(answer: &Answer, status: u16, error: &str) {
    assert_eq!(answer.status, status, "{answer:?}");
    let challenge = answer.header("www-authenticate").unwrap_or_default();
    assert!(challenge.starts_with("Bearer "), "{challenge:?}");
    let expected = format!("error=\"{error}\"");
    assert!(challenge.contains(&expected), "{challenge:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    assert_eq!(answer.json()["error"], error);
}

/// P35: no claim is kept.
#[tokio::test]
async fn a_token_is_taken_from_the_header_of_a_get_or_post_or_from_a_form() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let client = scene.provider.token(&wiki);
    let in_form = http().post(scene.provider.url("/userinfo"));
    let in_form = in_form.header(CONTENT_TYPE, FORM);
    let in_form = in_form.body(format!("access_token={token}"));
    for answer in [
        client.userinfo_by(Method::GET, &token).await,
        client.userinfo_by(Method::POST, &token).await,
        Answer::of(in_form).await,
    ] {
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.json()["sub"], scene.alice.sub());
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

/// P19: a token in an address is refused.
/// P40: never in the query.
/// [RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2): one way per request; never in a query.
#[tokio::test]
async fn a_token_in_the_query_or_in_two_places_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let plain = scene.provider.url("/userinfo");
    let in_query = format!("{plain}?access_token={token}");
    let form =
        |request: RequestBuilder, body: String| request.header(CONTENT_TYPE, FORM).body(body);
    let once = format!("access_token={token}");
    for request in [
        http().get(&in_query),
        http().post(&in_query),
        http().get(&in_query).bearer_auth(&token),
        form(http().post(&plain).bearer_auth(&token), once.clone()),
        form(http().post(&plain), format!("{once}&{once}")),
        http().get(&plain).bearer_auth(&token).bearer_auth(&token),
        http()
            .get(&plain)
            .bearer_auth(&token)
            .basic_auth("wiki", Some("x")),
    ] {
        assert_challenged(&Answer::of(request).await, 400, "invalid_request");
    }
}

/// P35: 401 has a challenge here too.
/// [RFC 6750 section 3.1](https://www.rfc-editor.org/rfc/rfc6750#section-3.1): whoever sends no token is told no error.
#[tokio::test]
async fn a_request_without_a_token_is_challenged_and_no_more() {
    let scene = Scene::new().await;
    let address = scene.provider.url("/userinfo");
    for request in [
        http().get(&address),
        http().post(&address),
        http().get(&address).basic_auth("wiki", Some("x")),
        http().get(&address).bearer_auth(""),
    ] {
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, 401, "{answer:?}");
        let challenge = answer.header("www-authenticate").unwrap_or_default();
        assert!(challenge.starts_with("Bearer "), "{challenge}");
        assert!(!challenge.contains("error"), "{challenge}");
    }
}

/// P36: an ID Token opens nothing.
#[tokio::test]
async fn what_is_no_access_token_of_this_provider_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let good = &tokens.access_token;
    let (signed, signature) = good.rsplit_once('.').expect("a JWT");
    let (header, _) = signed.split_once('.').expect("a JWT");
    let swapped: String = signature.chars().rev().collect();
    // {"alg":"none"} before the claims of the good one.
    let claims = signed.strip_prefix(header).expect("claims");
    let unsigned = format!("eyJhbGciOiJub25lIn0{claims}.");

    // Another provider of the same process has the same keys, so its tokens differ in what they say alone.
    let other = Scene::at(TestProvider::start().await).await;
    let their_client = other.provider.client("wiki").await;
    let foreign = other.tokens(&their_client, "openid").await.access_token;

    for token in [
        "x",
        "a.b.c",
        &format!("{signed}.{swapped}"),
        &format!("{signed}."),
        &format!("{good}x"),
        &unsigned,
        tokens.id_token.as_deref().expect("an ID Token"),
        tokens.refresh_token.as_deref().expect("a refresh token"),
        &foreign,
    ] {
        let answer = scene.userinfo(&wiki, token).await;
        assert_challenged(&answer, 401, "invalid_token");
    }
    assert_eq!(scene.userinfo(&wiki, good).await.status, 200);
    scene.provider.assert_never_recorded(&[good]).await;
}

#[tokio::test]
async fn a_token_expires() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene
        .tokens(&wiki, "openid offline_access")
        .await
        .access_token;
    scene.provider.clock().advance(Duration::from_secs(599));
    assert_eq!(scene.userinfo(&wiki, &token).await.status, 200);
    scene.provider.clock().advance(Duration::from_mins(5));
    let answer = scene.userinfo(&wiki, &token).await;
    assert_challenged(&answer, 401, "invalid_token");
}

#[tokio::test]
async fn a_revoked_grant_takes_its_tokens_with_it() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let grants = scene.provider.directory().grants();
    let of_alice = grants.of_person(scene.alice.id).await;
    for grant in of_alice.expect("the directory keeps grants") {
        let revoked = grants.revoke(grant.id, scene.provider.clock().now()).await;
        assert!(revoked.expect("the directory keeps grants"));
    }
    let answer = scene.userinfo(&wiki, &token).await;
    assert_challenged(&answer, 401, "invalid_token");
}

/// P40: `openid` opens it.
#[tokio::test]
async fn a_token_without_openid_does_not_suffice() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "email").await.access_token;
    let answer = scene.userinfo(&wiki, &token).await;
    assert_challenged(&answer, 403, "insufficient_scope");
}
