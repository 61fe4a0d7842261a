//! What is refused with `invalid_authorization_details`
//! ([RFC 9396 section 5](https://www.rfc-editor.org/rfc/rfc9396#section-5)).

use serde_json::{Value, json};

use super::{account, allow_types, asking, furnished, payment};
use crate::authorization::assert_refused_there;

const ERROR: &str = "invalid_authorization_details";

/// Details with one thing wrong, and what the log says of it.
fn wrong() -> Vec<(Value, &'static str)> {
    let changed = |name: &str, value: Value| {
        let mut detail = payment("5.00");
        detail[name] = value;
        json!([detail])
    };
    vec![
        (
            json!({}),
            "authorization_details is not a JSON array of objects, each with a type, in which no member occurs twice",
        ),
        (
            json!([{ "type": "unheard_of" }]),
            "no resource server has authorization details of the type \"unheard_of\"",
        ),
        (
            changed("colour", json!("red")),
            "authorization detail of the type payment_initiation: \"colour\" is not a member of the type",
        ),
        (
            changed("amount", json!(5)),
            "authorization detail of the type payment_initiation: \"amount\" is not a string",
        ),
        (
            changed("currency", json!("XYZ")),
            "authorization detail of the type payment_initiation: \"currency\" has a value that the type does not allow",
        ),
        (
            changed("creditor", json!({})),
            "authorization detail of the type payment_initiation: \"creditor.name\" is missing",
        ),
        (
            changed("reference", json!("to\u{202e}you")),
            "authorization detail of the type payment_initiation: \"reference\" is empty, longer than 140 characters, or has some that are not shown as they are",
        ),
    ]
}

/// P43: an application that registered itself gets what the policy of the day allows, and no more.
#[tokio::test]
async fn what_the_policy_allows_no_longer_is_refused() {
    let (scene, _shop) = furnished().await;
    let agent = scene.provider.client("agent").ask();
    let agent = agent.with(|client| {
        allow_types(client);
        client.dynamic = serde_json::from_value(json!({})).expect("it says nothing");
    });
    let agent = agent.await;
    let details = json!([payment("5.00")]);
    let there = scene
        .browser
        .authorize(asking(&agent, "openid", &details))
        .await;
    let reason =
        "the client is not registered for authorization details of the type payment_initiation";
    assert_refused_there(&scene.provider, there, ERROR, reason).await;
}

/// Nothing unknown is let through, and nothing that cannot be shown.
#[tokio::test]
async fn what_a_type_does_not_admit_is_refused_in_a_link_and_pushed() {
    let (scene, shop) = furnished().await;
    for (details, reason) in wrong() {
        let request = || asking(&shop, "openid", &details);
        let there = scene.browser.authorize(request()).await;
        assert_refused_there(&scene.provider, there, ERROR, reason).await;
        let pushed = scene.provider.token(&shop).push(&request()).await;
        pushed.assert_error(ERROR);
    }
    let form = [
        ("grant_type", "client_credentials"),
        ("authorization_details", "[{}]"),
    ];
    let answer = scene.provider.token(&shop).send(&form).await;
    answer.assert_error(ERROR);
}

#[tokio::test]
async fn a_client_asks_for_the_types_of_its_registration_alone() {
    let (scene, shop) = furnished().await;
    let details = json!([payment("5.00")]);
    let other = scene.provider.client("other").await;
    let there = scene
        .browser
        .authorize(asking(&other, "openid", &details))
        .await;
    let reason =
        "the client is not registered for authorization details of the type payment_initiation";
    assert_refused_there(&scene.provider, there, ERROR, reason).await;

    // The registration of the day counts.
    let request = asking(&shop, "openid", &details);
    let page = scene.browser.authorize(request).await.consent_page();
    let forbid = |client: &mut doorward_core::client::Client| {
        client.authorization_details_types.clear();
    };
    scene.change(&shop, forbid).await;
    let code = scene.browser.allow(&page).await.code();
    let answer = scene.provider.token(&shop).exchange(&code).await;
    answer.assert_ok();
    assert_eq!(answer.json().get("authorization_details"), None);
}

/// [RFC 9396 section 6](https://www.rfc-editor.org/rfc/rfc9396#section-6).
#[tokio::test]
async fn a_token_request_gets_no_more_than_was_granted() {
    let (scene, shop) = furnished().await;
    let client = scene.provider.token(&shop);
    let details = json!([account(&["balance"])]);
    let page = scene
        .browser
        .authorize(asking(&shop, "openid", &details))
        .await;
    let code = scene.browser.allow(&page.consent_page()).await.code();
    for more in [
        json!([account(&["balance", "history"])]),
        json!([payment("5.00")]),
        json!([{ "type": "account_information", "identifier": "DE03", "actions": ["balance"] }]),
    ] {
        let text = more.to_string();
        let form = [("authorization_details", &*text)];
        client.exchange_with(&code, &form).await.assert_error(ERROR);
    }
    client.exchange(&code).await.assert_ok();
}
