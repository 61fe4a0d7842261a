//! `doorward service-account`

use serde_json::json;

use super::api_tokens::{create, office};
use super::{REFUSED, USAGE};

#[tokio::test]
async fn a_service_account_is_added_shown_and_removed_with_its_tokens() {
    let operator = office().await;
    let add = "doorward service-account add nightly --owner-user alice --json";
    let added = operator.types(add).await.json();
    assert_eq!(
        added,
        json!({
            "name": "nightly",
            "sub": added["sub"],
            "owner_user": "alice",
            "owner_group": null,
            "status": "enabled",
            "created_at": "2023-11-14T22:13:20Z",
            "api_tokens": 0,
        })
    );
    let errors = operator.types(add).await.refused(REFUSED);
    assert!(errors.contains("hand-over"), "{errors}");
    create(
        &operator,
        "cron --service-account nightly --scope reports:read",
    )
    .await;
    let listed = operator.types("doorward service-account list").await.done();
    assert_eq!(
        listed,
        "NAME     OWNER  STATUS   API TOKENS\nnightly  alice  enabled  1\n"
    );
    let removed = operator
        .types("doorward service-account remove nightly")
        .await
        .done();
    assert_eq!(
        removed,
        "removed the service account nightly, and 1 API token with it\n"
    );
    let none = operator.types("doorward token list --json").await.json();
    assert_eq!(none, json!([]));
}

/// T04: it can do what whoever answers for it can, and stops with them.
#[tokio::test]
async fn a_service_account_is_handed_over_disabled_and_enabled() {
    let operator = office().await;
    let account = async |what: &str| {
        let line = format!("doorward service-account {what} --json");
        operator.types(&line).await.json()
    };
    account("add nightly --owner-user alice").await;
    let what = "cron --service-account nightly --scope reports:write";
    let (_, token) = create(&operator, what).await;
    let refusal = async || {
        let checked = operator.pipes(&token, "doorward token check --json");
        let checked = checked.await.json();
        checked["reason"].as_str().map(str::to_owned)
    };
    let disabled = account("disable nightly").await;
    assert_eq!(disabled["status"], "disabled");
    let reason = refusal().await.unwrap();
    assert!(reason.contains("the service account"), "{reason}");
    account("enable nightly").await;
    assert_eq!(refusal().await, None);
    operator.types("doorward user disable alice").await.done();
    let reason = refusal().await.unwrap();
    assert!(reason.contains("the owner"), "{reason}");
    let handed = account("hand-over nightly --owner-group accountants").await;
    assert_eq!(handed["owner_group"], "accountants");
    assert_eq!(refusal().await, None);
    for line in [
        "doorward service-account add weekly",
        "doorward service-account hand-over nightly",
    ] {
        let errors = operator.types(line).await.refused(USAGE);
        assert!(errors.contains("say who answers for it"), "{errors}");
    }
}
