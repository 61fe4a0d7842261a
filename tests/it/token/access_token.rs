//! Access tokens ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).

use std::collections::BTreeSet;

use doorward_core::jose::Algorithm;
use doorward_tests::id_token::IdToken;
use serde_json::{Value, json};

use crate::scene::Scene;

/// P36: `at+jwt` with these claims.
#[tokio::test]
async fn an_access_token_is_signed_as_its_client_is_registered_and_says_what_its_profile_demands() {
    let scene = Scene::new().await;
    for algorithm in Algorithm::ALL {
        let id = algorithm.as_str().to_lowercase();
        let wiki = scene.provider.client(&id);
        let wiki = wiki.with(|client| client.access_token_signed_response_alg = algorithm);
        let wiki = wiki.await;
        let token = scene.tokens(&wiki, "openid email").await.access_token;
        assert_eq!(scene.userinfo(&wiki, &token).await.status, 200);

        let jwks = scene.provider.token(&wiki).get("/jwks").await.json();
        let mut verified = IdToken::verify(&token, &jwks);
        assert_eq!(verified.header["typ"], "at+jwt");
        assert_eq!(verified.header["alg"], algorithm.as_str());
        for unique in ["jti", "grant_id"] {
            let value = verified.claims.remove(unique);
            assert!(value.is_some_and(|value| value.is_string()), "{unique}");
        }
        let now = scene.provider.clock().seconds();
        assert_eq!(
            Value::Object(verified.claims),
            json!({
                "iss": scene.provider.issuer(),
                "aud": scene.provider.issuer(),
                "sub": scene.alice.sub(),
                "client_id": id,
                "iat": now,
                "exp": now + 600,
                "scope": "email openid",
                "auth_time": now,
                "acr": "urn:doorward:acr:password",
                "amr": ["pwd"],
            })
        );
    }
}

#[tokio::test]
async fn no_two_access_tokens_have_the_same_name() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let jwks = scene.provider.token(&wiki).get("/jwks").await.json();
    let mut names = BTreeSet::new();
    for _ in 0..5 {
        let token = scene.tokens(&wiki, "openid").await.access_token;
        let name = IdToken::verify(&token, &jwks).get("jti").to_string();
        assert!(names.insert(name), "{names:?}");
    }
}
