//! `POST /device_authorization` ([RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)).

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_core::client::GrantType;
use doorward_tests::provider::TestProvider;
use reqwest::Method;
use reqwest::header::HeaderMap;

use super::{assert_refused, television};
use crate::scene::http;

/// [RFC 8628 section 3.2](https://www.rfc-editor.org/rfc/rfc8628#section-3.2).
#[tokio::test]
async fn every_client_gets_codes_of_its_own_that_nobody_writes_down() {
    let provider = TestProvider::start().await;
    let in_header = provider.client("header").await;
    let in_form = provider.client("form").post().await;
    let public = television(&provider).await;
    let mut codes = BTreeSet::new();
    for client in [in_header, in_form, public] {
        for _ in 0..2 {
            let device = provider.token(&client).device("openid").await;
            assert_eq!(device.all["verification_uri"], provider.url("/device"));
            let letters = "BCDFGHJKLMNPQRSTVWXZ-";
            let code = &device.user_code;
            assert!(
                code.chars().all(|letter| letters.contains(letter)),
                "{code}"
            );
            assert_eq!((code.len(), code.find('-')), (9, Some(4)), "{code}");
            codes.extend([device.device_code, device.user_code]);
        }
    }
    assert_eq!(codes.len(), 12);
    let codes: Vec<&str> = codes.iter().map(String::as_str).collect();
    provider.assert_never_recorded(&codes).await;
}

/// [RFC 8628 section 4](https://www.rfc-editor.org/rfc/rfc8628#section-4).
#[tokio::test]
async fn the_metadata_leads_there() {
    let provider = TestProvider::start().await;
    let address = provider.url("/.well-known/openid-configuration");
    let metadata = http().get(address).send().await.expect("an answer");
    let metadata: serde_json::Value = metadata.json().await.expect("JSON");
    assert_eq!(
        metadata["device_authorization_endpoint"],
        provider.url("/device_authorization")
    );
    let grants = metadata["grant_types_supported"]
        .as_array()
        .expect("a list");
    assert!(grants.contains(&GrantType::DeviceCode.as_str().into()));
}

/// [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
#[tokio::test]
async fn each_fault_has_its_code_and_the_operator_the_reason() {
    let provider = TestProvider::start().await;
    let tv = provider.public_client("tv").await;
    let token = provider.token(&tv);
    let none = "nothing of the scope \"unheard\" is among what the client is registered for: \
                \"address email groups offline_access openid phone profile\"";
    for (form, code, reason) in [
        (
            [("scope", "openid"), ("scope", "email")],
            "invalid_request",
            "the parameter \"scope\" is given twice",
        ),
        (
            [("scope", "a\"b"), ("x", "1")],
            "invalid_scope",
            "scope is malformed",
        ),
        ([("scope", "unheard"), ("x", "1")], "invalid_scope", none),
        (
            [("scope", "openid"), ("prompt", "none")],
            "invalid_request",
            "prompt is none, and a device is always confirmed by a person",
        ),
        (
            [("scope", "openid"), ("max_age", "soon")],
            "invalid_request",
            "max_age is not a whole number of seconds",
        ),
    ] {
        assert_refused(&provider, token.begin(&form).await, code, reason).await;
    }
}

#[tokio::test]
async fn nobody_but_a_client_registered_for_it_gets_codes() {
    let provider = TestProvider::start().await;
    let without = provider.client("wiki").with(|client| {
        client.grant_types.remove(&GrantType::DeviceCode);
    });
    let without = without.await;
    let refused = provider.token(&without).begin(&[("scope", "openid")]).await;
    let reason = format!(
        "the client is not registered for {}",
        GrantType::DeviceCode.as_str()
    );
    assert_refused(&provider, refused, "unauthorized_client", &reason).await;

    let tv = provider.client("tv").await;
    let token = provider.token(&tv);
    let path = "/device_authorization";
    let scope = ("scope", "openid");
    for form in [
        vec![scope],
        vec![scope, ("client_id", "nobody")],
        vec![scope, ("client_id", "tv")],
        vec![scope, ("client_id", "tv"), ("client_secret", "wrong")],
    ] {
        let refused = token.raw_to(path, &form, HeaderMap::new()).await;
        assert!([400, 401].contains(&refused.status.as_u16()), "{refused:?}");
        assert_eq!(refused.json().get("device_code"), None);
    }
    let by_get = http().request(Method::GET, provider.url(path));
    let by_get = doorward_tests::token_client::Answer::of(by_get).await;
    assert_eq!(by_get.status, 405);
    assert_eq!(by_get.json()["error"], "invalid_request");
}

/// D05: whoever proves nothing leaves a limited number of devices waiting.
#[tokio::test]
async fn what_a_client_without_a_secret_lets_wait_is_limited() {
    let builder = TestProvider::builder();
    let provider = builder
        .settings(|settings| settings.limits.interactions_per_address = 2)
        .start()
        .await;
    let (public, confidential) = (television(&provider).await, provider.client("box").await);
    let token = provider.token(&public);
    token.device("openid").await;
    token.device("openid").await;
    let refused = token.begin(&[("scope", "openid")]).await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.header("retry-after").is_some());
    provider.token(&confidential).device("openid").await;
    provider.clock().advance(Duration::from_mins(1));
    token.device("openid").await;
}
