//! ID Tokens ([OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken)).

use aws_lc_rs::digest::{SHA256, SHA384, SHA512, digest};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_core::jose::Algorithm;
use serde_json::{Value, json};

use crate::scene::Scene;

/// The left half of the hash that the signature is made with
/// ([OpenID Connect Core section 3.1.3.6](https://openid.net/specs/openid-connect-core-1_0.html#CodeIDToken)).
fn left_half(access_token: &str, algorithm: Algorithm) -> String {
    let (hash, half) = match algorithm {
        Algorithm::EdDsa | Algorithm::Es512 => (&SHA512, 32),
        Algorithm::Es384 => (&SHA384, 24),
        _ => (&SHA256, 16),
    };
    let hash = digest(hash, access_token.as_bytes());
    let (left, _) = hash.as_ref().split_at(half);
    BASE64_URL_SAFE_NO_PAD.encode(left)
}

#[tokio::test]
async fn an_id_token_is_signed_as_its_client_is_registered_and_says_all_that_it_must() {
    let scene = Scene::new().await;
    for algorithm in Algorithm::ALL {
        let id = algorithm.as_str().to_lowercase();
        let wiki = scene.provider.client(&id).algorithm(algorithm).await;
        let request = wiki.request().with("scope", "openid profile email phone");
        let code = scene.code(request).await;
        let client = scene.provider.token(&wiki);
        let tokens = client.exchange(&code).await.assert_ok();

        let verified = client.id_token(&tokens).await;
        assert_eq!(verified.header["alg"], algorithm.as_str());
        assert!(verified.header["kid"].is_string(), "{:?}", verified.header);
        let now = scene.provider.clock().seconds();
        let mut claims = verified.claims.clone();
        assert!(claims.remove("sid").is_some_and(|sid| sid.is_string()));
        // No claim of a profile: those are told at the UserInfo endpoint.
        assert_eq!(
            Value::Object(claims),
            json!({
                "iss": scene.provider.issuer(),
                "sub": scene.alice.sub(),
                "aud": id,
                "azp": id,
                "iat": now,
                "exp": now + 600,
                "auth_time": now,
                "nonce": code.nonce,
                "acr": "urn:doorward:acr:password",
                "amr": ["pwd"],
                "at_hash": left_half(&tokens.access_token, algorithm),
            })
        );
    }
}

#[tokio::test]
async fn a_request_without_a_nonce_gets_an_id_token_without_one() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let code = scene.code(wiki.request().without("nonce")).await;
    let client = scene.provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    let id_token = client.id_token(&tokens).await;
    assert!(!id_token.claims.contains_key("nonce"));
}

/// [OpenID Connect Core section 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter).
#[tokio::test]
async fn claims_asked_for_one_by_one_are_in_the_id_token() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let asked =
        r#"{"id_token":{"email":{"essential":true},"unheard":null},"userinfo":{"name":null}}"#;
    let code = scene.code(wiki.request().with("claims", asked)).await;
    let client = scene.provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    let id_token = client.id_token(&tokens).await;
    assert_eq!(id_token.get("email"), "alice@mail.example");
    assert!(id_token.get("name").is_null() && id_token.get("unheard").is_null());
}

#[tokio::test]
async fn all_tokens_of_one_session_carry_its_name() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let (wiki, shop) = (provider.client("wiki").await, provider.client("shop").await);
    let mut names = Vec::new();
    for client in [&wiki, &shop] {
        let tokens = scene.tokens(client, "openid").await;
        let id_token = provider.token(client).id_token(&tokens).await;
        names.push(id_token.get("sid").clone());
    }
    assert_eq!(names.first(), names.last());
}
