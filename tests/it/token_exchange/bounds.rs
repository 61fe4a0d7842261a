//! What a token that was given in exchange opens, and until when.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::client::{Client, DpopPolicy};
use doorward_core::token::exchange::ExchangeMode;
use doorward_tests::dpop_key::DpopKey;
use serde_json::json;

use super::{FILES, REPORTS, Stage, exchange, policy};

/// P32: the new token ends with the old one, and lives no longer than its own kind does.
#[tokio::test]
async fn it_never_outlives_the_token_that_it_was_given_for() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    let exp = stage.told(&stage.reports_api, &shown).await["exp"].clone();
    stage.scene.provider.clock().advance(Duration::from_secs(7));
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    let tokens = answer.assert_ok();
    let told = stage.told(&stage.files_api, &tokens.access_token).await;
    assert_eq!(told["exp"], exp);
    let left = exp.as_i64().expect("a time") - told["iat"].as_i64().expect("a time");
    assert_eq!(tokens.all["expires_in"], left);
    let left = Duration::from_secs(left.unsigned_abs());
    stage.scene.provider.clock().advance(left);
    assert!(!stage.is_active(&tokens.access_token).await);
}

/// P32: what ends the grant ends what was exchanged, and so does taking the permission back.
#[tokio::test]
async fn it_dies_with_its_grant_and_with_the_permission() {
    let stage = Stage::new().await;
    let token = stage.for_files(&stage.shown().await).await;
    assert!(stage.is_active(&token).await);
    let none = |client: &mut Client| client.token_exchange = None;
    stage.change_api(none).await;
    assert!(!stage.is_active(&token).await);
    stage
        .change_api(|client| {
            client.token_exchange = Some(policy(&[REPORTS], ExchangeMode::Impersonation));
        })
        .await;
    assert!(!stage.is_active(&token).await);
    stage.change_api(|_| ()).await;
    assert!(stage.is_active(&token).await);

    let sessions = stage.scene.provider.directory().sessions();
    let now = stage.scene.provider.clock().now();
    let ended = sessions.end_all_of(stage.scene.alice.id, now).await;
    assert_eq!(ended, Ok(1));
    assert!(!stage.is_active(&token).await);
}

/// P32: nothing is reached by a detour that was not allowed at first.
#[tokio::test]
async fn it_opens_no_more_than_the_client_is_registered_for_or_was_allowed_at_first() {
    let stage = Stage::new().await;
    let mail = "https://mail.example";
    let all = policy(&[FILES, REPORTS, mail], ExchangeMode::Impersonation);
    stage
        .change_api(|client| {
            client.token_exchange = Some(all);
            client.scope = "files:read mail:read mail:write reports:read reports:write"
                .parse()
                .expect("a scope");
        })
        .await;
    let shown = stage.shown().await;
    let refused = async |token: &str, scope: &str| {
        let answer = stage.exchange(token, &[("scope", scope)]).await;
        answer.assert_error("invalid_scope");
    };
    // The client is not registered for it.
    refused(&shown, "files:write").await;
    refused(&shown, "files:read openid").await;
    refused(&shown, "files:read nonsense").await;
    // The token does not have it, at its own server.
    refused(&shown, "reports:write").await;
    let answer = stage.exchange(&shown, &[("resource", REPORTS)]).await;
    assert_eq!(answer.assert_ok().all["scope"], "reports:read");

    // The person allowed reading mail, which the token for reports does not show.
    let request = stage.wiki.request().with("scope", "reports:read mail:read");
    let code = stage.scene.code(request).await;
    let wiki = stage.scene.provider.token(&stage.wiki);
    let shown = wiki.exchange_for(&code, REPORTS).await.assert_ok();
    refused(&shown.access_token, "mail:write").await;
    let answer = stage
        .exchange(&shown.access_token, &[("audience", mail)])
        .await;
    assert_eq!(answer.assert_ok().all["scope"], "mail:read");

    // From reports to files and back.
    let back = policy(&[REPORTS], ExchangeMode::Impersonation);
    let change = |client: &mut Client| {
        client.token_exchange = Some(back);
        client.scope = "reports:read reports:write".parse().expect("a scope");
    };
    stage.scene.change(&stage.files_api, change).await;
    let files = stage.for_files(&shown.access_token).await;
    let files_api = stage.scene.provider.token(&stage.files_api);
    let answer = exchange(&files_api, &files, &[("scope", "reports:write")]).await;
    answer.assert_error("invalid_scope");
    let answer = exchange(&files_api, &files, &[("resource", REPORTS)]).await;
    assert_eq!(answer.assert_ok().all["scope"], "reports:read");
}

/// [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5): what was bound to a key stays bound to one.
#[tokio::test]
async fn a_token_that_is_bound_is_exchanged_for_one_that_is_bound_to_the_clients_key() {
    let stage = Stage::new().await;
    let (provider, named) = (&stage.scene.provider, [("resource", FILES)]);
    let (wikis, apis) = (DpopKey::generate("ES256"), DpopKey::generate("ES256"));
    let request = stage.wiki.request().with("scope", "reports:read");
    let code = stage.scene.code(request).await;
    let wiki = provider.proving(&stage.wiki, &wikis);
    let bound = wiki.exchange(&code).await.assert_bound().access_token;

    let answer = stage.exchange(&bound, &named).await;
    answer.assert_error("invalid_dpop_proof");
    let api = provider.proving(&stage.reports_api, &apis);
    let token = exchange(&api, &bound, &named).await.assert_bound();
    let told = stage.told(&stage.files_api, &token.access_token).await;
    assert_eq!(told["cnf"], json!({"jkt": apis.thumbprint()}));
    assert_eq!(told["token_type"], "DPoP");

    // Its own client has the key, and proves it.
    let own = |client: &mut Client| {
        client.token_exchange = Some(policy(&[REPORTS], ExchangeMode::Impersonation));
        client.dpop = DpopPolicy::Optional;
    };
    stage.scene.change(&stage.wiki, own).await;
    let named = [("resource", REPORTS)];
    let plain = provider.token(&stage.wiki);
    let answer = exchange(&plain, &bound, &named).await;
    answer.assert_error("invalid_dpop_proof");
    let other = provider.proving(&stage.wiki, &apis);
    let answer = exchange(&other, &bound, &named).await;
    answer.assert_error("invalid_request");
    exchange(&wiki, &bound, &named).await.assert_bound();
}
