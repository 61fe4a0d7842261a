//! Help, exit codes, and the flags that every command takes.

use serde_json::Value;

use crate::installation::Installation;

const COMMANDS: &[&str] = &[
    "serve",
    "demo",
    "user add",
    "user list",
    "user show",
    "user set",
    "user set-password",
    "user disable",
    "user enable",
    "user remove",
    "client add",
    "client list",
    "client show",
    "client rotate-secret",
    "client remove",
    "group add",
    "group list",
    "group show",
    "group remove",
    "group add-member",
    "group remove-member",
    "keys list",
    "session list",
    "session end",
    "explain",
    "config check",
    "config show",
    "config reference",
];

#[test]
fn every_command_explains_itself_and_takes_the_common_flags() {
    let here = Installation::new();
    for command in COMMANDS {
        let arguments: Vec<&str> = command.split(' ').chain(["--help"]).collect();
        let help = here.run(&arguments).answer();
        assert!(
            help.contains(&format!("Usage: doorward {command}")),
            "{help}"
        );
        for flag in ["--config <FILE>", "--data <DIR>", "--json"] {
            assert!(help.contains(flag), "{command} has no {flag}");
        }
    }
}

#[test]
fn arguments_that_make_no_command_end_with_code_2() {
    let here = Installation::new();
    here.run(&["group", "add", "staff"]).answer();
    here.add_person("alice", "correct horse battery");
    let wiki = [
        "client",
        "add",
        "wiki",
        "--redirect-uri",
        "https://wiki.example/cb",
    ];
    for arguments in [
        &[][..],
        &["nosuch"],
        &["user", "add"],
        &["user", "add", "alice", "--password", "on the command line"],
        &[
            "user",
            "add",
            "alice",
            "--password-stdin",
            "--generate-password",
        ],
        &["user", "set", "alice"],
        &["client", "add", "wiki"],
        &[
            &wiki[..],
            &["--public", "--auth-method", "client_secret_basic"],
        ]
        .concat(),
        &[&wiki[..], &["--public", "--pkce", "optional"]].concat(),
        &[&wiki[..], &["--grant-type", "refresh_token"]].concat(),
        &["session", "end"],
        &["explain", "not-a-reference"],
    ] {
        let outcome = here.run(arguments);
        assert_eq!(outcome.code, Some(2), "{arguments:?}: {outcome:?}");
        assert_eq!(outcome.out, "", "{arguments:?}");
    }
}

#[test]
fn the_common_flags_stand_before_and_after_the_command() {
    let here = Installation::new();
    here.add_person("alice", "correct horse battery");
    let data = here.data();
    let data = data.to_str().unwrap();
    let before = ["--data", data, "--json", "user", "list"];
    let after = ["user", "list", "--data", data, "--json"];
    let mut answers = Vec::new();
    for arguments in [before, after] {
        let mut command = here.command(&arguments);
        command.env_remove("DOORWARD_DATA");
        answers.push(crate::installation::outcome(command, "").answer());
    }
    assert_eq!(answers[0], answers[1]);
    let people: Value = serde_json::from_str(&answers[0]).unwrap();
    assert_eq!(people[0]["username"], "alice");
}
