//! Codes that are bound to a key ([RFC 9449 section 10](https://www.rfc-editor.org/rfc/rfc9449#section-10)).

use doorward_tests::dpop_key::DpopKey;

use super::Bound;

/// Stands for `ensure-dpop-auth-code-binding-success`.
#[tokio::test]
async fn a_code_is_exchanged_by_the_key_that_it_was_asked_for_with() {
    let bound = Bound::new().await;
    let request = bound.app.request();
    let request = request.with("dpop_jkt", &bound.key.thumbprint());
    let code = bound.scene.code(request.clone()).await;
    bound.token.exchange(&code).await.assert_bound();
    let pushed = bound.scene.provider.token(&bound.app).pushed(request).await;
    let code = bound.scene.browser.open(&pushed).await.code();
    bound.token.exchange(&code).await.assert_bound();
}

/// P38: a code can be bound before there is a token.
/// Stands for `ensure-token-endpoint-fails-with-mismatched-dpop-jkt`. A code that is shown without its key is used up.
#[tokio::test]
async fn a_code_works_neither_with_another_key_nor_without() {
    let bound = Bound::new().await;
    let provider = &bound.scene.provider;
    let other = provider.proving(&bound.app, &DpopKey::generate("ES256"));
    for thief in [other, provider.token(&bound.app)] {
        let request = bound.app.request();
        let request = request.with("dpop_jkt", &bound.key.thumbprint());
        let code = bound.scene.code(request).await;
        let reference = thief.exchange(&code).await.assert_error("invalid_grant");
        let reason = provider.refusal(&reference).await.reason;
        assert!(reason.contains("bound to the key"), "{reason}");
        let late = bound.token.exchange(&code).await;
        late.assert_error("invalid_grant");
    }
}

/// [RFC 9449 section 10.1](https://www.rfc-editor.org/rfc/rfc9449#section-10.1).
///
/// Stands for `ensure-dpopproof-at-par-endpoint-binding-success` and
/// `ensure-token-endpoint-fails-with-mismatched-dpop-proof-jkt`.
#[tokio::test]
async fn a_proof_with_a_pushed_request_binds_its_code() {
    let bound = Bound::new().await;
    let request = bound.app.request();
    for request in [
        request.clone(),
        request.with("dpop_jkt", &bound.key.thumbprint()),
    ] {
        let pushed = bound.token.pushed(request.clone()).await;
        let code = bound.scene.browser.open(&pushed).await.code();
        bound.token.exchange(&code).await.assert_bound();

        let pushed = bound.token.pushed(request).await;
        let code = bound.scene.browser.open(&pushed).await.code();
        let other = DpopKey::generate("ES256");
        let thief = bound.scene.provider.proving(&bound.app, &other);
        thief.exchange(&code).await.assert_error("invalid_grant");
    }
}

/// Stands for `ensure-mismatched-dpop-jkt-fails`.
#[tokio::test]
async fn a_pushed_request_cannot_name_another_key_than_it_proves() {
    let bound = Bound::new().await;
    let other = DpopKey::generate("ES256").thumbprint();
    let request = bound.app.request().with("dpop_jkt", &other);
    let refused = bound.token.push(&request).await;
    let reference = refused.assert_error("invalid_dpop_proof");
    let refusal = bound.scene.provider.refusal(&reference).await;
    assert_eq!(refusal.endpoint, "par");
    assert_eq!(refusal.reason, "dpop_jkt is not the key of the DPoP proof");
}

#[tokio::test]
async fn a_dpop_jkt_that_is_no_thumbprint_is_refused() {
    let bound = Bound::new().await;
    for bad in ["x", "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I="] {
        let request = bound.app.request().with("dpop_jkt", bad);
        let refused = bound.scene.browser.authorize(request.clone()).await;
        assert_eq!(refused.error(), "invalid_request", "{bad}");
        let bare = bound.scene.provider.token(&bound.app);
        let pushed = bare.push(&request).await;
        pushed.assert_error("invalid_request");
    }
}

/// The browser may be asked to sign in first: the key stays with the request.
#[tokio::test]
async fn a_sign_in_in_between_loses_no_key() {
    let bound = Bound::new().await;
    let browser = bound.scene.provider.browser();
    let request = bound.app.request();
    let request = request.with("dpop_jkt", &bound.key.thumbprint());
    let page = browser.authorize(request).await.sign_in_page();
    let code = browser.sign_in_at(&page, &bound.scene.alice).await.code();
    let bare = bound.scene.provider.token(&bound.app);
    bare.exchange(&code).await.assert_error("invalid_grant");
}
