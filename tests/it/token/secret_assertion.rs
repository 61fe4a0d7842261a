//! `client_secret_jwt` ([OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication),
//! [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::client::AuthMethod;
use doorward_core::jose::JwkSet;
use doorward_core::registration::RegistrationAccess;
use doorward_tests::assertion_key::{AssertionKey, by_secret as made};
use doorward_tests::clock::SystemRandom;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::{Answer, basic};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};

use crate::scene::{Scene, http};

/// A request that fails for its token alone once the client is known.
const GARBAGE: [(&str, &str); 2] = [("grant_type", "refresh_token"), ("refresh_token", "x")];

const JWT_BEARER: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// What a client claims, with a `jti` of its own.
fn claims(provider: &TestProvider, client: &str) -> Value {
    json!({
        "iss": client,
        "sub": client,
        "aud": provider.issuer(),
        "jti": format!("{:x}", fastrand::u128(..)),
        "exp": provider.clock().now().as_seconds() + 60,
    })
}

fn own(provider: &TestProvider, client: &RelyingParty) -> String {
    let secret = client.secret.as_deref().expect("a secret");
    made("HS256", &claims(provider, client.id()), secret.as_bytes())
}

async fn sends(
    provider: &TestProvider,
    client: &RelyingParty,
    path: &str,
    assertion: &str,
    form: &[(&str, &str)],
) -> Answer {
    let proof = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", assertion),
    ];
    let form = [&proof, form].concat();
    let client = provider.token(client);
    client.raw_to(path, &form, HeaderMap::new()).await
}

async fn shows(provider: &TestProvider, client: &RelyingParty, assertion: &str) -> Answer {
    sends(provider, client, "/token", assertion, &GARBAGE).await
}

/// The operator's reason for a refusal.
async fn reason(provider: &TestProvider, answer: &Answer) -> String {
    let reference = answer.assert_error("invalid_client");
    provider.refusal(&reference).await.reason
}

#[tokio::test]
async fn a_code_is_exchanged_by_a_client_that_never_sends_its_secret() {
    let scene = Scene::new().await;
    let till = scene.provider.client("till").secret_assertions().await;
    let code = scene.code(&till).await;
    let form = [
        ("grant_type", "authorization_code"),
        ("code", &code.value),
        ("redirect_uri", &code.redirect_uri),
        (
            "code_verifier",
            code.code_verifier.as_deref().expect("PKCE"),
        ),
    ];
    let assertion = own(&scene.provider, &till);
    let answer = sends(&scene.provider, &till, "/token", &assertion, &form).await;
    answer.assert_ok();
}

#[tokio::test]
async fn the_secret_proves_its_client_wherever_clients_prove_who_they_are() {
    let provider = TestProvider::start().await;
    let till = provider.client("till").secret_assertions().await;
    for path in [
        "/token",
        "/introspect",
        "/revoke",
        "/par",
        "/device_authorization",
    ] {
        let form = [("token", "x")];
        let right = sends(&provider, &till, path, &own(&provider, &till), &form).await;
        assert_ne!(right.status, 401, "{path}: {right:?}");
        let wrong = made("HS256", &claims(&provider, "till"), b"another secret");
        let wrong = sends(&provider, &till, path, &wrong, &form).await;
        wrong.assert_error("invalid_client");
    }
}

/// P28: what a secret authenticates is for the issuer, for five minutes at most, and works once on all nodes.
#[tokio::test]
async fn an_assertion_by_a_secret_is_judged_as_one_by_a_key() {
    let provider = TestProvider::start().await;
    let till = provider.client("till").secret_assertions().await;
    let secret = till.secret.as_deref().expect("a secret").as_bytes();
    let later = provider.clock().now().as_seconds() + 600;
    for (name, value, expected) in [
        ("aud", json!(format!("{}/token", provider.issuer())), "aud"),
        ("iss", json!("shop"), "iss"),
        ("exp", json!(later), "5 minutes ahead"),
        ("jti", json!(""), "jti"),
    ] {
        let mut claims = claims(&provider, "till");
        claims[name] = value;
        let answer = shows(&provider, &till, &made("HS256", &claims, secret)).await;
        let reason = reason(&provider, &answer).await;
        assert!(reason.contains(expected), "{name}: {reason}");
    }

    let second = provider.second_node().await;
    let once = own(&provider, &till);
    let first = shows(&provider, &till, &once).await;
    first.assert_error("invalid_grant");
    let proof = [
        ("client_assertion_type", JWT_BEARER),
        ("client_assertion", &once),
    ];
    let elsewhere = provider.token(&till).at(&second);
    let form = [&proof, &GARBAGE[..]].concat();
    let again = elsewhere.raw(&form, HeaderMap::new()).await;
    again.assert_error("invalid_client");
    let again = shows(&provider, &till, &once).await;
    let reason = reason(&provider, &again).await;
    assert!(reason.contains("used before"), "{reason}");
}

/// [OpenID Connect Core section 9](https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication).
#[tokio::test]
async fn the_secret_itself_proves_nothing_when_it_is_sent() {
    let provider = TestProvider::start().await;
    let till = provider.client("till").secret_assertions().await;
    let secret = till.secret.as_deref().expect("a secret");
    let header = HeaderMap::from_iter([(AUTHORIZATION, basic("till", secret))]);
    let in_form = [("client_id", "till"), ("client_secret", secret)];
    let in_form = [&in_form, &GARBAGE[..]].concat();
    let client = provider.token(&till);
    for (form, headers) in [(&GARBAGE[..], header), (&in_form, HeaderMap::new())] {
        let reason = reason(&provider, &client.raw(form, headers).await).await;
        assert!(
            reason.contains("registered for client_secret_jwt"),
            "{reason}"
        );
    }
}

/// K04: an algorithm of secrets never meets a key, nor one of keys a secret
/// ([RFC 8725 section 2.1](https://www.rfc-editor.org/rfc/rfc8725#section-2.1)).
#[tokio::test]
async fn what_everybody_knows_of_a_client_authenticates_nothing() {
    let provider = TestProvider::start().await;
    let key = AssertionKey::generate("ES256", "one");
    let bank = provider.client("bank").assertions(&key.jwks()).await;
    let jwks = JwkSet::parse(key.jwks().to_string().as_bytes()).expect("a JWK Set");
    let till = provider.client("till").secret_assertions();
    let till = till.with(|client| client.jwks = Some(jwks)).await;
    let published = [
        key.public().to_string(),
        key.jwks().to_string(),
        String::new(),
    ];
    for text in &published {
        for alg in ["HS256", "HS384", "ES256", "none"] {
            for client in [&bank, &till] {
                let claims = claims(&provider, client.id());
                let forged = made(alg, &claims, text.as_bytes());
                let answer = shows(&provider, client, &forged).await;
                answer.assert_error("invalid_client");
            }
        }
    }
    let signed = key.sign(&claims(&provider, "till"));
    let reason = reason(&provider, &shows(&provider, &till, &signed).await).await;
    let expected = "the client is registered for client_secret_jwt and used private_key_jwt";
    assert_eq!(reason, expected);
}

/// P29: both work during a rotation.
#[tokio::test]
async fn the_old_secret_and_the_new_one_authenticate_until_the_old_one_ends() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let old = provider.client("till").secret_assertions().await;
    let now = provider.clock().now();
    let secrets = provider.client_secrets();
    let (secret, stored) = secrets.make(AuthMethod::ClientSecretJwt, &SystemRandom, now);
    let overlap = Duration::from_mins(1);
    let rotate = |client: &mut doorward_core::client::Client| {
        client.rotate_secret(stored.clone(), overlap, now);
    };
    scene.change(&old, rotate).await;
    let new = RelyingParty {
        secret: Some(secret.reveal().to_owned()),
        ..old.clone()
    };
    for client in [&old, &new] {
        let answer = shows(provider, client, &own(provider, client)).await;
        answer.assert_error("invalid_grant");
    }
    provider.clock().advance(overlap);
    let ended = shows(provider, &old, &own(provider, &old)).await;
    let reason = reason(provider, &ended).await;
    assert_eq!(reason, "the client secret has expired");
    let goes_on = shows(provider, &new, &own(provider, &new)).await;
    goes_on.assert_error("invalid_grant");
}

/// [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata):
/// `token_endpoint_auth_signing_alg`.
#[tokio::test]
async fn a_client_that_registers_itself_is_told_a_secret_that_authenticates_its_assertions() {
    let builder = TestProvider::builder();
    let builder =
        builder.settings(|settings| settings.registration.access = RegistrationAccess::Open);
    let provider = builder.start().await;
    let registers = async |algorithm: &str| {
        let metadata = json!({
            "redirect_uris": ["https://till.example/callback"],
            "grant_types": ["authorization_code", "refresh_token"],
            "token_endpoint_auth_method": "client_secret_jwt",
            "token_endpoint_auth_signing_alg": algorithm,
        });
        Answer::of(http().post(provider.url("/register")).json(&metadata)).await
    };
    for other in ["RS256", "HS512", "none"] {
        let refused = registers(other).await.json();
        assert_eq!(refused["error"], "invalid_client_metadata", "{other}");
    }
    let told = registers("HS256").await.json();
    assert_eq!(told["token_endpoint_auth_signing_alg"], "HS256", "{told}");
    let [id, secret] = ["client_id", "client_secret"].map(|name| told[name].as_str().expect(name));
    let till = provider.registered(id, secret);
    let answer = shows(&provider, &till, &own(&provider, &till)).await;
    answer.assert_error("invalid_grant");
}
