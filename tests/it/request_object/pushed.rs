//! Request objects within pushed requests ([RFC 9126 section 3](https://www.rfc-editor.org/rfc/rfc9126#section-3)).

use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::authorization::AuthorizationRequest;
use doorward_tests::token_client::{Answer, basic};
use reqwest::header::{AUTHORIZATION, HeaderMap};
use serde_json::{Value, json};

use super::{Bank, carrying};

impl Bank {
    /// Pushes an object, with more beside it.
    async fn push(&self, object: &str, beside: &[(&str, &str)]) -> Answer {
        let secret = self.client.secret.as_deref().expect("a secret");
        let headers = HeaderMap::from_iter([(AUTHORIZATION, basic("bank", secret))]);
        let form = [&[("request", object)], beside].concat();
        let token = self.scene.provider.token(&self.client);
        token.raw_to("/par", &form, headers).await
    }

    /// The operator's reason against an object with these claims.
    async fn refused(&self, claims: &Value) -> String {
        self.refused_object(&self.key.sign(claims)).await
    }

    async fn refused_object(&self, object: &str) -> String {
        let answer = self.push(object, &[]).await;
        let reference = answer.assert_error("invalid_request_object");
        let refusal = self.scene.provider.refusal(&reference).await;
        assert_eq!(refusal.endpoint, "par");
        refusal.reason
    }
}

/// `happy-flow` with `signed_non_repudiation`, and `par-without-duplicate-parameters`.
#[tokio::test]
async fn a_pushed_object_leads_to_a_code() {
    let bank = Bank::strict().await;
    let asked = bank.client.request();
    let object = bank.key.sign(&bank.claims(&asked));
    let uri = bank.push(&object, &[]).await.assert_pushed();
    let link = AuthorizationRequest {
        parameters: vec![
            ("client_id".to_owned(), "bank".to_owned()),
            ("request_uri".to_owned(), uri),
        ],
        code_verifier: None,
    };
    let response = bank.scene.browser.authorize(link).await.response();
    assert!(response.get("code").is_some(), "{response:?}");
    assert_eq!(response.get("state"), asked.get("state"));
}

/// P13: only what is pushed within the object counts.
#[tokio::test]
async fn what_is_pushed_beside_an_object_counts_for_nothing() {
    let bank = Bank::new().await;
    let claims = bank.claims_with("redirect_uri", Value::Null);
    let beside = [
        ("client_id", "bank"),
        ("redirect_uri", bank.client.redirect_uri()),
        ("response_type", "code"),
    ];
    let answer = bank.push(&bank.key.sign(&claims), &beside).await;
    let reference = answer.assert_error("invalid_request");
    let refusal = bank.scene.provider.refusal(&reference).await;
    let reason = "redirect_uri is missing or given twice";
    assert!(refusal.reason.starts_with(reason), "{refusal:?}");
}

/// P13. Stands for `ensure-request-object-without-exp-fails`, `-without-nbf-fails`, `ensure-expired-request-object-fails`,
/// `-with-bad-aud-fails`, `-with-exp-over-60-fails`, `-nbf-over-60-fails` and `par-authorization-request-containing-request_uri`.
#[tokio::test]
async fn an_object_that_is_not_for_us_and_for_now_is_refused() {
    let bank = Bank::strict().await;
    let now = bank.seconds();
    for (name, value, reason) in [
        (
            "exp",
            Value::Null,
            "the request object is refused: the token's exp is not a sensible date",
        ),
        (
            "nbf",
            Value::Null,
            "the request object is refused: the token's nbf is not a sensible date",
        ),
        (
            "exp",
            json!(now - 300),
            "the request object is refused: the token has expired",
        ),
        (
            "aud",
            json!("https://other.example"),
            "the request object's aud does not name the issuer",
        ),
        (
            "exp",
            json!(now + 70 * 60),
            "the request object is for more than an hour, or older than that",
        ),
        (
            "nbf",
            json!(now - 70 * 60),
            "the request object is for more than an hour, or older than that",
        ),
        (
            "nbf",
            json!(now + 90),
            "the request object is refused: the token's nbf lies ahead",
        ),
        (
            "request_uri",
            json!("urn:ietf:params:oauth:request_uri:x"),
            "the request object has the member request_uri",
        ),
        (
            "client_id",
            json!("shop"),
            "the request object's client_id is not the client",
        ),
    ] {
        let claims = bank.claims_with(name, value);
        assert_eq!(bank.refused(&claims).await, reason, "{name}");
    }
}

/// Stands for `ensure-request-object-with-nbf-8-seconds-in-the-future-is-accepted` and
/// `ensure-request-object-with-multiple-aud-succeeds`.
#[tokio::test]
async fn clocks_differ_and_an_object_may_be_for_several_servers() {
    let bank = Bank::strict().await;
    let issuer = bank.scene.provider.issuer();
    for (name, value) in [
        ("nbf", json!(bank.seconds() + 8)),
        ("aud", json!([issuer, "https://other.example"])),
    ] {
        let object = bank.key.sign(&bank.claims_with(name, value));
        bank.push(&object, &[]).await.assert_pushed();
    }
}

/// Stands for `ensure-signed-request-object-with-RS256-fails`, `ensure-request-object-signature-algorithm-is-not-none`,
/// `ensure-request-object-with-invalid-signature-fails` and `ensure-matching-key-in-authorization-request`.
#[tokio::test]
async fn an_object_that_the_client_did_not_sign_as_registered_is_refused() {
    let bank = Bank::strict().await;
    let claims = bank.claims(&bank.client.request());
    let good = bank.key.sign(&claims);
    let (unsigned, _) = good.rsplit_once('.').expect("three parts");
    let none = bank.key.sign_with(&json!({"alg": "none"}), &claims);
    let (none, _) = none.rsplit_once('.').expect("three parts");
    let rsa = AssertionKey::generate("RS256", "one");
    let anothers = AssertionKey::generate("ES256", "one");
    for (object, reason) in [
        (
            rsa.sign(&claims),
            "the token's alg is not one that its signer may use",
        ),
        (
            anothers.sign(&claims),
            "the token's signature is not its key's",
        ),
        (
            format!("{unsigned}."),
            "the token's signature is not its key's",
        ),
        (format!("{none}."), "the token's alg is none that we know"),
    ] {
        let reason = format!("the request object is refused: {reason}");
        assert_eq!(bank.refused_object(&object).await, reason);
    }
}

/// `ensure-unsigned-request-at-par-endpoint-fails`.
#[tokio::test]
async fn a_client_that_must_sign_its_requests_pushes_no_others() {
    let bank = Bank::strict().await;
    let token = bank.scene.provider.token(&bank.client);
    let answer = token.push(&bank.client.request()).await;
    let reference = answer.assert_error("invalid_request");
    let refusal = bank.scene.provider.refusal(&reference).await;
    let reason = "the request is not a request object, and the client must sign its requests";
    assert_eq!(refusal.reason, reason);
}

/// [RFC 9126 section 6](https://www.rfc-editor.org/rfc/rfc9126#section-6): signed or not, what the browser brings was not pushed.
#[tokio::test]
async fn a_signed_request_of_a_client_that_must_push_is_pushed_as_well() {
    let bank = Bank::with(|client| client.pushed_requests = true.into()).await;
    let asked = bank.client.request();
    let object = bank.key.sign(&bank.claims(&asked));
    let response = bank
        .scene
        .browser
        .authorize(carrying(&object, &asked))
        .await;
    assert_eq!(response.response().get("error"), Some("invalid_request"));
    bank.push(&object, &[]).await.assert_pushed();
}
