//! The browser's session, as the authorization endpoint sees it.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::person::PersonStatus;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::UserAgent;

const COOKIE: &str = "doorward-session";

fn session_cookie(browser: &UserAgent) -> Option<String> {
    browser.cookies().get(COOKIE).cloned()
}

#[tokio::test]
async fn one_sign_in_serves_all_clients() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let (wiki, shop) = (
        provider.client("wiki").await,
        provider.public_client("shop").await,
    );
    let browser = provider.browser();
    browser.authorize_as(&alice, &wiki).await.code();
    browser.authorize(&shop).await.code();
    provider.browser().authorize(&shop).await.sign_in_page();
}

#[tokio::test]
async fn a_session_survives_a_restart_and_is_known_to_every_node() {
    let mut provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    provider.restart().await;
    browser.authorize(&wiki).await.code();
    let second = provider.second_node().await;
    browser.move_to(&second);
    browser.authorize(&wiki).await.code();
}

#[tokio::test]
async fn a_session_ends_after_its_idle_and_after_its_absolute_time() {
    let hour = Duration::from_hours(1);
    let provider = TestProvider::builder().settings(|settings| {
        settings.session.idle = Duration::from_hours(2);
        settings.session.absolute = Duration::from_hours(5);
    });
    let provider = provider.start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for _ in 0..4 {
        provider.clock().advance(hour);
        browser.authorize(&wiki).await.code();
    }
    provider.clock().advance(hour);
    browser.authorize(&wiki).await.sign_in_page();

    let browser = provider.browser();
    browser.sign_in(&alice).await;
    provider.clock().advance(2 * hour);
    browser.authorize(&wiki).await.sign_in_page();
}

/// A session id that was known before somebody signed in must not be theirs afterwards.
#[tokio::test]
async fn every_sign_in_gives_a_new_cookie_and_ends_the_old_one() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    let planted = "AAAAAAAAAAAAAAAAAAAAAA";
    browser.set_cookie(COOKIE, planted);
    browser.sign_in(&alice).await;
    let first = session_cookie(&browser).expect("a session cookie");
    assert_ne!(first, planted);

    let request = wiki.request().with("prompt", "login");
    browser.authorize_as(&alice, request).await.code();
    let second = session_cookie(&browser).expect("a session cookie");
    assert_ne!(first, second);

    let thief = provider.browser();
    thief.set_cookie(COOKIE, &first);
    thief.authorize(&wiki).await.sign_in_page();
    browser.authorize(&wiki).await.code();
}

#[tokio::test]
async fn another_person_at_the_same_browser_starts_a_clean_session() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let client = provider.token(&wiki);
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let code = browser.authorize(&wiki).await.code();
    let tokens = client.exchange(&code).await.assert_ok();
    let hers = client.id_token(&tokens).await.get("sid").clone();

    let request = wiki.request().with("prompt", "login");
    let code = browser.authorize_as(&bob, request).await.code();
    let tokens = client.exchange(&code).await.assert_ok();
    let id_token = client.id_token(&tokens).await;
    assert_eq!(id_token.get("sub"), &bob.sub());
    assert_ne!(id_token.get("sid"), &hers);
}

#[tokio::test]
async fn the_same_person_who_proves_it_again_keeps_the_session() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let client = provider.token(&wiki);
    let browser = provider.browser();
    let mut sids = Vec::new();
    for _ in 0..2 {
        let request = wiki.request().with("prompt", "login");
        let code = browser.authorize_as(&alice, request).await.code();
        let tokens = client.exchange(&code).await.assert_ok();
        sids.push(client.id_token(&tokens).await.get("sid").clone());
        provider.clock().advance(Duration::from_secs(1));
    }
    assert_eq!(sids[0], sids[1]);
}

#[tokio::test]
async fn whoever_is_disabled_or_gets_another_password_is_signed_out_everywhere() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let (hers, his) = (provider.browser(), provider.browser());
    hers.sign_in(&alice).await;
    his.sign_in(&bob).await;
    let (people, now) = (provider.directory().people(), provider.clock().now());
    let disabled = people.set_status(alice.id, PersonStatus::Disabled, now);
    assert!(disabled.await.expect("the directory keeps people"));
    let name = bob.username.parse().expect("a name");
    let found = people.credential(&name).await;
    let (_, hash) = found.expect("the directory reads").expect("bob");
    let hash = hash.expect("a hash");
    let changed = people.set_password(bob.id, &hash, now);
    assert!(changed.await.expect("the directory keeps people"));
    for browser in [hers, his] {
        browser.authorize(&wiki).await.sign_in_page();
        let silent = wiki.request().with("prompt", "none");
        assert_eq!(browser.authorize(silent).await.error(), "login_required");
    }
}

#[tokio::test]
async fn cookies_are_out_of_reach_for_scripts_and_other_sites() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let browser = provider.browser();
    let page = browser.get("/").await.sign_in_page();
    let form = page.form_with("sign-in").expect("the form");
    let mut fields = form.fields;
    for (name, value) in &mut fields {
        match name.as_str() {
            "username" => value.clone_from(&alice.username),
            "password" => value.clone_from(&alice.password),
            _ => {}
        }
    }
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(&fields)
        .finish();
    let method = reqwest::Method::POST;
    let answer = browser.fetch(method, &form.action, Some(body), None).await;
    let set: Vec<&str> = answer
        .headers
        .get_all("set-cookie")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    let session = set.iter().find(|cookie| cookie.starts_with(COOKIE));
    let session = session.expect("a session cookie");
    for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
        assert!(session.contains(attribute), "{attribute} in {session}");
    }
    assert!(!session.contains("Domain"), "{session}");
}
