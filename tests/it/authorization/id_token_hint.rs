//! `id_token_hint`: whom the client expects
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use std::time::Duration;

use doorward_tests::people::TestPerson;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Tokens;

use super::assert_refused_there;

async fn tokens(provider: &TestProvider, person: &TestPerson, client: &RelyingParty) -> Tokens {
    let browser = provider.browser();
    let code = browser.authorize_as(person, client).await.code();
    provider.token(client).exchange(&code).await.assert_ok()
}

/// P15: an expired hint names somebody and signs nobody in.
#[tokio::test]
async fn the_person_of_the_hint_goes_on_silently_even_when_it_has_expired() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    let code = browser.authorize_as(&alice, &wiki).await.code();
    let client = provider.token(&wiki);
    let hint = client.exchange(&code).await.assert_ok().id_token;
    let hint = hint.expect("an ID Token");
    let silent = || {
        wiki.request()
            .with("prompt", "none")
            .with("id_token_hint", &hint)
    };
    browser.authorize(silent()).await.code();
    provider.clock().advance(Duration::from_hours(1));
    browser.authorize(silent()).await.code();
    assert_eq!(
        provider.browser().authorize(silent()).await.error(),
        "login_required",
        "a hint signs nobody in"
    );
}

/// P15: the hint of another person is no way to continue, silently or not.
#[tokio::test]
async fn nobody_else_goes_on_under_the_hint() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let hint = tokens(&provider, &alice, &wiki).await.id_token;
    let hint = hint.expect("an ID Token");
    let request = || wiki.request().with("id_token_hint", &hint);
    let browser = provider.browser();
    browser.sign_in(&bob).await;

    let silent = browser.authorize(request().with("prompt", "none")).await;
    let reason = "prompt=none, and a sign-in is needed";
    assert_refused_there(&provider, silent, "login_required", reason).await;

    let wrong = browser.authorize_as(&bob, request()).await;
    let reason = "somebody else signed in than the client expects";
    assert_refused_there(&provider, wrong, "login_required", reason).await;

    let right = browser.authorize_as(&alice, request()).await.code();
    let client = provider.token(&wiki);
    let tokens = client.exchange(&right).await.assert_ok();
    assert_eq!(client.id_token(&tokens).await.get("sub"), &alice.sub());
}

#[tokio::test]
async fn what_is_no_id_token_of_ours_is_refused() {
    let provider = TestProvider::start().await;
    let another = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let foreign = {
        let (carol, wiki) = (another.person("carol").await, another.client("wiki").await);
        tokens(&another, &carol, &wiki).await.id_token
    };
    let own = tokens(&provider, &alice, &wiki).await;
    let id_token = own.id_token.expect("an ID Token");
    let cut = &id_token[..id_token.len() - 6];
    for hint in [
        "x",
        "a.b.c",
        cut,
        &own.access_token,
        &foreign.expect("an ID Token"),
    ] {
        let request = wiki.request().with("id_token_hint", hint);
        let response = provider.browser().authorize(request).await.response();
        assert_eq!(response.error(), "invalid_request", "{hint}");
        let reason = provider.refusal(&response.reference()).await.reason;
        assert!(reason.starts_with("id_token_hint: "), "{reason}");
    }
}

#[tokio::test]
async fn a_hint_and_a_subject_must_agree() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let hint = tokens(&provider, &alice, &wiki).await.id_token;
    let claims = format!(r#"{{"id_token":{{"sub":{{"value":"{}"}}}}}}"#, bob.sub());
    let request = wiki
        .request()
        .with("id_token_hint", &hint.expect("an ID Token"))
        .with("claims", &claims);
    let destination = provider.browser().authorize(request).await;
    let reason = "claims asks for a sub that cannot be";
    assert_refused_there(&provider, destination, "invalid_request", reason).await;
}

/// The client is told no, and the person who proved who they are stays signed in.
#[tokio::test]
async fn who_signs_in_under_the_hint_of_another_stays_signed_in() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let hint = tokens(&provider, &alice, &wiki).await.id_token;
    let hint = hint.expect("an ID Token");

    let browser = provider.browser();
    let page = browser
        .authorize(wiki.request().with("id_token_hint", &hint))
        .await
        .sign_in_page();
    let answer = browser.sign_in_at(&page, &bob).await;
    assert_eq!(answer.error(), "login_required");
    browser
        .authorize(wiki.request().with("prompt", "none"))
        .await
        .code();
}
