//! Whose word is taken, and for how long.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::assertion_issuer::{AssertionIssuerKeys, AssertionIssuerStatus};
use doorward_core::client::{Client, GrantType};
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::key_server::KeyServer;
use serde_json::json;

use super::{Change, Stage, present};

/// P33: default deny. Who may bring it, and what it opens, an operator said.
#[tokio::test]
async fn nobody_brings_and_nothing_opens_what_no_operator_named() {
    let stage = Stage::new().await;
    let more = [("scope", "reports:write")];
    let assertion = stage.key.sign(&stage.claims());
    let answer = present(&stage.client(), &assertion, &more).await;
    answer.assert_error("invalid_scope");
    for scope in ["openid", "reports:read openid"] {
        let answer = present(&stage.client(), &assertion, &[("scope", scope)]).await;
        assert_ne!(answer.status, 200, "{scope}");
    }
    let more = [("resource", "https://files.example")];
    let answer = present(&stage.client(), &assertion, &more).await;
    answer.assert_error("invalid_target");
    let other = stage
        .scene
        .provider
        .client("other")
        .scope("reports:read")
        .await;
    let answer = present(&stage.scene.provider.token(&other), &assertion, &[]).await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("may bring no assertions"), "{reason}");
    let without = |client: &mut Client| {
        client.grant_types.remove(&GrantType::JwtBearer);
    };
    stage.scene.change(&stage.nightly, without).await;
    let answer = present(&stage.client(), &assertion, &[]).await;
    answer.assert_error("unauthorized_client");
}

/// P33: the issuer is enabled and its time not over, both when a token is made and whenever it is used.
#[tokio::test]
async fn an_issuer_that_is_withdrawn_takes_its_tokens_along() {
    let stage = Stage::new().await;
    let token = stage.good().await.assert_ok().access_token;
    assert!(stage.is_active(&token).await);
    let claims = stage.claims_with(&json!({"jti": "second"}));
    let later = stage
        .scene
        .provider
        .clock()
        .now()
        .plus(Duration::from_mins(10));
    let withdrawals: [(Change, &str); 3] = [
        (
            |issuer| issuer.status = AssertionIssuerStatus::Disabled,
            "disabled",
        ),
        (
            |issuer| issuer.ends_at = Some(doorward_core::Timestamp::from_seconds(1)),
            "over",
        ),
        (|issuer| issuer.clients.clear(), "may bring no assertions"),
    ];
    for (withdraw, reason) in withdrawals {
        stage.change(withdraw).await;
        assert!(!stage.is_active(&token).await, "{reason}");
        let answer = stage.bring(&claims).await;
        let found = stage.reason(&answer, "invalid_grant").await;
        assert!(found.contains(reason), "{found}");
        stage
            .change(|issuer| {
                issuer.status = AssertionIssuerStatus::Enabled;
                issuer.ends_at = Some(later);
                issuer.clients = ["nightly".parse().expect("a client id")].into();
            })
            .await;
        assert!(stage.is_active(&token).await);
    }
    let issuers = stage.scene.provider.directory().assertion_issuers();
    let removed = issuers.remove(&"cluster".parse().expect("a name")).await;
    assert_eq!(removed, Ok(true));
    assert!(!stage.is_active(&token).await);
}

/// P33: a key that is withdrawn signs nothing any more, wherever it is published.
#[tokio::test]
async fn a_key_that_is_no_longer_published_signs_nothing() {
    let key = AssertionKey::generate("ES256", "one");
    let server = KeyServer::start(key.jwks()).await;
    let uri = server.uri.parse().expect("a URI");
    let mut stage = Stage::with(|issuer| issuer.keys = AssertionIssuerKeys::JwksUri(uri)).await;
    stage.key = key;
    stage.good().await.assert_ok();
    let next = AssertionKey::generate("ES256", "two");
    server.publish(doorward_tests::key_server::Publication::Keys(next.jwks()));
    stage.scene.provider.clock().advance(Duration::from_mins(6));
    let answer = stage.good().await;
    let reason = stage.reason(&answer, "invalid_grant").await;
    assert!(reason.contains("keys"), "{reason}");
    stage.key = next;
    stage.good().await.assert_ok();
    server.publish(doorward_tests::key_server::Publication::Status(500));
    let stranger = AssertionKey::generate("ES256", "three").sign(&stage.claims());
    stage
        .scene
        .provider
        .clock()
        .advance(Duration::from_hours(2));
    let answer = present(&stage.client(), &stranger, &[]).await;
    answer.assert_error("temporarily_unavailable");
}
