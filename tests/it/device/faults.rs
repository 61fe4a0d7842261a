//! Devices on several nodes, and while the session store fails.

use doorward_tests::token_client::Answer;
use doorward_tests::user_agent::Destination;

use super::television;
use crate::scene::Scene;

#[track_caller]
fn assert_later(answer: &Answer) {
    answer.assert_error("temporarily_unavailable");
    assert!(answer.header("retry-after").is_some(), "{answer:?}");
}

#[track_caller]
fn assert_page_later(destination: Destination) {
    let page = destination.page();
    assert_eq!(page.status, 503, "{page:?}");
    assert!(page.header("retry-after").is_some(), "{page:?}");
    page.reference();
}

async fn every_step_may_be_on_another_node(scene: Scene) {
    let tv = television(&scene.provider).await;
    let second = scene.provider.second_node().await;
    let here = scene.provider.token(&tv);
    let there = scene.provider.token(&tv).at(&second);
    let device = here.device("openid").await;
    there
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");
    here.poll(&device).await.assert_undecided("slow_down");
    scene.browser.move_to(&second);
    let asks = scene.browser.confirmation(&device).await;
    scene.browser.move_to(scene.provider.node());
    scene.browser.press(&asks, "allow", &[]).await.device_done();
    there.poll(&device).await.assert_ok();
    here.poll(&device).await.assert_error("invalid_grant");
}

#[tokio::test]
async fn a_device_is_known_on_every_node() {
    every_step_may_be_on_another_node(Scene::new().await).await;
}

#[tokio::test]
async fn a_device_is_known_on_every_node_of_a_redis_server() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    every_step_may_be_on_another_node(scene).await;
}

/// What was acknowledged before a restart is there after it.
#[tokio::test]
async fn a_device_outlives_a_restart() {
    let mut scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let device = scene.provider.token(&tv).device("openid").await;
    scene.provider.restart().await;
    let asks = scene.browser.confirmation(&device).await;
    scene.browser.press(&asks, "allow", &[]).await.device_done();
    scene.provider.restart().await;
    scene.provider.token(&tv).poll(&device).await.assert_ok();
}

/// Nothing that fails looks like an answer: the client is told to come again, and so is the person.
#[tokio::test]
async fn while_an_operation_of_the_store_fails_nothing_is_begun_allowed_or_refused() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let sessions = scene.provider.sessions();
    for operation in ["add limit-device", "insert device", "insert device-pace"] {
        sessions.fail(operation);
        assert_later(&token.begin(&[("scope", "openid")]).await);
    }
    sessions.fail("none");
    let device = token.device("openid").await;
    for operation in [
        "get device",
        "get device-answer",
        "get device-pace",
        "replace device-pace",
    ] {
        sessions.fail(operation);
        assert_later(&token.poll(&device).await);
    }
    for operation in [
        "add limit-user-code",
        "add limit-user-code-all",
        "get device",
        "get device-answer",
    ] {
        sessions.fail("none");
        let page = scene.browser.get("/device").await.page();
        sessions.fail(operation);
        let typed = [("user_code", device.user_code.as_str())];
        assert_page_later(scene.browser.press(&page, "enter", &typed).await);
    }
    sessions.fail("none");
    let asks = scene.browser.confirmation(&device).await;
    sessions.fail("insert device-answer");
    for answer in ["deny", "allow"] {
        assert_page_later(scene.browser.press(&asks, answer, &[]).await);
    }
    sessions.fail("none");
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");
    scene.browser.press(&asks, "allow", &[]).await.device_done();
    token.poll(&device).await.assert_ok();
}

/// Each time is a round trip where the store is Redis; those of one line are on their way together.
#[tokio::test]
async fn how_often_a_device_asks_the_store() {
    let scene = Scene::new().await;
    let tv = scene.provider.client("tv").await;
    let token = scene.provider.token(&tv);
    let sessions = scene.provider.sessions();
    sessions.asked();
    let sorted = |mut asked: Vec<String>| {
        asked.sort();
        asked
    };
    let device = token.device("openid").await;
    assert_eq!(
        sorted(sessions.asked()),
        ["insert device", "insert device-pace"]
    );
    let known = ["get device", "get device-answer", "get device-pace"];
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");
    let mut asked = sessions.asked();
    assert_eq!(asked.pop().as_deref(), Some("replace device-pace"));
    assert_eq!(sorted(asked), known);
    let asks = scene.browser.confirmation(&device).await;
    scene.browser.press(&asks, "allow", &[]).await.device_done();
    sessions.asked();
    token.poll(&device).await.assert_ok();
    assert_eq!(sorted(sessions.asked()), known);
}

/// A store that forgets everything connects nobody, and what was recorded before goes on.
#[tokio::test]
async fn a_device_that_the_store_forgot_begins_again() {
    let Some((scene, redis)) = Scene::on_redis().await else {
        return;
    };
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let connected = scene.allowed(&token, "openid offline_access").await;
    let tokens = token.poll(&connected).await.assert_ok();
    let (waiting, allowed) = (
        token.device("openid").await,
        scene.allowed(&token, "openid").await,
    );
    assert_eq!(redis.tell(&["FLUSHALL"]).await, "+OK\r\n");
    for device in [&waiting, &allowed, &connected] {
        token.poll(device).await.assert_error("invalid_grant");
    }
    let page = scene.browser.enter(&waiting.user_code).await.page();
    assert_eq!(page.status, 400);
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    token.refresh(&refresh_token).await.assert_ok();
}
