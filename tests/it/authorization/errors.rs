//! What the client is told when its request is refused, and what the operator
//! ([RFC 6749 section 4.1.2.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2.1),
//! [OpenID Connect Core section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError)).

use doorward_core::client::GrantType;
use doorward_tests::provider::TestProvider;

use super::{assert_refused_here, assert_refused_there};

/// P19: `code` is the only response type.
/// Requests for something that there is not are answered so; `request` and `request_uri` are never ignored.
#[tokio::test]
async fn what_is_not_supported_is_refused_by_its_own_code() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let unsigned = "eyJhbGciOiJub25lIn0.eyJzY29wZSI6Im9wZW5pZCJ9.";
    for (name, value, error, reason) in [
        (
            "request",
            unsigned,
            "request_not_supported",
            "there is a request object, and the client is registered without keys",
        ),
        (
            "request_uri",
            "https://wiki.example/request",
            "request_uri_not_supported",
            "there is a request_uri, and the client registered no request_uris",
        ),
        (
            "registration",
            "{}",
            "registration_not_supported",
            "registration in a request is not supported",
        ),
        (
            "response_type",
            "",
            "invalid_request",
            "response_type is missing",
        ),
        (
            "response_type",
            "token",
            "unsupported_response_type",
            "response_type \"token\" is not code",
        ),
        (
            "response_type",
            "code id_token",
            "unsupported_response_type",
            "response_type \"code id_token\" is not code",
        ),
        (
            "response_type",
            "none",
            "unsupported_response_type",
            "response_type \"none\" is not code",
        ),
    ] {
        let request = wiki.request().with(name, value);
        let destination = provider.browser().authorize(request).await;
        assert_refused_there(&provider, destination, error, reason).await;
    }
}

/// [RFC 6749 section 3.3](https://www.rfc-editor.org/rfc/rfc6749#section-3.3).
#[tokio::test]
async fn a_scope_of_which_nothing_may_be_granted_is_refused() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").scope("openid email").await;
    let nothing = |requested: &str| {
        format!(
            "nothing of the scope {requested:?} is among what the client is registered for: \"email openid\""
        )
    };
    for (scope, reason) in [
        ("profile", nothing("profile")),
        ("OpenID", nothing("OpenID")),
        ("", nothing("")),
        ("openid \"email\"", "scope is malformed".to_owned()),
        ("openid\temail", "scope is malformed".to_owned()),
    ] {
        let request = wiki.request().with("scope", scope);
        let destination = provider.browser().authorize(request).await;
        assert_refused_there(&provider, destination, "invalid_scope", &reason).await;
    }
}

#[tokio::test]
async fn what_a_client_is_not_registered_for_is_left_out_of_its_scope() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let wiki = provider.client("wiki").scope("openid email").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = wiki
        .request()
        .with("scope", "openid email profile unheard-of");
    let code = browser.authorize(request).await.code();
    let tokens = provider.token(&wiki).exchange(&code).await.assert_ok();
    assert_eq!(tokens.all["scope"], "email openid");
}

#[tokio::test]
async fn a_client_without_the_code_grant_gets_no_code() {
    let provider = TestProvider::start().await;
    let client = provider.client("wiki");
    let wiki = client
        .with(|client| client.grant_types = [GrantType::RefreshToken].into())
        .await;
    let destination = provider.browser().authorize(&wiki).await;
    let reason = "the client is not registered for authorization_code";
    assert_refused_there(&provider, destination, "unauthorized_client", reason).await;
}

#[tokio::test]
async fn without_a_state_none_comes_back() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let response = browser.authorize(wiki.request().without("state")).await;
    let response = response.response();
    response.code();
    assert_eq!(response.get("state"), None);
    let refused = wiki.request().without("state").with("max_age", "x");
    let response = browser.authorize(refused).await.response();
    assert_eq!(response.error(), "invalid_request");
    assert_eq!(response.get("state"), None);
}

/// The operator's reason is for the operator: what a client or person sees is made of a code, a sentence and a
/// reference.
#[tokio::test]
async fn the_reason_stays_with_the_operator() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();

    let foreign = wiki
        .request()
        .with("redirect_uri", "https://evil.example/x");
    let page = browser.authorize(foreign).await.page();
    assert!(!page.body.contains("wiki.example"), "{}", page.body);
    assert!(!page.body.contains("evil.example"), "{}", page.body);

    let request = wiki.request().with("response_type", "<token>");
    let response = browser.authorize(request).await.response();
    assert_eq!(response.error(), "unsupported_response_type");
    assert!(!response.address.contains("token%3E"), "{response:?}");
}

#[tokio::test]
async fn what_there_is_not_is_not_found() {
    let provider = TestProvider::start().await;
    let shown = provider.browser().get("/nothing/here?x=1").await;
    let reason = "there is nothing at /nothing/…";
    assert_refused_here(&provider, shown, 404, reason).await;
}
