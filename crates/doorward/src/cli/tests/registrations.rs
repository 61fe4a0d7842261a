//! `doorward registration`

use serde_json::json;

use super::{Operator, REFUSED, USAGE};

/// [RFC 7591 section 3](https://www.rfc-editor.org/rfc/rfc7591#section-3).
#[tokio::test]
async fn a_token_for_registrations_is_shown_once_listed_and_removed() {
    let operator = Operator::new();
    operator
        .types("doorward client add wiki --redirect-uri https://wiki.example/cb")
        .await
        .done();
    let line = "doorward registration add-token partners --uses 20 --lifetime 30d --json";
    let mut added = operator.types(line).await.json();
    let token = added
        .as_object_mut()
        .unwrap()
        .remove("initial_access_token")
        .unwrap();
    assert!(token.as_str().unwrap().starts_with("dw_ia_"), "{token}");
    assert_eq!(
        added,
        json!({
            "name": "partners",
            "uses_left": 20,
            "created_at": "2023-11-14T22:13:20Z",
            "expires_at": "2023-12-14T22:13:20Z",
        })
    );
    let list = "doorward registration list-tokens --json";
    assert_eq!(operator.types(list).await.json(), json!([added]));
    let again = "doorward registration add-token partners";
    let refused = operator.types(again).await.refused(REFUSED);
    assert!(refused.contains("there is a token partners"), "{refused}");
    let words = operator
        .types("doorward registration add-token others")
        .await
        .done();
    assert!(words.contains("shown this once"), "{words}");
    assert!(words.contains("Registration is closed"), "{words}");
    let remove = "doorward registration remove-token partners";
    operator.types(remove).await.done();
    operator.types(remove).await.refused(REFUSED);
    for bad in ["--uses 0", "--lifetime 1s"] {
        let line = format!("doorward registration add-token x {bad}");
        operator.types(&line).await.refused(USAGE);
    }
}
