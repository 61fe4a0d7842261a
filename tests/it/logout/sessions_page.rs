//! The page that shows people where they are signed in, and which applications were told of their sign-outs
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use doorward_tests::logout_receiver::{LogoutReceiver, Reply};
use doorward_tests::user_agent::UserAgent;

use crate::scene::Scene;

impl Scene {
    /// Another browser in which Alice is signed in.
    async fn another_browser(&self) -> UserAgent {
        let browser = self.provider.browser();
        browser.sign_in(&self.alice).await;
        browser
    }

    /// What the page shows to her in that browser.
    async fn sessions_page(&self, browser: &UserAgent) -> String {
        let page = browser.get("/sessions").await.page();
        assert_eq!(page.status, 200, "{page:?}");
        page.body
    }
}

/// Whether there is a line about a client with that status.
fn says(page: &str, client: &str, status: &str) -> bool {
    page.contains(&format!(
        r#"<bdi>{client}</bdi><p class="note" data-status="{status}">"#
    ))
}

#[tokio::test]
async fn it_says_which_application_was_told_and_which_was_not() {
    let scene = Scene::new().await;
    let hears = LogoutReceiver::start([]).await;
    let failing = LogoutReceiver::start([Reply::Status(500)]).await;
    let refusing = LogoutReceiver::start([Reply::Status(400)]).await;
    let mut sid = None;
    for (id, receiver) in [("wiki", &hears), ("payroll", &failing), ("shop", &refusing)] {
        let client = scene.told_client(id, &receiver.uri).await;
        sid = Some(scene.id_token(&client).await.get("sid").clone());
    }
    scene.sign_out().await;
    let sid = sid.expect("a session");
    let tried = |all: &[_]| {
        let one = |it: &doorward_core::backchannel_logout::Delivery| it.outcome.is_some();
        (all.len() == 3 && all.iter().all(one)).then_some(())
    };
    scene.deliveries(&sid, tried).await;

    let page = scene.sessions_page(&scene.another_browser().await).await;
    assert!(says(&page, "The wiki", "delivered"), "{page}");
    assert!(says(&page, "The payroll", "waiting"), "{page}");
    assert!(says(&page, "The shop", "refused"), "{page}");
}

#[tokio::test]
async fn it_ends_a_session_in_another_browser() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let mut receiver = LogoutReceiver::start([]).await;
    let shop = scene.told_client("shop", &receiver.uri).await;
    let left = scene.another_browser().await;
    let code = left.authorize(&shop).await.code();
    let answer = scene.provider.token(&shop).exchange(&code).await;
    answer.assert_ok();

    let page = scene.browser.get("/sessions").await.page();
    let page = scene.browser.press(&page, "sign-out", &[]).await.page();
    assert_eq!(page.status, 200, "{page:?}");
    assert_eq!(page.path, "/sessions");
    assert!(
        page.form_with("sign-out").is_none(),
        "none is left: {page:?}"
    );
    receiver.told().await;
    let elsewhere = left.authorize(wiki.request().with("prompt", "none"));
    let elsewhere = elsewhere.await.response();
    assert_eq!(elsewhere.get("error"), Some("login_required"));
    assert_eq!(scene.silently(&wiki).await, "code");
}

/// P12: nor does a form of another site end one.
#[tokio::test]
async fn nobody_ends_a_session_that_is_not_theirs() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let sid = scene.id_token(&wiki).await.get("sid").clone();
    let sid = sid.as_str().expect("a name");
    let mallory = scene.provider.person("mallory").await;
    let theirs = scene.provider.browser();
    theirs.sign_in(&mallory).await;
    let second = scene.provider.browser();
    second.sign_in(&mallory).await;
    let page = theirs.get("/sessions").await.page();
    assert!(!page.body.contains(sid), "{page:?}");

    let swapped = theirs.press(&page, "sign-out", &[("session", sid)]).await;
    assert_eq!(swapped.page().path, "/sessions");
    assert_eq!(scene.silently(&wiki).await, "code");

    let forged = [("csrf", "x"), ("session", sid), ("action", "sign-out")];
    let page = scene.browser.post("/sessions", &forged).await.page();
    assert_eq!(page.status, 400, "{page:?}");
    assert_eq!(scene.silently(&wiki).await, "code");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_who_they_are() {
    let scene = Scene::new().await;
    let bare = scene.provider.browser();
    let page = bare.get("/sessions").await.page();
    assert!(page.body.contains("password"), "{page:?}");
}
