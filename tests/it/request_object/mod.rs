//! Request objects ([RFC 9101](https://www.rfc-editor.org/rfc/rfc9101)), at the authorization endpoint and pushed.
//!
//! Tests that stand for a module of the plan `fapi2-message-signing-final-test-plan` name it.

mod by_browser;
mod by_reference;
mod pushed;

use doorward_core::Clock;
use doorward_core::client::{Client, RequestObjectLifetime, RequestObjectPolicy};
use doorward_core::jose::{Algorithm, JwkSet};
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::authorization::AuthorizationRequest;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use serde_json::{Value, json};

use crate::scene::Scene;

/// Alice is signed in, and there is the client `bank`, which has a secret and a key for ES256.
pub(crate) struct Bank {
    pub(crate) scene: Scene,
    pub(crate) client: RelyingParty,
    pub(crate) key: AssertionKey,
}

impl Bank {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    /// As FAPI 2.0 Message Signing has it.
    async fn strict() -> Self {
        Self::with(|client| {
            client.request_objects.algorithm = Some(Algorithm::Es256);
            client.request_objects.policy = RequestObjectPolicy::Required;
            client.request_objects.lifetime = RequestObjectLifetime::Hour;
        })
        .await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Client)) -> Self {
        Self::at(TestProvider::start().await, change).await
    }

    async fn at(provider: TestProvider, change: impl FnOnce(&mut Client)) -> Self {
        let scene = Scene::at(provider).await;
        let key = AssertionKey::generate("ES256", "one");
        let jwks = JwkSet::parse(key.jwks().to_string().as_bytes());
        let client = scene.provider.client("bank").with(|client| {
            client.jwks = Some(jwks.expect("a JWK Set"));
            change(client);
        });
        let client = client.await;
        Self { scene, client, key }
    }

    pub(crate) fn seconds(&self) -> i64 {
        self.scene.provider.clock().now().as_seconds()
    }

    /// The claims of a good request object with what `request` asks for.
    pub(crate) fn claims(&self, request: &AuthorizationRequest) -> Value {
        let now = self.seconds();
        let mut claims = json!({
            "iss": "bank",
            "aud": self.scene.provider.issuer(),
            "iat": now,
            "nbf": now,
            "exp": now + 60,
        });
        let members = claims.as_object_mut().expect("an object");
        for (name, value) in &request.parameters {
            members.insert(name.clone(), json!(value));
        }
        claims
    }

    /// Good claims with one changed, or taken out by `null`.
    fn claims_with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims(&self.client.request());
        let members = claims.as_object_mut().expect("an object");
        members.insert(name.to_owned(), value);
        members.retain(|_, value| !value.is_null());
        claims
    }
}

/// The request that brings `object` and names its client, and nothing else; its client remembers what it asked for.
pub(crate) fn carrying(object: &str, asked: &AuthorizationRequest) -> AuthorizationRequest {
    AuthorizationRequest {
        parameters: vec![
            ("client_id".to_owned(), "bank".to_owned()),
            ("request".to_owned(), object.to_owned()),
        ],
        code_verifier: asked.code_verifier.clone(),
    }
}
