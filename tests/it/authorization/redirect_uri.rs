//! `redirect_uri`: a browser is sent to registered places only
//! ([RFC 9700 section 4.1.3](https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3)).

use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;

use super::assert_refused_here;

async fn wiki(provider: &TestProvider, uris: &[&str]) -> RelyingParty {
    provider.client("wiki").redirect_uris(uris).await
}

/// P01: nothing is decoded, normalised or matched by a pattern; what looks alike is another address.
#[tokio::test]
async fn an_address_that_is_not_registered_byte_for_byte_gets_nothing() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let client = wiki(&provider, &["https://wiki.example/callback"]).await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for foreign in [
        "https://wiki.example/callback/",
        "https://wiki.example/callback?x=1",
        "https://wiki.example/callback#x",
        "https://wiki.example/callback/../callback",
        "https://wiki.example/%63allback",
        "https://wiki.example:443/callback",
        "https://WIKI.example/callback",
        "HTTPS://wiki.example/callback",
        "http://wiki.example/callback",
        "https://wiki.example@evil.example/callback",
        "https://wiki.example.evil.example/callback",
        "https://evil.example/callback",
        "https://wikixexample/callback",
        "https://wiki.example/callback*",
        "https://2130706433/callback",
        "https://wiki.example\\@evil.example/callback",
        "//wiki.example/callback",
        "/callback",
        " https://wiki.example/callback",
        "javascript:alert(1)",
        "not an address",
    ] {
        let request = client.request().with("redirect_uri", foreign);
        let shown = browser.authorize(request).await;
        let reason = format!(
            "redirect_uri {foreign:?} is not registered; the nearest registered one is {}",
            client.redirect_uri()
        );
        assert_refused_here(&provider, shown, 400, &reason).await;
    }
}

/// P04: the address is judged first, before `prompt=none` as well.
/// Where a request is wrong in several ways, the address comes first: an error is sent to nobody unknown.
#[tokio::test]
async fn no_other_fault_nor_prompt_none_sends_an_error_to_a_foreign_address() {
    let provider = TestProvider::start().await;
    let client = wiki(&provider, &["https://wiki.example/callback"]).await;
    let browser = provider.browser();
    let foreign = client
        .request()
        .with("redirect_uri", "https://evil.example/");
    for request in [
        foreign.clone().with("prompt", "none"),
        foreign.clone().with("response_type", "token"),
        foreign.clone().with("response_mode", "form_post"),
        foreign.clone().with("scope", "nothing"),
        foreign.and("nonce", "again"),
    ] {
        let page = browser.authorize(request).await.page();
        assert_eq!(page.status, 400);
        let refusal = provider.refusal(&page.reference()).await;
        assert_eq!(refusal.error, "AddressNotRegistered");
        assert_eq!(refusal.client.as_deref(), Some("wiki"));
    }
}

/// P04: the error stays here.
/// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)
/// demands it, even of clients with one address.
#[tokio::test]
async fn a_request_without_an_address_or_with_two_gets_nothing() {
    let provider = TestProvider::start().await;
    let client = wiki(&provider, &["https://wiki.example/callback"]).await;
    let reason = "redirect_uri is missing or given twice; the client registered https://wiki.example/callback";
    for request in [
        client.request().without("redirect_uri"),
        client.request().with("redirect_uri", ""),
        client.request().and("redirect_uri", client.redirect_uri()),
    ] {
        let shown = provider.browser().authorize(request).await;
        assert_refused_here(&provider, shown, 400, reason).await;
    }
}

/// P04: an unknown, missing or doubled client stays here.
#[tokio::test]
async fn a_request_of_nobody_gets_nothing() {
    let provider = TestProvider::start().await;
    let client = provider.client("wiki").await;
    let long = "x".repeat(129);
    let named = [
        ("Wiki", "no client \"Wiki\" is registered".to_owned()),
        ("wiki ", "no client \"wiki \" is registered".to_owned()),
        ("<b>", "no client \"<b>\" is registered".to_owned()),
        (&*long, format!("no client {long:?} is registered")),
        ("", "client_id is missing or given twice".to_owned()),
    ];
    for (name, reason) in named {
        let shown = provider
            .browser()
            .authorize(client.request().with("client_id", name))
            .await;
        let page = assert_refused_here(&provider, shown, 400, &reason).await;
        assert!(!page.body.contains("<b>"), "what was sent is not shown");
    }
    let twice = client.request().and("client_id", "wiki");
    let shown = provider.browser().authorize(twice).await;
    let reason = "client_id is missing or given twice";
    assert_refused_here(&provider, shown, 400, reason).await;
}

#[tokio::test]
async fn every_registered_address_works_and_a_code_is_good_at_its_own_only() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let uris = [
        "https://wiki.example/callback",
        "https://wiki.example/callback?tenant=1",
        "com.example.wiki:/callback",
        "http://localhost:8080/callback",
    ];
    let client = wiki(&provider, &uris).await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for uri in uris {
        let request = client.request().with("redirect_uri", uri);
        let response = browser.authorize(request).await.response();
        assert!(response.address.starts_with(uri), "{}", response.address);
        let code = response.code();
        provider.token(&client).exchange(&code).await.assert_ok();

        let request = client.request().with("redirect_uri", uri);
        let mut code = browser.authorize(request).await.code();
        code.redirect_uri = "https://wiki.example/other".to_owned();
        let refused = provider.token(&client).exchange(&code).await;
        refused.assert_error("invalid_grant");
    }
}

/// P02: neither `localhost` nor anything that begins like a loopback address is one.
/// [RFC 8252 section 7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3): a native application learns its
/// port when it starts.
#[tokio::test]
async fn only_the_port_of_a_loopback_address_may_differ() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let app = provider.client("app").public();
    let app = app
        .redirect_uris(&["http://127.0.0.1/cb", "http://[::1]:1/cb"])
        .await;
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &app).await.consent_page();
    browser.allow(&page).await.code();
    for uri in [
        "http://127.0.0.1/cb",
        "http://127.0.0.1:51004/cb",
        "http://[::1]:51004/cb",
    ] {
        let request = app.request().with("redirect_uri", uri);
        let response = browser.authorize(request).await.response();
        assert!(response.address.starts_with(&format!("{uri}?code=")));
    }
    for foreign in [
        "http://localhost:51004/cb",
        "http://127.0.0.1:51004/other",
        "http://127.0.0.1:51004/cb?x",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1:51004@evil.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://localhost.evil.example:51004/cb",
        "http://127.1:51004/cb",
        "http://2130706433:51004/cb",
        "HTTP://127.0.0.1:51004/cb",
        "https://127.0.0.1:51004/cb",
    ] {
        let request = app.request().with("redirect_uri", foreign);
        let page = browser.authorize(request).await.page();
        let refusal = provider.refusal(&page.reference()).await;
        assert_eq!(refusal.error, "AddressNotRegistered", "{foreign}");
    }
}
