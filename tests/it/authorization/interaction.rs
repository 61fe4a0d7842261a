//! Interactions: a request waits on the server, for the browser that made it
//! ([RFC 6749 section 10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).

use std::time::Duration;

use doorward_core::authorization::ResponseMode;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::UserAgent;

use crate::scene::Scene;

use super::{assert_refused_here, assert_refused_there};

const OTHER_BROWSER: &str = "the browser lacks the interaction's cookie";
const GONE: &str = "the interaction has expired, is finished, or never was";

/// P07: no page, form or code goes to a browser that did not ask.
#[tokio::test]
async fn a_page_opened_in_another_browser_leads_nowhere() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let (hers, theirs) = (provider.browser(), provider.browser());
    let sign_in = theirs.authorize(&wiki).await.sign_in_page();
    assert_refused_here(&provider, hers.get(&sign_in.path).await, 400, OTHER_BROWSER).await;
    let posted = hers.sign_in_at(&sign_in, &alice).await;
    assert_refused_here(&provider, posted, 400, OTHER_BROWSER).await;

    let consent = theirs.sign_in_at(&sign_in, &alice).await.consent_page();
    hers.sign_in(&alice).await;
    let posted = hers.allow(&consent).await;
    assert_refused_here(&provider, posted, 400, OTHER_BROWSER).await;
    theirs.allow(&consent).await.code();
}

/// P07: the binding is of this interaction.
/// A cookie of one's own under the name of another's interaction does not help.
#[tokio::test]
async fn the_cookie_of_one_interaction_does_not_open_another() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let (hers, theirs) = (provider.browser(), provider.browser());
    let page = theirs.authorize(&wiki).await.sign_in_page();
    hers.authorize(&wiki).await.sign_in_page();
    let own = hers.cookies().into_values().next().expect("a cookie");
    let theirs = binding(&theirs);
    for (value, reason) in [
        (own.as_str(), "the interaction belongs to another browser"),
        ("x", OTHER_BROWSER),
    ] {
        hers.set_cookie(&theirs, value);
        assert_refused_here(&provider, hers.get(&page.path).await, 400, reason).await;
    }
}

fn binding(browser: &UserAgent) -> String {
    let mut names = browser.cookies().into_keys();
    let name = names.find(|name| name.starts_with("doorward-interaction-"));
    name.expect("a cookie of an interaction")
}

#[tokio::test]
async fn what_is_no_interaction_leads_nowhere() {
    let provider = TestProvider::start().await;
    let browser = provider.browser();
    for path in [
        "/sign-in/x",
        "/sign-in/dw_ix_",
        "/sign-in/dw_ix_abc",
        "/sign-in/%FF%00",
    ] {
        let shown = browser.get(path).await;
        let reason = "the interaction's name is malformed";
        assert_refused_here(&provider, shown, 400, reason).await;
    }
}

#[tokio::test]
async fn a_request_waits_half_an_hour_whatever_is_done_meanwhile() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    provider.clock().advance(Duration::from_mins(29));
    browser.sign_in_at(&page, &alice).await.consent_page();
    provider.clock().advance(Duration::from_secs(59));
    browser.get(&page.path).await.consent_page();
    provider.clock().advance(Duration::from_secs(1));
    assert_refused_here(&provider, browser.get(&page.path).await, 400, GONE).await;
}

/// P06: the back button leads to nothing.
#[tokio::test]
async fn a_finished_interaction_gives_no_second_code() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    browser.sign_in_at(&page, &alice).await.code();
    let interactions = browser.cookies().into_keys();
    let left = interactions.filter(|name| name.contains("interaction"));
    assert_eq!(left.count(), 0, "the cookie went with it");
    let again = browser.sign_in_at(&page, &alice).await;
    assert_refused_here(&provider, again, 400, GONE).await;
}

#[tokio::test]
async fn tabs_sign_in_side_by_side() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let (wiki, shop) = (provider.client("wiki").await, provider.client("shop").await);
    let browser = provider.browser();
    let first = browser.authorize(&wiki).await.sign_in_page();
    let second = browser.authorize(&shop).await.sign_in_page();
    let code = browser.sign_in_at(&second, &alice).await.code();
    provider.token(&shop).exchange(&code).await.assert_ok();

    let code = browser.get(&first.path).await;
    let response = code.response();
    assert!(response.address.starts_with(wiki.redirect_uri()));
}

#[tokio::test]
async fn whoever_cancels_goes_back_with_an_error() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    for mode in ["query", "fragment", "form_post"] {
        let browser = provider.browser();
        let request = wiki.request().with("response_mode", mode);
        let page = browser.authorize(request).await.sign_in_page();
        let cancelled = browser.press(&page, "cancel", &[]).await;
        let reason = "the person declined";
        assert_refused_there(&provider, cancelled, "access_denied", reason).await;
        assert_refused_here(&provider, browser.get(&page.path).await, 400, GONE).await;
    }
}

#[tokio::test]
async fn a_client_that_is_removed_meanwhile_gets_nothing() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    let clients = provider.directory().clients();
    let now = doorward_core::Clock::now(provider.clock());
    let removed = clients.remove(&wiki.registered.client_id, now).await;
    assert!(removed.expect("the directory forgets clients"));
    let shown = browser.sign_in_at(&page, &alice).await;
    let reason = "the client wiki was removed meanwhile";
    assert_refused_here(&provider, shown, 400, reason).await;
}

/// P01: nobody is sent to an address that its client took back while somebody signed in, whatever they answer.
#[tokio::test]
async fn a_redirect_uri_that_is_removed_meanwhile_is_not_redirected_to() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").ask().await;
    let consent = scene.browser.authorize(&wiki).await.consent_page();
    let there = wiki.registered.redirect_uris[0].to_string();
    let elsewhere = "https://elsewhere.example/callback";
    scene
        .change(&wiki, |client| {
            client.redirect_uris = vec![elsewhere.parse().expect("a redirect URI")];
        })
        .await;
    let reason = format!(
        "redirect_uri {there:?} is not registered; the nearest registered one is {elsewhere}"
    );
    for answer in ["allow", "deny"] {
        let answered = scene.browser.press(&consent, answer, &[]).await;
        assert_refused_here(&scene.provider, answered, 400, &reason).await;
    }
    let shown = scene.browser.get(&consent.path).await;
    assert_refused_here(&scene.provider, shown, 400, &reason).await;
}

/// P10: nor is an answer sent by a mode that its client takes no more.
#[tokio::test]
async fn an_answer_does_not_travel_by_a_mode_that_is_taken_away_meanwhile() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").ask().await;
    for (asked, name) in [
        (None, "query"),
        (Some("fragment"), "fragment"),
        (Some("query.jwt"), "jwt"),
    ] {
        let request = match asked {
            Some(mode) => wiki.request().with("response_mode", mode),
            None => wiki.request(),
        };
        let consent = scene.browser.authorize(request).await.consent_page();
        let modes =
            ["form_post", "form_post.jwt"].map(|mode| ResponseMode::parse(mode).expect("a mode"));
        scene
            .change(&wiki, |client| client.response_modes = modes.to_vec())
            .await;
        let reason = format!("the client is no longer registered for response_mode {name}");
        for answer in ["allow", "deny"] {
            let answered = scene.browser.press(&consent, answer, &[]).await;
            assert_refused_here(&scene.provider, answered, 400, &reason).await;
        }
        scene.change(&wiki, |_| ()).await;
        // Nothing was decided, so it goes on when the mode is back.
        let told = scene.browser.press(&consent, "deny", &[]).await;
        told.response();
    }
}

/// In one browser, a page shown to one person does nothing once another has signed in.
#[tokio::test]
async fn what_one_person_was_asked_another_cannot_answer() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").ask().await;
    let browser = provider.browser();
    let consent = browser.authorize_as(&alice, &wiki).await.consent_page();
    let confirm = browser.get("/logout").await.page();
    browser.press(&confirm, "sign-out", &[]).await;
    browser.sign_in(&bob).await;

    let answer = browser.allow(&consent).await;
    let reason = "the form's token is missing or another's";
    assert_refused_here(&provider, answer, 400, reason).await;
}

/// In one browser, a sign-in page left open in another tab goes on with whoever has signed in meanwhile.
#[tokio::test]
async fn a_sign_in_page_that_was_left_open_goes_on_with_who_is_signed_in() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    let left_open = browser.authorize(&wiki).await.sign_in_page();
    browser.sign_in(&alice).await;
    browser.sign_in_at(&left_open, &alice).await.code();
}
