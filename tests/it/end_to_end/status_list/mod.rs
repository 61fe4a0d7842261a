//! A token is revoked at one node, and refused by who verifies it with a list of the other one.

use std::time::Duration;

use doorward_tests::processes::Process;
use doorward_tests::requirements::{needed, program};
use doorward_tests::serving::{Application, eventually};
use doorward_verify::Verifier;
use tokio::process::Command;
use tokio::time::Instant;

use super::client::{of_itself, revoke};
use super::cluster::Cluster;
use crate::verify::api::{Api, REPORTS};

on_every_directory![
    a_revoked_token_is_refused_elsewhere_within_the_published_time,
    a_revoked_token_is_refused_at_an_api_in_rust_within_the_published_time,
];

/// How soon the list of another node has it: the time for which a node does not look, and a second for the machine that runs the tests.
const AT_DOORWARD: Duration = Duration::from_millis(1500);

/// What lists promise.
const TTL: Duration = Duration::from_secs(15);

/// T08. [Token Status List section 13.7](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-13.7): within
/// `ttl` and the time that a list takes, decoded by a program that is not ours.
async fn a_revoked_token_is_refused_elsewhere_within_the_published_time(cluster: Cluster) {
    let python = program("DOORWARD_TEST_PYTHON", "python3");
    let Some(python) = needed("Python 3", python) else {
        return;
    };
    let robot = robot(&cluster).await;
    let mut verifiers = Vec::new();
    for freshness in ["now", "cached"] {
        let access_token = of_itself(&cluster.one, &robot).await.text("access_token");
        let mut command = Command::new(&python);
        command.arg(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/it/end_to_end/status_list/verifier.py"
        ));
        command.args([&*access_token, &cluster.other.url(""), freshness]);
        let mut verifier = Process::start(command);
        verifier.line(|line| (line == "valid").then_some(())).await;
        verifiers.push((freshness, access_token, verifier));
    }
    let mut seen = Vec::new();
    for (freshness, access_token, mut verifier) in verifiers {
        let revoked = revoke(&cluster.one, &robot, &access_token).await;
        assert_eq!(revoked.status, 200, "{revoked:?}");
        let since = Instant::now();
        verifier
            .line(|line| (line == "revoked").then_some(()))
            .await;
        seen.push(since.elapsed());
        println!(
            "{freshness}: refused {:?} after it was revoked",
            since.elapsed()
        );
    }
    assert!(seen[0] < AT_DOORWARD, "{seen:?}");
    assert!(seen[1] < TTL + AT_DOORWARD, "{seen:?}");
}

/// T08: the same in front of an API's routes, by `doorward-verify` and the machine's clock. It asks the issuer, which is the other
/// node than the one where the token is revoked.
async fn a_revoked_token_is_refused_at_an_api_in_rust_within_the_published_time(cluster: Cluster) {
    let robot = robot(&cluster).await;
    let verifier = Verifier::builder(&cluster.one.place.issuer, REPORTS).build();
    let api = Api::start(&verifier.expect("a verifier")).await;
    let token = async || of_itself(&cluster.other, &robot).await.text("access_token");
    let (dead, living) = (token().await, token().await);
    api.read(&dead).await.assert_allowed();

    let revoked = revoke(&cluster.other, &robot, &dead).await;
    assert_eq!(revoked.status, 200, "{revoked:?}");
    let since = Instant::now();
    eventually("the API refuses it", async || {
        (api.read(&dead).await.status != 200).then_some(())
    })
    .await;
    let refused = since.elapsed();
    println!("doorward-verify: refused {refused:?} after it was revoked");
    assert!(refused < TTL + AT_DOORWARD, "{refused:?}");
    api.read(&dead).await.assert_refused(401, "invalid_token");
    api.read(&living).await.assert_allowed();
}

/// A program that may read reports, which want status lists, once both nodes know it.
async fn robot(cluster: &Cluster) -> Application {
    let reports = ["resource", "add", REPORTS, "--status-list"];
    let scope = ["--scope", "reports:read=Read", "--json"];
    let added = cluster
        .installation
        .run(&[reports.as_slice(), &scope].concat(), "")
        .await;
    assert_eq!(added.code, Some(0), "{}", added.errors);
    let arguments = [
        "client",
        "add",
        "robot",
        "--grant-type",
        "client_credentials",
    ];
    let arguments = [&arguments[..], &["--scope", "reports:read"]].concat();
    let added = cluster.installation.ask(&arguments, "").await;
    let text = |name: &str| added[name].as_str().unwrap_or_default().to_owned();
    let robot = Application {
        id: text("client_id"),
        secret: text("client_secret"),
        redirect_uri: String::new(),
    };
    for node in [&cluster.one, &cluster.other] {
        eventually("the program is known", async || {
            of_itself(node, &robot)
                .await
                .status
                .is_success()
                .then_some(())
        })
        .await;
    }
    robot
}
