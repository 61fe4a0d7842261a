//! What an API learns of an API token when it asks ([RFC 7662 section 2](https://www.rfc-editor.org/rfc/rfc7662#section-2)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::{ActsFor, Cause, Owner, Quota};
use doorward_core::event::Event;
use doorward_core::person::PersonStatus;
use doorward_core::resource_server::ResourceServer;
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::Failure;
use reqwest::StatusCode;
use serde_json::json;

use super::stage::{Made, REPORTS, Stage, days, ip};

/// T04: what the owner may, the token may.
#[tokio::test]
async fn an_api_learns_for_whom_a_token_acts_and_what_it_may() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let now = made.token.created_at.as_seconds();
    assert_eq!(
        stage.told(&made, None).await,
        json!({
            "active": true,
            "iss": stage.provider().issuer(),
            "aud": REPORTS,
            "sub": stage.alice.to_string(),
            "scope": "reports:read reports:write",
            "iat": now,
            "exp": now + 90 * 86_400,
            "jti": made.token.id.to_string(),
            "token_type": "Bearer",
        })
    );
}

#[tokio::test]
async fn an_api_key_says_whose_project_a_request_is_and_nobodys_name() {
    let stage = Stage::new().await;
    let key = stage
        .token(|new| {
            new.acts_for = ActsFor::Project {
                project: "website".parse().expect("a project"),
                owner: Owner::Group("accountants".parse().expect("a group")),
            };
            new.scope = doorward_core::scope::Scope::default();
            new.resources = [REPORTS.parse().expect("a resource")].into();
        })
        .await;
    assert!(key.secret.reveal().starts_with("dw_key_"));
    let told = stage.told(&key, None).await;
    assert_eq!(
        (&told["active"], &told["sub"]),
        (&json!(true), &json!("project:website"))
    );
    assert_eq!((told.get("scope"), &told["aud"]), (None, &json!(REPORTS)));
}

/// P41: whoever is not the API learns nothing.
#[tokio::test]
async fn a_client_that_is_not_the_api_learns_nothing() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let other = stage.provider().client("other").await;
    let answer = stage
        .provider()
        .token(&other)
        .introspect(made.secret.reveal())
        .await;
    assert_eq!(
        (answer.status, answer.json()),
        (StatusCode::OK, json!({ "active": false }))
    );
}

/// T06, N01: the address comes from the API, which has proven who it is.
#[tokio::test]
async fn a_token_with_networks_is_active_only_for_those_who_show_it_from_there() {
    let stage = Stage::new().await;
    let made = stage
        .token(|new| new.networks = "192.0.2.0/24 2001:db8::/32".parse().ok())
        .await;
    for inside in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::7"] {
        assert_eq!(
            stage.told(&made, Some(inside)).await["active"],
            true,
            "{inside}"
        );
    }
    for outside in [Some("198.51.100.1"), Some("2001:db9::1"), None] {
        let told = stage.told(&made, outside).await;
        assert_eq!(told, json!({ "active": false }), "{outside:?}");
    }
    let malformed = stage
        .answer(made.secret.reveal(), Some("192.0.2.7, 198.51.100.1"))
        .await;
    assert_eq!(malformed.status, 400);
    assert_eq!(malformed.json()["error"], "invalid_request");
}

/// T03: expiry, revocation, and what the owner may count at every use.
/// T04: a token dies with its owner.
/// T08: at the next request.
#[tokio::test]
async fn a_token_that_works_no_more_is_not_active_from_the_next_request_on() {
    let stage = Stage::new().await;
    let directory = stage.provider().directory();
    let made = stage.token(|_| ()).await;
    let active = async |made: &Made| stage.told(made, None).await["active"] == true;
    assert!(active(&made).await);
    stage
        .change(&made.token, |token| {
            token.state = token
                .state
                .clone()
                .suspended(token.created_at, Cause::Operator);
        })
        .await;
    assert!(!active(&made).await);
    stage
        .change(&made.token, |token| {
            token.state = token
                .state
                .clone()
                .resumed(token.created_at)
                .expect("it goes on");
        })
        .await;
    assert!(active(&made).await);

    let accountants = "accountants".parse().expect("a group");
    assert_eq!(
        directory
            .groups()
            .remove_member(&accountants, stage.alice)
            .await,
        Ok(true)
    );
    assert_eq!(stage.told(&made, None).await["scope"], "reports:read");
    let now = stage.provider().clock().now();
    for (status, works) in [
        (PersonStatus::Disabled, false),
        (PersonStatus::Enabled, true),
    ] {
        let people = directory.people();
        assert_eq!(people.set_status(stage.alice, status, now).await, Ok(true));
        assert_eq!(active(&made).await, works, "{status:?}");
    }

    stage
        .change(&made.token, |token| {
            token.state = token.state.clone().revoked(token.created_at, Cause::Leak);
        })
        .await;
    assert!(!active(&made).await);
    let expiring = stage.token(|_| ()).await;
    stage.provider().clock().advance(days(90));
    assert!(!active(&expiring).await);
}

#[tokio::test]
async fn what_an_api_takes_no_more_no_token_may() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let servers = stage.provider().directory().resource_servers();
    let take_none = |server: &ResourceServer| {
        Ok::<_, Failure>(ResourceServer {
            api_tokens: None,
            ..server.clone()
        })
    };
    assert_eq!(stage.told(&made, None).await["active"], true);
    let changed = servers
        .update(&REPORTS.parse().expect("a resource"), take_none)
        .await;
    assert!(changed.is_ok(), "{changed:?}");
    assert_eq!(stage.told(&made, None).await, json!({ "active": false }));
}

#[tokio::test]
async fn a_token_is_used_no_more_often_than_its_quota_allows() {
    let stage = Stage::new().await;
    let quota = Quota {
        per_minute: Some(3),
        per_day: Some(5),
    };
    let made = stage.token(|new| new.quota = quota).await;
    let uses = async |times: usize| {
        let mut active = 0;
        for _ in 0..times {
            active += usize::from(stage.told(&made, None).await["active"] == true);
        }
        active
    };
    assert_eq!(uses(5).await, 3, "three in a minute");
    stage.provider().clock().advance(Duration::from_mins(1));
    assert_eq!(uses(5).await, 2, "five in a day");
    stage.provider().clock().advance(days(1));
    assert_eq!(uses(5).await, 3);
}

/// T02: what was never one costs no look-up, and the checksum says nothing about what there is.
#[tokio::test]
async fn what_was_never_a_token_and_what_is_none_look_alike() {
    let stage = Stage::new().await;
    let never = stage.answer("dw_pat_garbage", None).await;
    let none = Secret::from_bytes(SecretKind::PersonalAccessToken, &[7; 32]);
    let none = stage.answer(none.reveal(), None).await;
    assert_eq!((never.status, never.json()), (none.status, none.json()));
    assert_eq!(none.json(), json!({ "active": false }));
}

/// Each refusal leads an operator to its reason, which no one else learns.
/// T09: the token is in no event.
#[tokio::test]
async fn a_refusal_is_explained_by_its_reference() {
    let stage = Stage::new().await;
    let made = stage
        .token(|new| new.networks = "192.0.2.0/24".parse().ok())
        .await;
    let answer = stage
        .answer(made.secret.reveal(), Some("198.51.100.1"))
        .await;
    let reference = answer.headers["doorward-reference"]
        .to_str()
        .expect("a reference");
    let events = stage.provider().events(reference).await;
    let events: Vec<_> = events.into_iter().map(|record| record.event).collect();
    let [
        Event::ApiTokenRefused {
            token,
            reason,
            address,
        },
    ] = &events[..]
    else {
        panic!("{events:?}");
    };
    assert_eq!(
        (token, address),
        (&Some(made.token.id), &Some(ip("198.51.100.1")))
    );
    assert!(reason.contains("198.51.100.1"), "{reason}");
    assert!(!format!("{events:?}").contains(made.secret.reveal()));
}
