//! The browser's session, as the authorization endpoint sees it.

use doorward_core::Clock;
use doorward_core::person::PersonStatus;
use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use reqwest::Method;

const COOKIE: &str = "doorward-session";

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

/// P07: a session that begins has a new name.
/// Whoever plants a session's name in a browser does not share the session that somebody begins there.
#[tokio::test]
async fn a_cookie_from_before_the_sign_in_leads_nowhere() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let (browser, planter) = (provider.browser(), provider.browser());
    for planted in ["AAAAAAAAAAAAAAAAAAAAAA", "", "x"] {
        browser.set_cookie(COOKIE, planted);
        browser.sign_in(&alice).await;
        assert_ne!(browser.cookies()[COOKIE], planted);
        planter.set_cookie(COOKIE, planted);
        planter.authorize(&wiki).await.sign_in_page();
        browser.clear_cookies();
    }
}

/// P36: whatever cookie it is put into.
#[tokio::test]
async fn no_token_is_a_session() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let request = wiki.request().with("scope", "openid offline_access");
    let code = provider.browser().authorize_as(&alice, request).await;
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code.code()).await.assert_ok();
    let id_token = client.id_token(&tokens).await;
    let sid = id_token.get("sid").as_str().expect("a sid");
    for (token, thief) in [
        (tokens.access_token.as_str(), provider.browser()),
        (tokens.id_token.as_deref().expect("one"), provider.browser()),
        (
            tokens.refresh_token.as_deref().expect("one"),
            provider.browser(),
        ),
        (sid, provider.browser()),
    ] {
        thief.set_cookie(COOKIE, token);
        thief.authorize(&wiki).await.sign_in_page();
    }
}

/// [RFC 6265bis section 4.1.3.2](https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis-22#section-4.1.3.2)
/// gives `__Host-` its meaning.
#[tokio::test]
async fn cookies_are_out_of_reach_for_scripts_other_sites_and_other_hosts() {
    for (issuer, prefix, secure) in [
        (None, "doorward-", false),
        (Some("https://id.example"), "__Host-doorward-", true),
    ] {
        let mut builder = TestProvider::builder();
        if let Some(issuer) = issuer {
            builder = builder.issuer(issuer);
        }
        let provider = builder.start().await;
        let alice = provider.person("alice").await;
        let browser = provider.browser();
        let home = browser.fetch(Method::GET, "/", None, None).await;
        let page = browser.get("/").await.sign_in_page();
        let (path, form) = page.pressed("sign-in", &alice.typed());
        let signed_in = browser.fetch(Method::POST, &path, Some(form), None).await;
        let cookies = [set_cookies(&home), set_cookies(&signed_in)].concat();
        for name in ["interaction-", "session="] {
            let begins = format!("{prefix}{name}");
            let found = cookies.iter().find(|cookie| cookie.starts_with(&begins));
            let cookie = found.unwrap_or_else(|| panic!("no {begins} in {cookies:?}"));
            for attribute in ["HttpOnly", "SameSite=Lax", "Path=/"] {
                assert!(cookie.contains(attribute), "{attribute} in {cookie}");
            }
            assert!(!cookie.contains("Domain"), "{cookie}");
            assert_eq!(cookie.contains("; Secure"), secure, "{cookie}");
        }
    }
}

fn set_cookies(page: &Page) -> Vec<String> {
    let values = page.headers.get_all("set-cookie").iter();
    let texts = values.map(|value| value.to_str().expect("a cookie is text"));
    texts.map(str::to_owned).collect()
}
