use std::time::Duration;

use crate::scene::Scene;

const HOUR: Duration = Duration::from_hours(1);

#[tokio::test]
async fn a_session_that_is_not_used_for_a_day_is_over() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    for _ in 0..5 {
        scene.provider.clock().advance(20 * HOUR);
        assert_eq!(scene.silently(&wiki).await, "code");
    }
    scene.provider.clock().advance(24 * HOUR);
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

#[tokio::test]
async fn a_session_that_is_used_every_day_is_over_after_two_weeks() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    for _ in 0..16 {
        scene.provider.clock().advance(20 * HOUR);
        assert_eq!(scene.silently(&wiki).await, "code");
    }
    // 320 hours have gone of 336.
    scene.provider.clock().advance(16 * HOUR);
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

#[tokio::test]
async fn a_session_survives_a_restart_of_the_provider() {
    let mut scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let unused = scene.code(&wiki).await;
    let spent = scene.code(&wiki).await;
    let client = scene.provider.token(&wiki);
    let once = client.exchange(&spent).await.assert_ok();

    scene.provider.restart().await;

    assert_eq!(scene.silently(&wiki).await, "code");
    client.exchange(&unused).await.assert_ok();
    client.exchange(&spent).await.assert_error("invalid_grant");
    assert!(scene.is_dead(&wiki, &once.access_token).await);
    let token = tokens.refresh_token.expect("a refresh token");
    client.refresh(&token).await.assert_ok();
    assert!(!scene.is_dead(&wiki, &tokens.access_token).await);
}

#[tokio::test]
async fn a_session_that_was_ended_stays_ended_after_a_restart() {
    let mut scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let cookies = scene.browser.cookies();
    let page = scene.browser.get("/logout").await.page();
    scene.browser.press(&page, "sign-out", &[]).await.page();

    scene.provider.restart().await;

    for (name, value) in &cookies {
        scene.browser.set_cookie(name, value);
    }
    assert_eq!(scene.silently(&wiki).await, "login_required");
}
