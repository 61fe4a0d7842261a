//! Tokens that are bound to keys ([RFC 9449](https://www.rfc-editor.org/rfc/rfc9449)); rule P38 of the security rules.
//!
//! Tests that stand for a module of the plan `fapi2-security-profile-final-test-plan` name it without that prefix.

mod codes;
mod nonces;
mod proofs;
mod refresh;
mod replays;
mod scripts;
mod tokens;
mod userinfo;

use doorward_core::Clock;
use doorward_tests::dpop_key::{DpopKey, Draft};
use doorward_tests::provider::{Builder, TestProvider};
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{TokenClient, Tokens};

use crate::scene::Scene;

/// Alice is signed in, and the public client `app` proves to hold a key.
struct Bound {
    scene: Scene,
    app: RelyingParty,
    key: DpopKey,
    token: TokenClient,
}

impl Bound {
    async fn new() -> Self {
        Self::with(TestProvider::builder()).await
    }

    async fn with(builder: Builder) -> Self {
        Self::at(Scene::at(builder.start().await).await).await
    }

    async fn at(scene: Scene) -> Self {
        let app = scene.provider.public_client("app").await;
        let key = DpopKey::generate("ES256");
        Self {
            token: scene.provider.proving(&app, &key),
            scene,
            app,
            key,
        }
    }

    /// Tokens of that scope, bound to the key.
    async fn tokens(&self, scope: &str) -> Tokens {
        let request = self.app.request().with("scope", scope);
        let code = self.scene.code(request).await;
        self.token.exchange(&code).await.assert_bound()
    }

    /// A good proof for a path of the provider.
    fn proof(&self, method: &str, path: &str) -> Draft {
        let provider = &self.scene.provider;
        let now = provider.clock().now().as_seconds();
        self.key.proof(method, &provider.url(path), now)
    }
}
