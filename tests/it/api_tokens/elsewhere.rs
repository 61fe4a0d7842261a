//! API tokens where they do not belong: each is refused as what it is not, without a look-up, and no use is counted.

use doorward_core::api_token::Quota;
use doorward_core::registration::RegistrationAccess;
use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::{Answer, basic};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::json;

use super::stage::{Made, Stage};
use crate::scene::{Scene, http};

/// A token that may be used once a minute, so that any use that was counted shows.
async fn once_a_minute(stage: &Stage) -> Made {
    let once = Quota {
        per_minute: Some(1),
        per_day: None,
    };
    stage.token(|new| new.quota = once).await
}

/// The one use that the token has is still there.
async fn assert_unused(stage: &Stage, token: &Made) {
    assert_eq!(stage.told(token, None).await["active"], true);
    assert_eq!(stage.told(token, None).await["active"], false);
}

/// T05: it is no access token, and tells nobody anything about a person.
#[tokio::test]
async fn an_api_token_is_no_access_token() {
    let stage = Stage::new().await;
    let token = once_a_minute(&stage).await;
    let wiki = stage.provider().client("wiki").await;
    let answer = stage.scene.userinfo(&wiki, token.secret.reveal()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"], "invalid_token");
    let description = answer.json()["error_description"].to_string();
    let reference = description
        .split("(reference ")
        .nth(1)
        .expect("a reference");
    let refusal = stage.provider().refusal(&reference[..11]).await;
    assert!(
        refusal.reason.contains("it is an API token"),
        "{}",
        refusal.reason
    );
    assert_unused(&stage, &token).await;
}

/// T05: it is neither a refresh token nor a code, nor a secret of a client.
#[tokio::test]
async fn an_api_token_is_no_grant_and_no_secret_of_a_client() {
    let stage = Stage::new().await;
    let token = once_a_minute(&stage).await;
    let secret = token.secret.reveal();
    let wiki = stage.provider().client("wiki").await;
    let client = stage.provider().token(&wiki);
    client.refresh(secret).await.assert_error("invalid_grant");
    let verifier = "a".repeat(43);
    let code = [
        ("grant_type", "authorization_code"),
        ("code", secret),
        ("redirect_uri", wiki.redirect_uri()),
        ("code_verifier", verifier.as_str()),
    ];
    client.send(&code).await.assert_error("invalid_grant");
    let credentials = HeaderMap::from_iter([(AUTHORIZATION, basic("wiki", secret))]);
    let form = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let answer = client.raw(&form, credentials).await;
    assert_eq!(answer.status, 401);
    answer.assert_error("invalid_client");
    assert_unused(&stage, &token).await;
}

/// T05: it registers no client.
#[tokio::test]
async fn an_api_token_is_no_initial_access_token() {
    let provider = TestProvider::builder().settings(|settings| {
        settings.registration.access = RegistrationAccess::InitialAccessToken;
    });
    let stage = Stage::at(Scene::at(provider.start().await).await).await;
    let token = once_a_minute(&stage).await;
    let request = http().post(stage.provider().url("/register"));
    let request = request.bearer_auth(token.secret.reveal());
    let request = request.json(&json!({ "redirect_uris": ["https://shop.example/cb"] }));
    let answer = Answer::of(request).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"], "invalid_token");
    let configuration = stage.provider().url("/register/wiki");
    let request = http().get(configuration).bearer_auth(token.secret.reveal());
    assert_eq!(Answer::of(request).await.status, 401);
    assert_unused(&stage, &token).await;
}

/// T05: it signs nobody in.
#[tokio::test]
async fn an_api_token_begins_no_session() {
    let stage = Stage::new().await;
    let token = once_a_minute(&stage).await;
    let seen = async |path: &str, token: Option<&str>| {
        let request = http().get(stage.provider().url(path));
        let request = match token {
            None => request,
            Some(token) => request.bearer_auth(token),
        };
        let answer = request.send().await.expect("an answer");
        let location = answer.headers().get("location").cloned();
        // What follows names the interaction, another one each time.
        let location =
            location.map(|to| to.to_str().expect("an address").contains("/sign-in/dw_ix_"));
        let sets_session = answer.headers().get_all("set-cookie").iter().count();
        (answer.status(), location, sets_session)
    };
    for path in ["/", "/sessions"] {
        let (unsigned, with_token) = (
            seen(path, None).await,
            seen(path, Some(token.secret.reveal())).await,
        );
        assert_eq!(with_token, unsigned, "{path}");
    }
    assert_unused(&stage, &token).await;
}
