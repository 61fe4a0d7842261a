//! The page that shows people where they are signed in, and which applications were told of their sign-outs
//! ([OpenID Connect Back-Channel Logout](https://openid.net/specs/openid-connect-backchannel-1_0.html)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::identifiers::SessionId;
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

/// However many there are: none hides the present one, and those that have ended hide none that lives.
#[tokio::test]
async fn it_says_how_many_it_does_not_show() {
    let scene = Scene::new().await;
    let directory = scene.provider.directory();
    let here = directory.sessions().live_of(scene.alice.id).await;
    let here = here.expect("sessions").remove(0);
    let now = scene.provider.clock().now();
    for at in 0..62 {
        let ended_at = (at % 2 == 1).then_some(now);
        let mut other = here.clone();
        other.id = SessionId::from_bytes([at; 16]);
        other.seen_at = now;
        let begun = directory.sessions().begin(&other, None).await;
        assert_eq!(begun, Ok(true));
        if let Some(ended_at) = ended_at {
            let ended = directory.sessions().end(other.id, ended_at).await;
            assert_eq!(ended, Ok(true));
        }
    }
    let page = scene.sessions_page(&scene.browser).await;
    let buttons = |page: &str| page.matches("value=\"sign-out\"").count();
    assert_eq!(buttons(&page), 31, "{page}");
    assert!(page.contains("This browser"), "{page}");
    assert!(!page.contains("not shown"), "{page}");

    for at in 100..200 {
        let mut other = here.clone();
        other.id = SessionId::from_bytes([at; 16]);
        other.seen_at = now.plus(Duration::from_secs(1));
        let begun = directory.sessions().begin(&other, None).await;
        assert_eq!(begun, Ok(true));
    }
    let page = scene.sessions_page(&scene.browser).await;
    assert_eq!(buttons(&page), 49, "{page}");
    assert!(page.contains("This browser"), "{page}");
    assert!(page.contains("82 more are not shown"), "{page}");
}

/// L05: what a browser says of itself is told in words of ours.
#[tokio::test]
async fn it_tells_browsers_apart() {
    let scene = Scene::new().await;
    let header = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0 <b>";
    let another = scene.provider.browser().with_header("user-agent", header);
    another.sign_in(&scene.alice).await;
    for page in [
        scene.sessions_page(&scene.browser).await,
        scene.sessions_page(&another).await,
    ] {
        let said = "<bdi>Firefox</bdi> on <bdi>Linux</bdi>";
        assert_eq!(page.matches(said).count(), 1, "{page}");
        assert!(!page.contains("140.0"), "{page}");
    }
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_asked_who_they_are() {
    let scene = Scene::new().await;
    let bare = scene.provider.browser();
    let page = bare.get("/sessions").await.page();
    assert!(page.body.contains("password"), "{page:?}");
}
