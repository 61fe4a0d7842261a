//! `doorward user`

use crate::browser::Browser;
use crate::installation::Installation;

const PASSWORD: &str = "correct horse battery";

#[test]
fn the_server_follows_a_person_from_the_first_day_to_the_last() {
    let here = Installation::new();
    let provider = here.serve();
    let browser = || Browser::new(provider.address);
    let alice = || here.json(&["user", "show", "alice"]);

    let profile = [
        "--email",
        "alice@example.com",
        "--name",
        "Alice Doe",
        "--group",
        "staff",
    ];
    let add = ["user", "add", "alice", "--password-stdin", "--json"];
    let added = here
        .run_with_input(&[&add[..], &profile].concat(), PASSWORD)
        .answer();
    let added: serde_json::Value = serde_json::from_str(&added).unwrap();
    assert_eq!(added["profile"]["email"], "alice@example.com");
    assert_eq!(added["groups"][0], "staff");
    assert_eq!(added, alice());
    assert!(browser().sign_in("alice", PASSWORD));

    here.json(&["user", "set", "alice", "--locality", "Oslo", "--email="]);
    assert_eq!(alice()["profile"]["address"]["locality"], "Oslo");
    assert!(alice()["profile"].get("email").is_none());

    let mut before = browser();
    assert!(before.sign_in("alice", PASSWORD));
    let changed = here.json(&["user", "set-password", "alice", "--generate-password"]);
    let generated = changed["password"].as_str().unwrap();
    assert!(!before.is_signed_in());
    assert!(!browser().sign_in("alice", PASSWORD));
    assert!(browser().sign_in("alice", generated));

    assert_eq!(
        here.json(&["user", "disable", "alice"])["status"],
        "disabled"
    );
    assert!(!browser().sign_in("alice", generated));
    assert_eq!(here.json(&["user", "enable", "alice"])["status"], "enabled");
    assert!(browser().sign_in("alice", generated));

    assert_eq!(here.json(&["user", "list"])[0], alice());
    assert_eq!(here.json(&["user", "remove", "alice"])["sub"], added["sub"]);
    assert!(!browser().sign_in("alice", generated));
    assert_eq!(here.json(&["user", "list"]), serde_json::json!([]));
    assert_eq!(provider.process.stop(), Some(0));
}

#[test]
fn a_password_comes_from_standard_input_or_chance_and_meets_the_policy() {
    let here = Installation::new();
    let nowhere = here.run(&["user", "add", "alice"]).refusal();
    assert!(
        nowhere.contains("--password-stdin or --generate-password"),
        "{nowhere}"
    );
    for (password, told) in [
        ("", "empty"),
        ("short", "fewer than 15 characters"),
        ("alice alice alice", "the user name or e-mail address"),
    ] {
        let arguments = ["user", "add", "alice", "--password-stdin"];
        let refusal = here.run_with_input(&arguments, password).refusal();
        assert!(refusal.contains(told), "{refusal}");
    }
    assert_eq!(here.json(&["user", "list"]), serde_json::json!([]));

    let made = here.json(&["user", "add", "alice", "--generate-password"]);
    assert_eq!(made["password"].as_str().unwrap().len(), 23);
    let shown = here.json(&["user", "show", "alice"]);
    assert!(shown.get("password").is_none());
}

#[test]
fn a_name_is_given_once() {
    let here = Installation::new();
    here.add_person("alice", PASSWORD);
    let arguments = ["user", "add", "alice", "--password-stdin"];
    let refusal = here.run_with_input(&arguments, PASSWORD).refusal();
    assert_eq!(refusal, "error: there is a user alice already\n");
}

#[test]
fn people_are_listed_in_columns() {
    let here = Installation::new();
    here.run(&["group", "add", "staff"]).answer();
    assert_eq!(here.run(&["user", "list"]).answer(), "no users\n");
    here.add_person("bob", PASSWORD);
    here.add_person("alice", PASSWORD);
    here.json(&["user", "set", "bob", "--name", "Bob Roe"]);
    assert_eq!(
        here.run(&["user", "list"]).answer(),
        "NAME   FULL NAME  E-MAIL  STATUS\nalice                     enabled\nbob    Bob Roe            enabled\n"
    );
}
