//! `doorward resource`

use serde_json::json;

use super::{Operator, REFUSED, USAGE};

const ADD: &str = "doorward resource add https://reports.example";

#[tokio::test]
async fn an_api_is_added_shown_and_listed() {
    let operator = Operator::new();
    let added = operator
        .types(&format!("{ADD} --scope reports:read=Read --json"))
        .await
        .json();
    assert_eq!(
        added,
        json!({
            "resource": "https://reports.example",
            "resource_name": "https://reports.example",
            "scopes": { "reports:read": "Read" },
            "access_token_format": "jwt",
            "introspected_by": [],
            "created_at": "2023-11-14T22:13:20Z",
        })
    );
    let show = "doorward resource show https://reports.example --json";
    assert_eq!(operator.types(show).await.json(), added);
    let listed = operator.types("doorward resource list --json").await.json();
    assert_eq!(listed, json!([added]));
    let again = format!("{ADD} --scope reports:read=Read");
    let refused = operator.types(&again).await.refused(REFUSED);
    assert!(refused.contains("replace registers it anew"), "{refused}");
}

#[tokio::test]
async fn an_api_is_registered_anew_and_removed() {
    let operator = Operator::new();
    let replace = "doorward resource replace https://reports.example --token-format opaque \
                   --token-lifetime 5m --scope reports:write=Write --json";
    operator
        .types(&format!("{ADD} --scope reports:read=Read"))
        .await
        .done();
    let replaced = operator.types(replace).await.json();
    assert_eq!(replaced["access_token_format"], "opaque");
    assert_eq!(replaced["access_token_lifetime"], 300);
    assert_eq!(replaced["scopes"], json!({ "reports:write": "Write" }));
    let remove = "doorward resource remove https://reports.example";
    operator.types(remove).await.done();
    let refused = operator.types(remove).await.refused(REFUSED);
    assert!(refused.contains("there is no API"), "{refused}");
}

#[tokio::test]
async fn an_api_that_reads_its_tokens_itself_may_want_a_status_list() {
    let operator = Operator::new();
    let add = format!("{ADD} --scope reports:read=Read --status-list --json");
    let added = operator.types(&add).await.json();
    assert_eq!(added["access_token_status"], "status_list");
    let replace = "doorward resource replace https://reports.example --scope reports:read=Read";
    let replaced = operator.types(&format!("{replace} --json")).await.json();
    assert_eq!(replaced.get("access_token_status"), None);
    let opaque = format!("{replace} --status-list --token-format opaque");
    let refused = operator.types(&opaque).await.refused(USAGE);
    assert!(refused.contains("--token-format jwt only"), "{refused}");
}

/// [RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2).
#[tokio::test]
async fn what_an_api_publishes_is_printed() {
    let operator = Operator::new();
    operator
        .types(&format!("{ADD} --scope reports:read=Read"))
        .await
        .done();
    let metadata = "doorward resource metadata https://reports.example --json";
    let metadata = operator.types(metadata).await.json();
    assert_eq!(
        metadata["authorization_servers"],
        json!(["http://localhost:8000"])
    );
    assert_eq!(metadata["scopes_supported"], json!(["reports:read"]));
}

#[tokio::test]
async fn what_cannot_be_an_api_is_refused_with_what_to_do() {
    let operator = Operator::new();
    operator
        .types(&format!("{ADD} --scope reports:read=Read"))
        .await
        .done();
    for (arguments, code, says) in [
        ("https://files.example", USAGE, "--scope"),
        ("files --scope a=A", USAGE, "absolute URI"),
        ("https://files.example --scope a", USAGE, "SCOPE=WORDS"),
        (
            "https://files.example --scope openid=A",
            USAGE,
            "OpenID Connect",
        ),
        (
            "https://files.example --scope a=A --scope a=B",
            USAGE,
            "twice",
        ),
        (
            "https://files.example --scope reports:read=A",
            REFUSED,
            "belongs to",
        ),
        (
            "https://files.example --scope a=A --token-lifetime 2h",
            USAGE,
            "from 1m to 1h",
        ),
        (
            "https://files.example --scope a=A --token-format opaque --algorithm ES256",
            USAGE,
            "no signature",
        ),
        (
            "https://files.example --scope a=A --introspected-by files-api",
            REFUSED,
            "doorward client add files-api",
        ),
    ] {
        let line = format!("doorward resource add {arguments}");
        let refused = operator.types(&line).await.refused(code);
        assert!(refused.contains(says), "{arguments}: {refused}");
    }
}
