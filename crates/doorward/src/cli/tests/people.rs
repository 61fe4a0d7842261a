//! `doorward user` and `doorward group`

use serde_json::json;

use super::{Operator, PASSWORD, REFUSED, USAGE};

#[tokio::test]
async fn a_person_is_added_with_a_password_from_standard_input() {
    let operator = Operator::new();
    let line =
        "doorward user add Alice --email alice@example.com --password-stdin --group staff --json";
    let mut added = operator.pipes(PASSWORD, line).await.json();
    let subject = added.as_object_mut().unwrap().remove("sub").unwrap();
    assert_eq!(
        added,
        json!({
            "username": "alice",
            "status": "enabled",
            "groups": ["staff"],
            "profile": { "email": "alice@example.com" },
            "created_at": "2023-11-14T22:13:20Z",
            "updated_at": "2023-11-14T22:13:20Z",
        })
    );
    let shown = operator
        .types("doorward user show alice --json")
        .await
        .json();
    assert_eq!(shown["sub"], subject);
    let table = operator.types("doorward user list").await.done();
    assert!(table.contains("alice@example.com"), "{table}");

    let directory = operator.directory().await;
    let (_, hash) = directory
        .people()
        .credential(&"alice".parse().unwrap())
        .await
        .unwrap()
        .unwrap();
    assert!(
        hash.unwrap()
            .as_str()
            .starts_with("$argon2id$v=19$m=19456,t=2,p=1$")
    );
}

#[tokio::test]
async fn passwords_that_the_policy_refuses_add_nobody() {
    let operator = Operator::new();
    for (input, reason) in [
        ("", "empty"),
        ("\n", "empty"),
        ("too short\n", "fewer than 15 characters"),
        ("alice alice alice\n", "password"),
    ] {
        let line = "doorward user add alice --password-stdin";
        let errors = operator.pipes(input, line).await.refused(REFUSED);
        assert!(errors.contains(reason), "{input:?}: {errors}");
    }
    let errors = operator
        .pipes(PASSWORD, "doorward user add alice")
        .await
        .refused(REFUSED);
    assert!(errors.contains("--password-stdin"), "{errors}");
    let both = "doorward user add alice --password-stdin --generate-password";
    operator.pipes(PASSWORD, both).await.refused(USAGE);
    operator
        .types("doorward user add alice --password hush")
        .await
        .refused(USAGE);
    assert_eq!(
        operator.types("doorward user list --json").await.json(),
        json!([])
    );
}

#[tokio::test]
async fn a_made_password_is_shown_once() {
    let operator = Operator::new();
    let added = operator
        .types("doorward user add alice --generate-password --json")
        .await
        .json();
    assert_eq!(added["password"].as_str().unwrap().len(), 23);
    let shown = operator
        .types("doorward user show alice --json")
        .await
        .json();
    assert_eq!(shown.get("password"), None);
    let reset = operator
        .types("doorward user set-password alice --generate-password --json")
        .await
        .json();
    assert_ne!(reset["password"], added["password"]);
}

#[tokio::test]
async fn a_person_is_changed_disabled_enabled_and_removed() {
    let operator = Operator::new();
    operator
        .types("doorward user add alice --generate-password")
        .await
        .done();
    operator
        .types("doorward user set alice")
        .await
        .refused(USAGE);
    let set =
        "doorward user set alice --name Alice --birthdate 1852-05-04 --locality Oxford --json";
    let set = operator.types(set).await.json();
    let profile =
        json!({ "name": "Alice", "birthdate": "1852-05-04", "address": { "locality": "Oxford" } });
    assert_eq!(set["profile"], profile);
    for (line, status) in [("disable", "disabled"), ("enable", "enabled")] {
        let line = format!("doorward user {line} alice --json");
        assert_eq!(operator.types(&line).await.json()["status"], status);
        let shown = operator
            .types("doorward user show alice --json")
            .await
            .json();
        assert_eq!(shown["status"], status);
    }
    operator.types("doorward user remove alice").await.done();
    operator
        .types("doorward user show alice")
        .await
        .refused(REFUSED);
}

#[tokio::test]
async fn people_join_and_leave_groups() {
    let operator = Operator::new();
    operator
        .types("doorward user add alice --generate-password")
        .await
        .done();
    operator
        .types("doorward group add-member staff alice")
        .await
        .refused(REFUSED);
    operator
        .types("doorward group add staff --description Everybody")
        .await
        .done();
    operator
        .types("doorward group add staff")
        .await
        .refused(REFUSED);
    for _ in 0..2 {
        operator
            .types("doorward group add-member staff alice")
            .await
            .done();
    }
    let listed = operator.types("doorward group list --json").await.json();
    assert_eq!(
        listed,
        json!([{ "name": "staff", "members": 1, "description": "Everybody" }])
    );
    let shown = operator
        .types("doorward group show staff --json")
        .await
        .json();
    assert_eq!(shown["members"], json!(["alice"]));
    operator
        .types("doorward group remove-member staff alice")
        .await
        .done();
    operator
        .types("doorward group remove-member staff alice")
        .await
        .refused(REFUSED);
    operator.types("doorward group remove staff").await.done();
    assert_eq!(
        operator.types("doorward group list --json").await.json(),
        json!([])
    );
}
