//! What a monitoring system sees of a rotation.

use std::time::Duration;

use doorward_core::Clock as _;
use doorward_tests::postgres::Schema;
use doorward_tests::serving::eventually;
use doorward_tests::wire::Wire;

use super::stage::{Stage, resource};

const SETTINGS: &str = "\
[keys]
rotate_every = \"4d\"
publish_before = \"1d\"
wait_for_uptake = \"1d\"

[metrics]
listen = \"127.0.0.1:0\"
";

const DAY: Duration = Duration::from_hours(24);

/// What a node exposes.
async fn scrape(stage: &Stage, node: usize) -> String {
    let address = stage.nodes[node].metrics().expect("metrics are on");
    let answer = stage.http.get(format!("http://{address}/metrics")).send();
    let answer = answer.await.expect("an answer");
    let content = &answer.headers()["content-type"];
    assert_eq!(content, "text/plain; version=0.0.4; charset=utf-8");
    answer.text().await.expect("a text")
}

/// The lines about the signing keys of an algorithm, in order.
fn of_keys(exposed: &str, algorithm: &str) -> Vec<String> {
    let label = format!("alg=\"{algorithm}\"");
    let lines = exposed.lines();
    let mut lines: Vec<String> = lines
        .filter(|line| line.starts_with("doorward_signing_key_") && line.contains(&label))
        .map(str::to_owned)
        .collect();
    lines.sort();
    lines
}

/// The key of an algorithm that is in this state.
async fn kid(stage: &Stage, of_state: &str) -> String {
    let keys = stage.doorward_json("keys list").await;
    let keys = keys.as_array().expect("a list");
    let mut found = keys
        .iter()
        .filter(|key| key["algorithm"] == "ES256" && key["state"] == of_state);
    let key = found.next().expect("there is one");
    key["kid"].as_str().expect("a kid").to_owned()
}

/// L02: every label is a name of ours or of a public key.
#[tokio::test]
async fn a_rotation_is_seen_alike_on_both_nodes() {
    let Some(stage) = Stage::on_postgres(SETTINGS).await else {
        return;
    };
    stage.api("reports").await;
    let (first, began) = (kid(&stage, "active").await, stage.clock.now());
    let signs = |kid: &str, since: i64| {
        format!(
            "doorward_signing_key_signs_since_timestamp_seconds{{alg=\"ES256\",kid=\"{kid}\"}} {since}"
        )
    };
    let step =
        |by: i64| format!("doorward_signing_key_next_step_timestamp_seconds{{alg=\"ES256\"}} {by}");
    let uptake = |kid: &str, knows: &str, number: usize| {
        format!(
            "doorward_signing_key_uptake_applications{{alg=\"ES256\",kid=\"{kid}\",knows=\"{knows}\"}} {number}"
        )
    };
    for node in [0, 1] {
        let exposed = scrape(&stage, node).await;
        let by = step(began.plus(3 * DAY).as_seconds());
        let expected = [by, signs(&first, began.as_seconds())];
        assert_eq!(of_keys(&exposed, "ES256"), expected, "{exposed}");
        assert!(exposed.contains("doorward_directory_up 1\n"), "{exposed}");
        assert!(
            exposed.contains("doorward_build_info{version=\""),
            "{exposed}"
        );
    }

    stage.doorward("keys rotate --algorithm ES256").await;
    let next = kid(&stage, "announced").await;
    let published = stage.clock.now().plus(Duration::from_secs(5));
    stage.advance(Duration::from_mins(1));
    let waits = |known: usize| {
        let by = step(published.plus(2 * DAY).as_seconds());
        let since = signs(&first, began.as_seconds());
        let unknown = uptake(&next, "no", 1 - known);
        [by, since, unknown, uptake(&next, "yes", known)]
    };
    for node in [0, 1] {
        assert_eq!(of_keys(&scrape(&stage, node).await, "ES256"), waits(0));
    }
    let query = format!("?resource={}", resource("reports"));
    stage.jwks(0, &query).await;
    for node in [0, 1] {
        eventually("the application is seen to know the key", async || {
            (of_keys(&scrape(&stage, node).await, "ES256") == waits(1)).then_some(())
        })
        .await;
    }

    stage.doorward(&format!("keys activate {next}")).await;
    let takes_over = stage.clock.now().plus(Duration::from_mins(5));
    stage.advance(Duration::from_mins(6));
    for node in [0, 1] {
        let by = step(takes_over.plus(3 * DAY).as_seconds());
        let expected = [by, signs(&next, takes_over.as_seconds())];
        assert_eq!(of_keys(&scrape(&stage, node).await, "ES256"), expected);
    }
}

/// What was true is not repeated: whoever watches sees that there is no figure.
#[tokio::test]
async fn a_directory_that_does_not_answer_leaves_no_figure_of_keys() {
    let Some(schema) = Schema::new().await else {
        return;
    };
    let wire = Wire::to(schema.server()).await;
    let directories = [schema.url(), schema.url_at(wire.address())];
    let Some(stage) = Stage::start(directories, SETTINGS).await else {
        return;
    };
    assert!(!of_keys(&scrape(&stage, 1).await, "RS256").is_empty());
    wire.cut();
    let exposed = scrape(&stage, 1).await;
    assert!(exposed.contains("doorward_directory_up 0\n"), "{exposed}");
    assert!(!exposed.contains("signing_key"), "{exposed}");
    assert!(!of_keys(&scrape(&stage, 0).await, "RS256").is_empty());
    wire.mend();
    eventually("the figures are back", async || {
        let exposed = scrape(&stage, 1).await;
        exposed.contains("doorward_directory_up 1\n").then_some(())
    })
    .await;
}
