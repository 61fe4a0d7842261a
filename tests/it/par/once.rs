//! A pushed request is answered once ([RFC 9126 section 7.3](https://www.rfc-editor.org/rfc/rfc9126#section-7.3)).

use std::sync::Arc;

use doorward_tests::authorization::Pushed;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::{Destination, UserAgent};
use tokio::task::JoinSet;

use crate::authorization::assert_refused_here;
use crate::scene::Scene;

const ANSWERED: &str = "the request_uri was used before";

/// Stands for `fapi2-security-profile-final-par-attempt-reuse-request_uri`.
#[tokio::test]
async fn a_request_that_was_answered_by_a_code_is_refused() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let pushed = scene.provider.token(&wiki).pushed(&wiki).await;
    let code = scene.browser.open(&pushed).await.code();
    for browser in [&scene.browser, &scene.provider.browser()] {
        let shown = browser.open(&pushed).await;
        assert_refused_here(&scene.provider, shown, 400, ANSWERED).await;
    }
    let token = scene.provider.token(&wiki);
    token.exchange(&code).await.assert_ok();
}

/// An error is an answer too.
#[tokio::test]
async fn a_request_that_was_answered_by_an_error_is_refused() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let wiki = provider.client("wiki").await;
    let token = provider.token(&wiki);
    let stranger = provider.browser();

    let silent = token.pushed(wiki.request().with("prompt", "none")).await;
    assert_eq!(stranger.open(&silent).await.error(), "login_required");
    let shown = scene.browser.open(&silent).await;
    assert_refused_here(provider, shown, 400, ANSWERED).await;

    let declined = token.pushed(&wiki).await;
    let page = stranger.open(&declined).await.sign_in_page();
    let cancelled = stranger.press(&page, "cancel", &[]).await;
    assert_eq!(cancelled.error(), "access_denied");
    let shown = scene.browser.open(&declined).await;
    assert_refused_here(provider, shown, 400, ANSWERED).await;
}

/// People reload pages, and follow links twice. Stands for
/// `fapi2-security-profile-final-par-ensure-reused-request-uri-prior-to-auth-completion-succeeds`.
#[tokio::test]
async fn a_request_may_be_opened_again_until_it_is_answered() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let wiki = provider.client("wiki").ask().await;
    let token = provider.token(&wiki);
    let pushed = token.pushed(&wiki).await;
    let browser = provider.browser();
    let first = browser.open(&pushed).await.sign_in_page();
    let second = browser.open(&pushed).await.sign_in_page();
    assert_ne!(first.path, second.path);

    let consent = browser.sign_in_at(&second, &alice).await.consent_page();
    browser.open(&pushed).await.consent_page();
    let code = browser.allow(&consent).await.code();
    token.exchange(&code).await.assert_ok();

    let shown = browser.get(&first.path).await;
    assert_refused_here(&provider, shown, 400, ANSWERED).await;
}

/// Opens what was pushed with many signed-in browsers at once, and counts the codes that come of it.
async fn codes(browsers: Vec<Arc<UserAgent>>, pushed: &Pushed) -> usize {
    let mut racing = JoinSet::new();
    for browser in browsers {
        let pushed = pushed.clone();
        racing.spawn(async move { browser.open(&pushed).await });
    }
    let arrived = racing.join_all().await;
    let won = |destination: &&Destination| matches!(destination, Destination::Client(_));
    for destination in &arrived {
        match destination {
            Destination::Client(response) => drop(response.code()),
            Destination::Page(page) => assert_eq!(page.status, 400, "{page:?}"),
        }
    }
    arrived.iter().filter(won).count()
}

#[tokio::test]
async fn of_many_that_open_it_at_once_one_gets_a_code() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.provider.token(&wiki);
    let browser = Arc::new(scene.browser);
    for _ in 0..5 {
        let pushed = token.pushed(&wiki).await;
        assert_eq!(codes(vec![Arc::clone(&browser); 20], &pushed).await, 1);
    }
}

/// P14: it is answered once, on all nodes.
#[tokio::test]
async fn of_many_at_two_nodes_one_gets_a_code() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    let wiki = scene.provider.client("wiki").await;
    let second = scene.provider.second_node().await;
    let there = scene.provider.browser();
    there.sign_in(&scene.alice).await;
    there.move_to(&second);
    let (here, there) = (Arc::new(scene.browser), Arc::new(there));
    // Pushed at one node, opened at both.
    let pushed = scene.provider.token(&wiki).at(&second).pushed(&wiki).await;
    let browsers = [here, there].into_iter().cycle().take(20).collect();
    assert_eq!(codes(browsers, &pushed).await, 1);
}
