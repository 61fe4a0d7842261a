//! `doorward token`

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_core::seal::KeyEncryptionKey;
use serde_json::{Value, json};

use super::{NOW, Operator, REFUSED, USAGE};
use crate::ambient::SystemRandom;
use crate::encryption_key::VARIABLE;

/// Alice, an accountant, and an API whose reports anybody's tokens may read and accountants' may write.
pub(super) async fn office() -> Operator {
    let operator = Operator::new();
    for line in [
        "doorward user add alice --generate-password --group accountants",
        "doorward resource add https://reports.example --scope reports:read=Read --scope reports:write=Write \
         --api-token-scope reports:read --api-token-scope reports:write=accountants",
    ] {
        operator.types(line).await.done();
    }
    operator
}

/// Makes a token; says its ID and what opens it.
pub(super) async fn create(operator: &Operator, what: &str) -> (String, String) {
    let line = format!("doorward token create {what} --json");
    let made = operator.types(&line).await.json();
    let text = |member: &str| made[member].as_str().unwrap().to_owned();
    (text("id"), text("token"))
}

async fn check(operator: &Operator, token: &str, more: &str) -> Value {
    let line = format!("doorward token check --json {more}");
    operator.pipes(token, &line).await.json()
}

async fn works(operator: &Operator, token: &str) -> bool {
    check(operator, token, "").await["works"] == true
}

/// T03: 90 days by default, and what else a token has.
#[tokio::test]
async fn a_token_is_made_with_limits_and_shown_this_once() {
    let operator = office().await;
    let made = operator
        .types(
            "doorward token create backup --user alice --scope reports:read --network 192.0.2.0/24 --network 2001:db8::/32 \
             --per-minute 60 --per-day 1000 --expires 30d --json",
        )
        .await
        .json();
    assert!(made["token"].as_str().unwrap().starts_with("dw_pat_"));
    let show = format!(
        "doorward token show {} --json",
        made["id"].as_str().unwrap()
    );
    let mut shown = operator.types(&show).await.json();
    assert!(shown.get("token").is_none());
    shown["token"] = made["token"].clone();
    assert_eq!(shown, made);
    assert_eq!(
        made,
        json!({
            "id": made["id"],
            "name": "backup",
            "kind": "personal_access_token",
            "user": "alice",
            "service_account": null,
            "project": null,
            "owner_user": "alice",
            "owner_group": null,
            "scope": "reports:read",
            "resources": [],
            "networks": ["192.0.2.0/24", "2001:db8::/32"],
            "per_minute": 60,
            "per_day": 1000,
            "created_at": "2023-11-14T22:13:20Z",
            "rotated_at": null,
            "expires_at": "2023-12-14T22:13:20Z",
            "status": "active",
            "reason": null,
            "token": made["token"],
        })
    );
    let words = operator
        .types("doorward token create other --user alice --scope reports:read")
        .await
        .done();
    assert!(words.contains("2024-02-12 22:13:20 UTC"), "{words}");
    assert!(words.contains("It is shown this once"), "{words}");
}

#[tokio::test]
async fn a_program_and_a_project_have_tokens_of_their_own_kind() {
    let operator = office().await;
    let add = "doorward service-account add nightly --owner-group accountants";
    operator.types(add).await.done();
    let (_, of_program) = create(
        &operator,
        "cron --service-account nightly --scope reports:write",
    )
    .await;
    let (_, of_project) = create(
        &operator,
        "shop --project website --owner-user alice --resource https://reports.example",
    )
    .await;
    assert!(of_program.starts_with("dw_sat_") && of_project.starts_with("dw_key_"));
    for (filter, names) in [
        ("", vec!["shop", "cron"]),
        ("--user alice", vec!["shop"]),
        ("--service-account nightly", vec!["cron"]),
        ("--project website", vec!["shop"]),
        ("--project other", vec![]),
    ] {
        let line = format!("doorward token list {filter} --json");
        let listed = operator.types(&line).await.json();
        let listed = listed.as_array().unwrap().iter();
        let found: BTreeSet<&str> = listed
            .map(|token| token["name"].as_str().unwrap())
            .collect();
        assert_eq!(found, BTreeSet::from_iter(names), "{filter}");
    }
    let words = operator.types("doorward token list").await.done();
    assert!(words.contains("the service account nightly"), "{words}");
    assert!(words.contains("the project website"), "{words}");
}

#[tokio::test]
async fn what_makes_no_token_is_refused_in_words() {
    let operator = office().await;
    for (arguments, code, words) in [
        ("x --scope reports:read", USAGE, "--user"),
        (
            "x --user alice --project web --scope reports:read",
            USAGE,
            "cannot be used with",
        ),
        (
            "x --project web --scope reports:read",
            USAGE,
            "--owner-user NAME or --owner-group GROUP",
        ),
        (
            "x --user alice --owner-group accountants --scope reports:read",
            USAGE,
            "--project only",
        ),
        (
            "x --user alice --scope reports:read --network 192.0.2.7/24",
            USAGE,
            "192.0.2.0/24",
        ),
        (
            "x --user alice --scope reports:read --expires soon",
            USAGE,
            "30d",
        ),
        (
            "x --user alice --scope reports:read --per-minute 0",
            USAGE,
            "per-minute",
        ),
        (
            "x --user bob --scope reports:read",
            REFUSED,
            "there is no user bob",
        ),
        (
            "x --service-account nightly --scope reports:read",
            REFUSED,
            "service-account add nightly",
        ),
        (
            "x --project web --owner-group web --scope reports:read",
            REFUSED,
            "there is no group web",
        ),
        ("x --user alice", REFUSED, "at least one scope"),
        (
            "x --user alice --scope reports:erase",
            REFUSED,
            "reports:erase",
        ),
        (
            "x --user alice --scope reports:read --expires never",
            REFUSED,
            "366 days",
        ),
        (
            "x --user alice --scope reports:read --expires 400d",
            REFUSED,
            "366 days",
        ),
        (
            "x --user alice --scope reports:read --resource https://other.example",
            REFUSED,
            "https://other.example",
        ),
    ] {
        let line = format!("doorward token create {arguments}");
        let errors = operator.types(&line).await.refused(code);
        assert!(errors.contains(words), "{arguments}: {errors}");
    }
    let none = operator.types("doorward token list --json").await.json();
    assert_eq!(none, json!([]));
}

/// T09: the token comes by standard input, and nothing but that is read.
/// T06: from other networks it does not work.
#[tokio::test]
async fn a_token_is_checked_as_an_api_would_and_nothing_is_counted() {
    let operator = office().await;
    let (id, token) = create(
        &operator,
        "backup --user alice --scope reports:read --network 192.0.2.0/24 --per-minute 1",
    )
    .await;
    let token = format!("{token}\n");
    for _ in 0..3 {
        let checked = check(&operator, &token, "--from 192.0.2.7").await;
        assert_eq!(
            checked,
            json!({
                "works": true,
                "reason": null,
                "id": id,
                "name": "backup",
                "scope": "reports:read",
                "resources": ["https://reports.example"],
            })
        );
    }
    for (text, from, reason) in [
        (token.as_str(), "", "--from ADDRESS"),
        (token.as_str(), "--from 198.51.100.1", "198.51.100.1"),
        ("dw_pat_nonsense\n", "", "it was never an API token"),
        ("", "", "it was never an API token"),
    ] {
        let checked = check(&operator, text, from).await;
        assert_eq!(checked["works"], false);
        let words = checked["reason"].as_str().unwrap();
        assert!(words.contains(reason), "{words}");
    }
    let as_argument = format!("doorward token check {token}");
    operator.types(&as_argument).await.refused(USAGE);
}

/// A rotated token has another secret; the one before goes on for as long as was said.
#[tokio::test]
async fn a_token_is_rotated_with_an_overlap() {
    let mut operator = office().await;
    let (id, first) = create(&operator, "backup --user alice --scope reports:read").await;
    let rotated = operator
        .types(&format!("doorward token rotate {id} --overlap 2h --json"))
        .await
        .json();
    let second = rotated["token"].as_str().unwrap().to_owned();
    assert_eq!(rotated["rotated_at"], "2023-11-14T22:13:20Z");
    assert!(works(&operator, &first).await && works(&operator, &second).await);
    operator.now = NOW.plus(Duration::from_hours(2));
    assert!(!works(&operator, &first).await && works(&operator, &second).await);
    let words = operator
        .types(&format!("doorward token rotate {id} --overlap 0s"))
        .await
        .done();
    assert!(words.contains("The one before works no more."), "{words}");
    assert!(!works(&operator, &second).await);
    for (arguments, words) in [
        ("--overlap 8d", "168 hours"),
        ("--expires never", "366 days"),
    ] {
        let line = format!("doorward token rotate {id} {arguments}");
        let errors = operator.types(&line).await.refused(REFUSED);
        assert!(errors.contains(words), "{errors}");
    }
}

/// The owner is told why; nothing revives what was revoked.
#[tokio::test]
async fn a_token_is_suspended_resumed_and_revoked() {
    let operator = office().await;
    let (id, token) = create(&operator, "backup --user alice --scope reports:read").await;
    let does = async |what: &str| operator.types(&format!("doorward token {what}")).await;
    let suspended = does(&format!("suspend {id} --reason leaked --json"))
        .await
        .json();
    assert_eq!(suspended["status"], "suspended");
    let reason = suspended["reason"].as_str().unwrap();
    assert!(reason.contains("by an operator: leaked"), "{reason}");
    assert!(!works(&operator, &token).await);
    does(&format!("resume {id}")).await.done();
    assert!(works(&operator, &token).await);
    let revoked = does(&format!("revoke {id} --json")).await.json();
    assert_eq!(revoked["status"], "revoked");
    for what in ["resume", "suspend", "rotate"] {
        does(&format!("{what} {id}")).await.refused(REFUSED);
    }
    let again = does(&format!("revoke {id} --json")).await.json();
    assert_eq!(again["reason"], revoked["reason"], "the first reason stays");

    let events = operator.types("doorward event list --json").await.json();
    let names = events.as_array().unwrap().iter();
    let names: Vec<_> = names
        .map(|event| event["event"].as_str().unwrap())
        .collect();
    for name in [
        "api_token_created",
        "api_token_suspended",
        "api_token_resumed",
        "api_token_revoked",
    ] {
        let count = names.iter().filter(|found| **found == name).count();
        assert_eq!(count, 1, "{name}: {names:?}");
    }
    assert!(!events.to_string().contains(&token), "T09: no event has it");
}

/// T08: of a person, or all: one operation.
#[tokio::test]
async fn many_tokens_are_revoked_at_once() {
    let operator = office().await;
    for line in [
        "doorward user add bob --generate-password",
        "doorward service-account add nightly --owner-user alice",
    ] {
        operator.types(line).await.done();
    }
    let mut tokens = Vec::new();
    for what in [
        "one --user alice --scope reports:read",
        "two --service-account nightly --scope reports:read",
        "three --project website --owner-user alice --scope reports:read",
        "four --user bob --scope reports:read",
    ] {
        tokens.push(create(&operator, what).await.1);
    }
    let revoke = async |what: &str| {
        let line = format!("doorward token revoke {what} --json");
        operator.types(&line).await.json()
    };
    assert_eq!(revoke("--user alice").await, json!({ "revoked": 3 }));
    let mut working = Vec::new();
    for token in &tokens {
        working.push(works(&operator, token).await);
    }
    assert_eq!(working, [false, false, false, true]);
    assert_eq!(revoke("--all").await, json!({ "revoked": 1 }));
    assert!(!works(&operator, &tokens[3]).await);
    let nothing_named = "doorward token revoke";
    operator.types(nothing_named).await.refused(USAGE);
}

/// What may have been revoked since a backup waits until an operator resumes it.
#[tokio::test]
async fn tokens_of_a_restored_directory_wait_to_be_resumed_one_by_one_or_all() {
    let mut before = office().await;
    let key = KeyEncryptionKey::generate(&SystemRandom)
        .to_text()
        .to_string();
    before.environment.insert(VARIABLE.to_owned(), key);
    let (one, token) = create(&before, "one --user alice --scope reports:read").await;
    let (_, other) = create(&before, "two --user alice --scope reports:read").await;
    let file = before.data.path().join("backup");
    let file = file.to_str().unwrap();
    let backup = format!("doorward backup {file}");
    before.types(&backup).await.done();

    let mut after = Operator::new();
    after.environment = before.environment.clone();
    after.now = NOW.plus(Duration::from_hours(1));
    let restore = format!("doorward restore {file}");
    after.types(&restore).await.done();
    after.now = NOW.plus(Duration::from_hours(2));
    let checked = check(&after, &token, "").await;
    let reason = checked["reason"].as_str().unwrap();
    assert!(reason.contains("older than the restoration"), "{reason}");
    let resume = format!("doorward token resume {one}");
    after.types(&resume).await.done();
    assert!(works(&after, &token).await && !works(&after, &other).await);
    let all = "doorward token resume --restored --json";
    assert_eq!(after.types(all).await.json(), json!({ "resumed": 1 }));
    assert!(works(&after, &other).await);
}

/// T04: operators are told which tokens a change of their owner ends.
#[tokio::test]
async fn who_disables_or_removes_somebody_is_told_of_their_tokens() {
    let operator = office().await;
    let (_, token) = create(&operator, "one --user alice --scope reports:read").await;
    create(&operator, "two --user alice --scope reports:read").await;
    let does = async |what: &str| {
        let line = format!("doorward user {what} alice");
        operator.types(&line).await.done()
    };
    let words = does("show").await;
    assert!(
        words.contains("2 API tokens (`doorward token list --user alice`)"),
        "{words}"
    );
    let words = does("disable").await;
    assert!(
        words.contains("2 API tokens cannot be used until the user is enabled"),
        "{words}"
    );
    assert!(!works(&operator, &token).await);
    does("enable").await;
    assert!(works(&operator, &token).await);
    let words = does("remove").await;
    assert_eq!(
        words,
        "removed the user alice, and 2 API tokens with them\n"
    );
    assert!(!works(&operator, &token).await);
}
