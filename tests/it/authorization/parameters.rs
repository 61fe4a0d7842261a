//! Parameters that are unknown, empty, repeated or endless, and requests by POST
//! ([RFC 6749 section 3.1](https://www.rfc-editor.org/rfc/rfc6749#section-3.1)).

use doorward_tests::provider::TestProvider;
use reqwest::Method;

use super::{assert_refused_here, assert_refused_there};

#[tokio::test]
async fn unknown_and_empty_parameters_are_ignored() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = wiki
        .request()
        .with("extra", "foobar")
        .with("prompt", "")
        .with("max_age", "")
        .with("request", "")
        .with("claims", "");
    browser.authorize(request).await.code();
}

/// P05: even one that nobody knows.
#[tokio::test]
async fn a_parameter_given_twice_is_refused_whichever_it_is() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for name in [
        "response_type",
        "response_mode",
        "scope",
        "state",
        "nonce",
        "prompt",
        "max_age",
        "code_challenge",
        "code_challenge_method",
        "extra",
    ] {
        let value = wiki.request().get(name).unwrap_or("none").to_owned();
        let request = wiki.request().with(name, &value).and(name, &value);
        let destination = browser.authorize(request).await;
        let reason = format!("the parameter {name:?} is given twice");
        assert_refused_there(&provider, destination, "invalid_request", &reason).await;
    }
}

/// Of two states neither can be trusted, so none comes back.
#[tokio::test]
async fn of_two_states_none_comes_back() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let request = wiki.request().and("state", "another");
    let response = provider.browser().authorize(request).await.response();
    assert_eq!(response.error(), "invalid_request");
    assert_eq!(response.get("state"), None);
}

/// P05: an answer is put together from its parts, so a `state` adds none.
#[tokio::test]
async fn a_state_that_looks_like_parameters_stays_a_state() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let state = "1&code=evil&iss=https://evil.example#&error=x%26";
    for mode in ["query", "fragment", "form_post"] {
        let request = wiki.request().with("response_mode", mode);
        let request = request.with("state", state);
        let response = browser.authorize(request.clone()).await.response();
        let code = response.code();
        provider.token(&wiki).exchange(&code).await.assert_ok();
        let refused = browser.authorize(request.with("max_age", "x")).await;
        let refused = refused.response();
        assert_eq!(refused.error(), "invalid_request");
        for answer in [response, refused] {
            assert_eq!(answer.get("state"), Some(state), "{mode}");
        }
    }
}

/// P15: each has its greatest length.
#[tokio::test]
async fn endless_parameters_are_refused_and_long_ones_come_back_whole() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for (name, longest) in [
        ("state", 4096),
        ("nonce", 1024),
        ("scope", 2048),
        ("login_hint", 320),
        ("ui_locales", 256),
        ("acr_values", 1024),
        ("id_token_hint", 8192),
    ] {
        let request = wiki.request().with(name, &"x".repeat(longest + 1));
        let destination = browser.authorize(request).await;
        let reason = format!("the parameter {name} is too long");
        assert_refused_there(&provider, destination, "invalid_request", &reason).await;
    }
    let (state, nonce) = ("-._~".repeat(1024), "n".repeat(1024));
    let request = wiki.request().with("state", &state).with("nonce", &nonce);
    let code = browser.authorize(request).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    assert_eq!(client.id_token(&tokens).await.get("nonce"), &*nonce);
}

#[tokio::test]
async fn a_flood_of_parameters_and_foreign_encodings_are_refused_here() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let good = wiki.request().encoded();
    let flood = format!("/authorize?{good}{}", "&x=1".repeat(100));
    for (path, reason) in [
        (flood.as_str(), "more than 100 parameters"),
        (
            &format!("/authorize?{good}&x=%FF"),
            "a parameter is not UTF-8, or has a NUL",
        ),
        (
            &format!("/authorize?{good}&x=%00"),
            "a parameter is not UTF-8, or has a NUL",
        ),
    ] {
        let shown = provider.browser().get(path).await;
        assert_refused_here(&provider, shown, 400, reason).await;
    }
}

/// P12: a request by POST is sent on by 303 too.
/// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
/// wants both methods. A form posted from another site comes without `SameSite=Lax` cookies; the GET that follows
/// has them.
#[tokio::test]
async fn a_request_by_post_becomes_the_same_request_by_get() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    let form = wiki.request().with("state", "ä &=").encoded();
    let page = browser
        .fetch(Method::POST, "/authorize", Some(form.clone()), None)
        .await;
    assert_eq!(page.status, 303);
    assert_eq!(
        page.header("location"),
        Some(&*format!("/authorize?{form}"))
    );

    browser.sign_in(&alice).await;
    let request = wiki.request().with("prompt", "none");
    let code = browser.authorize_by_post(request).await.code();
    provider.token(&wiki).exchange(&code).await.assert_ok();
}

#[tokio::test]
async fn a_request_by_post_that_is_no_form_or_too_long_is_refused() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let long = wiki.request().with("extra", &"x".repeat(16 * 1024));
    let shown = provider.browser().authorize_by_post(long).await;
    let reason = "the form is longer than 16 KiB";
    assert_refused_here(&provider, shown, 400, reason).await;

    let endless = wiki.request().with("extra", &"x".repeat(64 * 1024));
    let shown = provider.browser().authorize_by_post(endless).await;
    let reason = "the body is longer than 64 KiB or was cut off";
    assert_refused_here(&provider, shown, 400, reason).await;

    let shown = provider.browser().get("/authorize").await;
    let reason = "client_id is missing or given twice";
    assert_refused_here(&provider, shown, 400, reason).await;
}
