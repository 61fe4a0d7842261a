//! Twenty applications, two nodes, three rotations under load: who behaves as they were seen to notices nothing, and who will be hurt is
//! named before.

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_core::Clock as _;
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{HANDOVER, Key, Schedule, Stage as KeyStage, Uptake, due};
use doorward_tests::serving::eventually;
use serde_json::Value;

use super::application::{Application, Habit};
use super::stage::Stage;

const SETTINGS: &str = "\
[keys]
rotate_every = \"2d\"
publish_before = \"1d\"
wait_for_uptake = \"6h\"
";

const DAY: Duration = Duration::from_hours(24);

fn schedule() -> Schedule {
    Schedule {
        rotate_every: Some(2 * DAY),
        publish_before: DAY,
        wait_for_uptake: Duration::from_hours(6),
        longest_use: 14 * DAY,
    }
}

/// K02, R08: who honours the lifetime of the key set never meets a key that is not in it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn oidcc_server_rotate_keys() {
    let Some(stage) = Stage::on_postgres(SETTINGS).await else {
        return;
    };
    let mut applications = Vec::new();
    for (habit, count) in [
        (Habit::HonoursMaxAge, 9),
        (Habit::Hourly, 6),
        (Habit::OnUnknownKid, 4),
        (Habit::Once, 1),
    ] {
        for number in 0..count {
            let name = format!("{habit:?}-{number}").to_lowercase();
            applications.push(Application::new(&stage, &name, habit).await);
        }
    }
    let load = stage.load(&applications[0].program);
    let mut signers = BTreeSet::from([active(&stage).await]);
    let (mut named, mut unknown) = (BTreeSet::new(), BTreeSet::new());
    while signers.len() < 4 {
        unknown.extend(pass_three_hours(&stage, &mut applications).await);
        if signers.insert(active(&stage).await) {
            let fetch_too_late = applications.iter().filter(|one| !one.fetches_in_time());
            let expected: BTreeSet<String> = fetch_too_late.map(Application::name).collect();
            assert_eq!(unknown, expected, "they were named before the key signed");
            named.append(&mut unknown);
        }
    }
    pass_three_hours(&stage, &mut applications).await;
    load.end();
    report(&applications, &named);
    for application in &applications {
        assert!(application.verified > 50, "{}", application.name());
        match application.habit {
            Habit::Once => {
                assert!(application.failed > 0, "a key set of long ago is of no use");
                assert!(named.contains(&application.name()), "{named:?}");
            }
            habit => assert_eq!(application.failed, 0, "{habit:?} {}", application.name()),
        }
    }
}

/// Every application verifies a token. Then a key takes over that is due to, and every application verifies again at that moment, with the
/// copy that it has: five minutes are what `Cache-Control` allows. Returns whom the command line named before as not knowing a key that
/// waits.
async fn pass_three_hours(stage: &Stage, applications: &mut [Application]) -> BTreeSet<String> {
    stage.advance(Duration::from_mins(55 + 120));
    everybody_verifies(stage, applications, 0).await;
    let named = unknown_to(stage, applications).await;
    what_is_due_is_done(stage, applications).await;
    stage.advance(HANDOVER);
    everybody_verifies(stage, applications, 1).await;
    named
}

async fn everybody_verifies(stage: &Stage, applications: &mut [Application], node: usize) {
    for (at, application) in applications.iter_mut().enumerate() {
        application.verify(stage, (node + at) % 2).await;
    }
}

/// The applications that are not seen to know a key that waits, as an operator sees them, once what was just seen is written down.
async fn unknown_to(stage: &Stage, applications: &[Application]) -> BTreeSet<String> {
    let fetched = applications.iter().filter(|one| one.fetches_in_time());
    let fetched: Vec<String> = fetched.map(Application::name).collect();
    eventually("who has fetched is seen to", async || {
        let status = stage.doorward_json("keys status").await;
        let waiting = status["waiting"].as_array().expect("a list");
        // Nobody can have fetched a key that is yet to be published.
        let keys = status["keys"].as_array().expect("a list");
        let is_pending = |kid: &Value| {
            let mut keys = keys.iter();
            keys.any(|key| key["kid"] == *kid && key["state"] == "pending")
        };
        let pending = waiting.iter().filter(|key| is_pending(&key["kid"]));
        let uptake = pending.filter_map(|key| key["applications"].as_array());
        let unknown = uptake.flatten().filter(|one| one["knows"] == false);
        let unknown = unknown.filter_map(|one| one["application"].as_str().map(str::to_owned));
        let unknown: BTreeSet<String> = unknown.collect();
        let is_seen = fetched.iter().all(|name| !unknown.contains(name));
        is_seen.then_some(unknown)
    })
    .await
}

/// Waits until one of the nodes has taken the steps that are due by now.
async fn what_is_due_is_done(stage: &Stage, applications: &[Application]) {
    let names: Vec<String> = applications.iter().map(Application::name).collect();
    let keys = stage.nodes[0].directory().keys();
    eventually("the steps that are due are taken", async || {
        let stored = keys.all().await.expect("the keys can be read");
        let stored: Vec<Key> = stored.iter().map(StoredKey::as_key).collect();
        let sightings = keys.sightings().await.expect("they can be read");
        let uptake = |key: &Key| {
            let applications: &[String] = if key.algorithm == Algorithm::Es256 {
                &names
            } else {
                &[]
            };
            Uptake::of(key.life.moments().published_at, applications, &sightings)
        };
        let steps = due(
            &stored,
            &Algorithm::USUAL,
            &schedule(),
            uptake,
            stage.clock.now(),
        );
        steps.is_empty().then_some(())
    })
    .await;
}

/// The key that signs access tokens, on both nodes the same.
async fn active(stage: &Stage) -> String {
    let stored = stage.nodes[1].directory().keys().all().await;
    let now = stage.clock.now();
    let stored = stored.expect("the keys can be read").into_iter();
    let mut active = stored
        .filter(|key| key.algorithm == Algorithm::Es256 && key.life.stage(now) == KeyStage::Active);
    let key = active.next().expect("a key signs");
    assert!(active.next().is_none(), "no two keys sign");
    key.kid
}

fn report(applications: &[Application], named: &BTreeSet<String>) {
    println!(
        "{:<36} {:>8} {:>8}  named before",
        "application", "verified", "failed"
    );
    for application in applications {
        let (name, named) = (application.name(), named.contains(&application.name()));
        let named = if named { "yes" } else { "" };
        println!(
            "{name:<36} {:>8} {:>8}  {named}",
            application.verified, application.failed
        );
    }
}

/// Both nodes publish the same keys at every moment.
#[tokio::test]
async fn the_key_set_is_the_same_on_both_nodes_through_a_rotation() {
    let Some(stage) = Stage::on_postgres(SETTINGS).await else {
        return;
    };
    let mut sets = BTreeSet::new();
    for _ in 0..4 * 24 {
        stage.advance(Duration::from_mins(45));
        what_is_due_is_done(&stage, &[]).await;
        let (one, other): (Value, Value) = tokio::join!(stage.jwks(0, ""), stage.jwks(1, ""));
        assert_eq!(one, other);
        sets.insert(one.to_string());
    }
    assert!(sets.len() > 1, "keys were published");
}
