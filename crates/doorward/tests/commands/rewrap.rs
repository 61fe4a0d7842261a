//! `doorward keys rewrap`, and the places that the key-encryption key may be in.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::browser::request;
use crate::installation::{Installation, Outcome, Process, mode, outcome};

/// Two keys that nobody has.
const NEW: &str = "4e";
const OTHER: &str = "07";

/// The text form of a key.
fn key(digits: &str) -> String {
    digits.repeat(32)
}

/// An installation that was served.
fn served() -> Installation {
    let here = Installation::new();
    assert_eq!(here.serve().process.stop(), Some(0));
    here
}

impl Installation {
    fn key_text(&self) -> String {
        fs::read_to_string(self.key()).unwrap().trim().to_owned()
    }

    fn put_key(&self, text: &str) {
        fs::write(self.key(), text).unwrap();
    }

    fn rewrap(&self, arguments: &[&str]) -> Value {
        self.json(&[&["keys", "rewrap"], arguments].concat())
    }

    /// The fingerprint of the key that the root key is sealed under.
    fn sealed_by(&self) -> String {
        text(&self.rewrap(&["--dry-run"])["sealed_by"])
    }

    /// A start that is expected to fail, with a changed command.
    fn refused_start(&self, change: impl FnOnce(&mut Command)) -> String {
        let mut command = self.command(&["serve", "--listen", "127.0.0.1:0"]);
        change(&mut command);
        outcome(command, "").refusal_after_log()
    }

    /// A script that prints `text` as a key command would.
    fn script(&self, text: &str) -> String {
        let file = self.path("print-key");
        fs::write(&file, text).unwrap();
        format!("sh,{}", file.to_str().unwrap())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// K01: the order that `--help` gives, with a start after each step.
#[test]
fn the_key_is_changed_step_by_step_and_a_start_works_after_each() {
    let here = served();
    let keys = here.json(&["keys", "list"]);
    let (old, before) = (here.key_text(), here.sealed_by());
    let start = || assert_eq!(here.serve().process.stop(), Some(0));

    here.put_key(&format!("{}\n{old}\n", key(NEW)));
    start();
    let provider = here.serve();
    let rewrapped = here.rewrap(&[]);
    assert_eq!(rewrapped["stage"], "done");
    assert_eq!(rewrapped["sealed_by_before"], before);
    let sealed_by = text(&rewrapped["sealed_by"]);
    assert_ne!(sealed_by, before);
    assert_eq!(rewrapped["in_place"], json!([sealed_by, before]));
    let jwks = request(provider.address, "GET", "/jwks", "", "");
    assert_eq!(jwks.status, 200, "who runs notices nothing");
    assert_eq!(provider.process.stop(), Some(0));
    start();
    here.put_key(&key(NEW));
    start();
    assert_eq!(here.json(&["keys", "list"]), keys);

    here.put_key(&old);
    let refusal = here.refused_start(|_| ());
    assert!(
        refusal.contains(&sealed_by) && refusal.contains(&before),
        "{refusal}"
    );
    assert!(refusal.contains("key-encryption-key holds"), "{refusal}");
    assert!(!refusal.contains(&old), "{refusal}");
}

#[test]
fn a_dry_run_changes_nothing_and_says_what_to_do_on_which_node() {
    let here = served();
    let old = here.key_text();
    let unchanged = here.rewrap(&["--dry-run"]);
    assert_eq!(unchanged["stage"], "nothing_to_do");
    assert!(unchanged["to"] == unchanged["sealed_by"]);

    here.put_key(&format!("{} {old}", key(NEW)));
    let planned = here.rewrap(&["--dry-run"]);
    assert_eq!(planned["stage"], "to_do");
    assert_eq!(planned["sealed_by"], unchanged["sealed_by"]);
    let told = here.run(&["keys", "rewrap", "--dry-run"]).answer();
    let numbered = [
        "  1. Before: see to it that every node",
        "  2. The same command without --dry-run",
        "  3. On every node: take",
    ];
    assert!(numbered.iter().all(|step| told.contains(step)), "{told}");
    for secret in [&old, &key(NEW)] {
        assert!(!told.contains(secret.as_str()), "{told}");
    }
    here.put_key(&old);
    assert_eq!(
        here.rewrap(&["--dry-run"]),
        unchanged,
        "nothing has changed"
    );

    let file = here.path("new-key");
    let planned = here.rewrap(&["--dry-run", "--to-file", file.to_str().unwrap()]);
    assert_eq!(
        (&planned["stage"], &planned["to"]),
        (&json!("to_do"), &Value::Null)
    );
    assert!(!file.exists());
}

#[test]
fn a_key_is_made_where_it_is_to_be_and_the_next_start_needs_it() {
    let here = served();
    let file = here.path("new-key");
    let to_file = ["--to-file", file.to_str().unwrap()];
    let rewrapped = here.rewrap(&to_file);
    assert_eq!(rewrapped["stage"], "done");
    assert_eq!(mode(&file), 0o600);
    let haste = text(&rewrapped["steps"][0]);
    assert!(haste.contains("No server starts again before"), "{haste}");
    here.refused_start(|_| ());
    let again = here
        .run(&[&["keys", "rewrap"], &to_file[..]].concat())
        .refusal();
    assert!(
        again.contains("is sealed under the key-encryption key"),
        "{again}"
    );

    let configured = |command: &mut Command| {
        command.env("DOORWARD_KEY_FILE", &file);
    };
    let mut command = here.command(&["keys", "rewrap", "--json"]);
    configured(&mut command);
    let answer = outcome(command, "").answer();
    assert!(answer.contains("nothing_to_do"), "{answer}");
    let mut command = here.command(&["serve", "--listen", "127.0.0.1:0"]);
    configured(&mut command);
    let process = Process::start(command);
    process.wait_for("ready");
    assert_eq!(process.stop(), Some(0));
}

/// What a command for the key prints is a key or nothing that anybody sees.
#[test]
fn the_key_may_come_from_a_command() {
    let here = Installation::new();
    let printing = here.script(&format!("echo loading >&2; echo {}", key(NEW)));
    let mut command = here.command(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("DOORWARD_KEY_COMMAND", &printing);
    let process = Process::start(command);
    process.wait_for("ready");
    assert_eq!(process.stop(), Some(0));
    assert!(!here.key().exists());

    for (script, said) in [
        (
            "echo hush; echo the vault is sealed >&2; exit 4".to_owned(),
            "exit status: 4: the vault is sealed",
        ),
        (
            "echo hush".to_owned(),
            "does not hold 64 hexadecimal digits",
        ),
        (format!("echo {}", key(OTHER)), "the command sh holds"),
    ] {
        let failing = here.script(&script);
        let refusal = here.refused_start(|command| {
            command.env("DOORWARD_KEY_COMMAND", &failing);
        });
        assert!(refusal.contains(said), "{refusal}");
        assert!(
            !refusal.contains("hush") && !refusal.contains(&key(OTHER)),
            "{refusal}"
        );
    }
}

#[test]
fn the_variable_comes_before_the_command_and_the_command_before_the_file() {
    let here = served();
    let old = here.key_text();
    let place = |change: &dyn Fn(&mut Command)| {
        let mut command = here.command(&["keys", "rewrap", "--dry-run", "--json"]);
        change(&mut command);
        outcome(command, "")
    };
    let printing = here.script(&format!("echo {old}"));
    let of = |outcome: Outcome| -> Value { serde_json::from_str(&outcome.answer()).unwrap() };
    let by_command = of(place(&|command| {
        command.env("DOORWARD_KEY_COMMAND", &printing);
    }));
    assert_eq!(by_command["place"], "the command sh");
    let by_variable = of(place(&|command| {
        command.env("DOORWARD_KEY_COMMAND", "no-such-program");
        command.env("DOORWARD_KEY_ENCRYPTION_KEY", &old);
    }));
    assert_eq!(
        by_variable["place"],
        "the variable DOORWARD_KEY_ENCRYPTION_KEY"
    );
    let refused = place(&|command| {
        command.env("DOORWARD_KEY_COMMAND", &printing);
        command.env("DOORWARD_KEY_FILE", here.key());
    });
    let refusal = refused.refusal();
    assert!(
        refusal.contains("key_command and key_file are both set"),
        "{refusal}"
    );
}

#[test]
fn a_change_may_lead_to_what_a_command_prints() {
    let here = served();
    let printing = here.script(&format!("echo {}", key(NEW)));
    let rewrapped = here.rewrap(&["--to-command", &printing]);
    assert_eq!(rewrapped["stage"], "done");
    here.put_key(&key(NEW));
    assert_eq!(here.rewrap(&[])["stage"], "nothing_to_do");
    let usage = here.run(&["keys", "rewrap", "--to-command", ","]);
    assert_eq!(usage.code, Some(2), "{usage:?}");
}
