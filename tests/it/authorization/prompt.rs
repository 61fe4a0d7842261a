//! `prompt`: what the person is asked
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use std::time::Duration;

use doorward_tests::provider::TestProvider;

use super::assert_refused_there;

/// P15: `none` stands alone.
#[tokio::test]
async fn unknown_values_and_none_beside_others_are_refused() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let unknown = "prompt has a value that is not none, login, consent or select_account";
    let more = "prompt has none beside another value";
    for (prompt, reason) in [
        ("create", unknown),
        ("None", unknown),
        ("login,consent", unknown),
        ("none login", more),
        ("consent none", more),
    ] {
        let destination = browser
            .authorize(wiki.request().with("prompt", prompt))
            .await;
        assert_refused_there(&provider, destination, "invalid_request", reason).await;
    }
}

#[tokio::test]
async fn none_shows_nothing_to_nobody() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    let destination = browser
        .authorize(wiki.request().with("prompt", "none"))
        .await;
    let reason = "prompt=none, and a sign-in is needed";
    assert_refused_there(&provider, destination, "login_required", reason).await;
    assert!(browser.cookies().is_empty(), "nothing was begun");
}

#[tokio::test]
async fn none_asks_for_no_consent() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let silent = || wiki.request().with("prompt", "none");
    let reason = "prompt=none, and consent is needed";
    let destination = browser.authorize(silent()).await;
    assert_refused_there(&provider, destination, "consent_required", reason).await;

    let page = browser.authorize(&wiki).await.consent_page();
    browser.allow(&page).await.code();
    browser.authorize(silent()).await.code();
}

/// P16: no other button, form or page answers.
#[tokio::test]
async fn login_asks_again_and_only_a_password_answers() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    provider.clock().advance(Duration::from_secs(5));
    let page = browser
        .authorize(wiki.request().with("prompt", "login"))
        .await;
    let page = page.sign_in_page();
    assert!(page.form_with("continue").is_none(), "no way around");

    let form = page.form_with("sign-in").expect("the form");
    let csrf = form.fields.iter().find(|(name, _)| name == "csrf");
    let csrf = csrf.map(|(_, value)| value.as_str()).expect("its token");
    for action in ["continue", "allow"] {
        let forged = [("csrf", csrf), ("action", action)];
        browser.post(&form.action, &forged).await.sign_in_page();
    }
    browser.get(&page.path).await.sign_in_page();
    let wrong = alice.with_password("wrong");
    browser.sign_in_at(&page, &wrong).await.sign_in_page();

    let code = browser.sign_in_at(&page, &alice).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    let auth_time = client.id_token(&tokens).await.get("auth_time").clone();
    assert_eq!(auth_time, provider.clock().seconds());
}

/// An answer to one request is no answer to another.
#[tokio::test]
async fn a_sign_in_for_one_request_does_not_satisfy_the_prompt_of_another() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = || wiki.request().with("prompt", "login");
    let first = browser.authorize(request()).await.sign_in_page();
    let second = browser.authorize(request()).await.sign_in_page();
    browser.sign_in_at(&first, &alice).await.code();
    browser.get(&second.path).await.sign_in_page();
    browser.sign_in_at(&second, &alice).await.code();
}

#[tokio::test]
async fn select_account_offers_the_account_that_is_signed_in() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = || wiki.request().with("prompt", "select_account");
    let page = browser.authorize(request()).await.sign_in_page();
    let code = browser.press(&page, "continue", &[]).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    assert_eq!(client.id_token(&tokens).await.get("sub"), &alice.sub());
    browser.authorize(request()).await.sign_in_page();
}

#[tokio::test]
async fn another_account_may_be_selected() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = wiki.request().with("prompt", "select_account");
    let page = browser.authorize(request).await.sign_in_page();
    let code = browser.sign_in_at(&page, &bob).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code).await.assert_ok();
    assert_eq!(client.id_token(&tokens).await.get("sub"), &bob.sub());
}

#[tokio::test]
async fn consent_asks_even_where_it_was_given_and_for_trusted_clients() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let (trusted, asking) = (
        provider.client("trusted").await,
        provider.client("asking").ask().await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for client in [trusted, asking] {
        for _ in 0..2 {
            let request = client.request().with("prompt", "consent");
            let page = browser.authorize(request).await.consent_page();
            browser.allow(&page).await.code();
        }
    }
}

#[tokio::test]
async fn login_and_consent_ask_for_both() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = wiki.request().with("prompt", "consent login");
    let page = browser.authorize_as(&alice, request).await.consent_page();
    browser.allow(&page).await.code();
}
