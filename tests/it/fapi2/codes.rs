//! What a client of the profile `fapi2` gets for a code, and when it gets nothing.

use std::time::Duration;

use super::Ledger;

/// Stands for `ensure-pkce-code-verifier-required` and `incorrect-pkce-code-verifier-rejected`.
#[tokio::test]
async fn a_code_needs_the_verifier_of_its_challenge() {
    let ledger = Ledger::new().await;
    let wrong = "w".repeat(43);
    for verifier in [None, Some(&*wrong)] {
        let code = ledger.code(ledger.request()).await;
        let refused = ledger.exchange(&code, verifier).await;
        refused.assert_error("invalid_grant");
    }
}

/// Stands for `ensure-token-endpoint-fails-with-expired-auth-code`.
#[tokio::test]
async fn a_code_works_for_a_minute() {
    let ledger = Ledger::new().await;
    let code = ledger.code(ledger.request()).await;
    ledger
        .scene
        .provider
        .clock()
        .advance(Duration::from_secs(62));
    let refused = ledger.exchange(&code, code.code_verifier.as_deref()).await;
    refused.assert_error("invalid_grant");
}

/// Stands for `attempt-reuse-authorization-code-after-one-second`.
#[tokio::test]
async fn a_code_works_once_and_takes_its_tokens_along_when_it_comes_again() {
    let ledger = Ledger::new().await;
    let code = ledger.code(ledger.request()).await;
    let verifier = code.code_verifier.as_deref();
    let tokens = ledger.exchange(&code, verifier).await.assert_bound();
    ledger
        .scene
        .provider
        .clock()
        .advance(Duration::from_secs(1));
    let refused = ledger.exchange(&code, verifier).await;
    refused.assert_error("invalid_grant");
    let userinfo = ledger.token.userinfo(&tokens.access_token).await;
    assert_eq!(userinfo.status, 401);
}

/// Stands for `ensure-authorization-code-is-bound-to-client`.
#[tokio::test]
async fn a_code_of_another_client_is_refused() {
    let ledger = Ledger::new().await;
    let wiki = ledger.scene.provider.client("wiki").await;
    let code = ledger.scene.code(&wiki).await;
    let refused = ledger.exchange(&code, code.code_verifier.as_deref()).await;
    refused.assert_error("invalid_grant");
}
