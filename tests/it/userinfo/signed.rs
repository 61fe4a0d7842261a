//! Signed answers ([OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse)).

use doorward_core::jose::Algorithm;
use doorward_tests::id_token::IdToken;
use serde_json::{Value, json};

use crate::scene::Scene;

#[tokio::test]
async fn a_client_that_registered_for_a_signature_gets_a_jwt() {
    let scene = Scene::new().await;
    for algorithm in Algorithm::ALL {
        let id = algorithm.as_str().to_lowercase();
        let wiki = scene.provider.client(&id);
        let wiki = wiki.with(|client| client.userinfo_signed_response_alg = Some(algorithm));
        let wiki = wiki.await;
        let token = scene.tokens(&wiki, "openid email").await.access_token;
        let answer = scene.userinfo(&wiki, &token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/jwt"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));

        let jwks = scene.provider.token(&wiki).get("/jwks").await.json();
        let verified = IdToken::verify(&answer.text, &jwks);
        assert_eq!(verified.header["alg"], algorithm.as_str());
        assert_eq!(
            Value::Object(verified.claims),
            json!({
                "iss": scene.provider.issuer(),
                "aud": id,
                "sub": scene.alice.sub(),
                "email": "alice@mail.example",
                "email_verified": true,
            })
        );
        // What is signed for the client opens nothing here.
        assert!(scene.is_dead(&wiki, &answer.text).await);
    }
}
