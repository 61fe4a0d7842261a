//! Somebody allows a device, or does not ([RFC 8628 section 3.3](https://www.rfc-editor.org/rfc/rfc8628#section-3.3)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::client::GrantType;
use doorward_core::event::Event;
use doorward_tests::provider::TestProvider;

use super::{INTERVAL, reasons_at_the_page, television};
use crate::scene::Scene;

const ALLOWED: &str = "The device is connected";
const DENIED: &str = "The device is not connected";
const OVER: &str = "This code no longer works";

/// The whole course of it, as [RFC 8628 section 1](https://www.rfc-editor.org/rfc/rfc8628#section-1) draws it.
#[tokio::test]
async fn somebody_signs_in_allows_the_device_and_it_gets_its_tokens() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let clients = [
        provider.client("box").await,
        provider.client("survey").ask().await,
        television(&provider).await,
    ];
    for client in clients {
        let token = provider.token(&client);
        let device = token.device("openid email offline_access").await;
        token
            .poll(&device)
            .await
            .assert_undecided("authorization_pending");
        let browser = provider.browser();
        let page = browser.enter(&device.user_code).await.sign_in_page();
        let name = &client.registered.client_name;
        assert!(page.body.contains(name), "{page:?}");
        let asks = browser
            .sign_in_at(&page, &alice)
            .await
            .confirm_device_page();
        for shown in [
            name.as_str(),
            &device.user_code,
            "alice",
            "See your e-mail address",
        ] {
            assert!(asks.body.contains(shown), "{shown}: {asks:?}");
        }
        let done = browser.press(&asks, "allow", &[]).await;
        assert_eq!(done.device_done(), ALLOWED);

        provider.clock().advance(INTERVAL);
        let tokens = token.poll(&device).await.assert_ok();
        assert_eq!(tokens.all["scope"], "email offline_access openid");
        let id_token = token.id_token(&tokens).await;
        assert_eq!(id_token.get("sub"), &alice.sub());
        assert_eq!(token.userinfo(&tokens.access_token).await.status, 200);
        let refresh_token = tokens.refresh_token.expect("a refresh token");
        token.refresh(&refresh_token).await.assert_ok();
    }
}

#[tokio::test]
async fn what_was_answered_is_written_down_without_the_codes() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    for (answer, outcome) in [("allow", ALLOWED), ("deny", DENIED)] {
        let device = token.device("openid").await;
        let asks = scene.browser.confirmation(&device).await;
        let done = scene.browser.press(&asks, answer, &[]).await;
        assert_eq!(done.device_done(), outcome);
        let codes = [device.device_code.as_str(), &device.user_code];
        scene.provider.assert_never_recorded(&codes).await;
    }
    let events = scene.provider.recent_events().await;
    let by_alice = events.iter().filter(|record| {
        matches!(&record.event,
            Event::DeviceAuthorized { person, client, .. } | Event::DeviceDenied { person, client }
                if *person == scene.alice.id && client.as_str() == "tv")
    });
    assert_eq!(by_alice.count(), 2);
}

/// The consent is that of a code flow: it stands beside the grant, and the grant falls with it.
#[tokio::test]
async fn consent_is_recorded_and_the_device_is_asked_about_again_all_the_same() {
    let scene = Scene::new().await;
    let survey = scene.provider.client("survey").ask().await;
    let token = scene.provider.token(&survey);
    for _ in 0..2 {
        let device = token.device("openid email").await;
        let asks = scene.browser.confirmation(&device).await;
        let done = scene.browser.press(&asks, "allow", &[]).await;
        assert_eq!(done.device_done(), ALLOWED);
        token.poll(&device).await.assert_ok();
    }
    let request = survey.request().with("scope", "openid email");
    scene.browser.authorize(request).await.code();
    assert_eq!(scene.happened("consent_given").await, 2);
}

/// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest): a session that is
/// too old for the client, or not what it wants, is proven again.
#[tokio::test]
async fn the_client_may_want_a_fresh_sign_in() {
    let scene = Scene::new().await;
    let strict = scene
        .provider
        .client("strict")
        .with(|client| client.default_max_age = Some(60))
        .await;
    let tv = television(&scene.provider).await;
    scene.provider.clock().advance(Duration::from_mins(2));
    for (client, more) in [
        (&strict, ("x", "1")),
        (&tv, ("max_age", "60")),
        (&tv, ("prompt", "login")),
    ] {
        let token = scene.provider.token(client);
        let begun = token.begin(&[("scope", "openid"), more]).await;
        let device = begun.assert_begun();
        let page = scene.browser.enter(&device.user_code).await.sign_in_page();
        // A link does not get around it, nor does a form that only the next page has.
        scene.browser.get(&page.path).await.sign_in_page();
        let csrf = page.form_with("sign-in").expect("a form").fields;
        let csrf = csrf.iter().find(|(name, _)| name == "csrf");
        let csrf = csrf.expect("a token").1.clone();
        let early = [("action", "allow"), ("csrf", csrf.as_str())];
        scene.browser.post(&page.path, &early).await.sign_in_page();
        let asks = scene.browser.sign_in_at(&page, &scene.alice).await;
        let asks = asks.confirm_device_page();
        scene.browser.press(&asks, "allow", &[]).await.device_done();
        let tokens = token.poll(&device).await.assert_ok();
        let id_token = token.id_token(&tokens).await;
        assert_eq!(id_token.get("auth_time"), scene.provider.clock().seconds());
        scene.provider.clock().advance(Duration::from_mins(2));
    }
    let token = scene.provider.token(&tv);
    let choose = [("scope", "openid"), ("prompt", "select_account")];
    let device = token.begin(&choose).await.assert_begun();
    let page = scene.browser.enter(&device.user_code).await.page();
    let page = scene.browser.press(&page, "continue", &[]).await;
    page.confirm_device_page();
}

#[tokio::test]
async fn whoever_leaves_before_being_asked_leaves_the_device_waiting() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let tv = television(&provider).await;
    let token = provider.token(&tv);
    let device = token.device("openid").await;
    let stranger = provider.browser();
    let page = stranger.enter(&device.user_code).await.sign_in_page();
    let back = stranger.press(&page, "cancel", &[]).await.page();
    assert!(back.form_with("enter").is_some(), "{back:?}");
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");

    let browser = provider.browser();
    let asks = browser.sign_in(&alice).await.confirmation(&device).await;
    browser.press(&asks, "allow", &[]).await.device_done();
    token.poll(&device).await.assert_ok();
}

/// The first answer stands, and everybody else is told that there was one.
#[tokio::test]
async fn a_device_is_answered_once_whoever_answers() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let bob = provider.person("bob").await;
    let tv = television(provider).await;
    let token = provider.token(&tv);
    for (first, second) in [("allow", "deny"), ("deny", "allow"), ("allow", "allow")] {
        let device = token.device("openid").await;
        let other = provider.browser();
        other.sign_in(&bob).await;
        let asks_bob = other.confirmation(&device).await;
        let asks_alice = scene.browser.confirmation(&device).await;
        let told = scene.browser.press(&asks_alice, first, &[]).await;
        assert_ne!(told.device_done(), OVER);
        let told = other.press(&asks_bob, second, &[]).await;
        assert_eq!(told.device_done(), OVER);
        assert_eq!(
            reasons_at_the_page(provider).await[0],
            "the user code was answered before"
        );
        let answer = token.poll(&device).await;
        if first == "deny" {
            answer.assert_error("access_denied");
        } else {
            let id_token = token.id_token(&answer.assert_ok()).await;
            assert_eq!(id_token.get("sub"), &scene.alice.sub());
        }
        // A form that was sent is sent no second time.
        scene
            .browser
            .press(&asks_alice, first, &[])
            .await
            .page()
            .reference();
    }
}

/// Whoever allowed it, and does not know whether that arrived, may say it again.
#[tokio::test]
async fn somebody_who_answers_the_same_in_two_tabs_is_told_the_same() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    for (answer, told) in [("allow", ALLOWED), ("deny", DENIED)] {
        let device = token.device("openid").await;
        let tabs = [
            scene.browser.confirmation(&device).await,
            scene.browser.confirmation(&device).await,
        ];
        for tab in &tabs {
            let done = scene.browser.press(tab, answer, &[]).await;
            assert_eq!(done.device_done(), told);
        }
        let answer = token.poll(&device).await;
        match told {
            ALLOWED => drop(answer.assert_ok()),
            _ => drop(answer.assert_error("access_denied")),
        }
    }
}

/// P31: at most ten minutes, and the access policy is judged again when somebody answers.
#[tokio::test]
async fn what_no_longer_holds_when_it_is_answered_is_not_allowed() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let tv = television(provider).await;
    let token = provider.token(&tv);
    let late = token.device("openid").await;
    let asks = scene.browser.confirmation(&late).await;
    provider.clock().advance(Duration::from_mins(10));
    let done = scene.browser.press(&asks, "allow", &[]).await;
    assert_eq!(done.device_done(), OVER);
    token.poll(&late).await.assert_error("expired_token");

    let device = token.device("openid email").await;
    let asks = scene.browser.confirmation(&device).await;
    scene
        .change(&tv, |client| {
            client.scope = "openid".parse().expect("a scope");
        })
        .await;
    let done = scene.browser.press(&asks, "allow", &[]).await;
    assert_eq!(done.device_done(), OVER);
    scene
        .change(&tv, |client| {
            client.grant_types.remove(&GrantType::DeviceCode);
        })
        .await;
    token
        .poll(&device)
        .await
        .assert_error("unauthorized_client");
    let reasons = reasons_at_the_page(provider).await;
    let gone = "the client of the user code is gone, or no longer allowed what it asked for";
    assert_eq!(reasons[..2], [gone, "the user code has expired"]);
}

#[tokio::test]
async fn a_client_that_was_removed_is_asked_about_by_nobody() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let tv = television(provider).await;
    let device = provider.token(&tv).device("openid").await;
    let asks = scene.browser.confirmation(&device).await;
    let clients = provider.directory().clients();
    let removed = clients.remove(&tv.registered.client_id, provider.clock().now());
    assert!(removed.await.expect("the directory forgets clients"));
    scene
        .browser
        .press(&asks, "allow", &[])
        .await
        .page()
        .reference();
    provider.clock().advance(Duration::from_secs(1));
    let anew = television(provider).await;
    let token = provider.token(&anew);
    let answer = token.poll(&device).await;
    let reason = "the grant is older than the client's registration";
    super::assert_refused(provider, answer, "invalid_grant", reason).await;
}
