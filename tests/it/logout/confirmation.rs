//! Nobody is signed out unasked unless a hint proves who asks.

use reqwest::Method;

use crate::scene::{Scene, logout_link};

const SIGNED_OUT: &str = "https://wiki.example/signed-out";

#[tokio::test]
async fn who_wants_to_stay_stays() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let page = scene.browser.get("/logout").await.page();
    let home = scene.browser.press(&page, "stay", &[]).await.page();
    assert_eq!(home.path, "/");
    assert_eq!(scene.silently(&wiki).await, "code");
}

/// P46: nor does a form of another site.
/// The form is worth nothing without the session's token, and that of another session is as good as none.
#[tokio::test]
async fn a_forged_confirmation_ends_nothing() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let mallory = scene.provider.person("mallory").await;
    let theirs = scene.provider.browser();
    theirs.sign_in(&mallory).await;
    let page = theirs.get("/logout").await.page();
    let form = page.form_with("sign-out").expect("a confirmation");
    let csrf = form.fields.iter().find(|(name, _)| name == "csrf");
    let (_, csrf) = csrf.expect("a token");

    for token in [csrf.as_str(), "x"] {
        let forged = [("csrf", token), ("action", "sign-out")];
        let page = scene.browser.post("/logout", &forged).await.page();
        assert_eq!(page.status, 400, "{page:?}");
        let reason = scene.provider.refusal(&page.reference()).await.reason;
        assert!(reason.contains("another session"), "{reason}");
    }
    let without = [("action", "sign-out")];
    let page = scene.browser.post("/logout", &without).await.page();
    assert!(
        page.form_with("sign-out").is_some(),
        "asked again: {page:?}"
    );
    assert_eq!(scene.silently(&wiki).await, "code");
}

/// P12: at the end session endpoint too.
/// A form that another site posts comes without our cookies; it must find the session all the same.
#[tokio::test]
async fn a_form_from_another_site_comes_back_as_a_link() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let hint = scene.tokens(&wiki, "openid").await.id_token;
    let hint = hint.expect("an ID Token");
    let form = [
        ("id_token_hint", hint.as_str()),
        ("post_logout_redirect_uri", SIGNED_OUT),
        ("state", "a b&c#d"),
    ];
    let body = logout_link(&form).replace("/logout?", "");
    let bare = scene.provider.browser();
    let answer = bare.fetch(Method::POST, "/logout", Some(body), None).await;
    assert_eq!(answer.status, 303, "{answer:?}");
    let link = answer.header("location").expect("a link").to_owned();
    assert!(link.starts_with("/logout?"), "{link}");
    assert_eq!(scene.silently(&wiki).await, "code");

    let response = scene.browser.get(&link).await.response();
    assert_eq!(response.get("state"), Some("a b&c#d"));
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

/// P46: without a hint nothing proves who asks.
#[tokio::test]
async fn the_address_after_a_confirmation_needs_its_hint_as_well() {
    let scene = Scene::new().await;
    scene.provider.client("wiki").await;
    let link = logout_link(&[
        ("client_id", "wiki"),
        ("post_logout_redirect_uri", SIGNED_OUT),
    ]);
    let page = scene.browser.get(&link).await.page();
    let after = scene.browser.press(&page, "sign-out", &[]).await.page();
    assert_eq!(after.status, 200, "{after:?}");
    assert!(after.body.contains("The wiki") || after.forms().is_empty());
}
