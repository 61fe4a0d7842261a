//! The plan `oidcc-dynamic-certification-test-plan` with the response type `code`.
//!
//! Its clients register themselves, with a key that has no name, and prove who they are by `private_key_jwt`.

mod happy;
mod redirect_uris;
mod registration;

use doorward_core::Clock as _;
use doorward_core::registration::RegistrationAccess;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::authorization::{AuthorizationRequest, Code};
use doorward_tests::id_token::IdToken;
use doorward_tests::people::TestPerson;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, Tokens};
use doorward_tests::user_agent::UserAgent;
use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use crate::scene::http;

const CALLBACK: &str = "https://suite.example/callback";

/// What every module begins with: a provider at which anybody registers a client, somebody who can sign in, a
/// browser, and the key of the suite's client.
struct Plan {
    provider: TestProvider,
    person: TestPerson,
    browser: UserAgent,
    key: AssertionKey,
}

impl Plan {
    async fn start() -> Self {
        let builder = TestProvider::builder();
        let builder =
            builder.settings(|settings| settings.registration.access = RegistrationAccess::Open);
        let provider = builder.start().await;
        Self {
            person: provider.person("alice").await,
            browser: provider.browser(),
            provider,
            key: AssertionKey::generate("RS256", "unnamed"),
        }
    }

    /// What the suite registers, with these members changed, or taken out by `null`.
    fn metadata(&self, changes: &Value) -> Value {
        let mut public = self.key.public();
        public.as_object_mut().expect("a key").remove("kid");
        let mut metadata = json!({
            "client_name": "The suite",
            "contacts": ["certification@suite.example"],
            "grant_types": ["authorization_code", "refresh_token"],
            "jwks": { "keys": [public] },
            "redirect_uris": [CALLBACK],
            "response_types": ["code"],
            "token_endpoint_auth_method": "private_key_jwt",
        });
        let members = metadata.as_object_mut().expect("an object");
        members.extend(changes.as_object().expect("an object").clone());
        members.retain(|_, value| !value.is_null());
        metadata
    }

    async fn register(&self, changes: &Value) -> Answer {
        let request = http().post(self.provider.url("/register"));
        Answer::of(request.json(&self.metadata(changes))).await
    }

    /// A client that registered itself, with what it asked for.
    async fn client(&self, changes: &Value) -> RelyingParty {
        let answer = self.register(changes).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        let told = answer.json();
        for (name, asked) in changes.as_object().expect("an object") {
            assert_eq!(told.get(name).unwrap_or(&Value::Null), asked, "{name}");
        }
        assert_eq!(told.get("client_secret"), None);
        let id = told["client_id"].as_str().expect("a client_id");
        let registered = self.provider.registered(id, "");
        RelyingParty {
            secret: None,
            ..registered
        }
    }

    async fn metadata_of_provider(&self) -> Value {
        let path = "/.well-known/openid-configuration";
        let request = http().get(self.provider.url(path));
        Answer::of(request).await.json()
    }

    /// Signs in and allows what is asked.
    async fn code(&self, request: AuthorizationRequest) -> Code {
        let arrived = self.browser.authorize_as(&self.person, request).await;
        let consent = arrived.consent_page();
        self.browser.allow(&consent).await.code()
    }

    /// The claims of an assertion for `audience`.
    fn assertion_claims(&self, client: &RelyingParty, audience: &str) -> Value {
        let now = self.provider.clock().now().as_seconds();
        json!({
            "iss": client.id(),
            "sub": client.id(),
            "aud": audience,
            "jti": format!("{:x}", fastrand::u128(..)),
            "iat": now,
            "exp": now + 60,
        })
    }

    /// An assertion for `audience`, whose header names no key.
    fn assertion(&self, client: &RelyingParty, audience: &str) -> String {
        let claims = self.assertion_claims(client, audience);
        self.key.sign_with(&json!({"alg": "RS256"}), &claims)
    }

    /// Exchanges a code with this assertion.
    async fn exchange(&self, client: &RelyingParty, code: &Code, assertion: &str) -> Tokens {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", &code.value),
            ("redirect_uri", &code.redirect_uri),
        ];
        self.send(client, assertion, &form).await.assert_ok()
    }

    async fn send(&self, client: &RelyingParty, assertion: &str, form: &[(&str, &str)]) -> Answer {
        let proof = [
            (
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            ),
            ("client_assertion", assertion),
        ];
        let token = self.provider.token(client);
        token.raw(&[&proof, form].concat(), HeaderMap::new()).await
    }

    /// Goes through the whole course, with an assertion for the token endpoint, and holds the ID Token to what
    /// every module demands of it.
    async fn signed_in(&self, client: &RelyingParty) -> (Tokens, IdToken) {
        let code = self.code(client.request().without_pkce()).await;
        let assertion = self.assertion(client, &self.provider.url("/token"));
        let tokens = self.exchange(client, &code, &assertion).await;
        let id_token = self.provider.token(client).id_token(&tokens).await;
        assert_eq!(id_token.header["alg"], "RS256");
        assert_eq!(id_token.get("nonce").as_str(), code.nonce.as_deref());
        (tokens, id_token)
    }
}
