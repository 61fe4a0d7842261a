//! A browser comes with what was pushed ([RFC 9126 section 4](https://www.rfc-editor.org/rfc/rfc9126#section-4)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::authorization::ResponseMode;
use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::Destination;

use crate::authorization::assert_refused_here;
use crate::scene::Scene;

/// Stands for `fapi2-security-profile-final-happy-flow` as far as pushed requests go, and for
/// `-par-without-duplicate-parameters`: the link has `client_id` and `request_uri` alone.
#[tokio::test]
async fn somebody_signs_in_for_a_pushed_request_and_its_client_gets_what_it_asked_for() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let confidential = provider.client("wiki").ask().await;
    let public = provider.public_client("app").await;
    for client in [confidential, public] {
        let token = provider.token(&client);
        for mode in ["query", "fragment", "form_post"] {
            let request = client.request().with("scope", "openid email");
            let pushed = token.pushed(request.with("response_mode", mode)).await;
            let browser = provider.browser();
            let page = browser.open(&pushed).await.sign_in_page();
            let arrived = browser.sign_in_at(&page, &alice).await;
            let code = match arrived {
                Destination::Page(consent) => browser.allow(&consent).await.code(),
                client @ Destination::Client(_) => client.code(),
            };
            let tokens = token.exchange(&code).await.assert_ok();
            assert_eq!(tokens.all["scope"], "email openid");
            let id_token = token.id_token(&tokens).await;
            assert_eq!(id_token.get("sub"), &alice.sub());
            assert_eq!(id_token.get("nonce").as_str(), code.nonce.as_deref());
        }
    }
}

/// P06: a pushed request comes from the store alone.
/// Stands for `fapi2-security-profile-final-ensure-different-nonce-inside-and-outside-request-object`,
/// `-ensure-different-state-inside-and-outside-request-object` and `-state-only-outside-request-object-not-used`.
#[tokio::test]
async fn whatever_else_is_in_the_link_counts_for_nothing() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.provider.token(&wiki);
    let evil = "https://evil.example/callback";
    for request in [wiki.request(), wiki.request().without("state")] {
        for (name, value) in [
            ("state", "another"),
            ("nonce", "another"),
            ("scope", "openid email"),
            ("redirect_uri", evil),
            ("response_type", "token"),
            ("response_mode", "form_post"),
            ("prompt", "login"),
            ("max_age", "x"),
            ("request", "e30.e30."),
            ("code_challenge_method", "plain"),
            ("unheard", "1"),
        ] {
            let pushed = token.pushed(request.clone()).await.with(name, value);
            let response = scene.browser.open(&pushed).await.response();
            let back = response.address.starts_with(wiki.redirect_uri());
            assert!(back, "{name}: {response:?}");
            let code = response.code();
            let tokens = token.exchange(&code).await.assert_ok();
            assert_eq!(tokens.all["scope"], "openid", "{name}");
            let id_token = token.id_token(&tokens).await;
            assert_eq!(id_token.get("nonce").as_str(), request.get("nonce"));
        }
    }
    let mut pushed = token.pushed(&wiki).await;
    pushed.link = pushed.link.and("scope", "email").and("scope", "profile");
    scene.browser.open(&pushed).await.code();
}

/// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
#[tokio::test]
async fn the_link_may_come_by_post() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let pushed = scene.provider.token(&wiki).pushed(&wiki).await;
    let response = scene.browser.authorize_by_post(pushed.link).await;
    let response = response.response();
    assert!(response.get("code").is_some(), "{response:?}");
    assert_eq!(response.get("state"), pushed.request.get("state"));
}

/// P14: it is bound to its client.
/// Nobody is sent on from there: whoever made the link has proven nothing. Stands for
/// `fapi2-security-profile-final-par-attempt-to-use-request_uri-for-different-client`.
#[tokio::test]
async fn what_leads_to_no_pushed_request_of_the_client_is_refused_on_a_page() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let (wiki, shop) = (provider.client("wiki").await, provider.client("shop").await);
    let pushed = provider.token(&wiki).pushed(&wiki).await;
    let uri = pushed.request_uri();
    let elsewhere = TestProvider::start().await;
    let there = elsewhere.client("wiki").await;
    let unknown = elsewhere.token(&there).pushed(&there).await;
    let malformed = "the request_uri is none of ours: its form or checksum is wrong";
    let no_client = "client_id is missing or given twice";
    for (link, reason) in [
        (
            pushed.link.clone().with("client_id", shop.id()),
            "the request_uri was made for another client",
        ),
        (
            pushed.link.clone().with("client_id", "nobody"),
            "no client \"nobody\" is registered",
        ),
        (pushed.link.clone().without("client_id"), no_client),
        (pushed.link.clone().and("client_id", "wiki"), no_client),
        (unknown.link, "the request_uri is unknown"),
        (
            pushed
                .link
                .clone()
                .with("request_uri", &uri[..uri.len() - 1]),
            malformed,
        ),
        (
            pushed
                .link
                .clone()
                .with("request_uri", "urn:ietf:params:oauth:request_uri:x"),
            malformed,
        ),
    ] {
        let link = link.with("redirect_uri", wiki.redirect_uri());
        let shown = scene.browser.authorize(link).await;
        assert_refused_here(provider, shown, 400, reason).await;
    }
    // None of it has spent the request.
    scene.browser.open(&pushed).await.code();
}

/// A `request_uri` given twice has no value; what is left is a request by the browser, and a broken one.
#[tokio::test]
async fn two_request_uris_are_none() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.provider.token(&wiki);
    let (one, other) = (token.pushed(&wiki).await, token.pushed(&wiki).await);
    let link = one.link.clone().and("request_uri", other.request_uri());
    let page = scene.browser.authorize(link).await.page();
    assert_eq!(page.status, 400);
    for pushed in [one, other] {
        scene.browser.open(&pushed).await.code();
    }
}

/// P14: it is good for a minute.
/// Stands for `fapi2-security-profile-final-par-attempt-to-use-expired-request_uri`. Whoever opened it in time may take
/// the time that everybody has to sign in.
#[tokio::test]
async fn a_request_is_opened_within_a_minute_and_then_waits_like_any_other() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let wiki = provider.client("wiki").await;
    let token = provider.token(&wiki);
    let pushed = token.pushed(&wiki).await;
    provider.clock().advance(Duration::from_secs(59));
    let (first, second) = (provider.browser(), provider.browser());
    let page = first.open(&pushed).await.sign_in_page();
    let another = second.open(&pushed).await.sign_in_page();
    provider.clock().advance(Duration::from_secs(1));
    let late = provider.browser().open(&pushed).await;
    let reason = "the request_uri has expired";
    assert_refused_here(&provider, late, 400, reason).await;

    provider.clock().advance(Duration::from_mins(29));

    let code = first.sign_in_at(&page, &alice).await.code();
    token.exchange(&code).await.assert_ok();
    let again = second.sign_in_at(&another, &alice).await;
    let reason = "the request_uri was used before";
    assert_refused_here(&provider, again, 400, reason).await;
}

/// [RFC 9126 section 7.4](https://www.rfc-editor.org/rfc/rfc9126#section-7.4).
#[tokio::test]
async fn a_request_falls_with_the_registration_that_it_was_pushed_under() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let (wiki, shop) = (provider.client("wiki").await, provider.client("shop").await);
    let pushed = provider.token(&wiki).pushed(&wiki).await;
    let moved = |client: &mut doorward_core::client::Client| {
        client.redirect_uris = vec!["https://wiki.example/new".parse().expect("a redirect URI")];
    };
    scene.change(&wiki, moved).await;
    let shown = scene.browser.open(&pushed).await;
    let reason = "the client's registration no longer allows what it pushed";
    assert_refused_here(provider, shown, 400, reason).await;

    // P10: a mode that was taken away is as good as an address that was.
    let request = shop.request().with("response_mode", "fragment");
    let pushed = provider.token(&shop).pushed(request).await;
    let by_form = |client: &mut doorward_core::client::Client| {
        client.response_modes = ResponseMode::parse("form_post").into_iter().collect();
    };
    scene.change(&shop, by_form).await;
    let shown = scene.browser.open(&pushed).await;
    assert_refused_here(provider, shown, 400, reason).await;
    scene.change(&shop, |_| ()).await;
    scene.browser.open(&pushed).await.code();

    let pushed = provider.token(&shop).pushed(&shop).await;
    let clients = provider.directory().clients();
    let removed = clients.remove(&shop.registered.client_id, provider.clock().now());
    assert!(removed.await.expect("the directory forgets clients"));
    provider.clock().advance(Duration::from_secs(1));
    provider.client("shop").await;
    let shown = scene.browser.open(&pushed).await;
    let reason = "the client of the request_uri was removed and registered anew";
    assert_refused_here(provider, shown, 400, reason).await;
}
