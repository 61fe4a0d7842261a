//! Consent: people are asked before a client learns who they are
//! ([OpenID Connect Core section 3.1.2.4](https://openid.net/specs/openid-connect-core-1_0.html#Consent)).

use doorward_core::event::{Event, Extent};
use doorward_core::scope::Scope;
use doorward_tests::provider::TestProvider;

use super::assert_refused_there;

/// P17: name, host and scopes are shown.
#[tokio::test]
async fn the_page_says_who_asks_for_what_and_where_it_goes() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let request = wiki.request().with("scope", "openid email groups");
    let page = provider.browser().authorize_as(&alice, request).await;
    let page = page.consent_page();
    for shown in ["The wiki", "wiki.example", "alice Maria Example"] {
        assert!(page.body.contains(shown), "{shown} in {}", page.body);
    }
    let scopes = page.body.split("class=\"scopes\"").nth(1);
    let scopes = scopes.and_then(|rest| rest.split("</ul>").next());
    assert_eq!(scopes.map(|scopes| scopes.matches("<li").count()), Some(3));
}

#[tokio::test]
async fn consent_is_remembered_for_the_same_and_for_less() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let asking = |scope: &str| wiki.request().with("scope", scope);
    let page = browser.authorize_as(&alice, asking("openid email")).await;
    browser.allow(&page.consent_page()).await.code();
    for scope in ["openid email", "openid"] {
        browser.authorize(asking(scope)).await.code();
    }

    let more = browser.authorize(asking("openid phone")).await;
    let more = more.consent_page();
    browser.allow(&more).await.code();
    browser.authorize(asking("openid email phone")).await.code();

    let elsewhere = provider.browser();
    let code = elsewhere.authorize_as(&alice, asking("openid phone")).await;
    code.code();
}

#[tokio::test]
async fn consent_is_one_persons_to_one_client() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").ask().await;
    let shop = provider.client("shop").ask().await;
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &wiki).await.consent_page();
    browser.allow(&page).await.code();
    browser.authorize(&shop).await.consent_page();
    let page = provider.browser().authorize_as(&bob, &wiki).await;
    page.consent_page();
}

/// A claim asked for by name needs the same consent as the scope that opens it.
#[tokio::test]
async fn single_claims_are_asked_for_like_their_scopes() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &wiki).await.consent_page();
    browser.allow(&page).await.code();
    let claims = r#"{"userinfo":{"phone_number":null}}"#;
    let request = wiki.request().with("claims", claims);
    browser.authorize(request).await.consent_page();
}

#[tokio::test]
async fn whoever_denies_is_not_signed_in_at_the_client() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &wiki).await.consent_page();
    let denied = browser.press(&page, "deny", &[]).await;
    let reason = "the person declined";
    assert_refused_there(&provider, denied, "access_denied", reason).await;
    assert_eq!(browser.get(&page.path).await.page().status, 400);
    browser.authorize(&wiki).await.consent_page();
}

#[tokio::test]
async fn giving_consent_is_an_event() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &wiki).await.consent_page();
    browser.allow(&page).await.code();
    let given = Event::ConsentGiven {
        person: alice.id,
        client: wiki.registered.client_id.clone(),
        extent: Extent {
            scope: Scope::from_iter(["openid"]),
            ..Extent::default()
        },
    };
    let events = provider.recent_events().await;
    assert!(events.iter().any(|record| record.event == given));
}

/// P17: people are asked, whatever the operator said.
/// Any program on the person's device may take the name and the address of one
/// ([RFC 8252 section 8.6](https://www.rfc-editor.org/rfc/rfc8252#section-8.6)).
#[tokio::test]
async fn nobody_answers_for_a_public_client_on_the_persons_own_device() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for (id, uri) in [
        ("desktop", "http://127.0.0.1/cb"),
        ("spa", "http://localhost:8080/cb"),
        ("phone", "com.example.phone:/cb"),
    ] {
        let app = provider.client(id).public().redirect_uris(&[uri]).await;
        let silent = || app.request().with("prompt", "none");
        let error = browser.authorize(silent()).await;
        assert_eq!(error.error(), "consent_required", "{uri}");
        let page = browser.authorize(&app).await.consent_page();
        browser.allow(&page).await.code();
        browser.authorize(silent()).await.code();
    }
    let owned = provider.public_client("owned").await;
    browser.authorize(&owned).await.code();
}

/// [OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
#[tokio::test]
async fn offline_access_needs_prompt_consent_unless_the_client_is_trusted() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let trusted = provider.client("trusted").await;
    let asking = provider.client("asking").ask().await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let offline = |request: doorward_tests::authorization::AuthorizationRequest| {
        request.with("scope", "openid offline_access")
    };

    let code = browser.authorize(offline(trusted.request())).await.code();
    let tokens = provider.token(&trusted).exchange(&code).await.assert_ok();
    assert!(tokens.refresh_token.is_some());

    let page = browser.authorize(offline(asking.request())).await;
    let code = browser.allow(&page.consent_page()).await.code();
    let tokens = provider.token(&asking).exchange(&code).await.assert_ok();
    assert_eq!(tokens.refresh_token, None);
    assert_eq!(tokens.all["scope"], "openid");

    let request = offline(asking.request()).with("prompt", "consent");
    let page = browser.authorize(request).await.consent_page();
    let code = browser.allow(&page).await.code();
    let tokens = provider.token(&asking).exchange(&code).await.assert_ok();
    assert!(tokens.refresh_token.is_some());
}
