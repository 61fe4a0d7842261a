//! Which tokens are exchanged.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::client::{Client, GrantType};
use doorward_core::person::PersonStatus;
use doorward_core::token::exchange::ExchangeMode;
use doorward_tests::id_token::IdToken;
use serde_json::Value;

use super::{ACCESS_TOKEN, FILES, JWT, Stage, exchange, policy};

/// P32: a token that a client got hold of, and that was never sent to it.
#[tokio::test]
async fn a_token_is_exchanged_by_the_api_that_received_it_or_its_own_client() {
    let stage = Stage::new().await;
    let named = [("resource", FILES)];
    for scope in ["openid", "mail:read"] {
        let elsewhere = stage.scene.tokens(&stage.wiki, scope).await;
        let answer = stage.exchange(&elsewhere.access_token, &named).await;
        answer.assert_error("invalid_request");
    }
    let shop = stage.scene.provider.client("shop").with(|client| {
        client.scope = "reports:read files:read".parse().expect("a scope");
        client.token_exchange = Some(policy(&[FILES], ExchangeMode::Impersonation));
    });
    let shop = shop.await;
    let token = stage.scene.provider.token(&shop);
    let answer = exchange(&token, &stage.shown().await, &named).await;
    answer.assert_error("invalid_request");
    let own = stage.scene.tokens(&shop, "reports:read").await;
    let tokens = exchange(&token, &own.access_token, &named).await;
    assert_eq!(tokens.assert_ok().all["scope"], "files:read");
}

/// P32: only access tokens are exchanged, whatever the request calls them.
#[tokio::test]
async fn refresh_tokens_id_tokens_and_other_texts_are_not_exchanged() {
    let stage = Stage::new().await;
    let scope = "openid offline_access reports:read";
    let tokens = stage.scene.tokens(&stage.wiki, scope).await;
    let (refresh_token, id_token) = (
        tokens.refresh_token.expect("a refresh token"),
        tokens.id_token.expect("an ID Token"),
    );
    let token = |name: &str| format!("urn:ietf:params:oauth:token-type:{name}");
    for text in [&*refresh_token, &*id_token, "nonsense", "a.b.c"] {
        for said in [ACCESS_TOKEN, JWT] {
            let more = [("resource", FILES), ("subject_token_type", said)];
            let answer = stage.exchange(text, &more).await;
            answer.assert_error("invalid_request");
        }
    }
    for (text, said) in [
        (&refresh_token, "refresh_token"),
        (&id_token, "id_token"),
        (&tokens.access_token, "saml2"),
        (&tokens.access_token, "ACCESS_TOKEN"),
    ] {
        let said = token(said);
        let more = [("resource", FILES), ("subject_token_type", &*said)];
        let answer = stage.exchange(text, &more).await;
        answer.assert_error("invalid_request");
    }
    for requested in [token("refresh_token"), token("id_token"), "jwt".to_owned()] {
        let more = [("resource", FILES), ("requested_token_type", &*requested)];
        let answer = stage.exchange(&tokens.access_token, &more).await;
        answer.assert_error("invalid_request");
    }
}

/// [RFC 8693 section 3](https://www.rfc-editor.org/rfc/rfc8693#section-3): a token is exchanged as what it is.
#[tokio::test]
async fn a_signed_token_may_be_called_a_jwt_and_an_opaque_one_may_not() {
    let stage = Stage::new().await;
    let mail = "https://mail.example";
    let both = policy(&[FILES, mail], ExchangeMode::Impersonation);
    stage
        .change_api(|client| client.token_exchange = Some(both.clone()))
        .await;
    let shown = stage.shown().await;
    let jwt = [
        ("subject_token_type", JWT),
        ("requested_token_type", JWT),
        ("resource", mail),
    ];
    let tokens = stage.exchange(&shown, &jwt).await.assert_ok();
    assert_eq!(tokens.all["issued_token_type"], JWT);
    let jwks = stage.api().get("/jwks").await.json();
    let said = Value::Object(IdToken::verify(&tokens.access_token, &jwks).claims);
    assert_eq!(said["aud"], mail);
    assert_eq!(said["scope"], "mail:read mail:write");
    let opaque = [("requested_token_type", JWT), ("resource", FILES)];
    let answer = stage.exchange(&shown, &opaque).await;
    answer.assert_error("invalid_request");

    let onwards = policy(&[mail], ExchangeMode::Impersonation);
    let change = |client: &mut Client| client.token_exchange = Some(onwards);
    stage.scene.change(&stage.files_api, change).await;
    let opaque = stage.for_files(&shown).await;
    let files_api = stage.scene.provider.token(&stage.files_api);
    let answer = exchange(&files_api, &opaque, &jwt).await;
    answer.assert_error("invalid_request");
    let answer = exchange(&files_api, &opaque, &[("resource", mail)]).await;
    assert_eq!(answer.assert_ok().all["scope"], "mail:read");
}

/// P32: a token that does not work is worth nothing, for whichever reason
/// ([RFC 8693 section 2.2.2](https://www.rfc-editor.org/rfc/rfc8693#section-2.2.2)).
#[tokio::test]
async fn a_token_that_does_not_work_is_not_exchanged() {
    let stage = Stage::new().await;
    let wiki = stage.scene.provider.token(&stage.wiki);
    let named = [("resource", FILES)];

    let revoked = stage.shown().await;
    assert_eq!(wiki.revoke(&revoked).await.status, 200);
    let answer = stage.exchange(&revoked, &named).await;
    answer.assert_error("invalid_request");

    let expired = stage.shown().await;
    stage
        .scene
        .provider
        .clock()
        .advance(Duration::from_hours(1));
    let answer = stage.exchange(&expired, &named).await;
    answer.assert_error("invalid_request");

    let ended = stage.shown().await;
    let (alice, now) = (stage.scene.alice.id, stage.scene.provider.clock().now());
    let sessions = stage.scene.provider.directory().sessions();
    assert_eq!(sessions.end_all_of(alice, now).await, Ok(1));
    let answer = stage.exchange(&ended, &named).await;
    answer.assert_error("invalid_request");

    stage.scene.browser.sign_in(&stage.scene.alice).await;
    let disabled = stage.shown().await;
    let people = stage.scene.provider.directory().people();
    let done = people.set_status(alice, PersonStatus::Disabled, now).await;
    assert_eq!(done, Ok(true));
    let answer = stage.exchange(&disabled, &named).await;
    answer.assert_error("invalid_request");
}

/// A program's own token, which speaks for no person, goes the same way.
#[tokio::test]
async fn a_token_of_a_program_is_exchanged_and_falls_with_the_program() {
    let stage = Stage::new().await;
    let nightly = stage.scene.provider.client("nightly").scope("reports:read");
    let nightly = nightly.await;
    let shown = stage.own(&nightly, "reports:read").await;
    let token = stage.for_files(&shown).await;
    let told = stage.told(&stage.files_api, &token).await;
    assert_eq!(told["sub"], "nightly");
    assert_eq!(told["client_id"], "reports-api");
    assert_eq!(told.get("auth_time"), None);
    let change = |client: &mut Client| {
        client.grant_types.remove(&GrantType::ClientCredentials);
    };
    stage.scene.change(&nightly, change).await;
    assert!(!stage.is_active(&token).await);
}
