//! Commands as operators type them, run in this process on a directory of their own.

use std::io::{self, Cursor, Write};
use std::process::ExitCode;
use std::sync::{Arc, Mutex};

use clap::CommandFactory as _;
use doorward_core::event::{Event, EventRecord, Reference};
use doorward_core::identifiers::{EventId, SessionId};
use doorward_core::random::Random;
use doorward_core::session::{Authentication, AuthenticationMethod, Session as Browser};
use doorward_core::{Clock, Timestamp};
use doorward_directory::Directory;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::*;
use crate::ambient::SystemRandom;
use crate::configuration::Environment;

const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);
const PASSWORD: &str = "plenty of tea for everybody\n";
const USAGE: u8 = 2;
const REFUSED: u8 = 1;

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        NOW
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
}

impl Operator {
    fn new() -> Self {
        Self {
            data: tempfile::tempdir().unwrap(),
            environment: Environment::new(),
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
            clock: Arc::new(Standing),
            random: Arc::new(SystemRandom),
            input: Input::Pipe(Box::new(Cursor::new(input.to_owned()))),
            output: Box::new(output.clone()),
            errors: Box::new(errors.clone()),
        };
        let data = self.data.path().to_str().unwrap();
        let words = line.split_whitespace().chain(["--data", data]);
        let code = run(words, surroundings).await;
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
async fn a_client_is_added_with_safe_defaults_and_its_secret_is_shown_once() {
    let operator = Operator::new();
    let line = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let mut added = operator.types(line).await.json();

    let secret = added
        .as_object_mut()
        .unwrap()
        .remove("client_secret")
        .unwrap();
    assert!(secret.as_str().unwrap().starts_with("dw_cs_"), "{secret}");
    assert_eq!(
        added,
        json!({
            "client_id": "wiki",
            "client_name": "wiki",
            "redirect_uris": ["https://wiki.example/cb"],
            "post_logout_redirect_uris": [],
            "token_endpoint_auth_method": "client_secret_basic",
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "address email groups offline_access openid phone profile",
            "consent": "trusted",
            "pkce": "optional",
            "id_token_signed_response_alg": "RS256",
            "access_token_signed_response_alg": "ES256",
            "secrets": [{ "created_at": "2023-11-14T22:13:20Z", "expires_at": null }],
            "created_at": "2023-11-14T22:13:20Z",
        })
    );
    let shown = operator
        .types("doorward client show wiki --json")
        .await
        .json();
    assert_eq!(shown, added);
    let listed = operator.types("doorward client list --json").await.json();
    assert_eq!(listed, json!([added]));
}

#[tokio::test]
async fn the_answer_for_people_says_that_the_secret_is_shown_once() {
    let operator = Operator::new();
    let line = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    let answer = operator.types(line).await.done();
    assert!(answer.contains("client_secret"), "{answer}");
    assert!(answer.contains("shown this once"), "{answer}");
}

#[tokio::test]
async fn a_public_client_has_no_secret_and_must_use_pkce() {
    let operator = Operator::new();
    let line = "doorward client add phone --public --redirect-uri com.example.phone:/cb --json";
    let added = operator.types(line).await.json();
    assert_eq!(added["token_endpoint_auth_method"], "none");
    assert_eq!(added["pkce"], "required");
    assert_eq!(added["secrets"], json!([]));
    assert_eq!(added.get("client_secret"), None);
    operator
        .types("doorward client rotate-secret phone")
        .await
        .refused(REFUSED);
}

#[tokio::test]
async fn every_member_of_a_registration_can_be_chosen() {
    let operator = Operator::new();
    let line = "doorward client add shop --redirect-uri https://shop.example/cb \
        --redirect-uri http://127.0.0.1/cb --post-logout-redirect-uri https://shop.example/ \
        --name Shop --auth-method client_secret_post --grant-type authorization_code \
        --scope openid --consent ask --pkce required --algorithm EdDSA \
        --access-token-algorithm PS256 --userinfo-algorithm ES256 --default-max-age 3600 \
        --client-uri https://shop.example/ --logo-uri https://shop.example/logo.svg \
        --policy-uri https://shop.example/policy --tos-uri https://shop.example/tos --json";
    let added = operator.types(line).await.json();
    for (member, value) in [
        ("client_name", json!("Shop")),
        (
            "redirect_uris",
            json!(["https://shop.example/cb", "http://127.0.0.1/cb"]),
        ),
        (
            "post_logout_redirect_uris",
            json!(["https://shop.example/"]),
        ),
        ("token_endpoint_auth_method", json!("client_secret_post")),
        ("grant_types", json!(["authorization_code"])),
        ("scope", json!("openid")),
        ("consent", json!("ask")),
        ("pkce", json!("required")),
        ("id_token_signed_response_alg", json!("EdDSA")),
        ("access_token_signed_response_alg", json!("PS256")),
        ("userinfo_signed_response_alg", json!("ES256")),
        ("default_max_age", json!(3600)),
        ("client_uri", json!("https://shop.example/")),
        ("logo_uri", json!("https://shop.example/logo.svg")),
        ("policy_uri", json!("https://shop.example/policy")),
        ("tos_uri", json!("https://shop.example/tos")),
    ] {
        assert_eq!(added[member], value, "{member}");
    }
}

#[tokio::test]
async fn registrations_that_contradict_themselves_are_wrong_usage() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    for (more, reason) in [
        (
            "--public --auth-method client_secret_post",
            "a public client has no secret",
        ),
        ("--public --pkce optional", "PKCE is the only proof"),
        (
            "--auth-method none --pkce optional",
            "PKCE is the only proof",
        ),
        (
            "--grant-type refresh_token",
            "--grant-type authorization_code",
        ),
        ("--algorithm none", "RS256, ES256, PS256, EdDSA"),
        ("--redirect-uri http://wiki.example/cb", "use https"),
        ("--redirect-uri https://wiki.example/*", "wildcard"),
        ("--redirect-uri https://wiki.example/#a", "fragment"),
        ("--logo-uri javascript:alert(1)", "https://"),
    ] {
        let errors = operator
            .types(&format!("{add} {more}"))
            .await
            .refused(USAGE);
        assert!(errors.contains(reason), "{more}: {errors}");
    }
    operator
        .types("doorward client add wiki")
        .await
        .refused(USAGE);
    let bad_id = "doorward client add wi/ki --redirect-uri https://wiki.example/cb";
    let errors = operator.types(bad_id).await.refused(USAGE);
    assert!(errors.contains("1 to 128 letters, digits"), "{errors}");
    assert_eq!(
        operator.types("doorward client list --json").await.json(),
        json!([])
    );
}

#[tokio::test]
async fn what_is_there_is_not_added_again_and_what_is_not_there_is_not_found() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb";
    operator.types(add).await.done();
    let errors = operator.types(add).await.refused(REFUSED);
    assert_eq!(errors, "error: there is a client wiki already\n");
    let errors = operator
        .types(&format!("{add} --json"))
        .await
        .refused(REFUSED);
    let errors: Value = serde_json::from_str(&errors).unwrap();
    assert_eq!(errors, json!({ "error": "there is a client wiki already" }));

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
        "doorward session end 0192f0c1-0000-7000-8000-000000000000",
        "doorward explain K7QX2-M4PTR",
    ] {
        operator.types(line).await.refused(REFUSED);
    }
}

#[tokio::test]
async fn a_new_secret_ends_the_old_one_at_once_or_after_a_while() {
    let operator = Operator::new();
    let add = "doorward client add wiki --redirect-uri https://wiki.example/cb --json";
    let first = operator.types(add).await.json();
    let rotate = "doorward client rotate-secret wiki --json";
    let second = operator
        .types(&format!("{rotate} --keep-old 24h"))
        .await
        .json();
    assert_ne!(first["client_secret"], second["client_secret"]);
    let until: Vec<&Value> = second["secrets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| &s["expires_at"])
        .collect();
    assert_eq!(until, [&json!("2023-11-15T22:13:20Z"), &Value::Null]);

    let third = operator.types(rotate).await.json();
    assert_eq!(third["secrets"].as_array().unwrap().len(), 1);
    operator
        .types(&format!("{rotate} --keep-old soon"))
        .await
        .refused(USAGE);
}

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

#[tokio::test]
async fn sessions_are_listed_and_ended() {
    let operator = Operator::new();
    operator
        .types("doorward user add alice --generate-password")
        .await
        .done();
    let session = sign_in(&operator).await;
    let listed = operator
        .types("doorward session list --user alice --json")
        .await
        .json();
    assert_eq!(
        listed,
        operator.types("doorward session list --json").await.json()
    );
    assert_eq!(listed[0]["session"], session.to_string());
    assert_eq!(listed[0]["username"], "alice");
    assert_eq!(listed[0]["expires_at"], "2023-11-15T22:13:20Z");

    operator
        .types(&format!("doorward session end {session}"))
        .await
        .done();
    assert_eq!(
        operator.types("doorward session list --json").await.json(),
        json!([])
    );
    sign_in(&operator).await;
    let ended = operator
        .types("doorward session end --user alice --json")
        .await
        .json();
    assert_eq!(ended, json!({ "ended": 1 }));
    operator.types("doorward session end").await.refused(USAGE);
}

/// Begins a session of alice's.
async fn sign_in(operator: &Operator) -> SessionId {
    let directory = operator.directory().await;
    let alice = "alice".parse().unwrap();
    let person = directory
        .people()
        .by_username(&alice)
        .await
        .unwrap()
        .unwrap();
    let session = Browser {
        id: SessionId::generate(NOW, &SystemRandom),
        person: person.id,
        authentication: Authentication {
            at: NOW,
            methods: vec![AuthenticationMethod::Password],
        },
        started_at: NOW,
        seen_at: NOW,
        ended_at: None,
    };
    assert!(directory.sessions().begin(&session).await.unwrap());
    directory.close().await.unwrap();
    session.id
}

#[tokio::test]
async fn every_change_is_recorded() {
    let operator = Operator::new();
    let lines = [
        ("user add alice --generate-password", "user add", "alice"),
        ("user set alice --name Alice", "user set", "alice"),
        (
            "user set-password alice --generate-password",
            "user set-password",
            "alice",
        ),
        ("user disable alice", "user disable", "alice"),
        ("user enable alice", "user enable", "alice"),
        ("group add staff", "group add", "staff"),
        (
            "group add-member staff alice",
            "group add-member",
            "staff alice",
        ),
        (
            "group remove-member staff alice",
            "group remove-member",
            "staff alice",
        ),
        ("group remove staff", "group remove", "staff"),
        (
            "client add wiki --redirect-uri https://wiki.example/cb",
            "client add",
            "wiki",
        ),
        ("client rotate-secret wiki", "client rotate-secret", "wiki"),
        ("client remove wiki", "client remove", "wiki"),
        ("session end --user alice", "session end", "alice"),
        ("user remove alice", "user remove", "alice"),
    ];
    for (line, _, _) in lines {
        operator.types(&format!("doorward {line}")).await.done();
    }
    let mut events = operator
        .directory()
        .await
        .events()
        .recent(100)
        .await
        .unwrap();
    events.reverse();
    let recorded: Vec<Event> = events.into_iter().map(|record| record.event).collect();
    let expected = lines.map(|(_, action, target)| Event::Administered {
        action: action.to_owned(),
        target: target.to_owned(),
    });
    assert_eq!(recorded, expected);
}

#[tokio::test]
async fn a_reference_leads_to_the_reason() {
    let operator = Operator::new();
    let random: &dyn Random = &SystemRandom;
    let reference = Reference::generate(random);
    let record = EventRecord {
        id: EventId::generate(NOW, random),
        at: NOW,
        reference: Some(reference),
        event: Event::Refused {
            endpoint: "authorization".to_owned(),
            error: "invalid_request".to_owned(),
            reason: "the nearest registered address is https://wiki.example/cb".to_owned(),
            client: Some("wiki".to_owned()),
        },
    };
    operator
        .directory()
        .await
        .events()
        .record(vec![record])
        .await
        .unwrap();

    let spoken = reference.to_string().to_lowercase().replace('-', "");
    let told = operator
        .types(&format!("doorward explain {spoken}"))
        .await
        .done();
    assert!(told.contains("2023-11-14 22:13:20 UTC"), "{told}");
    assert!(
        told.contains("the nearest registered address is https://wiki.example/cb"),
        "{told}"
    );
    let told = operator
        .types(&format!("doorward explain {reference} --json"))
        .await
        .json();
    assert_eq!(told["reference"], reference.to_string());
    assert_eq!(told["events"][0]["event"], "refused");
    assert_eq!(told["events"][0]["client"], "wiki");
    assert_eq!(told["events"][0]["at"], "2023-11-14T22:13:20Z");
    operator
        .types("doorward explain nonsense")
        .await
        .refused(USAGE);
}

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
        .insert(crate::key_file::VARIABLE.to_owned(), "ab".repeat(32));

    let checked = operator.types("doorward config check").await.done();
    assert!(checked.contains("DOORWARD_ISUER"), "{checked}");
    let shown = operator.types("doorward config show").await.done();
    assert!(
        !shown.contains("hush") && !shown.contains("abab"),
        "{shown}"
    );
    let shown = operator.types("doorward config show --json").await.json();
    assert_eq!(
        shown["sessions"],
        json!({ "value": "\"redis://***@redis.example:6379/0\"", "origin": "variable DOORWARD_SESSIONS" })
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

#[tokio::test]
async fn no_keys_are_listed_before_the_first_start() {
    let operator = Operator::new();
    assert_eq!(
        operator.types("doorward keys list --json").await.json(),
        json!([])
    );
}
