//! `private_key_jwt` ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3),
//! [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication)).
//!
//! Where a test stands for modules of the plan `fapi2-security-profile-final-test-plan` it names them.

use std::time::Duration;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_core::Clock;
use doorward_core::client::AssertionAudience;
use doorward_core::jose::Algorithm;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, TokenClient, basic};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};

use crate::scene::Scene;

/// A request that fails for its token alone once the client is known, so that `invalid_grant` proves who asked.
const GARBAGE: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "x")];

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// A provider, and the client `bank` with a key for ES256.
struct Bank {
    provider: TestProvider,
    client: RelyingParty,
    key: AssertionKey,
}

impl Bank {
    async fn new() -> Self {
        Self::with_key(AssertionKey::generate("ES256", "one")).await
    }

    async fn with_key(key: AssertionKey) -> Self {
        let provider = TestProvider::start().await;
        let client = provider.client("bank").assertions(&key.jwks()).await;
        Self {
            provider,
            client,
            key,
        }
    }

    fn seconds(&self) -> i64 {
        self.provider.clock().now().as_seconds()
    }

    /// The claims of a good assertion, with a `jti` of their own.
    fn claims(&self) -> Value {
        json!({
            "iss": "bank",
            "sub": "bank",
            "aud": self.provider.issuer(),
            "jti": format!("{:x}", fastrand::u128(..)),
            "iat": self.seconds(),
            "exp": self.seconds() + 60,
        })
    }

    /// Good claims with one changed, or taken out by `null`.
    fn with(&self, name: &str, value: Value) -> Value {
        let mut claims = self.claims();
        let members = claims.as_object_mut().expect("an object");
        members.insert(name.to_owned(), value);
        members.retain(|_, value| !value.is_null());
        claims
    }

    fn token(&self) -> TokenClient {
        self.provider.token(&self.client)
    }

    async fn shows(&self, assertion: &str) -> Answer {
        shows(&self.token(), assertion, &GARBAGE).await
    }

    #[track_caller]
    fn accepted(answer: &Answer) {
        answer.assert_error("invalid_grant");
    }

    /// The operator's reason for the refusal of an assertion.
    async fn reason(&self, assertion: &str) -> String {
        let reference = self.shows(assertion).await.assert_error("invalid_client");
        self.provider.refusal(&reference).await.reason
    }
}

async fn shows(token: &TokenClient, assertion: &str, form: &[(&str, &str)]) -> Answer {
    let proof = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    token.raw(&[&proof, form].concat(), HeaderMap::new()).await
}

#[tokio::test]
async fn an_assertion_of_each_algorithm_proves_its_client() {
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"] {
        let bank = Bank::with_key(AssertionKey::generate(algorithm, "one")).await;
        Bank::accepted(&bank.shows(&bank.key.sign(&bank.claims())).await);
    }
}

/// `happy-flow`.
#[tokio::test]
async fn a_code_is_exchanged_by_a_client_that_signs() {
    let bank = Bank::new().await;
    let scene = Scene::at(bank.provider).await;
    let code = scene.code(&bank.client).await;
    let assertion = bank.key.sign(&json!({
        "iss": "bank",
        "sub": "bank",
        "aud": scene.provider.issuer(),
        "jti": "the first",
        "exp": scene.provider.clock().now().as_seconds() + 60,
    }));
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code.value),
        ("redirect_uri", &code.redirect_uri),
        (
            "code_verifier",
            code.code_verifier.as_deref().expect("PKCE"),
        ),
    ];
    let answer = shows(&scene.provider.token(&bank.client), &assertion, &form).await;
    answer.assert_ok();
}

/// `oidcc-server` with `private_key_jwt`: RS256, addressed to the token endpoint, and no `kid` where there is one key.
#[tokio::test]
async fn an_old_client_may_address_the_token_endpoint() {
    let key = AssertionKey::generate("RS256", "one");
    let bank = Bank::with_key(key).await;
    let scene = Scene::at(TestProvider::start().await).await;
    let old = scene.provider.client("bank").assertions(&bank.key.jwks());
    let old = old.with(|client| client.assertion_audience = AssertionAudience::TokenEndpointToo);
    let old = old.await;
    for aud in [
        scene.provider.url("/token"),
        scene.provider.issuer().to_owned(),
    ] {
        let claims = bank.with("aud", json!(aud));
        let assertion = bank.key.sign_with(&json!({"alg": "RS256"}), &claims);
        let answer = shows(&scene.provider.token(&old), &assertion, &GARBAGE).await;
        Bank::accepted(&answer);
    }
}

/// [RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5): the token endpoint has a second address then.
#[tokio::test]
async fn where_the_token_endpoint_has_an_alias_an_old_client_may_address_that() {
    let beside = "https://mtls.example:8443";
    let builder = TestProvider::builder()
        .settings(|settings| settings.mutual_tls.address = Some(beside.to_owned()));
    let provider = builder.start().await;
    let bank = Bank::new().await;
    let keys = bank.key.jwks();
    let old = provider.client("bank").assertions(&keys);
    let old = old.with(|client| client.assertion_audience = AssertionAudience::TokenEndpointToo);
    let (old, shop) = (old.await, provider.client("shop").assertions(&keys).await);
    let alias = json!(format!("{beside}/token"));
    let assertion = bank.key.sign(&bank.with("aud", alias.clone()));
    Bank::accepted(&shows(&provider.token(&old), &assertion, &GARBAGE).await);
    let mut claims = bank.with("aud", alias);
    for name in ["iss", "sub"] {
        claims[name] = json!("shop");
    }
    let refused = shows(&provider.token(&shop), &bank.key.sign(&claims), &GARBAGE).await;
    refused.assert_error("invalid_client");
}

/// P28: its audience is the issuer, alone and as text.
/// `par-test-array-as-audience-fails`, `par-test-token-endpoint-url-as-audience-fails`,
/// `ensure-client-assertion-with-wrong-aud-fails`.
#[tokio::test]
async fn an_assertion_for_anybody_but_the_issuer_is_refused() {
    let bank = Bank::new().await;
    let issuer = bank.provider.issuer();
    for aud in [
        json!([issuer]),
        json!([issuer, "https://evil.example"]),
        json!(format!("{issuer}/token")),
        json!(format!("{issuer}/")),
        json!("https://evil.example"),
        Value::Null,
    ] {
        let assertion = bank.key.sign(&bank.with("aud", aud.clone()));
        let reason = bank.reason(&assertion).await;
        assert!(reason.contains("aud"), "{aud}: {reason}");
    }
}

/// P28: `iss`, `sub`, `exp` and `jti` are looked at.
/// `ensure-client-assertion-with-exp-is-5-minutes-in-past-fails`, `ensure-client-assertion-with-no-sub-fails`,
/// `par-ensure-jwt-client-assertions-nbf-over-60-seconds-in-the-future-fails`.
#[tokio::test]
async fn claims_that_do_not_fit_are_refused() {
    let bank = Bank::new().await;
    let now = bank.seconds();
    for (name, value, expected) in [
        ("exp", json!(now - 300), "expired"),
        ("exp", json!(now - 60), "expired"),
        ("exp", json!(now + 600), "5 minutes ahead"),
        ("exp", Value::Null, "exp"),
        ("nbf", json!(now + 70), "nbf lies ahead"),
        ("iat", json!(now + 70), "iat lies ahead"),
        ("sub", Value::Null, "sub"),
        ("sub", json!("nobody"), "no client \"nobody\""),
        ("iss", json!("nobody"), "iss"),
        ("jti", Value::Null, "jti"),
        ("jti", json!(""), "jti"),
    ] {
        let assertion = bank.key.sign(&bank.with(name, value.clone()));
        let reason = bank.reason(&assertion).await;
        assert!(reason.contains(expected), "{name} {value}: {reason}");
    }
}

/// K07: a client's clock too.
/// `par-ensure-jwt-client-assertions-nbf-8-seconds-in-the-future-is-accepted`.
#[tokio::test]
async fn a_clients_clock_may_be_a_little_wrong() {
    let bank = Bank::new().await;
    for (name, value) in [
        ("nbf", bank.seconds() + 8),
        ("iat", bank.seconds() + 8),
        ("exp", bank.seconds() - 8),
    ] {
        let assertion = bank.key.sign(&bank.with(name, json!(value)));
        Bank::accepted(&bank.shows(&assertion).await);
    }
}

/// P28: its `jti` is remembered where all nodes look.
#[tokio::test]
async fn an_assertion_works_once_on_all_nodes() {
    let bank = Bank::new().await;
    let second = bank.provider.second_node().await;
    let assertion = bank.key.sign(&bank.claims());
    Bank::accepted(&bank.shows(&assertion).await);
    let reason = bank.reason(&assertion).await;
    assert!(reason.contains("used before"), "{reason}");
    let elsewhere = bank.token().at(&second);
    let again = shows(&elsewhere, &assertion, &GARBAGE).await;
    again.assert_error("invalid_client");

    // Another assertion of the same name is the same to us, and the same name of another client is not.
    let claims = bank.with("jti", json!("shared"));
    Bank::accepted(&bank.shows(&bank.key.sign(&claims)).await);
    bank.provider.clock().advance(Duration::from_secs(1));
    let reissued = bank.key.sign(&bank.with("jti", json!("shared")));
    bank.shows(&reissued).await.assert_error("invalid_client");
    let shop = bank.provider.client("shop").assertions(&bank.key.jwks());
    let shop = shop.await;
    let mut claims = bank.with("jti", json!("shared"));
    for name in ["iss", "sub"] {
        claims[name] = json!("shop");
    }
    let token = bank.provider.token(&shop);
    let other = shows(&token, &bank.key.sign(&claims), &GARBAGE).await;
    Bank::accepted(&other);
}

/// P28: what is remembered has a bound: nobody else can fill it.
/// [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 7: whoever cannot sign leaves no trace.
#[tokio::test]
async fn only_an_assertion_that_is_right_is_remembered() {
    let bank = Bank::new().await;
    let stranger = AssertionKey::generate("ES256", "one");
    bank.provider.sessions().asked();
    let claims = bank.claims();
    let forged = bank.shows(&stranger.sign(&claims)).await;
    forged.assert_error("invalid_client");
    let misaddressed = bank
        .key
        .sign(&bank.with("aud", json!("https://evil.example")));
    let answer = bank.shows(&misaddressed).await;
    answer.assert_error("invalid_client");
    assert_eq!(bank.provider.sessions().asked(), [""; 0]);
    Bank::accepted(&bank.shows(&bank.key.sign(&claims)).await);
    assert_eq!(bank.provider.sessions().asked(), ["insert jti"]);
}

#[tokio::test]
async fn while_nothing_can_be_remembered_nobody_is_let_in() {
    let bank = Bank::new().await;
    bank.provider.sessions().fail("insert jti");
    let answer = bank.shows(&bank.key.sign(&bank.claims())).await;
    answer.assert_error("temporarily_unavailable");
}

/// P28: the registration has the algorithms.
/// `ensure-signed-client-assertion-with-RS256-fails`, for a client that is registered for another algorithm.
#[tokio::test]
async fn the_registration_says_which_algorithm_counts() {
    let bank = Bank::with_key(AssertionKey::generate("RS256", "one")).await;
    let provider = &bank.provider;
    let strict = provider.client("strict").assertions(&bank.key.jwks());
    let strict =
        strict.with(|client| client.token_endpoint_auth_signing_alg = Some(Algorithm::Es256));
    let strict = strict.await;
    let mut claims = bank.claims();
    for name in ["iss", "sub"] {
        claims[name] = json!("strict");
    }
    let token = provider.token(&strict);
    let answer = shows(&token, &bank.key.sign(&claims), &GARBAGE).await;
    answer.assert_error("invalid_client");
}

#[tokio::test]
async fn what_the_clients_key_did_not_sign_is_refused() {
    let bank = Bank::new().await;
    let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
    let claims = bank.claims();
    let unsigned = |alg: &str| {
        let header = json!({"alg": alg, "kid": "one"}).to_string();
        format!("{}.{}", encode(&header), encode(&claims.to_string()))
    };
    let public = bank.key.public().to_string();
    let secret = hmac::Key::new(hmac::HMAC_SHA256, public.as_bytes());
    let hmac = |alg: &str| {
        let message = unsigned(alg);
        let signature = hmac::sign(&secret, message.as_bytes());
        format!("{message}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    };
    let stranger = AssertionKey::generate("ES256", "one");
    let brought = json!({"alg": "ES256", "kid": "one", "jwk": stranger.public()});
    for assertion in [
        format!("{}.", unsigned("none")),
        format!("{}.", unsigned("ES256")),
        hmac("HS256"),
        hmac("ES256"),
        stranger.sign(&claims),
        stranger.sign_with(&brought, &claims),
        bank.key
            .sign_with(&json!({"alg": "ES256", "kid": "two"}), &claims),
        bank.key
            .sign_with(&json!({"alg": "ES256", "typ": "dpop+jwt"}), &claims),
        "x".to_owned(),
    ] {
        bank.shows(&assertion).await.assert_error("invalid_client");
    }
}

/// `ensure-client-id-in-token-endpoint`, `ensure-client-assertion-in-token-endpoint`.
#[tokio::test]
async fn a_request_names_one_client_and_proves_it_in_one_way() {
    let bank = Bank::new().await;
    let wiki = bank.provider.client("wiki").await;
    let secret = wiki.secret.as_deref().expect("a secret");
    let sends = async |more: &[(&str, &str)], headers: HeaderMap| {
        let assertion = bank.key.sign(&bank.claims());
        let proof = [
            ("client_assertion_type", JWT_BEARER),
            ("client_assertion", assertion.as_str()),
        ];
        let form = [&proof[..], more, &GARBAGE].concat();
        bank.token().raw(&form, headers).await
    };
    let header = HeaderMap::from_iter([(AUTHORIZATION, basic("wiki", secret))]);
    let none = HeaderMap::new();
    Bank::accepted(&sends(&[("client_id", "bank")], none.clone()).await);
    for (more, headers, error) in [
        (&[("client_id", "wiki")][..], none.clone(), "invalid_client"),
        (
            &[("client_secret", secret)],
            none.clone(),
            "invalid_request",
        ),
        (&[], header, "invalid_request"),
        (
            &[("client_assertion", "x")],
            none.clone(),
            "invalid_request",
        ),
    ] {
        sends(more, headers).await.assert_error(error);
    }
    let bare = [&[("client_id", "bank")][..], &GARBAGE].concat();
    let bare = bank.token().raw(&bare, none.clone()).await;
    bare.assert_error("invalid_client");
    let assertion = bank.key.sign(&bank.claims());
    let untyped = [&[("client_assertion", assertion.as_str())][..], &GARBAGE].concat();
    let untyped = bank.token().raw(&untyped, none).await;
    untyped.assert_error("invalid_client");
}
