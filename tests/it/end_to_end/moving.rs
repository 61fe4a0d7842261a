//! A whole directory moves to another place, and comes back from a backup.

use std::collections::BTreeSet;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use doorward_core::Timestamp;
use doorward_core::identifiers::PersonId;
use doorward_core::person::{Person, PersonStatus, Profile};
use doorward_tests::clock::SystemRandom;
use doorward_tests::processes::{Process, Signal};
use doorward_tests::redis::RedisServer;
use doorward_tests::serving::{Application, Installation, Node, Place, eventually};
use serde_json::{Value, json};
use tokio::task::JoinSet;

use super::client::{redeem, refresh, userinfo};
use super::visitor::{PASSWORD, USERNAME, Visitor};

const CALLBACK: &str = "https://shop.example/callback";
const OFFLINE: [(&str, &str); 1] = [("scope", "openid offline_access")];

/// Makes a test of each behaviour for each kind of directory to move into. A new kind is one line here.
macro_rules! into {
    ($($behaviour:ident),+ $(,)?) => {
        mod into_a_file {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    super::$behaviour("").await;
                }
            )+
        }
    };
}

into![
    everybody_signs_in_and_every_token_refreshes_after_moving_there_and_back,
    browsers_that_keep_their_session_store_stay_signed_in,
    an_import_that_is_killed_goes_on_where_it_stopped,
    an_import_that_is_told_to_stop_goes_on_where_it_stopped,
    what_was_revoked_after_a_backup_under_load_stays_dead,
];

/// Exports everything of `from`, imports it into `to`, and serves it where it was served.
async fn carry(from: &Installation, to: &Installation, place: &Place) -> Node {
    let file = from.path("house");
    let file = file.to_str().expect("a path of ours");
    let key = from.key_file();
    let key = key.to_str().expect("a path of ours");
    let exported = from.ask(&["export", "--force", file], "").await;
    let import = ["import", file, "--source-key-file", key];
    let imported = to.ask(&import, "").await;
    assert_eq!(imported["tables"], exported["tables"]);
    to.serve_again(place).await
}

/// Gives `to` the key of `from`.
fn share_key(from: &Installation, to: &Installation) {
    fs::create_dir_all(to.path("data")).expect("a folder of ours");
    fs::copy(from.key_file(), to.key_file()).expect("the key is there");
}

async fn everybody_signs_in_and_every_token_refreshes_after_moving_there_and_back(settings: &str) {
    let (Some(old), Some(new), Some(again)) = (
        Installation::new(""),
        Installation::new(settings),
        Installation::new(""),
    ) else {
        return;
    };
    old.add_person(USERNAME, PASSWORD).await;
    let shop = old.add_application("shop", CALLBACK, &[]).await;
    let node = old.serve().await;
    let place = node.place.clone();
    let code = Visitor::new().code(&node, &shop, &OFFLINE).await;
    let mut tokens = redeem(&node, &shop, &code).await;
    node.process.terminate().await;

    for (from, to) in [(&old, &new), (&new, &again)] {
        let node = carry(from, to, &place).await;
        let about = userinfo(&node, &tokens.text("access_token")).await;
        assert!(about.json["sub"].is_string(), "{about:?}");
        let spent = tokens.text("refresh_token");
        tokens = refresh(&node, &shop, &spent).await;
        assert_ne!(tokens.text("refresh_token"), spent);
        let code = Visitor::new().code(&node, &shop, &[]).await;
        assert_eq!(redeem(&node, &shop, &code).await.status, 200);
        for what in ["user", "client", "group", "keys"] {
            let list = [what, "list"];
            assert_eq!(to.ask(&list, "").await, from.ask(&list, "").await);
        }
        node.process.terminate().await;
    }
}

async fn browsers_that_keep_their_session_store_stay_signed_in(settings: &str) {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let sessions = format!("sessions = \"{}\"\n", redis.url());
    let (Some(old), Some(new)) = (
        Installation::new(&sessions),
        Installation::new(&(sessions.clone() + settings)),
    ) else {
        return;
    };
    old.add_person(USERNAME, PASSWORD).await;
    let shop = old.add_application("shop", CALLBACK, &[]).await;
    let node = old.serve().await;
    let place = node.place.clone();
    let alice = Visitor::new();
    alice.code(&node, &shop, &[]).await;
    let unredeemed = alice.silently(&node, &shop).await.expect("signed in");
    node.process.terminate().await;

    share_key(&old, &new);
    let node = carry(&old, &new, &place).await;
    alice.silently(&node, &shop).await.expect("still signed in");
    assert_eq!(redeem(&node, &shop, &unredeemed).await.status, 200);
}

/// A directory whose import takes a while, and the file that holds it.
async fn large() -> Option<(Installation, String)> {
    let old = Installation::new("")?;
    old.add_person(USERNAME, PASSWORD).await;
    let node = old.serve().await;
    node.process.terminate().await;
    let directory = old.directory().await;
    let added: JoinSet<bool> = (0..2_000)
        .map(|number| {
            let (directory, person) = (directory.clone(), person(number));
            async move { directory.people().add(&person, None).await.is_ok() }
        })
        .collect();
    assert!(added.join_all().await.into_iter().all(|added| added));
    directory.close().await.expect("everything is written");
    let file = old.path("house").to_str().expect("a path").to_owned();
    old.ask(&["export", &file], "").await;
    Some((old, file))
}

/// Somebody who takes much room.
fn person(number: u32) -> Person {
    let now = Timestamp::from_seconds(1_700_000_000);
    Person {
        id: PersonId::generate(now, &SystemRandom),
        username: format!("person{number}").parse().expect("a name"),
        status: PersonStatus::Enabled,
        profile: Profile {
            picture: Some("x".repeat(20_000)),
            ..Profile::default()
        },
        groups: BTreeSet::new(),
        created_at: now,
        updated_at: now,
    }
}

/// Begins to import `file` and interrupts that with `signal` in the middle; what it said, and its exit code.
async fn interrupt(new: &Installation, file: &str, signal: Signal) -> (String, Option<i32>) {
    let directory = new.directory().await;
    let mut import = Process::start(new.command(&["import", file]));
    eventually("rows are coming in", async || {
        let progress = directory.unfinished_arrival().await.ok()??;
        (progress.batches > 3).then_some(())
    })
    .await;
    import.signal(signal);
    let ended = import.ended().await;
    directory.close().await.expect("nothing waits");
    (import.output(), ended.code())
}

/// Finishes an import that was interrupted, and looks whether all are there.
async fn finish(old: &Installation, new: &Installation, file: &str) {
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    let refused = new.run(&serve, "").await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(refused.errors.contains("is not whole"), "{refused:?}");
    let added = new.run(&["group", "add", "staff"], "").await;
    assert_eq!(added.code, Some(1), "nobody moves in between: {added:?}");

    let imported = new.ask(&["import", file], "").await;
    assert_eq!(imported["resumed"], true);
    assert_eq!(imported["tables"][0]["rows"], 2_001);
    for what in ["user", "keys"] {
        let list = [what, "list"];
        assert_eq!(new.ask(&list, "").await, old.ask(&list, "").await);
    }
    new.serve().await.process.terminate().await;
}

async fn an_import_that_is_killed_goes_on_where_it_stopped(settings: &str) {
    let (Some((old, file)), Some(new)) = (large().await, Installation::new(settings)) else {
        return;
    };
    share_key(&old, &new);
    let (_, code) = interrupt(&new, &file, Signal::KILL).await;
    assert_eq!(code, None);
    finish(&old, &new, &file).await;
}

async fn an_import_that_is_told_to_stop_goes_on_where_it_stopped(settings: &str) {
    let (Some((old, file)), Some(new)) = (large().await, Installation::new(settings)) else {
        return;
    };
    share_key(&old, &new);
    let (said, code) = interrupt(&new, &file, Signal::INT).await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("goes on where this one stopped"), "{said}");
    finish(&old, &new, &file).await;
}

/// Some who sign in and refresh until they are told to stop.
struct Load {
    state: Arc<LoadState>,
    working: JoinSet<()>,
}

#[derive(Default)]
struct LoadState {
    answered: AtomicUsize,
    stopped: AtomicBool,
}

impl Load {
    fn start(node: &Arc<Node>, shop: &Application) -> Self {
        let state = Arc::<LoadState>::default();
        let working = (0..4)
            .map(|_| {
                let (node, shop, state) = (Arc::clone(node), shop.clone(), Arc::clone(&state));
                async move {
                    let code = Visitor::new().code(&node, &shop, &OFFLINE).await;
                    let mut tokens = redeem(&node, &shop, &code).await;
                    while !state.stopped.load(Ordering::Relaxed) {
                        tokens = refresh(&node, &shop, &tokens.text("refresh_token")).await;
                        state.answered.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
            .collect();
        Self { state, working }
    }

    /// Returns when more has been answered since.
    async fn goes_on(&self) {
        let answered = || self.state.answered.load(Ordering::Relaxed);
        let before = answered();
        eventually("the load goes on", async || {
            (answered() > before + 20).then_some(())
        })
        .await;
    }

    async fn end(self) {
        self.state.stopped.store(true, Ordering::Relaxed);
        self.working.join_all().await;
    }
}

/// What came of a backup.
async fn saved(installation: &Installation, file: &str) -> Value {
    let saved = installation.ask(&["backup", file], "").await;
    let rows = |table: usize| saved["tables"][table]["rows"].as_u64().expect("a number");
    // Four of the load and those of the test, each with a session, a grant and a family.
    let (sessions, grants, families) = (rows(5), rows(6), rows(7));
    assert!(sessions >= 5 && grants >= 6 && families >= 5, "{saved}");
    saved
}

async fn what_was_revoked_after_a_backup_under_load_stays_dead(settings: &str) {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let sessions = format!("sessions = \"{}\"\n", redis.url());
    let (Some(old), Some(new)) = (
        Installation::new(&sessions),
        Installation::new(&(sessions.clone() + settings)),
    ) else {
        return;
    };
    old.add_person(USERNAME, PASSWORD).await;
    let shop = old.add_application("shop", CALLBACK, &[]).await;
    let node = Arc::new(old.serve().await);
    let place = node.place.clone();
    let load = Load::start(&node, &shop);
    load.goes_on().await;
    let alice = Visitor::new();
    let code = alice.code(&node, &shop, &OFFLINE).await;
    let revoked = redeem(&node, &shop, &code).await;
    let refreshed = redeem(
        &node,
        &shop,
        &Visitor::new().code(&node, &shop, &OFFLINE).await,
    )
    .await;
    let unredeemed = alice.silently(&node, &shop).await.expect("signed in");

    let file = old.path("backup").to_str().expect("a path").to_owned();
    let backup = saved(&old, &file).await;
    load.goes_on().await;
    load.end().await;
    // The code is used twice, which revokes its grant. The other grant goes on, which the backup does not know.
    redeem(&node, &shop, &code).await;
    let refresh_token = revoked.text("refresh_token");
    assert_eq!(refresh(&node, &shop, &refresh_token).await.status, 400);
    let successor = refresh(&node, &shop, &refreshed.text("refresh_token")).await;
    let late = Visitor::new();
    late.code(&node, &shop, &OFFLINE).await;
    let node = Arc::into_inner(node).expect("the load has ended");
    node.process.terminate().await;

    share_key(&old, &new);
    let restored = new.ask(&["restore", &file], "").await;
    assert_eq!(restored["id"], backup["id"]);
    assert!(restored["ended_sessions"].as_u64() >= Some(6), "{restored}");
    assert!(restored["revoked_grants"].as_u64() >= Some(7), "{restored}");
    assert!(restored["epoch"].as_str() >= backup["made_at"].as_str());

    let node = new.serve_again(&place).await;
    for tokens in [&revoked, &refreshed, &successor] {
        let refused = refresh(&node, &shop, &tokens.text("refresh_token")).await;
        assert_eq!(refused.json["error"], json!("invalid_grant"), "{refused:?}");
        let about = userinfo(&node, &tokens.text("access_token")).await;
        assert_eq!(about.status, 401, "{about:?}");
    }
    let refused = redeem(&node, &shop, &unredeemed).await;
    assert_eq!(refused.json["error"], json!("invalid_grant"), "{refused:?}");
    for browser in [&alice, &late] {
        let silent = browser.silently(&node, &shop).await;
        assert_eq!(silent, Err("login_required".to_owned()));
    }
    let code = alice.code(&node, &shop, &OFFLINE).await;
    let tokens = redeem(&node, &shop, &code).await;
    let next = refresh(&node, &shop, &tokens.text("refresh_token")).await;
    assert_eq!(next.status, 200, "{next:?}");
}
