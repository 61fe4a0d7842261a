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
use serde_json::Value;
use tokio::task::JoinSet;

use super::client::{Answer, redeem, refresh, userinfo};
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

        mod into_postgres {
            $(
                #[tokio::test]
                async fn $behaviour() {
                    let Some(schema) = doorward_tests::postgres::Schema::new().await else {
                        return;
                    };
                    let settings = format!("directory = \"{}\"\n", schema.url());
                    super::$behaviour(&settings).await;
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

/// Two installations that share a session store, the second with these settings.
fn on_one_redis(redis: &RedisServer, settings: &str) -> Option<[Installation; 2]> {
    let sessions = format!("sessions = \"{}\"\n", redis.url());
    let second = sessions.clone() + settings;
    Some([Installation::new(&sessions)?, Installation::new(&second)?])
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
    let Some([old, new]) = on_one_redis(&redis, settings) else {
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

/// What somebody had when a backup was made.
struct Possessions {
    alice: Visitor,
    /// Of a code that is used twice after the backup.
    code: String,
    revoked: Answer,
    /// Exchanged for their successor after the backup.
    refreshed: Answer,
    /// A code that nobody used.
    unredeemed: String,
}

impl Possessions {
    async fn gather(node: &Node, shop: &Application) -> Self {
        let alice = Visitor::new();
        let code = alice.code(node, shop, &OFFLINE).await;
        let elsewhere = Visitor::new().code(node, shop, &OFFLINE).await;
        Self {
            revoked: redeem(node, shop, &code).await,
            refreshed: redeem(node, shop, &elsewhere).await,
            unredeemed: alice.silently(node, shop).await.expect("signed in"),
            alice,
            code,
        }
    }

    /// Does what the backup does not know: revokes one grant, and refreshes another. Returns the successor.
    async fn change(&self, node: &Node, shop: &Application) -> Answer {
        redeem(node, shop, &self.code).await;
        let refresh_token = self.revoked.text("refresh_token");
        assert_eq!(refresh(node, shop, &refresh_token).await.status, 400);
        refresh(node, shop, &self.refreshed.text("refresh_token")).await
    }

    /// Nothing of it is good for anything, and alice can sign in.
    async fn are_dead(&self, node: &Node, shop: &Application) {
        for tokens in [&self.revoked, &self.refreshed] {
            are_refused(node, shop, tokens).await;
        }
        let refused = redeem(node, shop, &self.unredeemed).await;
        assert_eq!(refused.json["error"], "invalid_grant", "{refused:?}");
        is_signed_out(node, shop, &self.alice).await;
        let code = self.alice.code(node, shop, &OFFLINE).await;
        let tokens = redeem(node, shop, &code).await;
        let next = refresh(node, shop, &tokens.text("refresh_token")).await;
        assert_eq!(next.status, 200, "{next:?}");
    }
}

async fn are_refused(node: &Node, shop: &Application, tokens: &Answer) {
    let refused = refresh(node, shop, &tokens.text("refresh_token")).await;
    assert_eq!(refused.json["error"], "invalid_grant", "{refused:?}");
    let about = userinfo(node, &tokens.text("access_token")).await;
    assert_eq!(about.status, 401, "{about:?}");
}

async fn is_signed_out(node: &Node, shop: &Application, browser: &Visitor) {
    let silent = browser.silently(node, shop).await;
    assert_eq!(silent, Err("login_required".to_owned()));
}

/// The session store is a Redis that goes on through the restore, with all cookies and codes.
async fn what_was_revoked_after_a_backup_under_load_stays_dead(settings: &str) {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let Some([old, new]) = on_one_redis(&redis, settings) else {
        return;
    };
    old.add_person(USERNAME, PASSWORD).await;
    let shop = old.add_application("shop", CALLBACK, &[]).await;
    let node = Arc::new(old.serve().await);
    let load = Load::start(&node, &shop);
    load.goes_on().await;
    let possessions = Possessions::gather(&node, &shop).await;
    let file = old.path("backup").to_str().expect("a path").to_owned();
    let backup = old.ask(&["backup", &file], "").await;
    load.goes_on().await;
    load.end().await;
    let successor = possessions.change(&node, &shop).await;
    let late = Visitor::new();
    late.code(&node, &shop, &OFFLINE).await;
    let node = Arc::into_inner(node).expect("the load has ended");
    let place = node.place.clone();
    node.process.terminate().await;

    share_key(&old, &new);
    let restored = new.ask(&["restore", &file], "").await;
    assert_restored(&backup, &restored);
    let node = new.serve_again(&place).await;
    are_refused(&node, &shop, &successor).await;
    is_signed_out(&node, &shop, &late).await;
    possessions.are_dead(&node, &shop).await;
}

/// Four of the load and two of the test had a session, and a grant with it.
fn assert_restored(backup: &Value, restored: &Value) {
    assert_eq!(restored["id"], backup["id"]);
    let rows = |table: &str| {
        let tables = backup["tables"].as_array().expect("tables").iter();
        let mut found = tables.filter(|found| found["table"] == table);
        found.next().expect("the table")["rows"].as_u64()
    };
    let (sessions, grants) = (rows("session"), rows("oauth_grant"));
    assert!(sessions >= Some(6) && grants >= Some(6), "{backup}");
    assert_eq!(restored["ended_sessions"].as_u64(), sessions);
    assert_eq!(restored["revoked_grants"].as_u64(), grants);
    assert!(restored["epoch"].as_str() >= backup["made_at"].as_str());
}
