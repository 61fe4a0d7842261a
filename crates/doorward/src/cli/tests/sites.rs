//! `doorward site`

use std::fs;

use serde_json::json;

use super::{Operator, REFUSED, USAGE};

const ADD: &str = "doorward site add reports.example";

/// There are the group staff with Alice, and an API with a scope.
async fn furnished() -> Operator {
    let operator = Operator::new();
    for line in [
        "doorward group add staff",
        "doorward user add alice --email alice@example.com --generate-password",
        "doorward group add-member staff alice",
        "doorward resource add https://reports.example --scope reports:read=Read",
    ] {
        operator.types(line).await.done();
    }
    operator
}

#[tokio::test]
async fn a_site_is_added_shown_listed_and_removed() {
    let operator = furnished().await;
    let add = format!("{ADD} --allow group:staff --public /static/** --json");
    let added = operator.types(&add).await.json();
    assert_eq!(
        added,
        json!({
            "host": "reports.example",
            "name": "reports.example",
            "rules": [
                { "allow": ["anyone"], "paths": ["/static/**"], "methods": ["GET"] },
                { "allow": ["group:staff"] },
            ],
            "created_at": "2023-11-14T22:13:20Z",
        })
    );
    let show = "doorward site show reports.example";
    let shown = operator.types(&format!("{show} --json")).await.json();
    assert_eq!(shown, added);
    let text = operator.types(show).await.done();
    assert!(
        text.contains("1. allow anyone to GET on /static/**"),
        "{text}"
    );
    assert!(text.contains("2. allow group:staff"), "{text}");
    let listed = operator.types("doorward site list --json").await.json();
    assert_eq!(listed, json!([added]));
    let refused = operator.types(&add).await.refused(REFUSED);
    assert!(
        refused.contains("replace gives it other rules"),
        "{refused}"
    );
    let replace = add
        .replace("add", "replace")
        .replace("group:staff", "signed_in");
    let replaced = operator.types(&replace).await.json();
    assert_eq!(replaced["rules"][1], json!({ "allow": ["signed_in"] }));
    let remove = "doorward site remove reports.example";
    operator.types(remove).await.done();
    let refused = operator.types(remove).await.refused(REFUSED);
    assert!(refused.contains("there is no site"), "{refused}");
}

#[tokio::test]
async fn what_a_rule_names_has_to_be_there() {
    let operator = furnished().await;
    let api = "--resource https://reports.example";
    for (arguments, reason) in [
        (
            "--allow group:admins".to_owned(),
            "there is no group admins",
        ),
        (
            "--allow scope:reports:read".to_owned(),
            "--resource has to say",
        ),
        ("--allow token".to_owned(), "--resource has to say"),
        (
            format!("--allow scope:files:read {api}"),
            "has no scope files:read",
        ),
        (
            "--allow signed_in --resource urn:files".to_owned(),
            "there is no API urn:files",
        ),
    ] {
        let line = format!("{ADD} {arguments}");
        let refused = operator.types(&line).await.refused(REFUSED);
        assert!(refused.contains(reason), "{refused}");
    }
    let ours = "doorward site add localhost:8000 --allow signed_in";
    let refused = operator.types(ours).await.refused(REFUSED);
    assert!(refused.contains("the provider itself"), "{refused}");
    for arguments in [
        "",
        "--allow everyone",
        "--public /a",
        "--allow anyone --public a",
    ] {
        let line = format!("{ADD} {arguments}");
        operator.types(&line).await.refused(USAGE);
    }
    let good = format!("{ADD} --allow scope:reports:read {api}");
    operator.types(&good).await.done();
}

#[tokio::test]
async fn rules_come_from_toml_or_json_and_are_explained() {
    let operator = furnished().await;
    let folder = tempfile::tempdir().unwrap();
    let toml = folder.path().join("rules.toml");
    let rules = r#"
        [[rules]]
        deny = ["anyone"]
        paths = ["/admin/**"]
        networks = ["192.0.2.0/24"]

        [[rules]]
        allow = ["group:staff"]
    "#;
    fs::write(&toml, rules).unwrap();
    let add = format!("{ADD} --rules {} --json", toml.display());
    let added = operator.types(&add).await.json();

    let json = folder.path().join("rules.json");
    fs::write(&json, json!({ "rules": added["rules"] }).to_string()).unwrap();
    let replace = format!(
        "doorward site replace reports.example --rules {} --json",
        json.display()
    );
    assert_eq!(operator.types(&replace).await.json(), added);

    let attempt = "doorward site try https://reports.example/admin";
    for (arguments, decision, last) in [
        ("", "denied", "decides"),
        ("--ip 10.0.0.1", "unknown", "is about others"),
        ("--ip 10.0.0.1 --user alice", "allowed", "decides"),
        (
            "--ip 10.0.0.1 --user alice --scope reports:read",
            "denied",
            "is about others",
        ),
    ] {
        let line = format!("{attempt} {arguments} --json");
        let told = operator.types(&line).await.json();
        assert_eq!(told["decision"], decision, "{arguments} {told}");
        let rules = told["rules"].as_array().unwrap();
        assert_eq!(rules.last().unwrap()["outcome"], last, "{arguments} {told}");
    }
    let text = operator
        .types(&format!("{attempt} --user alice"))
        .await
        .done();
    assert!(text.trim_end().ends_with("rule 1 denies it"), "{text}");

    for (rules, reason) in [
        ("rules = []", "has no rules"),
        (
            "[[rules]]\nallow = ['anyone']\npath = ['/a']",
            "unknown field `path`",
        ),
        ("[[rules]]\npaths = ['/a']", "either allow or deny"),
        ("{\"rules\": [{\"allow\": []}]}", "is empty"),
    ] {
        fs::write(&toml, rules).unwrap();
        let refused = operator.types(&add.replace("add", "replace")).await;
        let refused = refused.refused(REFUSED);
        assert!(refused.contains(reason), "{refused}");
    }
}
