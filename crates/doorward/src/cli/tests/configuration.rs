//! `doorward config`

use serde_json::json;

use super::{Operator, REFUSED};
use crate::configuration::CONFIG_VARIABLE;

#[tokio::test]
async fn the_configuration_is_checked_and_shown_without_secrets() {
    let mut operator = Operator::new();
    operator.types("doorward config check").await.done();
    let url = "redis://someone:hush@redis.example:6379/0";
    operator
        .environment
        .insert("DOORWARD_SESSIONS".to_owned(), url.to_owned());
    operator
        .environment
        .insert("DOORWARD_ISUER".to_owned(), "typo".to_owned());
    operator
        .environment
        .insert(crate::encryption_key::VARIABLE.to_owned(), "ab".repeat(32));

    let checked = operator.types("doorward config check").await.done();
    assert!(
        checked.contains("no setting of the variable DOORWARD_ISUER"),
        "{checked}"
    );
    let shown = operator.types("doorward config show").await.done();
    assert!(
        !shown.contains("hush") && !shown.contains("abab"),
        "{shown}"
    );
    let shown = operator.types("doorward config show --json").await.json();
    assert_eq!(
        shown["sessions"],
        json!({ "value": "redis://***@redis.example:6379/0", "origin": "variable DOORWARD_SESSIONS" })
    );
    assert_eq!(shown["data"]["origin"], "flag --data");
    assert_eq!(shown["issuer"]["origin"], "default");
}

#[tokio::test]
async fn a_bad_configuration_stops_every_command_but_the_reference() {
    let mut operator = Operator::new();
    let file = operator.data.path().join("bad.toml");
    std::fs::write(&file, "# ours\nlisten = \"everywhere\"\n").unwrap();
    let named = file.to_str().unwrap().to_owned();
    operator
        .environment
        .insert(CONFIG_VARIABLE.to_owned(), named.clone());
    for line in ["config check", "config show", "user list", "serve"] {
        let errors = operator
            .types(&format!("doorward {line}"))
            .await
            .refused(REFUSED);
        assert!(
            errors.contains(&format!("{named}, line 2: listen is \"everywhere\"")),
            "{errors}"
        );
        assert!(
            errors.contains("allowed: an IP address and a port"),
            "{errors}"
        );
    }
    let reference = operator.types("doorward config reference").await.done();
    assert!(reference.starts_with("# Configuration"));
}
