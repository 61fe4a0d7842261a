//! Modules of the course that leads to tokens.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use super::{Plan, modules};

modules! {
    /// [OpenID Connect Core section 3.1](https://openid.net/specs/openid-connect-core-1_0.html#CodeFlowAuth).
    oidcc_server = super::server;
    /// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
    oidcc_server_client_secret_post = super::server_client_secret_post;
    /// [OpenID Connect Core section 10.1](https://openid.net/specs/openid-connect-core-1_0.html#Signing).
    oidcc_idtoken_signature = super::idtoken_signature;
    /// [OpenID Connect Core section 3.1.3.7](https://openid.net/specs/openid-connect-core-1_0.html#IDTokenValidation):
    /// unsigned ID Tokens are not offered.
    oidcc_idtoken_unsigned = super::idtoken_unsigned;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_alternate_happy_flow = super::alternate_happy_flow;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_ensure_request_without_nonce_succeeds_for_code_flow = super::without_nonce;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_ensure_post_request_succeeds = super::post_request;
    /// [RFC 7636 section 4.3](https://www.rfc-editor.org/rfc/rfc7636#section-4.3).
    oidcc_ensure_request_with_valid_pkce_succeeds = super::valid_pkce;
}

async fn server(plan: Plan) {
    let tokens = plan.tokens(plan.request()).await;
    let id_token = plan.id_token(&tokens).await;
    let hash = digest(&SHA256, tokens.access_token.as_bytes());
    let left = BASE64_URL_SAFE_NO_PAD.encode(&hash.as_ref()[..16]);
    assert_eq!(id_token.get("at_hash"), &left);
    plan.userinfo(&tokens).await;
}

async fn server_client_secret_post(mut plan: Plan) {
    plan.client = plan.provider.client("posting").post().await;
    let tokens = plan.tokens(plan.request()).await;
    plan.userinfo(&tokens).await;
}

async fn idtoken_signature(plan: Plan) {
    let tokens = plan.tokens(plan.request()).await;
    let header = plan.id_token(&tokens).await.header;
    assert_eq!(header["alg"], "RS256");
    assert!(header["kid"].is_string());
}

async fn idtoken_unsigned(plan: Plan) {
    let client = plan.provider.token(&plan.client);
    let metadata = client.get("/.well-known/openid-configuration").await.json();
    let offered = metadata["id_token_signing_alg_values_supported"].as_array();
    let offered = offered.expect("algorithms").clone();
    assert!(!offered.contains(&Value::from("none")), "{offered:?}");
    let tokens = plan.tokens(plan.request()).await;
    let alg = plan.id_token(&tokens).await.header["alg"].clone();
    assert!(offered.contains(&alg));
}

async fn alternate_happy_flow(plan: Plan) {
    let mut request = plan.request().with("scope", "email openid");
    request.parameters.reverse();
    let tokens = plan.tokens(request).await;
    assert_eq!(plan.userinfo(&tokens).await["email"], "alice@mail.example");
}

async fn without_nonce(plan: Plan) {
    let tokens = plan.tokens(plan.request().without("nonce")).await;
    let id_token = plan.id_token(&tokens).await;
    assert!(!id_token.claims.contains_key("nonce"));
}

async fn post_request(plan: Plan) {
    let page = plan.browser.authorize_by_post(plan.request()).await;
    let page = page.sign_in_page();
    let arrived = plan.browser.sign_in_at(&page, &plan.person).await;
    plan.exchange(arrived).await;
}

async fn valid_pkce(plan: Plan) {
    let with_pkce = plan.client.request();
    let request = match plan.request().get("response_mode") {
        Some(mode) => with_pkce.with("response_mode", mode),
        None => with_pkce,
    };
    plan.tokens(request).await;
}
