//! Interactions: a request waits on the server, for the browser that made it
//! ([RFC 6749 section 10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).

use std::time::Duration;

use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::UserAgent;

use super::{assert_refused_here, assert_refused_there};

const OTHER_BROWSER: &str = "the browser lacks the interaction's cookie";
const GONE: &str = "the interaction has expired, is finished, or never was";
const FORGED: &str = "the form's token is missing or another's";

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
    let malformed = "the interaction's name is malformed";
    for path in ["/sign-in/x", "/sign-in/dw_ix_", "/sign-in/%FF%00"] {
        let page = browser.get(path).await.page();
        assert!(page.status.is_client_error(), "{page:?}");
    }
    let shown = browser.get("/sign-in/dw_ix_abc").await;
    assert_refused_here(&provider, shown, 400, malformed).await;
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
async fn a_form_without_its_token_does_nothing() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let another = browser.authorize(&wiki).await.sign_in_page();
    let page = browser.authorize(&wiki).await.sign_in_page();
    let credentials = [
        ("username", alice.username.as_str()),
        ("password", alice.password.as_str()),
    ];
    let anothers = token(&another);
    for csrf in [None, Some(""), Some("x"), Some(anothers.as_str())] {
        let mut form = credentials.to_vec();
        form.extend(csrf.map(|csrf| ("csrf", csrf)));
        let posted = browser.post(&page.path, &form).await;
        assert_refused_here(&provider, posted, 400, FORGED).await;
    }
    let page = browser.sign_in_at(&page, &alice).await.consent_page();
    let forged = [("csrf", "x"), ("action", "allow")];
    let posted = browser.post(&page.path, &forged).await;
    assert_refused_here(&provider, posted, 400, FORGED).await;
    browser.allow(&page).await.code();
}

fn token(page: &Page) -> String {
    let form = page.forms().into_iter().next().expect("a form");
    let token = form.fields.into_iter().find(|(name, _)| name == "csrf");
    token.map(|(_, value)| value).expect("a token")
}

#[tokio::test]
async fn a_body_that_is_no_form_does_nothing() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    let http = reqwest::Client::new();
    let posted = http.post(provider.url(&page.path)).body("{}");
    let posted = posted.header("content-type", "application/json");
    let answer = posted.send().await.expect("an answer");
    assert_eq!(answer.status(), 400);
    let posted = browser.post(&page.path, &[]).await;
    assert_refused_here(&provider, posted, 400, FORGED).await;
}

/// What was asked is kept on the server: no later request of the browser changes it.
#[tokio::test]
async fn nothing_in_the_address_or_form_of_a_page_changes_the_request() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    let csrf = token(&page);
    let path = format!("{}?scope=openid+email&state=evil&prompt=none", page.path);
    let form = [
        ("csrf", csrf.as_str()),
        ("action", "sign-in"),
        ("username", alice.username.as_str()),
        ("password", alice.password.as_str()),
        ("redirect_uri", "https://evil.example/"),
        ("client_id", "shop"),
    ];
    let consent = browser.post(&path, &form).await.consent_page();
    let response = browser.allow(&consent).await.response();
    let begins = format!("{}?code=", wiki.redirect_uri());
    assert!(response.address.starts_with(&begins), "{response:?}");
    let asked = page.request.as_ref().and_then(|asked| asked.get("state"));
    assert_eq!(response.get("state"), asked);
}

#[tokio::test]
async fn consent_cannot_be_given_before_signing_in() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();
    let csrf = token(&page);
    for action in ["allow", "continue"] {
        let form = [("csrf", csrf.as_str()), ("action", action)];
        browser.post(&page.path, &form).await.sign_in_page();
    }
    browser.sign_in_at(&page, &alice).await.consent_page();
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

/// [RFC 9700 section 4.16](https://www.rfc-editor.org/rfc/rfc9700#section-4.16).
#[tokio::test]
async fn no_page_can_be_framed_stored_or_extended_by_scripts() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let sign_in = browser.authorize(&wiki).await.sign_in_page();
    let consent = browser.sign_in_at(&sign_in, &alice).await.consent_page();
    let error = browser.get("/nothing").await.page();
    for page in [sign_in, consent, error] {
        let policy = page.header("content-security-policy").unwrap_or_default();
        for directive in [
            "default-src 'none'",
            "script-src 'self';",
            "frame-ancestors 'none'",
            "base-uri 'none'",
        ] {
            assert!(policy.contains(directive), "{directive} in {policy}");
        }
        assert!(!policy.contains("unsafe"), "{policy}");
        assert_eq!(page.header("x-frame-options"), Some("DENY"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(page.header("access-control-allow-origin"), None);
        assert!(!page.body.contains("style=\"") && !page.body.contains(" onclick"));
    }
}
