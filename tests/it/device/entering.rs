//! The page for the code that a device shows ([RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3)).

use std::time::Duration;

use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;

use super::{reasons_at_the_page, television};
use crate::scene::Scene;

/// Whether the page asks for the code once more, and says why.
#[track_caller]
fn assert_asked_again(page: &Page, status: u16) {
    assert_eq!(page.status.as_u16(), status, "{page:?}");
    assert!(page.form_with("enter").is_some(), "{page:?}");
    assert!(page.body.contains("id=\"device-problem\""), "{page:?}");
}

/// [RFC 8628 section 6.1](https://www.rfc-editor.org/rfc/rfc8628#section-6.1). A user code may be typed in
/// lower case and with any punctuation.
#[tokio::test]
async fn a_code_is_typed_in_any_case_and_with_any_punctuation() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let forms: [fn(&str) -> String; 4] = [
        str::to_owned,
        str::to_lowercase,
        |code| code.replace('-', ""),
        |code| format!(" {} ", code.to_lowercase().replace('-', " \u{2013} ")),
    ];
    for typed in forms {
        let device = token.device("openid").await;
        let page = scene.browser.enter(&typed(&device.user_code)).await;
        let shown = page.confirm_device_page().text_of("user-code");
        assert_eq!(shown, Some(device.user_code));
    }
}

/// P31: the page names the client and asks.
/// [RFC 8628 section 3.3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.3.1).
#[tokio::test]
async fn a_link_fills_the_field_and_answers_nothing() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let device = token.device("openid").await;
    let link = device.all["verification_uri_complete"].as_str();
    let page = scene.browser.get(link.expect("a link")).await.page();
    let form = page.form_with("enter").expect("a form");
    let field = ("user_code".to_owned(), device.user_code.clone());
    assert!(form.fields.contains(&field), "{form:?}");
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");

    let page = scene.browser.press(&page, "enter", &[]).await;
    let page = page.confirm_device_page();
    assert!(page.body.contains("The tv"), "{page:?}");
    assert_eq!(page.text_of("user-code"), Some(device.user_code.clone()));
    // Loading the page again, in this browser or another, answers nothing either.
    scene.browser.get(&page.path).await.confirm_device_page();
    scene
        .provider
        .browser()
        .get(&page.path)
        .await
        .page()
        .reference();
    scene.provider.clock().advance(super::INTERVAL);
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");
}

/// The user code is escaped.
#[tokio::test]
async fn whatever_a_link_brings_is_text_and_nothing_else() {
    let provider = TestProvider::start().await;
    let browser = provider.browser();
    let link = "/device?user_code=%22%3E%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    let page = browser.get(link).await.page();
    assert!(!page.body.contains("<script>"), "{page:?}");
    let form = page.form_with("enter").expect("a form");
    let typed = "\"><script>alert(1)</script>".to_owned();
    assert!(
        form.fields.contains(&("user_code".to_owned(), typed)),
        "{form:?}"
    );

    let long = format!("/device?user_code={}", "B".repeat(2_000));
    let page = browser.get(&long).await.page();
    assert!(page.body.len() < 5_000, "{page:?}");
    let again = browser.press(&page, "enter", &[]).await.page();
    assert_asked_again(&again, 400);
}

/// Used, expired and unknown codes are refused. The person is told the same of all.
#[tokio::test]
async fn a_code_that_leads_nowhere_is_asked_for_again() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let (expired, used) = (token.device("openid").await, token.device("openid").await);
    let asks = scene.browser.confirmation(&used).await;
    scene.browser.press(&asks, "deny", &[]).await.device_done();
    let mut told = Vec::new();
    for code in [&used.user_code, "BBBB-BBBB", "1234", ""] {
        let page = scene.browser.enter(code).await.page();
        assert_asked_again(&page, 400);
        told.push(page.body.replace(code, "").len());
    }
    scene.provider.clock().advance(Duration::from_mins(10));
    let page = scene.browser.enter(&expired.user_code).await.page();
    assert_asked_again(&page, 400);
    let reasons = reasons_at_the_page(&scene.provider).await;
    assert_eq!(
        reasons,
        [
            "the user code has expired",
            "the user code is malformed",
            "the user code is malformed",
            "the user code is unknown",
            "the user code was answered before",
        ]
    );
}

/// The form has a token against forgery.
#[tokio::test]
async fn a_form_that_we_did_not_give_to_this_browser_does_nothing() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let device = token.device("openid").await;
    let page = scene.browser.get("/device").await.page();
    let forged = [
        ("user_code", device.user_code.as_str()),
        ("action", "enter"),
        ("csrf", "forged"),
    ];
    let refused = scene.browser.post(&page.path, &forged).await.page();
    assert_eq!(refused.status, 400);
    refused.reference();
    let asks = scene.browser.confirmation(&device).await;
    for action in ["allow", "deny"] {
        let forged = [("action", action), ("csrf", "forged")];
        let refused = scene.browser.post(&asks.path, &forged).await.page();
        assert_eq!(refused.status, 400);
        refused.reference();
    }
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");
}

/// [RFC 8628 section 5.1](https://www.rfc-editor.org/rfc/rfc8628#section-5.1). P31, B01, B02, B03: codes that
/// are tried count, by address, by account, and all together where nobody is signed in.
#[tokio::test]
async fn guesses_are_counted() {
    let limited = TestProvider::builder().settings(|settings| {
        settings.limits.failed_sign_ins_per_address = 3;
        settings.trusted_proxies =
            doorward_web::TrustedProxies::new(vec!["127.0.0.0/8".parse().expect("a network")]);
    });
    let provider = limited.start().await;
    let alice = provider.person("alice").await;
    let tv = television(&provider).await;
    let device = provider.token(&tv).device("openid").await;
    let from = |address: &str| provider.browser().with_header("x-forwarded-for", address);
    let browser = from("192.0.2.1");
    for _ in 0..3 {
        assert_asked_again(&browser.enter("BBBB-BBBB").await.page(), 400);
    }
    // Even the right one is not looked up.
    let stopped = browser.enter(&device.user_code).await.page();
    assert_asked_again(&stopped, 429);
    assert!(stopped.header("retry-after").is_some());
    let reason = "too many user codes from 192.0.2.1 or by this account";
    assert_eq!(reasons_at_the_page(&provider).await[0], reason);

    // From many addresses, those who are not signed in have thirty a minute together; who is signed in goes on.
    for at in 2..29 {
        let page = from(&format!("192.0.2.{at}"))
            .enter("BBBB-BBBB")
            .await
            .page();
        assert_asked_again(&page, 400);
    }
    let stranger = from("192.0.2.99");
    assert_asked_again(&stranger.enter(&device.user_code).await.page(), 429);
    let known = from("192.0.2.100");
    known.sign_in(&alice).await;
    known.confirmation(&device).await;
    provider.clock().advance(Duration::from_mins(1));
    stranger.enter(&device.user_code).await.sign_in_page();
}

/// B03: a wrong code counts as a wrong password does.
#[tokio::test]
async fn wrong_codes_and_wrong_passwords_of_an_address_add_up() {
    let limited = TestProvider::builder()
        .settings(|settings| settings.limits.failed_sign_ins_per_address = 2)
        .start();
    let provider = limited.await;
    let alice = provider.person("alice").await;
    let wrong = alice.with_password("wrong");
    let browser = provider.browser();
    assert_asked_again(&browser.enter("BBBB-BBBB").await.page(), 400);
    for status in [403, 403, 429] {
        let page = browser.get("/").await.sign_in_page();
        let page = browser.sign_in_at(&page, &wrong).await.page();
        assert_eq!(page.status.as_u16(), status, "{page:?}");
    }
    assert_asked_again(&browser.enter("BBBB-BBBB").await.page(), 429);
}

#[tokio::test]
async fn somebody_who_guesses_has_few_attempts_wherever_they_are() {
    let limited = TestProvider::builder().settings(|settings| {
        settings.limits.attempts_per_account = 2;
    });
    let scene = Scene::at(limited.start().await).await;
    for status in [400, 400, 429] {
        let page = scene.browser.enter("BBBB-BBBB").await.page();
        assert_asked_again(&page, status);
    }
}
