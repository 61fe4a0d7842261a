//! Which assertions open something, and how often.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::assertion_issuer::AssertionUse;
use doorward_core::resource_server::AccessTokenFormat;
use doorward_directory::clients::Added;
use doorward_tests::assertion_key::AssertionKey;
use serde_json::json;

use super::{CLUSTER, Stage, WORKLOAD, cluster, present, reports};
use crate::scene::Scene;

/// P33. [RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3): each item, told to the operator alone.
#[tokio::test]
async fn an_assertion_that_is_not_for_us_and_for_now_opens_nothing() {
    let stage = Stage::new().await;
    let now = stage.scene.provider.clock().now().as_seconds();
    for (changes, reason) in [
        (json!({"iss": null}), "no iss"),
        (
            json!({"iss": "https://evil.example"}),
            "https://evil.example",
        ),
        (json!({"sub": null}), "no sub"),
        (
            json!({"sub": "system:serviceaccount:prod:other"}),
            "none that stands for the client",
        ),
        (json!({"aud": "https://other.example"}), "aud"),
        (
            json!({"aud": [stage.scene.provider.issuer(), "https://other.example"]}),
            "aud",
        ),
        (
            json!({"exp": now - 120, "iat": now - 200}),
            "the token has expired",
        ),
        (json!({"exp": now + 7200}), "longer than its issuer may say"),
        (json!({"nbf": now + 120}), "nbf"),
        (json!({"jti": null}), "jti"),
    ] {
        let answer = stage.bring(&stage.claims_with(&changes)).await;
        let found = stage.reason(&answer, "invalid_grant").await;
        assert!(found.contains(reason), "{changes}: {found}");
        assert!(!answer.text.contains(reason), "{}", answer.text);
    }
    let forged = AssertionKey::generate("ES256", "one").sign(&stage.claims());
    let answer = present(&stage.client(), &forged, &[]).await;
    assert!(
        stage
            .reason(&answer, "invalid_grant")
            .await
            .contains("signature")
    );
    let answer = present(&stage.client(), "not a token", &[]).await;
    answer.assert_error("invalid_grant");
    let answer = present(&stage.client(), "", &[]).await;
    answer.assert_error("invalid_request");
    let header = json!({"alg": "ES256", "kid": "one", "typ": "at+jwt"});
    let other_kind = stage.key.sign_with(&header, &stage.claims());
    let answer = present(&stage.client(), &other_kind, &[]).await;
    assert!(stage.reason(&answer, "invalid_grant").await.contains("typ"));
    stage.good().await.assert_ok();
}

/// P33: once, on every node ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 7).
#[tokio::test]
async fn an_assertion_works_once_on_all_nodes() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    let second = scene.provider.second_node().await;
    let key = AssertionKey::generate("ES256", "one");
    let doors = scene.provider.directory();
    let added = doors
        .resource_servers()
        .add(&reports(AccessTokenFormat::Jwt))
        .await;
    assert_eq!(added, Ok(Added::Added));
    let issuer = cluster(&key, scene.provider.clock().now());
    let added = doors.assertion_issuers().add(&issuer).await;
    assert_eq!(added, Ok(Added::Added));
    let nightly = scene.provider.client("nightly").scope("reports:read").await;
    second
        .directory()
        .refresh()
        .await
        .expect("the directory is read");
    let now = scene.provider.clock().now().as_seconds();
    let claims = json!({
        "iss": CLUSTER, "sub": WORKLOAD, "aud": scene.provider.issuer(), "jti": "one", "exp": now + 60,
    });
    let assertion = key.sign(&claims);
    let client = scene.provider.token(&nightly);
    present(&client, &assertion, &[]).await.assert_ok();
    present(&client, &assertion, &[])
        .await
        .assert_error("invalid_grant");
    let there = scene.provider.token(&nightly).at(&second);
    let answer = present(&there, &assertion, &[]).await;
    let reference = answer.assert_error("invalid_grant");
    let events = second.directory().events();
    events.flush().await;
    let reason = scene.provider.refusal(&reference).await.reason;
    assert!(reason.contains("used before"), "{reason}");
}

#[tokio::test]
async fn a_platform_that_gives_one_for_a_while_may_have_it_used_until_it_expires() {
    let stage = Stage::with(|issuer| issuer.assertion_use = AssertionUse::UntilItExpires).await;
    let claims = stage.claims_with(&json!({"jti": null}));
    stage.bring(&claims).await.assert_ok();
    stage.bring(&claims).await.assert_ok();
    stage
        .scene
        .provider
        .clock()
        .advance(Duration::from_secs(361));
    stage.bring(&claims).await.assert_error("invalid_grant");
}
