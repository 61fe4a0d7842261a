//! What goes on and what does not while the session store fails: pages and the exchange of codes say 503 within two
//! seconds, everything that lasts goes on, and nobody is let through.

use std::time::Duration;

use doorward_core::Clock;
use doorward_tests::authorization::Code;
use doorward_tests::page::Page;
use doorward_tests::redis::RedisServer;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::serving::eventually;
use doorward_tests::token_client::Answer;
use reqwest::{Method, StatusCode};
use tokio::time::timeout;

use crate::scene::Scene;

/// Somebody signed in, with tokens and a code, and somebody at the sign-in page.
struct Before {
    scene: Scene,
    wiki: RelyingParty,
    access_token: String,
    refresh_token: String,
    code: Code,
    sign_in: Page,
    stranger: doorward_tests::user_agent::UserAgent,
}

impl Before {
    async fn on_redis() -> Option<(Self, RedisServer)> {
        let (scene, redis) = Scene::on_redis().await?;
        let wiki = scene.provider.client("wiki").await;
        let tokens = scene.tokens(&wiki, "openid offline_access").await;
        let stranger = scene.provider.browser();
        let before = Self {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token.expect("a refresh token"),
            code: scene.code(&wiki).await,
            sign_in: stranger.authorize(&wiki).await.sign_in_page(),
            stranger,
            scene,
            wiki,
        };
        Some((before, redis))
    }

    /// Everything that needs no session store is as ever.
    async fn assert_the_rest_goes_on(&mut self) {
        let client = self.scene.provider.token(&self.wiki);
        let refreshed = promptly(client.refresh(&self.refresh_token)).await;
        let refreshed = refreshed.assert_ok().refresh_token;
        self.refresh_token = refreshed.expect("a refresh token");
        let userinfo = promptly(client.userinfo(&self.access_token)).await;
        assert_eq!(userinfo.status, 200);
        for public in ["/jwks", "/.well-known/openid-configuration", "/health/live"] {
            assert_eq!(promptly(client.get(public)).await.status, 200, "{public}");
        }
    }

    /// No page that needs what cannot be written is shown, and nobody is signed in.
    async fn assert_nobody_gets_in(&self) {
        let Self { scene, wiki, .. } = self;
        let stranger = scene.provider.browser();
        unavailable(&promptly(stranger.authorize(wiki)).await.page());
        unavailable(&promptly(scene.browser.authorize(wiki)).await.page());
        let right = self.stranger.sign_in_at(&self.sign_in, &scene.alice);
        unavailable(&promptly(right).await.page());
        let typed = [("username", "alice"), ("password", "wrong")];
        let wrong = self.stranger.press(&self.sign_in, "sign-in", &typed);
        unavailable(&promptly(wrong).await.page());
        let pushed = promptly(scene.provider.token(wiki).push(&wiki.request())).await;
        pushed.assert_error("temporarily_unavailable");
        assert!(retries_later(pushed.header("retry-after")), "{pushed:?}");
    }

    async fn assert_no_code_is_exchanged(&self) {
        let client = self.scene.provider.token(&self.wiki);
        let exchanged = promptly(client.exchange(&self.code)).await;
        exchanged.assert_error("temporarily_unavailable");
        assert!(retries_later(exchanged.header("retry-after")));
    }

    /// No page at all is shown.
    async fn assert_no_page_is_shown(&self) {
        for path in ["/", "/logout"] {
            let shown = self.scene.browser.fetch(Method::GET, path, None, None);
            let shown = promptly(shown).await;
            assert_eq!(shown.status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
        }
        let path = &self.sign_in.path;
        unavailable(&promptly(self.stranger.get(path)).await.page());
    }

    /// Without a restart the same browsers go on.
    async fn assert_everything_is_back(&self) {
        let Self { scene, wiki, .. } = self;
        let fetch = async || {
            let shown = scene.browser.fetch(Method::GET, "/", None, None).await;
            (shown.status == StatusCode::OK).then_some(())
        };
        eventually("the browser is known again", fetch).await;
        let code = scene.code(wiki).await;
        scene.provider.token(wiki).exchange(&code).await.assert_ok();
        let signed_in = self.stranger.sign_in_at(&self.sign_in, &scene.alice);
        signed_in.await.code();
    }

    /// Of the attempts to exchange the code, among which some had no answer, at most one yields tokens.
    async fn assert_the_code_works_at_most_once(&self) {
        let client = self.scene.provider.token(&self.wiki);
        let mut answers: Vec<Answer> = Vec::new();
        for _ in 0..3 {
            answers.push(client.exchange(&self.code).await);
        }
        let won = answers.iter().filter(|answer| answer.status == 200);
        assert!(won.count() <= 1, "{answers:?}");
        client
            .exchange(&self.code)
            .await
            .assert_error("invalid_grant");
    }
}

/// Panics when the answer takes longer than anybody should wait for it.
async fn promptly<T>(answer: impl Future<Output = T>) -> T {
    let answer = timeout(Duration::from_secs(2), answer).await;
    answer.expect("an answer within two seconds")
}

/// Panics unless the page says that something is not available and when to come back.
#[track_caller]
fn unavailable(page: &Page) {
    assert_eq!(page.status, StatusCode::SERVICE_UNAVAILABLE, "{page:?}");
    assert!(retries_later(page.header("retry-after")), "{page:?}");
    page.reference();
}

fn retries_later(header: Option<&str>) -> bool {
    header.is_some_and(|seconds| seconds.parse::<u8>().is_ok_and(|seconds| seconds > 0))
}

#[tokio::test]
async fn while_redis_hangs_pages_say_so_and_the_rest_goes_on() {
    let Some((mut before, redis)) = Before::on_redis().await else {
        return;
    };
    redis.pause();
    before.assert_no_page_is_shown().await;
    before.assert_nobody_gets_in().await;
    before.assert_no_code_is_exchanged().await;
    before.assert_the_rest_goes_on().await;

    redis.resume();
    before.assert_everything_is_back().await;
    before.assert_the_code_works_at_most_once().await;
}

#[tokio::test]
async fn while_redis_is_dead_pages_say_so_and_the_rest_goes_on() {
    let Some((mut before, mut redis)) = Before::on_redis().await else {
        return;
    };
    redis.kill().await;
    before.assert_no_page_is_shown().await;
    before.assert_nobody_gets_in().await;
    before.assert_no_code_is_exchanged().await;
    before.assert_the_rest_goes_on().await;

    redis.start_again().await;
    before.assert_everything_is_back().await;
    before.assert_the_code_works_at_most_once().await;
}

/// Whoever can read but not count is not let through: no limit turns into none.
#[tokio::test]
async fn while_redis_takes_no_writes_nobody_gets_in_and_the_rest_goes_on() {
    let Some((mut before, redis)) = Before::on_redis().await else {
        return;
    };
    let replica = redis.tell(&["REPLICAOF", "127.0.0.1", "1"]).await;
    assert_eq!(replica, "+OK\r\n");
    before.assert_nobody_gets_in().await;
    before.assert_the_rest_goes_on().await;
    // A code is only read there; that it is redeemed, the directory remembers.
    let client = before.scene.provider.token(&before.wiki);
    client.exchange(&before.code).await.assert_ok();

    let master = redis.tell(&["REPLICAOF", "NO", "ONE"]).await;
    assert_eq!(master, "+OK\r\n");
    before.assert_everything_is_back().await;
    client
        .exchange(&before.code)
        .await
        .assert_error("invalid_grant");
}

#[tokio::test]
async fn when_redis_forgot_everything_people_sign_in_again_and_nothing_revoked_comes_back() {
    let Some((mut before, redis)) = Before::on_redis().await else {
        return;
    };
    let Before { scene, wiki, .. } = &before;
    let client = scene.provider.token(wiki);
    let spent = scene.code(wiki).await;
    client.exchange(&spent).await.assert_ok();
    let ended = scene.provider.browser();
    ended.sign_in(&scene.alice).await;
    let cookies = ended.cookies();
    let page = ended.get("/logout").await.page();
    ended.press(&page, "sign-out", &[]).await.page();

    assert_eq!(redis.tell(&["FLUSHALL"]).await, "+OK\r\n");

    assert_eq!(scene.silently(wiki).await, "login_required");
    client
        .exchange(&before.code)
        .await
        .assert_error("invalid_grant");
    client.exchange(&spent).await.assert_error("invalid_grant");
    for (name, value) in cookies {
        ended.set_cookie(&name, &value);
    }
    ended.get("/").await.sign_in_page();
    scene.browser.sign_in(&scene.alice).await;
    assert_eq!(scene.silently(wiki).await, "code");
    before.assert_the_rest_goes_on().await;
}

/// A Redis that comes back with the memory of an hour ago signs nobody in who signed out since.
#[tokio::test]
async fn a_session_that_ended_stays_ended_when_redis_remembers_it() {
    let Some((scene, redis)) = Scene::on_redis().await else {
        return;
    };
    let wiki = scene.provider.client("wiki").await;
    let cookies = scene.browser.cookies();
    let keys = redis.tell(&["DBSIZE"]).await;
    let session = scene.provider.directory().sessions();
    let now = scene.provider.clock().now();
    let ended = session.end_all_of(scene.alice.id, now).await;
    ended.expect("the directory ends sessions");

    assert_eq!(redis.tell(&["DBSIZE"]).await, keys, "Redis remembers it");
    assert_eq!(scene.browser.cookies(), cookies, "and so does the browser");
    assert_eq!(scene.silently(&wiki).await, "login_required");
}

/// The password is right and the answer comes too late to be kept: that is our fault, and a page says so.
#[tokio::test]
async fn a_session_that_cannot_be_kept_is_no_sign_in() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let browser = scene.provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    scene.provider.sessions().fail("insert session");
    unavailable(&browser.sign_in_at(&page, &scene.alice).await.page());
    let request = wiki.request().with("prompt", "none");
    assert_eq!(browser.authorize(request).await.error(), "login_required");
}

/// No code goes to a client while it cannot be recorded that its pushed request is answered.
#[tokio::test]
async fn a_pushed_request_that_cannot_be_kept_read_or_ended_gets_no_code() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.provider.token(&wiki);
    let pushed = token.pushed(&wiki).await;
    let sessions = scene.provider.sessions();
    sessions.fail("insert pushed-request");
    let refused = token.push(&wiki.request()).await;
    refused.assert_error("temporarily_unavailable");
    assert!(retries_later(refused.header("retry-after")), "{refused:?}");
    for operation in ["get pushed-request", "replace pushed-request"] {
        sessions.fail(operation);
        unavailable(&scene.browser.open(&pushed).await.page());
    }
    sessions.fail("nothing");
    let code = scene.browser.open(&pushed).await.code();
    token.exchange(&code).await.assert_ok();
}
