//! Who acts for whom, and what the record says of it.

use doorward_core::client::Client;
use doorward_core::token::exchange::ExchangeMode;
use serde_json::json;

use super::{ACCESS_TOKEN, FILES, JWT, Stage, exchange, policy};

/// [RFC 8693 section 4.1](https://www.rfc-editor.org/rfc/rfc8693#section-4.1).
#[tokio::test]
async fn a_client_that_must_delegate_names_itself_as_the_actor() {
    let stage = Stage::with(ExchangeMode::Delegation).await;
    let shown = stage.shown().await;
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    answer.assert_error("invalid_request");

    let actor = stage.own(&stage.reports_api, "files:read").await;
    let more = [
        ("resource", FILES),
        ("actor_token", &*actor),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    let token = stage.exchange(&shown, &more).await.assert_ok().access_token;
    let told = stage.told(&stage.files_api, &token).await;
    assert_eq!(told["sub"], stage.scene.alice.sub());
    let act = json!({"sub": "reports-api", "client_id": "reports-api"});
    assert_eq!(told["act"], act);

    // The next one acts after the first, who is not forgotten, also where nobody has to say who acts.
    let onwards = |mode| policy(&["https://mail.example"], mode);
    let change =
        |client: &mut Client| client.token_exchange = Some(onwards(ExchangeMode::Delegation));
    stage.scene.change(&stage.files_api, change).await;
    let files_api = stage.scene.provider.token(&stage.files_api);
    let own = stage.own(&stage.files_api, "mail:read").await;
    let more = [
        ("scope", "mail:read"),
        ("actor_token", &*own),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    let next = exchange(&files_api, &token, &more).await.assert_ok();
    let told = stage.told(&stage.files_api, &next.access_token).await;
    let chain = json!({"sub": "files-api", "client_id": "files-api", "act": act});
    assert_eq!(told["act"], chain);
    let change =
        |client: &mut Client| client.token_exchange = Some(onwards(ExchangeMode::Impersonation));
    stage.scene.change(&stage.files_api, change).await;
    let next = exchange(&files_api, &token, &[("scope", "mail:read")]).await;
    let next = next.assert_ok().access_token;
    assert_eq!(stage.told(&stage.files_api, &next).await["act"], act);
}

/// P32: nobody is named as the actor who does not act.
#[tokio::test]
async fn an_actor_token_is_one_that_the_client_itself_was_given() {
    let stage = Stage::with(ExchangeMode::Delegation).await;
    let shown = stage.shown().await;
    let answer = |actor: String, said: &'static str| {
        let (stage, shown) = (&stage, &shown);
        async move {
            let more = [
                ("resource", FILES),
                ("actor_token", &*actor),
                ("actor_token_type", said),
            ];
            stage.exchange(shown, &more).await
        }
    };
    // Alice's token was sent to the API, and she is not who acts.
    let refused = answer(shown.clone(), ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    let others = stage.own(&stage.wiki, "reports:read").await;
    let refused = answer(others, ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    let own = stage.own(&stage.reports_api, "files:read").await;
    for said in [JWT, "urn:ietf:params:oauth:token-type:id_token", ""] {
        let refused = answer(own.clone(), said).await;
        refused.assert_error("invalid_request");
    }
    // One that was exchanged speaks for somebody else.
    stage
        .change_api(|client| {
            client.token_exchange = Some(policy(&[FILES], ExchangeMode::Impersonation));
        })
        .await;
    let exchanged = stage.for_files(&shown).await;
    let refused = answer(exchanged, ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    assert_eq!(stage.api().revoke(&own).await.status, 200);
    let refused = answer(own, ACCESS_TOKEN).await;
    refused.assert_error("invalid_request");
    let alone = [("resource", FILES), ("actor_token_type", ACCESS_TOKEN)];
    let refused = stage.exchange(&shown, &alone).await;
    refused.assert_error("invalid_request");
}

/// P32: nothing is exchanged in silence.
#[tokio::test]
async fn the_record_says_who_exchanged_whose_token_and_for_what() {
    let stage = Stage::with(ExchangeMode::Delegation).await;
    let shown = stage.shown().await;
    let actor = stage.own(&stage.reports_api, "files:read").await;
    let more = [
        ("scope", "files:read"),
        ("actor_token", &*actor),
        ("actor_token_type", ACCESS_TOKEN),
    ];
    stage.exchange(&shown, &more).await.assert_ok();
    let events = stage.scene.provider.recent_events().await;
    let exchanged = events
        .iter()
        .map(|record| serde_json::to_value(&record.event).expect("events are JSON"))
        .find(|event| event["event"] == "token_exchanged");
    assert_eq!(
        exchanged,
        Some(json!({
            "event": "token_exchanged",
            "client": "reports-api",
            "subject": stage.scene.alice.sub(),
            "actor": "reports-api",
            "target": FILES,
            "scope": "files:read",
        }))
    );
}
