//! Commands as operators type them, run in this process on a directory of their own.

mod api_tokens;
mod clients;
mod configuration;
mod events;
mod moving;
mod people;
mod registrations;
mod resources;
mod service_accounts;
mod sessions;
mod sites;

use std::io::{self, Cursor, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::CommandFactory as _;
use doorward_core::{Clock, Timestamp};
use doorward_directory::Directory;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::ambient::{ReferenceClock, SystemRandom};
use crate::configuration::Environment;

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
const PASSWORD: &str = "plenty of tea for everybody\n";
const USAGE: u8 = 2;
const REFUSED: u8 = 1;

struct Standing(Timestamp);

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        self.0
    }
}

/// What a command wrote.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Paper {
    fn text(&self) -> String {
        String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
    }
}

/// What came of a command.
#[derive(Debug)]
struct Outcome {
    code: ExitCode,
    output: String,
    errors: String,
}

impl Outcome {
    #[track_caller]
    fn done(self) -> String {
        assert_eq!(self.code, ExitCode::SUCCESS, "{}", self.errors);
        self.output
    }

    #[track_caller]
    fn json(self) -> Value {
        serde_json::from_str(&self.done()).unwrap()
    }

    #[track_caller]
    fn refused(self, code: u8) -> String {
        assert_eq!(self.code, ExitCode::from(code), "{self:?}");
        assert_eq!(self.output, "", "a refusal answers nothing");
        self.errors
    }
}

/// Somebody who types commands, with a data directory of their own.
struct Operator {
    data: TempDir,
    environment: Environment,
    now: Timestamp,
}

impl Operator {
    fn new() -> Self {
        Self {
            data: tempfile::tempdir().unwrap(),
            environment: Environment::new(),
            now: NOW,
        }
    }

    async fn types(&self, line: &str) -> Outcome {
        self.pipes("", line).await
    }

    /// Runs `line`, whose words no quotation marks group, with `input` on standard input.
    async fn pipes(&self, input: &str, line: &str) -> Outcome {
        let (output, errors) = (Paper::default(), Paper::default());
        let surroundings = Surroundings {
            environment: self.environment.clone(),
            clock: Arc::new(Standing(self.now)),
            random: Arc::new(SystemRandom),
            reference: ReferenceClock::default(),
            input: Input::Pipe(Box::new(Cursor::new(input.to_owned()))),
            output: Box::new(output.clone()),
            errors: Box::new(errors.clone()),
        };
        let data = self.data.path().to_str().unwrap();
        let words = line.split_whitespace().chain(["--data", data]);
        let code = Box::pin(run(words, surroundings)).await;
        let (output, errors) = (output.text(), errors.text());
        Outcome {
            code,
            output,
            errors,
        }
    }

    async fn directory(&self) -> Directory {
        let file = self.data.path().join("directory.sqlite");
        Directory::open_sqlite(&file).await.unwrap()
    }
}

#[test]
fn the_commands_are_well_formed() {
    Cli::command().debug_assert();
}

#[tokio::test]
async fn what_is_there_is_not_added_again_and_what_is_not_there_is_not_found() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    operator.types(add).await.done();
    let errors = operator.types(add).await.refused(REFUSED);
    assert_eq!(
        errors,
        "error: there is a client wiki already; replace registers it anew\n"
    );
    let errors = operator
        .types(&format!("{add} --json"))
        .await
        .refused(REFUSED);
    let errors: Value = serde_json::from_str(&errors).unwrap();
    assert_eq!(
        errors,
        json!({ "error": "there is a client wiki already; replace registers it anew" })
    );

    operator.types("doorward client remove wiki").await.done();
    for line in [
        "doorward client show wiki",
        "doorward client remove wiki",
        "doorward client rotate-secret wiki",
        "doorward user show alice",
        "doorward user disable alice",
        "doorward user set alice --name Alice",
        "doorward group show staff",
        "doorward group remove staff",
        "doorward session end --user alice",
        "doorward session show 0192f0c1-0000-7000-8000-000000000000",
        "doorward session end 0192f0c1-0000-7000-8000-000000000000",
        "doorward explain K7QX2-M4PTR",
        "doorward token show 0192f0c1-0000-7000-8000-000000000000",
        "doorward token rotate 0192f0c1-0000-7000-8000-000000000000",
        "doorward token suspend 0192f0c1-0000-7000-8000-000000000000",
        "doorward token resume 0192f0c1-0000-7000-8000-000000000000",
        "doorward token revoke 0192f0c1-0000-7000-8000-000000000000",
        "doorward token revoke --user alice",
        "doorward token list --service-account nightly",
        "doorward service-account show nightly",
        "doorward service-account disable nightly",
        "doorward service-account remove nightly",
    ] {
        operator.types(line).await.refused(REFUSED);
    }
}

/// Most likely it is the wrong place; an empty answer would hide that.
#[tokio::test]
async fn who_looks_where_no_data_is_is_told_so() {
    let operator = Operator::new();
    for line in ["user list", "client show wiki", "keys list", "session list"] {
        let errors = operator
            .types(&format!("doorward {line}"))
            .await
            .refused(REFUSED);
        assert!(errors.contains("there is no data in"), "{errors}");
    }
    assert!(!operator.data.path().join("directory.sqlite").exists());
}

#[tokio::test]
async fn no_keys_are_listed_before_the_first_start() {
    let operator = Operator::new();
    operator.types("doorward group add staff").await.done();
    assert_eq!(
        operator.types("doorward keys list --json").await.json(),
        json!([])
    );
}
