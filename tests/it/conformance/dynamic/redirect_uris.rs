//! Modules of redirect URIs
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest),
//! [RFC 6749 section 3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)).

use doorward_tests::authorization::AuthorizationRequest;
use serde_json::json;

use super::{CALLBACK, Plan};

/// There is a page, and nobody is sent anywhere.
async fn stays(plan: &Plan, request: AuthorizationRequest) {
    let page = plan.browser.authorize(request).await.page();
    assert_eq!(page.status, 400);
    let refusal = plan.provider.refusal(&page.reference()).await;
    assert!(refusal.reason.contains("redirect_uri"), "{refusal:?}");
}

/// There are two, so that nobody can tell which is meant.
#[tokio::test]
async fn oidcc_ensure_redirect_uri_in_authorization_request() {
    let plan = Plan::start().await;
    let two = json!({"redirect_uris": [CALLBACK, "https://suite.example/callback2"]});
    let client = plan.client(&two).await;
    stays(&plan, client.request().without("redirect_uri")).await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_ok() {
    let plan = Plan::start().await;
    let with_query = format!("{CALLBACK}?foo=bar");
    let client = plan.client(&json!({"redirect_uris": [with_query]})).await;
    let request = client.request().without_pkce();
    let arrived = plan.browser.authorize_as(&plan.person, request).await;
    let consent = arrived.consent_page();

    let response = plan.browser.allow(&consent).await.response();

    let begins = format!("{with_query}&");
    assert!(response.address.starts_with(&begins), "{response:?}");
    let assertion = plan.assertion(&client, &plan.provider.url("/token"));
    plan.exchange(&client, &response.code(), &assertion).await;
}

#[tokio::test]
async fn oidcc_redirect_uri_query_mismatch() {
    let plan = Plan::start().await;
    let with_query = json!({"redirect_uris": [format!("{CALLBACK}?foo=bar")]});
    let request = plan.client(&with_query).await.request();
    for other in ["", "?foo=baz", "?bar=foo", "?foo=bar&foo=bar", "?foo=bar&"] {
        let other = format!("{CALLBACK}{other}");
        stays(&plan, request.clone().with("redirect_uri", &other)).await;
    }
}

#[tokio::test]
async fn oidcc_redirect_uri_query_added() {
    let plan = Plan::start().await;
    let request = plan.client(&json!({})).await.request();
    let added = format!("{CALLBACK}?foo=bar");
    stays(&plan, request.with("redirect_uri", &added)).await;
}

#[tokio::test]
async fn oidcc_redirect_uri_regfrag() {
    let plan = Plan::start().await;
    let with_fragment = json!({"redirect_uris": [format!("{CALLBACK}#foobar")]});
    let answer = plan.register(&with_fragment).await;
    assert_eq!(answer.status, 400);
    assert_eq!(answer.json()["error"], "invalid_redirect_uri");
    assert!(plan.provider.directory().clients().list().is_empty());
}
