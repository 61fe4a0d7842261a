//! The forms of the pages: each proves that we gave it to this browser, and says nothing about the request
//! ([RFC 6749 section 10.12](https://www.rfc-editor.org/rfc/rfc6749#section-10.12)).

use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use reqwest::Method;

use super::assert_refused_here;

const FORGED: &str = "the form's token is missing or another's";

fn token(page: &Page) -> String {
    let form = page.forms().into_iter().next().expect("a form");
    let token = form.fields.into_iter().find(|(name, _)| name == "csrf");
    token.map(|(_, value)| value).expect("a token")
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

/// P06: neither address nor form of a later step is read for it.
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

/// P12: sign-in, consent and refusal alike.
/// A browser that is sent on by 307 would post the password again, to the client
/// ([RFC 9700 section 4.12](https://www.rfc-editor.org/rfc/rfc9700#section-4.12)).
#[tokio::test]
async fn no_form_is_posted_on_to_anybody() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let sign_in = browser.authorize(&wiki).await.sign_in_page();
    let typed = alice.typed();
    for (button, typed) in [("sign-in", &typed[..]), ("allow", &[])] {
        let page = browser.get(&sign_in.path).await.page();
        let (path, form) = page.pressed(button, typed);
        let sent_on = browser.fetch(Method::POST, &path, Some(form), None).await;
        assert_eq!(sent_on.status, 303, "{button}: {sent_on:?}");
    }
    for (button, typed) in [("cancel", &[][..]), ("sign-in", &typed[..])] {
        let browser = provider.browser();
        let page = browser.authorize(&wiki).await.sign_in_page();
        let (path, form) = page.pressed(button, typed);
        let sent_on = browser.fetch(Method::POST, &path, Some(form), None).await;
        assert_eq!(sent_on.status, 303, "{button}: {sent_on:?}");
        let there = sent_on.header("location").expect("a way on");
        let expected = ["https://wiki.example/callback?", provider.issuer(), "/"];
        assert!(expected.iter().any(|it| there.starts_with(it)), "{there}");
    }
}

/// P35: no page is kept.
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
