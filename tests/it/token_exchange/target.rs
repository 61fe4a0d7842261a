//! What a token is exchanged for, and by whom.

use doorward_core::client::GrantType;
use doorward_core::token::exchange::ExchangeMode;
use serde_json::{Value, json};

use super::{ACCESS_TOKEN, FILES, REPORTS, Stage, exchange, policy};

/// [RFC 8693 section 2.2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.1).
#[tokio::test]
async fn an_api_gets_a_token_for_the_next_one_that_speaks_for_the_same_person() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    let before = stage.told(&stage.reports_api, &shown).await;
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    let tokens = answer.assert_ok();
    assert_eq!(tokens.all["issued_token_type"], ACCESS_TOKEN);
    assert_eq!(tokens.all["scope"], "files:read files:write");
    assert_eq!(tokens.refresh_token, None);
    assert_eq!(tokens.id_token, None);
    let told = stage.told(&stage.files_api, &tokens.access_token).await;
    for (member, value) in [
        ("aud", json!(FILES)),
        ("sub", json!(stage.scene.alice.sub())),
        ("client_id", json!("reports-api")),
        ("auth_time", before["auth_time"].clone()),
        ("acr", before["acr"].clone()),
        ("act", Value::Null),
    ] {
        assert_eq!(told[member], value, "{member}");
    }
    let answer = stage
        .scene
        .userinfo(&stage.wiki, &tokens.access_token)
        .await;
    assert_eq!(answer.status, 401, "it is for files alone");
}

/// [RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1): the target has a name by any of three parameters.
#[tokio::test]
async fn resource_audience_or_scope_says_what_the_token_is_for() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    for named in [
        &[("resource", FILES)][..],
        &[("audience", FILES)],
        &[("audience", FILES), ("resource", FILES)],
        &[("audience", FILES), ("audience", FILES)],
        &[("scope", "files:read")],
    ] {
        let tokens = stage.exchange(&shown, named).await.assert_ok();
        assert_eq!(
            stage.told(&stage.files_api, &tokens.access_token).await["aud"],
            FILES
        );
    }
    for named in [
        &[][..],
        &[("resource", FILES), ("audience", "https://mail.example")],
        &[("audience", FILES), ("audience", "https://mail.example")],
        &[("audience", "files")],
        &[("resource", "https://nobody.example")],
        &[("scope", "files:read mail:read")],
        &[("scope", "openid")],
    ] {
        let answer = stage.exchange(&shown, named).await;
        answer.assert_error("invalid_target");
    }
}

/// P32: default deny, by client.
#[tokio::test]
async fn a_client_that_nobody_allowed_exchanges_nothing() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    let named = [("resource", FILES)];
    stage
        .change_api(|client| client.token_exchange = None)
        .await;
    let answer = stage.exchange(&shown, &named).await;
    answer.assert_error("unauthorized_client");
    // It does not even learn which tokens work.
    let answer = stage.exchange("nonsense", &named).await;
    answer.assert_error("unauthorized_client");
    stage
        .change_api(|client| {
            client.grant_types.remove(&GrantType::TokenExchange);
        })
        .await;
    let answer = stage.exchange(&shown, &named).await;
    answer.assert_error("unauthorized_client");
    let public = stage.scene.provider.client("spa").public();
    let public = public.with(|client| {
        client.scope = "files:read reports:read".parse().expect("a scope");
        client.token_exchange = Some(policy(&[FILES], ExchangeMode::Impersonation));
    });
    let public = public.await;
    let own = stage.scene.tokens(&public, "reports:read").await;
    let client = stage.scene.provider.token(&public);
    let answer = exchange(&client, &own.access_token, &named).await;
    answer.assert_error("unauthorized_client");
}

/// P32: default deny, by target, however the target is named.
#[tokio::test]
async fn a_client_exchanges_for_no_resource_server_that_its_registration_does_not_name() {
    let stage = Stage::new().await;
    let shown = stage.shown().await;
    for named in [
        ("resource", "https://mail.example"),
        ("audience", "https://mail.example"),
        ("scope", "mail:read"),
        ("resource", REPORTS),
    ] {
        let answer = stage.exchange(&shown, &[named]).await;
        answer.assert_error("invalid_target");
    }
    let issuer = stage.scene.provider.issuer().to_owned();
    let answer = stage.exchange(&shown, &[("audience", &issuer)]).await;
    answer.assert_error("invalid_target");
    // What it may exchange for but is registered for nothing at, it does not reach either.
    stage
        .change_api(|client| client.scope = "mail:read".parse().expect("a scope"))
        .await;
    let answer = stage.exchange(&shown, &[("resource", FILES)]).await;
    answer.assert_error("invalid_target");
}

/// [RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2).
#[tokio::test]
async fn the_metadata_lists_the_grant_type() {
    let stage = Stage::new().await;
    let document = stage.api().get("/.well-known/openid-configuration").await;
    let grant_types = document.json()["grant_types_supported"].clone();
    let ours = json!(GrantType::TokenExchange.as_str());
    assert!(
        grant_types
            .as_array()
            .is_some_and(|all| all.contains(&ours)),
        "{grant_types}"
    );
}
