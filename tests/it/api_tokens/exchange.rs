//! API tokens in exchange for short ones that an API verifies by itself ([RFC 8693](https://www.rfc-editor.org/rfc/rfc8693)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::{Cause, Quota};
use doorward_core::client::{Client, GrantType};
use doorward_core::event::Event;
use doorward_core::person::PersonStatus;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_core::status_list::Statuses;
use doorward_core::token::exchange::{ExchangeMode, ExchangePolicy};
use doorward_directory::Failure;
use doorward_directory::clients::Updated;
use doorward_tests::id_token::IdToken;
use doorward_tests::token_client::Answer;
use serde_json::{Value, json};

use super::stage::{Made, REPORTS, Stage, days};

const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";

/// The stage, where reports have signed tokens, and their API may have such in exchange for what it is shown.
pub(crate) async fn exchanging() -> Stage {
    let stage = Stage::new().await;
    let servers = stage.provider().directory().resource_servers();
    let signed = |server: &ResourceServer| {
        Ok::<_, Failure>(ResourceServer {
            access_token_format: AccessTokenFormat::Jwt,
            ..server.clone()
        })
    };
    let reports = REPORTS.parse().expect("a resource");
    let changed = servers.update(&reports, signed).await;
    assert!(changed.is_ok(), "{changed:?}");
    let policy = ExchangePolicy {
        resources: [REPORTS.parse().expect("a resource")].into(),
        mode: ExchangeMode::Impersonation,
    };
    let may_exchange = |client: &mut Client| {
        client.grant_types.insert(GrantType::TokenExchange);
        client.scope = "reports:read reports:write".parse().expect("a scope");
        client.token_exchange = Some(policy);
    };
    stage.scene.change(&stage.api, may_exchange).await;
    stage
}

async fn exchange(stage: &Stage, token: &str, from: Option<&str>) -> Answer {
    let mut form = vec![
        ("grant_type", GrantType::TokenExchange.as_str()),
        ("subject_token", token),
        ("subject_token_type", ACCESS_TOKEN),
        ("audience", REPORTS),
    ];
    form.extend(from.map(|from| ("client_ip", from)));
    let api = stage.provider().token(&stage.api);
    api.send_to("/token", &form).await
}

/// The signed token that is given for one, to somebody who shows that from there.
pub(crate) async fn signed(stage: &Stage, made: &Made, from: Option<&str>) -> String {
    let answer = exchange(stage, made.secret.reveal(), from).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let token = &answer.json()["access_token"];
    token.as_str().expect("a token").to_owned()
}

/// What the API is told of a signed token that somebody shows it from there.
async fn told(stage: &Stage, token: &str, from: Option<&str>) -> Value {
    stage.answer(token, from).await.json()
}

/// T06: the networks go with it.
#[tokio::test]
async fn a_busy_api_gets_a_short_token_that_it_verifies_by_itself() {
    let stage = exchanging().await;
    let made = stage
        .token(|new| new.networks = "192.0.2.0/24".parse().ok())
        .await;
    let token = signed(&stage, &made, Some("192.0.2.7")).await;
    let jwks = stage.provider().token(&stage.api).get("/jwks").await.json();
    let mut claims = IdToken::verify(&token, &jwks).claims;
    let (iat, exp) = (claims.remove("iat"), claims.remove("exp"));
    let seconds = |at: Option<Value>| at.and_then(|at| at.as_i64()).expect("seconds");
    assert!(seconds(exp) - seconds(iat) <= 600);
    claims.remove("jti");
    assert_eq!(
        Value::Object(claims),
        json!({
            "iss": stage.provider().issuer(),
            "aud": REPORTS,
            "sub": stage.alice.to_string(),
            "client_id": "reports-api",
            "scope": "reports:read reports:write",
            "api_token_id": made.token.id.to_string(),
            "networks": ["192.0.2.0/24"],
        })
    );
    let answer = exchange(&stage, made.secret.reveal(), Some("192.0.2.7"))
        .await
        .json();
    for never in ["refresh_token", "id_token"] {
        assert_eq!(answer.get(never), None, "T05: {never}");
    }
}

/// T06, T08: at Doorward's own endpoints it dies with the token that it was given for.
#[tokio::test]
async fn what_was_given_for_a_token_dies_with_it() {
    let stage = exchanging().await;
    let directory = stage.provider().directory();
    let made = stage
        .token(|new| new.networks = "192.0.2.0/24".parse().ok())
        .await;
    let inside = Some("192.0.2.7");
    let token = signed(&stage, &made, inside).await;
    let active = async |token: &str| told(&stage, token, inside).await["active"] == true;
    assert!(active(&token).await);
    for outside in [Some("198.51.100.1"), None] {
        assert_eq!(
            told(&stage, &token, outside).await,
            json!({ "active": false })
        );
    }
    let accountants = "accountants".parse().expect("a group");
    let left = directory
        .groups()
        .remove_member(&accountants, stage.alice)
        .await;
    assert_eq!(left, Ok(true));
    assert!(
        !active(&token).await,
        "it may write, and its owner may not any more"
    );
    let token = signed(&stage, &made, inside).await;
    assert!(active(&token).await);
    let now = stage.provider().clock().now();
    for (status, works) in [
        (PersonStatus::Disabled, false),
        (PersonStatus::Enabled, true),
    ] {
        let changed = directory
            .people()
            .set_status(stage.alice, status, now)
            .await;
        assert_eq!(
            (changed, active(&token).await),
            (Ok(true), works),
            "{status:?}"
        );
    }
    stage
        .change(&made.token, |token| {
            token.state = token.state.clone().revoked(token.created_at, Cause::Leak);
        })
        .await;
    assert!(!active(&token).await);
}

/// T08: the status list says so too, to an API that verifies by itself.
#[tokio::test]
async fn a_list_calls_revoked_what_was_given_for_a_token_that_died() {
    let stage = exchanging().await;
    let provider = stage.provider();
    let servers = provider.directory().resource_servers();
    let reports = REPORTS.parse().expect("a resource");
    let listed = servers.update(&reports, |server| {
        Ok::<_, Failure>(ResourceServer {
            access_token_status: AccessTokenStatus::StatusList,
            ..server.clone()
        })
    });
    assert!(matches!(listed.await, Ok(Updated::Updated(_))));
    let (made, other) = (stage.token(|_| ()).await, stage.token(|_| ()).await);
    let tokens = [
        signed(&stage, &made, None).await,
        signed(&stage, &other, None).await,
    ];
    let api = provider.token(&stage.api);
    let revoked = async |token: &str| {
        provider.clock().advance(Duration::from_secs(6));
        let jwks = api.get("/jwks").await.json();
        let claims = IdToken::verify(token, &jwks).claims;
        let status = &claims["status"]["status_list"];
        let path = status["uri"].as_str().expect("a list");
        let path = path.strip_prefix(provider.issuer()).expect("ours");
        let list = IdToken::verify(&api.get(path).await.text, &jwks).claims;
        let bits = list["status_list"]["lst"].as_str().expect("a list");
        let statuses = Statuses::decode(1, bits).expect("a list");
        let idx = status["idx"].as_u64().and_then(|idx| idx.try_into().ok());
        statuses.is_valid(idx.expect("an index"))
    };
    for token in &tokens {
        assert_eq!(revoked(token).await, Some(true));
    }
    let change = stage.change(&made.token, |token| {
        token.state = token.state.clone().revoked(token.created_at, Cause::Leak);
    });
    change.await;
    assert_eq!(revoked(&tokens[0]).await, Some(false));
    assert_eq!(revoked(&tokens[1]).await, Some(true));
}

/// T03, T04, T06: refused on this way as on every other, each with a reference that leads to the reason.
#[tokio::test]
async fn what_does_not_work_is_exchanged_for_nothing() {
    let stage = exchanging().await;
    let directory = stage.provider().directory();
    let refused = async |made: &Made, from: Option<&str>, why: &str| {
        let answer = exchange(&stage, made.secret.reveal(), from).await;
        assert_eq!(answer.status, 400, "{why}: {answer:?}");
        assert_eq!(answer.json()["error"], "invalid_request", "{why}");
        let events = stage
            .provider()
            .events(&answer.assert_error("invalid_request"))
            .await;
        let reasons: Vec<_> = events
            .into_iter()
            .filter_map(|record| match record.event {
                Event::ApiTokenRefused { reason, .. } => Some(reason),
                _ => None,
            })
            .collect();
        assert!(
            reasons.len() == 1 && reasons[0].contains(why),
            "{why}: {reasons:?}"
        );
    };
    let bound = stage
        .token(|new| new.networks = "192.0.2.0/24".parse().ok())
        .await;
    refused(&bound, Some("198.51.100.1"), "outside of its networks").await;
    refused(&bound, None, "client_ip").await;
    let quota = Quota {
        per_minute: Some(1),
        per_day: None,
    };
    let rare = stage.token(|new| new.quota = quota).await;
    signed(&stage, &rare, None).await;
    refused(&rare, None, "more than 1 times in a minute").await;
    let revoked = stage.token(|_| ()).await;
    stage
        .change(&revoked.token, |token| {
            token.state = token
                .state
                .clone()
                .revoked(token.created_at, Cause::Operator);
        })
        .await;
    refused(&revoked, None, "revoked").await;
    let writes = stage
        .token(|new| new.scope = "reports:write".parse().expect("a scope"))
        .await;
    let accountants = "accountants".parse().expect("a group");
    let left = directory
        .groups()
        .remove_member(&accountants, stage.alice)
        .await;
    assert_eq!(left, Ok(true));
    refused(&writes, None, "nothing that the API token was made for").await;
    let reads = stage
        .token(|new| new.scope = "reports:read".parse().expect("a scope"))
        .await;
    let now = stage.provider().clock().now();
    let people = directory.people();
    assert_eq!(
        people
            .set_status(stage.alice, PersonStatus::Disabled, now)
            .await,
        Ok(true)
    );
    refused(&reads, None, "the owner of the API token is disabled").await;
    assert_eq!(
        people
            .set_status(stage.alice, PersonStatus::Enabled, now)
            .await,
        Ok(true)
    );
    stage.provider().clock().advance(days(90));
    refused(&reads, None, "expired").await;
}
