//! A client of the profile `fapi2`
//! ([FAPI 2.0 Security Profile](https://openid.net/specs/fapi-security-profile-2_0-final.html)): each proof by itself is tested where it
//! belongs; here is what they come to together.

mod codes;
mod requests;

use std::time::Duration;

use doorward_core::Clock as _;
use doorward_core::client::{ClientProfile, DpopPolicy, GrantType, PkcePolicy, PushPolicy};

use doorward_core::jose::Algorithm;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::authorization::{AuthorizationRequest, Code, Pushed};
use doorward_tests::dpop_key::DpopKey;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, TokenClient};
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::scene::Scene;

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A bank's application, with a key that signs assertions and one that binds tokens.
struct Ledger {
    scene: Scene,
    client: RelyingParty,
    key: AssertionKey,
    token: TokenClient,
}

impl Ledger {
    async fn new() -> Self {
        let scene = Scene::new().await;
        let key = AssertionKey::generate("ES256", "one");
        let client = scene.provider.client("ledger").assertions(&key.jwks());
        let client = client.with(|client| {
            client.profile = ClientProfile::Fapi2;
            client.grant_types.remove(&GrantType::DeviceCode);
            client.pushed_requests = PushPolicy::Required;
            client.pkce = PkcePolicy::Required;
            client.dpop = DpopPolicy::Required;
            client.id_token_signed_response_alg = Algorithm::Es256;
            client.authorization_signed_response_alg = Some(Algorithm::Es256);
            client.introspection_signed_response_alg = Some(Algorithm::Es256);
        });
        let client = client.await;
        let as_demanded = client.registered.clone().in_profile();
        assert_eq!(as_demanded.as_ref(), Ok(&client.registered));
        let token = scene.provider.proving(&client, &DpopKey::generate("ES256"));
        Self {
            scene,
            client,
            key,
            token,
        }
    }

    fn assertion(&self, key: &AssertionKey, audience: &str) -> String {
        let now = self.scene.provider.clock().now().as_seconds();
        key.sign(&json!({
            "iss": "ledger",
            "sub": "ledger",
            "aud": audience,
            "jti": format!("{:x}", fastrand::u128(..)),
            "iat": now,
            "exp": now + 60,
        }))
    }

    /// Sends a form with a good assertion.
    async fn send(&self, token: &TokenClient, path: &str, form: &[(&str, &str)]) -> Answer {
        let assertion = self.assertion(&self.key, self.scene.provider.issuer());
        let proof = [
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &*assertion),
        ];
        token
            .raw_to(path, &[&proof, form].concat(), HeaderMap::new())
            .await
    }

    /// A request as such a client makes it.
    fn request(&self) -> AuthorizationRequest {
        let request = self.client.request();
        request.with("scope", "openid offline_access")
    }

    async fn push(&self, request: &AuthorizationRequest) -> Answer {
        let form: Vec<_> = request.parameters.iter().collect();
        let form: Vec<_> = form
            .iter()
            .map(|(name, value)| (&**name, &**value))
            .collect();
        self.send(&self.token, "/par", &form).await
    }

    /// A code for a pushed request.
    async fn code(&self, request: AuthorizationRequest) -> Code {
        let uri = self.push(&request).await.assert_pushed();
        let pushed = Pushed::new(request, self.client.id(), &uri);
        self.scene.browser.open(&pushed).await.code()
    }

    /// Exchanges a code with this verifier, if any.
    async fn exchange(&self, code: &Code, verifier: Option<&str>) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("code", &*code.value),
            ("redirect_uri", &*code.redirect_uri),
        ];
        form.extend(verifier.map(|verifier| ("code_verifier", verifier)));
        self.send(&self.token, "/token", &form).await
    }

    async fn refresh(&self, refresh_token: &str) -> Answer {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh_token),
        ];
        self.send(&self.token, "/token", &form).await
    }
}

/// Stands for `happy-flow`, `ensure-unsigned-authorization-request-without-using-par-fails` and `refresh-token`.
#[tokio::test]
async fn a_client_of_fapi_2_gets_its_tokens_and_nothing_goes_without_its_proofs() {
    let ledger = Ledger::new().await;
    let plain = ledger.scene.browser.authorize(&ledger.client).await;
    assert_eq!(plain.error(), "invalid_request", "it must push");
    let code = ledger.code(ledger.request()).await;
    let verifier = code.code_verifier.clone().expect("PKCE");
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &*code.value),
        ("redirect_uri", &*code.redirect_uri),
        ("code_verifier", &*verifier),
    ];
    let unbound = ledger.scene.provider.token(&ledger.client);
    let refused = ledger.send(&unbound, "/token", &form).await;
    refused.assert_error("invalid_dpop_proof");
    let tokens = ledger
        .send(&ledger.token, "/token", &form)
        .await
        .assert_bound();
    let userinfo = ledger.token.userinfo(&tokens.access_token).await;
    assert_eq!(userinfo.status, 200, "{userinfo:?}");

    // Its refresh token is bound to its credentials and stays the same, so whoever did not get an answer comes again.
    let token = tokens.refresh_token.expect("a refresh token");
    for _ in 0..3 {
        let next = ledger.refresh(&token).await.assert_bound();
        assert_eq!(next.refresh_token.as_ref(), Some(&token));
        let clock = ledger.scene.provider.clock();
        clock.advance(Duration::from_mins(2));
    }
}

/// Stands for `ensure-signed-client-assertion-with-RS256-fails`, `par-test-par-endpoint-url-as-audience-fails` and
/// `par-test-token-endpoint-url-as-audience-fails`.
#[tokio::test]
async fn an_assertion_of_such_a_client_is_not_signed_with_rs256_nor_for_another_audience() {
    let ledger = Ledger::new().await;
    let rsa = AssertionKey::generate("RS256", "rsa");
    let both = json!({ "keys": [ledger.key.public(), rsa.public()] });
    let both = doorward_core::jose::JwkSet::parse(both.to_string().as_bytes());
    ledger
        .scene
        .change(&ledger.client, |client| client.jwks = both.ok())
        .await;
    let provider = &ledger.scene.provider;
    let at = |path: &str| ledger.assertion(&ledger.key, &format!("{}{path}", provider.issuer()));
    for assertion in [
        ledger.assertion(&rsa, provider.issuer()),
        at("/token"),
        at("/par"),
    ] {
        let form = [
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", &*assertion),
            ("grant_type", "refresh_token"),
            ("refresh_token", "none"),
        ];
        let refused = ledger.token.raw(&form, HeaderMap::new()).await;
        refused.assert_error("invalid_client");
    }
}
