//! How often a request asks the session store and the directory. Each time is a round trip where that is Redis or
//! PostgreSQL; the figures are in `docs/performance.md`.

use std::cell::RefCell;

use doorward_tests::serving::eventually;

use crate::scene::Scene;

#[tokio::test]
async fn a_code_flow_with_a_live_session_takes_three() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    scene.provider.sessions().asked();

    let code = scene.code(&wiki).await;
    let asked = scene.provider.sessions().asked();
    assert_eq!(asked, ["get session", "insert code"]);

    scene
        .provider
        .token(&wiki)
        .exchange(&code)
        .await
        .assert_ok();
    assert_eq!(scene.provider.sessions().asked(), ["get code"]);
}

#[tokio::test]
async fn a_code_flow_of_a_pushed_request_takes_three_more() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let app = scene.provider.public_client("app").await;
    let sessions = scene.provider.sessions();
    sessions.asked();

    let pushed = scene.provider.token(&wiki).pushed(&wiki).await;
    assert_eq!(sessions.asked(), ["insert pushed-request"]);
    scene.browser.open(&pushed).await.code();
    let mut asked = sessions.asked();
    // The last two are on their way together.
    asked[2..].sort();
    assert_eq!(
        asked,
        [
            "get pushed-request",
            "get session",
            "insert code",
            "replace pushed-request",
        ]
    );
    scene.provider.token(&app).pushed(&app).await;
    let limited = ["add limit-push", "insert pushed-request"];
    assert_eq!(sessions.asked(), limited);
}

#[tokio::test]
async fn a_code_flow_with_a_live_session_asks_the_directory_three_times() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    // The session's last use was written down a moment ago.
    scene.code(&wiki).await;
    for scope in ["openid", "openid offline_access"] {
        let before = scene.provider.directory().round_trips();
        let code = scene.code(wiki.request().with("scope", scope)).await;
        let between = scene.provider.directory().round_trips();
        let client = scene.provider.token(&wiki);
        client.exchange(&code).await.assert_ok();
        let after = scene.provider.directory().round_trips();
        assert_eq!([between - before, after - between], [1, 2], "{scope}");
    }
}

#[tokio::test]
async fn a_refresh_asks_the_directory_twice_and_userinfo_once() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let client = scene.provider.token(&wiki);
    let refresh_token = tokens.refresh_token.expect("a refresh token");

    let before = scene.provider.directory().round_trips();
    client.refresh(&refresh_token).await.assert_ok();
    let between = scene.provider.directory().round_trips();
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 200);
    let after = scene.provider.directory().round_trips();
    assert_eq!([between - before, after - between], [2, 1]);
}

#[tokio::test]
async fn client_credentials_ask_for_nothing_and_introspection_asks_the_directory_once() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let client = scene.provider.token(&wiki);
    let directory = scene.provider.directory();
    scene.provider.sessions().asked();

    let before = directory.round_trips();
    let own = client.send(&[("grant_type", "client_credentials")]).await;
    let own = own.assert_ok().access_token;
    assert_eq!(directory.round_trips() - before, 0);
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    for token in [&own, &tokens.access_token, &refresh_token] {
        let before = directory.round_trips();
        assert_eq!(client.introspect(token).await.json()["active"], true);
        assert_eq!(directory.round_trips() - before, 1);
    }
    assert_eq!(scene.provider.sessions().asked(), [""; 0]);
}

#[tokio::test]
async fn what_is_asked_with_a_token_takes_none() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let client = scene.provider.token(&wiki);
    scene.provider.sessions().asked();

    let refresh_token = tokens.refresh_token.expect("a refresh token");
    client.refresh(&refresh_token).await.assert_ok();
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 200);
    for public in ["/jwks", "/.well-known/openid-configuration", "/health/live"] {
        assert_eq!(client.get(public).await.status, 200);
    }

    let asked = scene.provider.sessions().asked();
    assert!(asked.is_empty(), "{asked:?}");
}

#[tokio::test]
async fn a_sign_in_takes_ten_and_two_that_nobody_waits_for() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let browser = scene.provider.browser();
    let sessions = scene.provider.sessions();
    sessions.asked();

    let page = browser.authorize(&wiki).await.sign_in_page();
    browser.sign_in_at(&page, &scene.alice).await.code();

    let asked = RefCell::new(Vec::new());
    let forgotten = |operation: &String| operation.starts_with("remove limit-");
    eventually("the attempt counts no more", async || {
        asked.borrow_mut().extend(sessions.asked());
        let removed = asked
            .borrow()
            .iter()
            .filter(|asked| forgotten(asked))
            .count();
        (removed == 2).then_some(())
    })
    .await;
    let waited_for = asked
        .into_inner()
        .into_iter()
        .filter(|asked| !forgotten(asked));
    assert_eq!(
        waited_for.collect::<Vec<_>>(),
        [
            "add limit-interaction",
            "insert interaction",
            "get interaction",
            "get interaction",
            "get limit-barred",
            "add limit-account",
            "add limit-account-all",
            "insert code",
            "remove interaction",
            "insert session",
        ]
    );
}
