//! What published keys are used for.

use doorward_core::Clock;
use doorward_core::client::AuthMethod;
use doorward_tests::authorization::AuthorizationRequest;
use doorward_tests::key_server::Publication;
use serde_json::json;

use super::Bank;

/// Stands for `oidcc-registration-jwks-uri`.
#[tokio::test]
async fn a_client_proves_who_it_is_with_a_key_that_it_publishes() {
    let mut bank = Bank::new().await;
    for _ in 0..3 {
        bank.is_known(&bank.key).await;
    }
    bank.server.asked().await;
    bank.server.assert_not_asked();
}

/// The set may be for others as well ([RFC 7517 section 5](https://www.rfc-editor.org/rfc/rfc7517#section-5)).
#[tokio::test]
async fn keys_that_are_for_something_else_do_no_harm() {
    let bank = Bank::new().await;
    let mut encrypts = bank.key.public();
    encrypts["use"] = json!("enc");
    let unheard = json!({"kty": "LMS", "kid": "three"});
    let keys = json!({"keys": [unheard, encrypts, bank.key.public()]});
    bank.server.publish(Publication::Keys(keys));
    bank.is_known(&bank.key).await;
}

/// A client with a secret is not asked for keys that nothing needs.
#[tokio::test]
async fn nobody_is_asked_for_keys_that_nothing_needs() {
    let mut bank = Bank::new().await;
    let uri = bank.server.uri.parse().expect("an address");
    let shop = bank.provider.client("shop").with(|client| {
        client.token_endpoint_auth_method = AuthMethod::ClientSecretPost;
        client.jwks_uri = Some(uri);
    });
    let shop = shop.await;
    let token = bank.provider.token(&shop);
    token.push(&shop.request()).await.assert_pushed();
    bank.server.assert_not_asked();
}

/// [RFC 9101 section 6.2](https://www.rfc-editor.org/rfc/rfc9101#section-6.2).
#[tokio::test]
async fn a_request_object_is_verified_with_a_key_that_its_client_publishes() {
    let mut bank = Bank::new().await;
    let alice = bank.provider.person("alice").await;
    let browser = bank.provider.browser();
    browser.sign_in(&alice).await;
    let asked = bank.client.request();
    let mut claims = json!({
        "iss": "bank",
        "aud": bank.provider.issuer(),
        "exp": bank.provider.clock().now().as_seconds() + 60,
    });
    for (name, value) in &asked.parameters {
        claims[name] = json!(value);
    }
    let carried = AuthorizationRequest {
        parameters: vec![
            ("client_id".to_owned(), "bank".to_owned()),
            ("request".to_owned(), bank.key.sign(&claims)),
        ],
        code_verifier: None,
    };

    bank.server.publish(Publication::Status(500));
    let page = browser.authorize(carried.clone()).await.page();
    assert_eq!(page.status, 503);
    let refusal = bank.provider.refusal(&page.reference()).await;
    assert_eq!(refusal.client.as_deref(), Some("bank"));
    assert!(refusal.reason.contains("status 500"), "{refusal:?}");

    bank.server.publish(Publication::Keys(bank.key.jwks()));
    bank.wait(10);
    let response = browser.authorize(carried).await.response();
    assert!(response.get("code").is_some(), "{response:?}");
    assert_eq!(response.get("state"), asked.get("state"));
    bank.server.asked().await;
    bank.server.asked().await;
    bank.server.assert_not_asked();
}
