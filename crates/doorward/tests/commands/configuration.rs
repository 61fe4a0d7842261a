//! `doorward config`, and what a bad configuration does to the start.

use serde_json::json;

use crate::installation::{Installation, outcome};

fn with_file(text: &str) -> Installation {
    let here = Installation::new();
    std::fs::write(here.path("doorward.toml"), text).unwrap();
    here
}

#[test]
fn a_bad_value_stops_the_start_with_line_key_and_what_is_allowed() {
    let here = with_file("issuer = \"https://login.example\"\n\n[tokens]\ncode = \"5m\"\n");
    for command in [&["serve"][..], &["config", "check"], &["user", "list"]] {
        assert_eq!(
            here.run(command).refusal(),
            "error: the configuration is refused\n\
             doorward.toml, line 4: tokens.code is \"5m\"\n  allowed: a time from 10s to 1m, such as \"1m\"\n"
        );
    }
    assert!(!here.data().exists());
}

#[test]
fn an_issuer_with_a_path_is_refused() {
    let here = Installation::new();
    let refusal = here
        .run(&["serve", "--issuer", "https://example.com/sso"])
        .refusal();
    assert!(
        refusal.contains("flag --issuer: issuer is \"https://example.com/sso\""),
        "{refusal}"
    );
    assert!(refusal.contains("without path"), "{refusal}");
}

#[test]
fn the_file_that_is_named_is_read_by_every_command() {
    let here = Installation::new();
    std::fs::write(here.path("other.toml"), "[log]\nformat = \"xml\"\n").unwrap();
    let flag = ["--config", "other.toml"];
    for command in [
        &["user", "list"][..],
        &["config", "show"],
        &["demo", "--port", "0"],
    ] {
        let refusal = here.run(&[&flag[..], command].concat()).refusal();
        assert!(
            refusal.contains("other.toml, line 2: log.format"),
            "{refusal}"
        );
    }
    let mut command = here.command(&["config", "check"]);
    command.env("DOORWARD_CONFIG", "other.toml");
    assert!(
        outcome(command, "")
            .refusal()
            .contains("other.toml, line 2")
    );
}

#[test]
fn a_right_configuration_is_checked_and_mistyped_variables_are_told() {
    let here = with_file("issuer = \"https://login.example\"\n");
    let mut command = here.command(&["config", "check"]);
    command.env("DOORWARD_CONFIG", "");
    assert_eq!(outcome(command, "").answer(), "doorward.toml is fine\n");
    let mut command = here.command(&["config", "check", "--json"]);
    command.env("DOORWARD_ISSUR", "https://login.example");
    let checked: serde_json::Value = serde_json::from_str(&outcome(command, "").answer()).unwrap();
    assert_eq!(
        checked,
        json!({ "file": "doorward.toml", "unknown_variables": ["DOORWARD_ISSUR"] })
    );
}

#[test]
fn every_value_is_shown_with_its_origin_and_no_secret() {
    let here = with_file(
        "sessions = \"redis://someone:hush@redis.example:6379/0\"\n[password]\nmin_length = 20\n",
    );
    let shown = here.json(&["config", "show"]);
    assert_eq!(
        shown["password.min_length"],
        json!({ "value": 20, "origin": "doorward.toml, line 3" })
    );
    assert_eq!(shown["data"]["origin"], "variable DOORWARD_DATA");
    assert_eq!(
        shown["issuer"],
        json!({ "value": "http://localhost:8000", "origin": "default" })
    );
    assert_eq!(shown["proxy.trusted"]["value"], json!([]));
    assert!(!shown.to_string().contains("hush"), "{shown}");
    let text = here.run(&["config", "show"]).answer();
    assert!(!text.contains("hush"), "{text}");
    assert!(text.contains("redis.example"), "{text}");
}
