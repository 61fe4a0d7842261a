//! A provider that is killed comes back with everything that it acknowledged.

use doorward_tests::redis::RedisServer;
use doorward_tests::serving::Installation;

use super::client::{redeem, refresh};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";
const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

/// Signs somebody in, kills the provider, starts it again, and looks at what is left.
async fn survives(settings: &str) {
    let Some(installation) = Installation::new(settings) else {
        return;
    };
    installation.add_person(USERNAME, PASSWORD).await;
    let shop = installation.add_application("shop", CALLBACK, &[]).await;
    let node = installation.serve().await;
    let alice = Visitor::new();
    let code = alice.code(&node, &shop, &OFFLINE).await;
    let tokens = redeem(&node, &shop, &code).await;
    let unredeemed = alice
        .silently(&node, &shop)
        .await
        .expect("alice is signed in");

    let place = node.place.clone();
    node.process.kill().await;
    let node = installation.serve_again(&place).await;

    alice
        .silently(&node, &shop)
        .await
        .expect("alice is still signed in");
    assert!(redeem(&node, &shop, &unredeemed).await.json["access_token"].is_string());
    assert_eq!(
        redeem(&node, &shop, &unredeemed).await.text("error"),
        "invalid_grant"
    );
    let refreshed = refresh(&node, &shop, &tokens.text("refresh_token")).await;
    assert!(refreshed.json["access_token"].is_string(), "{refreshed:?}");
    assert_eq!(
        redeem(&node, &shop, &code).await.text("error"),
        "invalid_grant"
    );
}

/// P26: a crash forgets none of it.
#[tokio::test]
async fn a_killed_provider_keeps_sessions_codes_and_refresh_tokens() {
    survives("").await;
}

#[tokio::test]
async fn a_killed_provider_on_redis_keeps_sessions_codes_and_refresh_tokens() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    survives(&format!("sessions = \"{}\"", redis.url())).await;
}
