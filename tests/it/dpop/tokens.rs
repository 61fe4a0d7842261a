//! What the token endpoint gives to whoever proves a key ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5)).

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_tests::dpop_key::DpopKey;
use serde_json::{Value, json};

use super::Bound;
use crate::scene::Scene;

/// What a token says, without looking at its signature.
fn claims(token: &str) -> Value {
    let claims = token.split('.').nth(1).expect("a JWT");
    let claims = BASE64_URL_SAFE_NO_PAD.decode(claims).expect("base64url");
    serde_json::from_slice(&claims).expect("JSON")
}

/// [RFC 9449 section 6.1](https://www.rfc-editor.org/rfc/rfc9449#section-6.1); `happy-flow` with `sender_constrain` = `dpop`.
#[tokio::test]
async fn tokens_of_every_grant_are_bound_to_the_key_that_is_proven() {
    let scene = Scene::new().await;
    let wiki = scene
        .provider
        .client("wiki")
        .scope("openid offline_access reports");
    let wiki = wiki.await;
    let key = DpopKey::generate("ES256");
    let token = scene.provider.proving(&wiki, &key);
    let request = wiki.request().with("scope", "openid offline_access");
    let code = scene.code(request).await;
    let first = token.exchange(&code).await.assert_bound();
    let refresh_token = first.refresh_token.as_deref().expect("a refresh token");
    let second = token.refresh(refresh_token).await.assert_bound();
    let own = token.send(&[("grant_type", "client_credentials")]).await;
    let own = own.assert_bound();

    let cnf = json!({"jkt": key.thumbprint()});
    for tokens in [&first, &second, &own] {
        let access_token = &tokens.access_token;
        assert_eq!(claims(access_token)["cnf"], cnf);
        // RFC 9449 section 6.2. Whoever introspects proves no key.
        let told = scene.provider.token(&wiki).introspect(access_token).await;
        let told = told.json();
        assert_eq!(told["active"], true);
        assert_eq!(told["token_type"], "DPoP");
        assert_eq!(told["cnf"], cnf);
    }
    // An ID Token is no access token.
    let id_token = first.id_token.as_deref().expect("an ID Token");
    assert_eq!(claims(id_token).get("cnf"), None);
}

/// [RFC 9449 section 5.1](https://www.rfc-editor.org/rfc/rfc9449#section-5.1); `discovery-end-point-verification`.
#[tokio::test]
async fn a_key_for_each_algorithm_of_the_metadata_binds_tokens() {
    let bound = Bound::new().await;
    let metadata = bound.token.get("/.well-known/openid-configuration").await;
    let algorithms = &metadata.json()["dpop_signing_alg_values_supported"];
    assert_eq!(algorithms, &json!(["ES256", "PS256", "EdDSA", "Ed25519"]));
    for algorithm in ["ES256", "PS256", "EdDSA", "Ed25519"] {
        let key = DpopKey::generate(algorithm);
        let token = bound.scene.provider.proving(&bound.app, &key);
        let code = bound.scene.code(&bound.app).await;
        let tokens = token.exchange(&code).await.assert_bound();
        let jkt = &claims(&tokens.access_token)["cnf"]["jkt"];
        assert_eq!(*jkt, key.thumbprint(), "{algorithm}");
        let told = token.userinfo(&tokens.access_token).await;
        assert_eq!(told.status, 200, "{algorithm}: {told:?}");
    }
}

#[tokio::test]
async fn whoever_proves_no_key_gets_bearer_tokens_unless_the_client_must() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid").await;
    assert_eq!(claims(&tokens.access_token).get("cnf"), None);
    let client = scene.provider.token(&wiki);
    let told = client.introspect(&tokens.access_token).await.json();
    assert_eq!(told["token_type"], "Bearer");
    assert_eq!(told.get("cnf"), None);
}

/// `dpop_bound_access_tokens` ([RFC 9449 section 5.2](https://www.rfc-editor.org/rfc/rfc9449#section-5.2)).
///
/// Stands for `ensure-holder-of-key-required` and, as far as that wants a proof, for `refresh-token`.
#[tokio::test]
async fn a_client_that_must_bind_its_tokens_gets_none_without_a_proof() {
    let scene = Scene::new().await;
    let bank = scene.provider.client("bank").must_bind().await;
    let request = bank.request().with("scope", "openid offline_access");
    let code = scene.code(request).await;
    let key = DpopKey::generate("EdDSA");
    let (bare, proving) = (
        scene.provider.token(&bank),
        scene.provider.proving(&bank, &key),
    );
    let refused = bare.exchange(&code).await;
    let reference = refused.assert_error("invalid_dpop_proof");
    let refusal = scene.provider.refusal(&reference).await;
    assert_eq!(refusal.client.as_deref(), Some("bank"));
    assert_eq!(
        refusal.reason,
        "there is no DPoP header, and there must be one"
    );
    // The code was not looked at.
    let tokens = proving.exchange(&code).await.assert_bound();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let refused = bare.refresh(&refresh_token).await;
    refused.assert_error("invalid_dpop_proof");
    proving.refresh(&refresh_token).await.assert_bound();
    let own = [("grant_type", "client_credentials")];
    bare.send(&own).await.assert_error("invalid_dpop_proof");
    proving.send(&own).await.assert_bound();
}
