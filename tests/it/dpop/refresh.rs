//! Refresh tokens and keys ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)); rules P25 and P26 of the
//! security rules.

use doorward_tests::dpop_key::DpopKey;
use doorward_tests::token_client::Tokens;

use super::Bound;

fn refresh_token(tokens: &Tokens) -> &str {
    tokens.refresh_token.as_deref().expect("a refresh token")
}

/// P25: a public client proves its key.
#[tokio::test]
async fn the_refresh_token_of_a_public_client_works_with_its_key_alone() {
    let mut bound = Bound::new().await;
    let tokens = bound.tokens("openid offline_access").await;
    let provider = &bound.scene.provider;
    let other = provider.proving(&bound.app, &DpopKey::generate("ES256"));
    for thief in [&other, &provider.token(&bound.app)] {
        let refused = thief.refresh(refresh_token(&tokens)).await;
        let reference = refused.assert_error("invalid_grant");
        let reason = provider.refusal(&reference).await.reason;
        assert!(reason.contains("bound to a key"), "{reason}");
    }
    // Whoever has no key harms nobody: the token still works, also after a restart.
    bound.scene.provider.restart().await;
    let token = bound.scene.provider.proving(&bound.app, &bound.key);
    let next = token.refresh(refresh_token(&tokens)).await.assert_bound();
    token.refresh(refresh_token(&next)).await.assert_bound();
}

/// P26: within the grace the same client and the same key get the same successor, and nobody else gets anything.
#[tokio::test]
async fn the_grace_is_for_whoever_holds_the_key() {
    let bound = Bound::new().await;
    let tokens = bound.tokens("openid offline_access").await;
    let spent = refresh_token(&tokens);
    let next = bound.token.refresh(spent).await.assert_bound();
    let provider = &bound.scene.provider;
    let thief = provider.proving(&bound.app, &DpopKey::generate("ES256"));
    thief.refresh(spent).await.assert_error("invalid_grant");
    let again = bound.token.refresh(spent).await.assert_bound();
    assert_eq!(again.refresh_token, next.refresh_token);
    let second = provider.second_node().await;
    let there = provider.proving(&bound.app, &bound.key).at(&second);
    there.refresh(refresh_token(&next)).await.assert_bound();
}

/// Stands for `refresh-token`: a client with credentials may take a new key at any time.
#[tokio::test]
async fn the_refresh_token_of_a_confidential_client_is_bound_to_its_credentials() {
    let bound = Bound::new().await;
    let provider = &bound.scene.provider;
    let wiki = provider.client("wiki").await;
    let first = provider.proving(&wiki, &bound.key);
    let request = wiki.request().with("scope", "openid offline_access");
    let code = bound.scene.code(request).await;
    let tokens = first.exchange(&code).await.assert_bound();
    let new_key = provider.proving(&wiki, &DpopKey::generate("EdDSA"));
    let next = new_key.refresh(refresh_token(&tokens)).await.assert_bound();
    let told = new_key.userinfo(&next.access_token).await;
    assert_eq!(told.status, 200, "{told:?}");
    assert_eq!(first.userinfo(&next.access_token).await.status, 401);
}

/// A public client without a key stays what it was.
#[tokio::test]
async fn a_refresh_token_that_is_bound_to_no_key_works_with_any() {
    let bound = Bound::new().await;
    let bare = bound.scene.provider.token(&bound.app);
    let request = bound.app.request();
    let request = request.with("scope", "openid offline_access");
    let code = bound.scene.code(request).await;
    let tokens = bare.exchange(&code).await.assert_ok();
    let next = bound.token.refresh(refresh_token(&tokens)).await;
    let next = next.assert_bound();
    bare.refresh(refresh_token(&next)).await.assert_ok();
}
