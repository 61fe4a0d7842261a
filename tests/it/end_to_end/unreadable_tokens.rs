//! API tokens of a real process: nothing that is kept, said or logged opens anything.

use std::fs;
use std::path::Path;

use doorward_core::api_token::{
    ActsFor, ApiToken, ApiTokenKind, Owner, Quota, ServiceAccount, State,
};
use doorward_core::identifiers::{ApiTokenId, PersonId, ServiceAccountId};
use doorward_core::person::PersonStatus;
use doorward_core::secret::Secret;
use doorward_core::time::Timestamp;
use doorward_directory::Directory;
use doorward_directory::clients::Added;
use doorward_tests::clock::SystemRandom;
use doorward_tests::processes::Signal;
use doorward_tests::redis::RedisServer;
use doorward_tests::serving::{Application, Installation, Node, eventually};
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::client::basic;
use super::visitor::{PASSWORD, USERNAME};

const REPORTS: &str = "https://reports.example";

fn now() -> Timestamp {
    let since = std::time::SystemTime::UNIX_EPOCH
        .elapsed()
        .expect("a time after 1970");
    Timestamp::from_millis(i64::try_from(since.as_millis()).expect("a time"))
}

/// An API, and somebody.
async fn api(installation: &Installation) -> Application {
    installation.add_person(USERNAME, PASSWORD).await;
    let api = installation
        .add_application("reports-api", "https://reports.example/callback", &[])
        .await;
    let add = [
        "resource",
        "add",
        REPORTS,
        "--name",
        "Reports",
        "--scope",
        "reports:read=Read reports",
        "--api-token-scope",
        "reports:read",
        "--introspected-by",
        "reports-api",
    ];
    installation.ask(&add, "").await;
    api
}

/// One token of each kind.
async fn tokens(directory: &Directory, owner: PersonId) -> Vec<Secret> {
    let mut secrets = Vec::new();
    for kind in ApiTokenKind::ALL {
        let acts_for = acts_for(directory, kind, owner).await;
        let token = ApiToken {
            id: ApiTokenId::generate(now(), &SystemRandom),
            name: kind.as_str().replace('_', " ").parse().expect("a name"),
            acts_for,
            scope: "reports:read".parse().expect("a scope"),
            resources: [].into(),
            networks: None,
            quota: Quota {
                per_minute: Some(3),
                per_day: None,
            },
            created_at: now(),
            rotated_at: None,
            expires_at: None,
            state: State::Live,
        };
        let secret = Secret::generate(kind.secret(), &SystemRandom);
        let added = directory.api_tokens().add(&token, &secret).await;
        added.expect("a directory");
        secrets.push(secret);
    }
    secrets
}

async fn acts_for(directory: &Directory, kind: ApiTokenKind, owner: PersonId) -> ActsFor {
    match kind {
        ApiTokenKind::PersonalAccessToken => ActsFor::Person(owner),
        ApiTokenKind::ApiKey => ActsFor::Project {
            project: "website".parse().expect("a project"),
            owner: Owner::Person(owner),
        },
        ApiTokenKind::ServiceAccountToken => {
            let account = ServiceAccount {
                id: ServiceAccountId::generate(now(), &SystemRandom),
                name: "nightly".parse().expect("a name"),
                owner: Owner::Person(owner),
                status: PersonStatus::Enabled,
                created_at: now(),
            };
            let added = directory.service_accounts().add(&account).await;
            assert_eq!(added, Ok(Added::Added));
            ActsFor::ServiceAccount(account.id)
        }
    }
}

async fn introspected(node: &Node, api: &Application, secret: &Secret) -> String {
    let form = form_urlencoded::Serializer::new(String::new())
        .extend_pairs([("token", secret.reveal()), ("client_ip", "192.0.2.7")])
        .finish();
    let request = reqwest::Client::new()
        .post(node.url("/introspect"))
        .header(AUTHORIZATION, basic(api))
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form);
    let answer = request.send().await.expect("an answer");
    let headers = format!("{:?}", answer.headers());
    headers + &answer.text().await.expect("a body")
}

/// Every file of a folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).expect("a folder");
    let paths = entries.map(|entry| entry.expect("an entry").path());
    paths
        .filter(|path| path.is_file())
        .map(|path| (path.display().to_string(), fs::read(&path).expect("a file")))
        .collect()
}

/// Every file of a folder and of those in it.
fn all_files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all = files(folder);
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            all.extend(all_files(&path));
        }
    }
    all
}

/// All that was ever written to Redis.
fn written_to(redis: &RedisServer) -> Vec<(String, Vec<u8>)> {
    let files = all_files(redis.folder());
    let counted = b"api-token-quota";
    let is_counted = |bytes: &[u8]| bytes.windows(counted.len()).any(|part| part == counted);
    assert!(
        files.iter().any(|(_, bytes)| is_counted(bytes)),
        "quotas are counted there"
    );
    files
}

/// T01, T09: tokens of every kind that were used, refused, counted and handed in are in no file, in no answer, not in Redis and in no log,
/// however much that says.
#[tokio::test]
async fn nothing_that_is_written_or_answered_holds_a_token() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let settings = format!("sessions = \"{}\"\n[log]\nfilter = \"trace\"", redis.url());
    let Some(installation) = Installation::new(&settings) else {
        return;
    };
    let api = api(&installation).await;
    let directory = installation.directory().await;
    let username = USERNAME.parse().expect("a user name");
    let person = directory.people().by_username(&username).await;
    let owner = person.expect("a directory").expect("somebody").id;
    let secrets = tokens(&directory, owner).await;
    let node = installation.serve().await;
    let mut written = Vec::new();
    for secret in &secrets {
        // The last one is over its quota.
        for _ in 0..4 {
            let answer = introspected(&node, &api, secret).await;
            written.push(("an answer".to_owned(), answer.into_bytes()));
        }
    }
    hand_in(&node, &secrets).await;
    eventually("all that was handed in is revoked", async || {
        let events = directory.events().recent(1000).await.expect("a directory");
        let revoked =
            |record: &doorward_core::event::EventRecord| record.event.name() == "api_token_revoked";
        (events.iter().filter(|record| revoked(record)).count() == secrets.len()).then_some(())
    })
    .await;
    written.extend(written_to(&redis));
    let log = end(node).await;
    assert!(
        log.contains("api_token_signalled"),
        "the log says what happened"
    );
    written.push(("the log".to_owned(), log.into_bytes()));
    for command in ["backup", "export"] {
        let file = installation.path(command);
        let file = file.to_str().expect("a path");
        installation.ask(&[command, file], "").await;
    }
    written.extend(all_files(&installation.path("")));
    for secret in &secrets {
        // What is random about it, without the kind and the checksum.
        let text = secret.reveal();
        let random = text.rsplit('_').next().expect("a random part");
        let random = &random.as_bytes()[..30];
        for (name, bytes) in &written {
            let is_there = bytes.windows(random.len()).any(|part| part == random);
            assert!(!is_there, "a token is in {name}");
        }
    }
}

async fn hand_in(node: &Node, secrets: &[Secret]) {
    let texts: Vec<Value> = secrets
        .iter()
        .map(|secret| json!(secret.reveal()))
        .collect();
    let request = reqwest::Client::new().post(node.url("/leaked-tokens"));
    let answer = request.json(&texts).send().await.expect("an answer");
    assert_eq!(answer.status(), 202);
}

/// Stops a node; what it logged.
async fn end(mut node: Node) -> String {
    node.process.signal(Signal::TERM);
    node.process.ended().await;
    node.process.output()
}
