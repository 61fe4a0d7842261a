//! What an `id_token_hint` proves.

use std::time::Duration;

use doorward_tests::relying_party::RelyingParty;

use crate::scene::{Scene, logout_link};

const SIGNED_OUT: &str = "https://wiki.example/signed-out";

async fn hint(scene: &Scene, client: &RelyingParty) -> String {
    let id_token = scene.tokens(client, "openid").await.id_token;
    id_token.expect("an ID Token")
}

fn link(hint: &str) -> String {
    logout_link(&[
        ("id_token_hint", hint),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ])
}

/// P46: expired is fine.
/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout):
/// an expired hint of a session that lives, or lived not long ago, is as good.
#[tokio::test]
async fn an_expired_hint_is_as_good() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let hint = hint(&scene, &wiki).await;
    scene.provider.clock().advance(Duration::from_hours(20));
    assert_eq!(scene.silently(&wiki).await, "code");
    let response = scene.browser.get(&link(&hint)).await.response();
    assert_eq!(response.address, SIGNED_OUT);
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

/// P46: a link ends nothing of somebody whom its hint does not name.
#[tokio::test]
async fn a_hint_of_somebody_else_asks_first() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let bob = scene.provider.person("bob").await;
    let his = scene.provider.browser();
    let code = his.authorize_as(&bob, &wiki).await.code();
    let tokens = scene.provider.token(&wiki).exchange(&code).await;
    let bobs = tokens.assert_ok().id_token.expect("an ID Token");

    let page = scene.browser.get(&link(&bobs)).await.page();
    assert_eq!(scene.silently(&wiki).await, "code");
    let after = scene.browser.press(&page, "sign-out", &[]).await;
    assert_eq!(after.response().address, SIGNED_OUT);
    assert_eq!(scene.silently(&wiki).await, "login_required");
    let request = wiki.request().with("prompt", "none");
    his.authorize(request).await.code();
}

/// P47: a browser may have lost its cookie.
#[tokio::test]
async fn a_hint_ends_its_session_even_without_the_cookie() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let hint = hint(&scene, &wiki).await;
    let bare = scene.provider.browser();
    let response = bare.get(&link(&hint)).await.response();
    assert_eq!(response.address, SIGNED_OUT);
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

/// P46: the hint's client and no other.
#[tokio::test]
async fn a_client_that_names_another_than_the_hint_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    scene.provider.client("shop").await;
    let hint = hint(&scene, &wiki).await;
    for (name, value) in [("client_id", "shop"), ("client_id", "nobody")] {
        let link = format!("{}&{name}={value}", link(&hint));
        let page = scene.browser.get(&link).await.page();
        assert_eq!(page.status, 400, "{page:?}");
        let reason = scene.provider.refusal(&page.reference()).await.reason;
        assert!(reason.starts_with("client_id is not"), "{reason}");
    }
    let doubled = format!("{}&id_token_hint={hint}", link(&hint));
    let page = scene.browser.get(&doubled).await.page();
    assert_eq!(page.status, 400, "{page:?}");
    assert_eq!(scene.silently(&wiki).await, "code");
}

/// P36: and the other way round.
#[tokio::test]
async fn an_access_token_is_no_hint() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let page = scene.browser.get(&link(&token)).await.page();
    assert_eq!(page.status, 400, "{page:?}");
    assert_eq!(scene.silently(&wiki).await, "code");
}
