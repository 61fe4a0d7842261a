//! `claims`: claims asked for one by one
//! ([OpenID Connect Core section 5.5](https://openid.net/specs/openid-connect-core-1_0.html#ClaimsParameter)).

use std::collections::BTreeSet;

use doorward_tests::provider::TestProvider;
use serde_json::{Value, json};

use super::assert_refused_there;

#[tokio::test]
async fn each_claim_comes_where_it_was_asked_for() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let claims = json!({
        "userinfo": { "name": { "essential": true }, "address": null, "unheard_of": null, "nickname#de": null },
        "id_token": { "email": null, "auth_time": { "essential": true } },
        "elsewhere": { "phone_number": null },
    });
    let request = wiki.request().with("claims", &claims.to_string());
    let code = provider.browser().authorize_as(&alice, request).await;
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code.code()).await.assert_ok();
    let id_token = client.id_token(&tokens).await;
    assert_eq!(id_token.get("email"), "alice@mail.example");
    assert_eq!(id_token.get("name"), &Value::Null);
    assert!(id_token.get("auth_time").is_i64());
    let userinfo = client.userinfo(&tokens.access_token).await.json();
    let names = userinfo.as_object().expect("claims").keys();
    let names: BTreeSet<&str> = names.map(String::as_str).collect();
    assert_eq!(names, BTreeSet::from(["address", "name", "sub"]));
    assert_eq!(userinfo["address"]["locality"], "Berlin");
}

/// P15: `claims` is read as the standard has it.
#[tokio::test]
async fn what_is_no_object_of_objects_is_refused() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    let no_object = "the claims parameter is not a JSON object with members userinfo and id_token";
    let member = "a member of the claims parameter is neither null nor an object of essential, value and values";
    let long = format!(r#"{{"x":"{}"}}"#, "x".repeat(8 * 1024));
    for (claims, reason) in [
        ("{", no_object),
        ("[]", no_object),
        ("null", no_object),
        (r#"{"userinfo":[]}"#, no_object),
        (r#"{"userinfo":{"name":true}}"#, member),
        (r#"{"userinfo":{"name":{"essential":"yes"}}}"#, member),
        (r#"{"id_token":{"sub":{"values":"x"}}}"#, member),
        (&long, "the claims parameter has more than 8 KiB"),
    ] {
        let request = wiki.request().with("claims", claims);
        let destination = provider.browser().authorize(request).await;
        assert_refused_there(&provider, destination, "invalid_request", reason).await;
    }
}

#[tokio::test]
async fn a_claim_whose_scope_the_client_may_not_have_does_not_come() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let wiki = provider.client("wiki").scope("openid email").await;
    let claims = r#"{"userinfo":{"phone_number":{"essential":true},"email":null}}"#;
    let request = wiki.request().with("claims", claims);
    let code = provider.browser().authorize_as(&alice, request).await;
    let client = provider.token(&wiki);
    let tokens = client.exchange(&code.code()).await.assert_ok();
    let userinfo = client.userinfo(&tokens.access_token).await.json();
    assert_eq!(
        userinfo,
        json!({ "sub": alice.sub(), "email": "alice@mail.example" })
    );
}

/// [OpenID Connect Core section 5.5.1](https://openid.net/specs/openid-connect-core-1_0.html#IndividualClaimsRequests):
/// a `sub` asked for is the one to sign in.
#[tokio::test]
async fn a_subject_that_is_asked_for_is_the_only_one_that_will_do() {
    let provider = TestProvider::start().await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let claiming = |claims: Value| wiki.request().with("claims", &claims.to_string());
    let asking = |sub: &str| claiming(json!({ "id_token": { "sub": { "value": sub } } }));
    browser.authorize(asking(&alice.sub())).await.code();

    let silent = asking(&bob.sub()).with("prompt", "none");
    assert_eq!(browser.authorize(silent).await.error(), "login_required");
    let wrong = browser.authorize_as(&alice, asking(&bob.sub())).await;
    let reason = "somebody else signed in than the client expects";
    assert_refused_there(&provider, wrong, "login_required", reason).await;
    browser.authorize_as(&bob, asking(&bob.sub())).await.code();

    let nobody = browser.authorize(asking("nobody")).await;
    let reason = "claims asks for a sub that cannot be";
    assert_refused_there(&provider, nobody, "invalid_request", reason).await;

    let of_userinfo = claiming(json!({ "userinfo": { "sub": { "value": alice.sub() } } }));
    let of_userinfo = of_userinfo.and("prompt", "none");
    let elsewhere = browser.authorize(of_userinfo).await.error();
    assert_eq!(elsewhere, "login_required", "Bob is signed in");
    let both = json!({
        "id_token": { "sub": { "value": alice.sub() } },
        "userinfo": { "sub": { "value": bob.sub() } },
    });
    let both = browser.authorize(claiming(both)).await;
    assert_refused_there(&provider, both, "invalid_request", reason).await;
}

/// P15: `acr` is reached or refused.
/// [OpenID Connect Core section 5.5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#acrSemantics).
#[tokio::test]
async fn an_essential_context_that_no_sign_in_reaches_is_an_error_and_a_wish_is_not() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let asking = |acr: Value| {
        let claims = json!({ "id_token": { "acr": acr } });
        wiki.request().with("claims", &claims.to_string())
    };
    let refused = asking(json!({ "essential": true, "values": ["phr", "phrh"] }));
    let refused = browser.authorize(refused).await;
    let reason = "no sign-in here is what the client or an API demands";
    let error = "unmet_authentication_requirements";
    assert_refused_there(&provider, refused, error, reason).await;
    for met in [
        json!({ "values": ["phr"] }),
        json!({ "essential": true }),
        json!({ "essential": true, "values": ["phr", "urn:doorward:acr:password"] }),
    ] {
        browser.authorize(asking(met)).await.code();
    }
}
