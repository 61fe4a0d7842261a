//! Signing in where somebody is signed in already.

use std::time::Duration;

use doorward_tests::authorization::Code;
use doorward_tests::id_token::IdToken;
use doorward_tests::people::TestPerson;
use doorward_tests::relying_party::RelyingParty;

use crate::scene::Scene;

/// Signs in again because the client demands it.
async fn again(scene: &Scene, client: &RelyingParty, person: &TestPerson) -> Code {
    let request = client.request().with("prompt", "login");
    let page = scene.browser.authorize(request).await.sign_in_page();
    scene.browser.sign_in_at(&page, person).await.code()
}

async fn id_token(scene: &Scene, client: &RelyingParty, code: &Code) -> IdToken {
    let client = scene.provider.token(client);
    let tokens = client.exchange(code).await.assert_ok();
    client.id_token(&tokens).await
}

#[tokio::test]
async fn who_signs_in_again_keeps_the_session_and_gets_a_new_cookie() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let code = scene.code(&wiki).await;
    let before = id_token(&scene, &wiki, &code).await;
    let old_cookies = scene.browser.cookies();
    scene.provider.clock().advance(Duration::from_secs(10));

    let code = again(&scene, &wiki, &scene.alice).await;
    let after = id_token(&scene, &wiki, &code).await;

    assert_eq!(before.get("sid"), after.get("sid"));
    assert_eq!(after.get("auth_time"), scene.provider.clock().seconds());
    assert_ne!(before.get("auth_time"), after.get("auth_time"));
    let cookies = scene.browser.cookies();
    assert_ne!(old_cookies, cookies);

    // The old cookie leads nowhere.
    scene.browser.clear_cookies();
    for (name, value) in &old_cookies {
        scene.browser.set_cookie(name, value);
    }
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

/// P16: nothing of the first person's session is the second one's.
#[tokio::test]
async fn somebody_else_begins_a_clean_session_and_the_first_one_is_over() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let bob = scene.provider.person("bob").await;
    let tokens = scene.tokens(&wiki, "openid").await;
    let alices = scene.provider.token(&wiki).id_token(&tokens).await;

    let code = again(&scene, &wiki, &bob).await;
    let bobs = id_token(&scene, &wiki, &code).await;

    assert_eq!(bobs.get("sub"), &bob.sub());
    assert_ne!(bobs.get("sid"), alices.get("sid"));
    assert!(scene.is_dead(&wiki, &tokens.access_token).await);
}

/// P16: `auth_time` is of the last sign-in that succeeded.
#[tokio::test]
async fn a_wrong_password_changes_nothing() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let request = wiki.request().with("prompt", "login");
    let page = scene.browser.authorize(request).await.sign_in_page();
    scene.provider.clock().advance(Duration::from_secs(10));
    let wrong = scene.alice.with_password("not her password at all");
    let page = scene.browser.sign_in_at(&page, &wrong).await;
    page.sign_in_page();

    let code = scene.code(&wiki).await;
    let id_token = id_token(&scene, &wiki, &code).await;
    let began = scene.provider.clock().seconds() - 10;
    assert_eq!(id_token.get("auth_time"), began);
}
