//! What a client of the profile `fapi2` may push, and what comes back through the browser.

use doorward_tests::authorization::Pushed;

use super::Ledger;

/// Stands for `ensure-authorization-request-without-state-success`, `-without-nonce-success`,
/// `-with-64-char-nonce-success`, `ensure-authorization-request-with-long-nonce`, `-long-state`,
/// `ensure-other-scope-order-succeeds` and `test-claims-parameter-identity-claims`.
#[tokio::test]
async fn what_may_be_left_out_or_long_or_in_another_order_leads_to_a_code() {
    let ledger = Ledger::new().await;
    let long = "x".repeat(384);
    let request = || ledger.request();
    for request in [
        request().without("state"),
        request().without("nonce"),
        request().with("nonce", &"n".repeat(64)),
        request().with("nonce", &long),
        request().with("state", &long),
        request().with("state", "ends-in-._~"),
        request().with("scope", "offline_access openid"),
        request().with(
            "claims",
            r#"{"id_token":{"name":{"essential":true},"unheard":null}}"#,
        ),
    ] {
        let code = ledger.code(request.clone()).await;
        let verifier = code.code_verifier.clone();
        let tokens = ledger
            .exchange(&code, verifier.as_deref())
            .await
            .assert_bound();
        assert!(tokens.id_token.is_some(), "{request:?}");
    }
}

/// Stands for `user-rejects-authentication`.
#[tokio::test]
async fn whoever_cancels_sends_back_access_denied_and_the_whole_state() {
    let ledger = Ledger::new().await;
    let state = "s".repeat(128);
    let request = ledger.request().with("state", &state);
    let uri = ledger.push(&request).await.assert_pushed();
    let pushed = Pushed::new(request, ledger.client.id(), &uri);
    let stranger = ledger.scene.provider.browser();
    let page = stranger.open(&pushed).await.sign_in_page();
    let response = stranger.press(&page, "cancel", &[]).await.response();
    assert_eq!(response.get("error"), Some("access_denied"));
    assert_eq!(response.get("state"), Some(&*state));
    let issuer = ledger.scene.provider.issuer();
    assert_eq!(response.get("iss"), Some(issuer));
}

/// Stands for `ensure-redirect-uri-in-authorization-request`, `ensure-registered-redirect-uri`, `ensure-response-type-token-fails`,
/// `ensure-response-type-code-idtoken-fails`, `par-ensure-pkce-required` and `par-plain-pkce-rejected`.
#[tokio::test]
async fn what_such_a_client_may_not_ask_for_is_refused_where_it_pushes() {
    let ledger = Ledger::new().await;
    let request = || ledger.request();
    for (request, code) in [
        (request().without("redirect_uri"), "invalid_request"),
        (
            request().with("redirect_uri", "https://ledger.example/other"),
            "invalid_request",
        ),
        (
            request().with("response_type", "token"),
            "unsupported_response_type",
        ),
        (
            request().with("response_type", "code id_token"),
            "unsupported_response_type",
        ),
        (request().without_pkce(), "invalid_request"),
        (
            request().with("code_challenge_method", "plain"),
            "invalid_request",
        ),
    ] {
        ledger.push(&request).await.assert_error(code);
    }
}
