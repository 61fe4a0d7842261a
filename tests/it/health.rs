//! `/health/ready`: whether requests may be sent to a node, and what a node that says no still does.

use std::time::Duration;

use doorward::ambient::SystemClock;
use doorward_core::Clock;
use doorward_tests::clock::TestClock;
use doorward_tests::postgres::Schema;
use doorward_tests::provider::TestProvider;
use doorward_tests::serving::eventually;
use doorward_tests::wire::Wire;
use reqwest::StatusCode;

use crate::scene::Scene;

async fn ready(provider: &TestProvider) -> (StatusCode, String) {
    let answer = reqwest::get(provider.url("/health/ready")).await;
    let answer = answer.expect("an answer");
    let status = answer.status();
    (status, answer.text().await.expect("a text"))
}

async fn assert_ready(provider: &TestProvider) {
    assert_eq!(
        ready(provider).await,
        (StatusCode::OK, "ready\n".to_owned())
    );
}

async fn assert_not_ready(provider: &TestProvider, reason: &str) {
    let (status, said) = ready(provider).await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{said}");
    assert!(said.contains(reason), "{said}");
}

/// The clock of this machine, which is the database server's too.
fn clock() -> TestClock {
    TestClock::at(SystemClock.now())
}

/// K07: the database has the time that counts.
#[tokio::test]
async fn a_node_whose_clock_is_not_the_databases_is_not_ready() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let provider = TestProvider::builder()
        .directory(&schema.url())
        .clock(clock())
        .start()
        .await;
    assert_ready(&provider).await;
    provider.clock().advance(Duration::from_secs(20));
    assert_ready(&provider).await;
    provider.clock().advance(Duration::from_mins(5));
    assert_not_ready(&provider, "the clock differs").await;
}

#[tokio::test]
async fn a_node_that_loses_the_database_is_not_ready_and_serves_what_is_safe_until_it_is_back() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let wire = Wire::to(schema.server()).await;
    let provider = TestProvider::builder()
        .directory(&schema.url_at(wire.address()))
        .clock(clock())
        .start()
        .await;
    let scene = Scene::at(provider).await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let client = scene.provider.token(&wiki);

    wire.cut();
    assert_not_ready(&scene.provider, "the directory does not answer").await;
    for public in ["/jwks", "/.well-known/openid-configuration", "/health/live"] {
        assert_eq!(client.get(public).await.status, 200, "{public}");
    }
    let refreshed = client.refresh(&refresh_token).await;
    refreshed.assert_error("temporarily_unavailable");
    assert!(refreshed.header("retry-after").is_some());
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 503);
    let garbage = client.userinfo("garbage").await;
    assert_eq!(garbage.status, 401, "what no key signed needs no database");

    wire.mend();
    eventually("the node is ready again", async || {
        (ready(&scene.provider).await.0 == StatusCode::OK).then_some(())
    })
    .await;
    client.refresh(&refresh_token).await.assert_ok();
}

/// All nodes share a session store: sending requests elsewhere helps nobody, and tokens need none.
#[tokio::test]
async fn a_node_without_its_session_store_is_ready_and_says_so() {
    let Some((scene, mut redis)) = Scene::on_redis().await else {
        return;
    };
    assert_ready(&scene.provider).await;
    redis.kill().await;
    let (status, said) = ready(&scene.provider).await;
    assert_eq!(status, StatusCode::OK);
    assert!(said.contains("the session store does not answer"), "{said}");
}
