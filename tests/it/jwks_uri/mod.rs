//! Keys that clients publish themselves, at their `jwks_uri`
//! ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)).
//!
//! Tests that stand for a module of the plan `oidcc-dynamic-certification-test-plan` name it.

mod failing;
mod rotation;
mod used;

use doorward_core::Clock;
use doorward_core::client::AuthMethod;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::key_server::KeyServer;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Answer;
use reqwest::header::HeaderMap;
use serde_json::json;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A provider, and the client `bank` that publishes a key for ES256.
struct Bank {
    provider: TestProvider,
    client: RelyingParty,
    key: AssertionKey,
    server: KeyServer,
}

impl Bank {
    async fn new() -> Self {
        Self::at(TestProvider::start().await).await
    }

    async fn at(provider: TestProvider) -> Self {
        let key = AssertionKey::generate("ES256", "one");
        let server = KeyServer::start(key.jwks()).await;
        let client = provider.client("bank").with(|client| {
            client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
            client.jwks_uri = Some(server.uri.parse().expect("an address"));
        });
        let client = client.await;
        Self {
            provider,
            client,
            key,
            server,
        }
    }

    /// Authenticates with this key, for a request that fails for its token alone.
    fn shows(&self, key: &AssertionKey) -> impl Future<Output = Answer> + Send + 'static {
        self.shows_as(&self.client, key)
    }

    /// The same, as another client.
    fn shows_as(
        &self,
        client: &RelyingParty,
        key: &AssertionKey,
    ) -> impl Future<Output = Answer> + Send + 'static {
        let assertion = self.assertion(client, key);
        let token = self.provider.token(client);
        async move {
            let form = [
                ("grant_type", "refresh_token"),
                ("refresh_token", "x"),
                ("client_assertion_type", JWT_BEARER),
                ("client_assertion", &assertion),
            ];
            token.raw(&form, HeaderMap::new()).await
        }
    }

    /// A good assertion of that client, signed with this key.
    fn assertion(&self, client: &RelyingParty, key: &AssertionKey) -> String {
        let now = self.provider.clock().now().as_seconds();
        key.sign(&json!({
            "iss": client.id(),
            "sub": client.id(),
            "aud": self.provider.issuer(),
            "jti": format!("{:x}", fastrand::u128(..)),
            "exp": now + 60,
        }))
    }

    async fn is_known(&self, key: &AssertionKey) {
        self.shows(key).await.assert_error("invalid_grant");
    }

    /// The operator's reason why this is not known now.
    async fn unavailable(&self, key: &AssertionKey) -> String {
        self.reason(&self.shows(key).await).await
    }

    async fn reason(&self, answer: &Answer) -> String {
        assert_eq!(answer.status, 503, "{answer:?}");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
        let reference = answer.assert_error("temporarily_unavailable");
        let refusal = self.provider.refusal(&reference).await;
        assert_eq!(refusal.client.as_deref(), Some("bank"));
        assert!(!answer.text.contains(&refusal.reason), "{answer:?}");
        refusal.reason
    }

    fn wait(&self, seconds: u64) {
        let clock = self.provider.clock();
        clock.advance(std::time::Duration::from_secs(seconds));
    }
}
