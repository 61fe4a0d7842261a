//! Clients that must push ([RFC 9126 section 6](https://www.rfc-editor.org/rfc/rfc9126#section-6)).

use crate::authorization::{assert_refused_here, assert_refused_there};
use crate::scene::Scene;

/// P14: the plain form is refused.
/// Stands for `fapi2-security-profile-final-ensure-unsigned-authorization-request-without-using-par-fails`.
#[tokio::test]
async fn a_client_that_must_push_gets_nothing_for_what_its_browser_brings() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let bank = provider.client("bank").must_push().await;

    let brought = scene.browser.authorize(&bank).await;
    let reason = "the request was not pushed, and the client must push its requests";
    assert_refused_there(provider, brought, "invalid_request", reason).await;
    let evil = "https://evil.example/callback";
    let foreign = bank.request().with("redirect_uri", evil);
    let brought = scene.browser.authorize(foreign).await;
    let reason = format!(
        "redirect_uri {evil:?} is not registered; the nearest registered one is {}",
        bank.redirect_uri()
    );
    assert_refused_here(provider, brought, 400, &reason).await;

    let token = provider.token(&bank);
    let pushed = token.pushed(&bank).await;
    let code = scene.browser.open(&pushed).await.code();
    token.exchange(&code).await.assert_ok();
}

#[tokio::test]
async fn a_request_uri_of_elsewhere_is_not_supported_of_a_client_that_registered_none() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let bank = scene.provider.client("bank").must_push().await;
    for client in [wiki, bank] {
        for uri in ["https://wiki.example/request", "urn:example:request"] {
            let request = client.request().with("request_uri", uri);
            let destination = scene.browser.authorize(request).await;
            let error = "request_uri_not_supported";
            let reason = "there is a request_uri, and the client registered no request_uris";
            assert_refused_there(&scene.provider, destination, error, reason).await;
        }
    }
}
