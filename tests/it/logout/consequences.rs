//! What ends with a session, and what does not.

use crate::scene::{Scene, logout_link};

async fn sign_out(scene: &Scene) {
    let page = scene.browser.get(&logout_link(&[])).await.page();
    scene.browser.press(&page, "sign-out", &[]).await.page();
}

/// P47: the server knows that it is over.
#[tokio::test]
async fn the_session_is_over_even_for_who_kept_the_cookie() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let before = scene.browser.cookies();
    sign_out(&scene).await;
    assert_eq!(scene.silently(&wiki).await, "login_required");

    scene.browser.clear_cookies();
    for (name, value) in &before {
        scene.browser.set_cookie(name, value);
    }
    assert_eq!(scene.silently(&wiki).await, "login_required");
    assert!(scene.browser.get("/").await.page().is_sign_in());
}

/// P47: what is not offline ends.
#[tokio::test]
async fn tokens_of_the_session_die_with_it() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid").await;
    assert!(
        tokens.refresh_token.is_none(),
        "only offline access has one"
    );
    let unused = scene.code(&wiki).await;
    sign_out(&scene).await;

    assert!(scene.is_dead(&wiki, &tokens.access_token).await);
    let answer = scene.provider.token(&wiki).exchange(&unused).await;
    answer.assert_error("invalid_grant");
}

/// [OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
#[tokio::test]
async fn offline_access_lives_on() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    sign_out(&scene).await;

    let client = scene.provider.token(&wiki);
    let token = tokens.refresh_token.expect("a refresh token");
    let refreshed = client.refresh(&token).await.assert_ok();
    assert!(!scene.is_dead(&wiki, &refreshed.access_token).await);
}

#[tokio::test]
async fn another_browser_of_the_same_person_stays_signed_in() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let other = scene.provider.browser();
    other.sign_in(&scene.alice).await;
    sign_out(&scene).await;
    let request = wiki.request().with("prompt", "none");
    other.authorize(request).await.code();
}

#[tokio::test]
async fn who_is_not_signed_in_is_told_so_and_asked_nothing() {
    let scene = Scene::new().await;
    sign_out(&scene).await;
    let page = scene.browser.get("/logout").await.page();
    assert_eq!(page.status, 200, "{page:?}");
    assert!(page.form_with("sign-out").is_none());
}
