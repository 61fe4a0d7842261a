//! A master that is lost while sentinels watch.

use doorward_sessions::{Backend, Inserted, Redis};
use doorward_tests::redis::{RedisSentinel, RedisServer};
use doorward_tests::serving::eventually;

use super::{LONG, key, open, promptly};

/// Stores something, and waits until the replica has it too.
async fn stored_on_both(set: &RedisSentinel, store: &dyn Backend) {
    let inserted = store.insert(&key("before"), b"original".into(), LONG).await;
    assert_eq!(inserted, Ok(Inserted::New));
    eventually("the replica has it", async || has(&set.replica, 1).await).await;
}

async fn has(server: &RedisServer, entries: usize) -> Option<()> {
    let size = server.tell(&["DBSIZE"]).await;
    (size == format!(":{entries}\r\n")).then_some(())
}

/// Writes until it works, which takes a failover.
async fn written_again(store: &dyn Backend, name: &str) {
    let counted = eventually("the store writes again", async || {
        promptly(store.add(&key(name), LONG)).await.ok()
    });
    counted.await;
}

#[tokio::test]
async fn when_the_master_dies_the_promoted_replica_is_used_without_a_restart() {
    let Some(mut set) = RedisSentinel::start().await else {
        return;
    };
    let store = open(&set.url()).await;
    stored_on_both(&set, &*store).await;

    set.master.kill().await;
    written_again(&*store, "after").await;

    assert!(
        has(&set.replica, 2).await.is_some(),
        "the replica took over"
    );
    let former = store.replace(&key("before"), b"spent".into(), LONG).await;
    assert_eq!(former, Ok(Some(b"original".into())));
}

/// A master that hangs is replaced. When it wakes up it still takes itself for one, for a moment.
#[tokio::test]
async fn a_master_that_comes_back_from_a_pause_gets_no_writes_any_more() {
    let Some(set) = RedisSentinel::start().await else {
        return;
    };
    let store = open(&set.url()).await;
    stored_on_both(&set, &*store).await;

    set.master.pause();
    written_again(&*store, "during").await;
    set.master.resume();
    for at in 0..50 {
        written_again(&*store, &at.to_string()).await;
    }

    assert!(
        has(&set.replica, 52).await.is_some(),
        "all went to the new one"
    );
}

#[tokio::test]
async fn a_master_that_no_sentinel_knows_is_named() {
    let Some(set) = RedisSentinel::start().await else {
        return;
    };
    let unknown = set.url().replace("/main", "/other");
    let server = unknown.parse().expect("a URL");
    let reason = Redis::connect(&server).await.err();
    let reason = reason.expect("there is no such master").to_string();
    assert!(reason.contains("knows no master `other`"), "{reason}");
}
