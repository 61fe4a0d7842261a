//! A cluster that loses a node, and one whose slots move.

use doorward_sessions::{Backend, Inserted};
use doorward_tests::redis::{RedisCluster, RedisServer};
use doorward_tests::serving::eventually;

use super::{LONG, key, open, promptly};

const ENTRIES: usize = 24;

/// Stores entries, and returns how many of them the first node has.
async fn spread(cluster: &RedisCluster, store: &dyn Backend) -> usize {
    for at in 0..ENTRIES {
        let key = key(&at.to_string());
        let inserted = store.insert(&key, b"one".into(), LONG).await;
        assert_eq!(inserted, Ok(Inserted::New));
    }
    let told = cluster.nodes[0].tell(&["DBSIZE"]).await;
    let size = told.trim().strip_prefix(':').map(str::parse);
    let size = size.expect("a number").expect("a number");
    assert!(
        (1..ENTRIES).contains(&size),
        "{size} of {ENTRIES} are there"
    );
    size
}

/// How many of the entries cannot be read. Panics when one is absent, or takes too long.
async fn unreadable(store: &dyn Backend) -> usize {
    let mut failed = 0;
    for at in 0..ENTRIES {
        match promptly(store.get(&key(&at.to_string()))).await {
            Ok(found) => assert_eq!(found, Some(b"one".into())),
            Err(_) => failed += 1,
        }
    }
    failed
}

#[tokio::test]
async fn a_node_that_dies_takes_only_its_own_keys_with_it_until_it_is_back() {
    let Some(mut cluster) = RedisCluster::start().await else {
        return;
    };
    let store = open(&cluster.url()).await;
    let lost = spread(&cluster, &*store).await;

    cluster.nodes[0].kill().await;
    for _ in 0..2 {
        assert_eq!(unreadable(&*store).await, lost);
    }

    cluster.nodes[0].start_again().await;
    eventually("everything can be read", async || {
        (unreadable(&*store).await == 0).then_some(())
    })
    .await;
}

#[tokio::test]
async fn a_node_that_hangs_takes_only_its_own_keys_with_it_until_it_is_back() {
    let Some(cluster) = RedisCluster::start().await else {
        return;
    };
    let store = open(&cluster.url()).await;
    let lost = spread(&cluster, &*store).await;

    cluster.nodes[0].pause();
    assert_eq!(unreadable(&*store).await, lost);

    cluster.nodes[0].resume();
    eventually("everything can be read", async || {
        (unreadable(&*store).await == 0).then_some(())
    })
    .await;
}

/// Tells all nodes something, in order.
async fn tell_all(nodes: &[&RedisServer], words: &[&str]) {
    for node in nodes {
        assert_eq!(node.tell(words).await, "+OK\r\n", "{words:?}");
    }
}

#[tokio::test]
async fn a_slot_is_followed_while_it_moves_and_after_that() {
    let Some(cluster) = RedisCluster::start().await else {
        return;
    };
    let store = open(&cluster.url()).await;
    let (code, counter) = (key("code"), key("counter"));
    let [a, b, c] = &cluster.nodes[..] else {
        panic!("three nodes");
    };
    for key in [&code, &counter] {
        let name = [&b"doorward:"[..], &key.to_bytes()].concat();
        let slot = a.tell(&[b"CLUSTER", b"KEYSLOT", &name[..]]).await;
        let slot = slot.trim().strip_prefix(':').expect("a number");
        let third = slot.parse::<usize>().expect("a number") / 5_461;
        let (from, to) = [(a, b), (b, c), (c, a)][third];
        let (from_id, to_id) = (
            from.tell(&["CLUSTER", "MYID"]).await,
            to.tell(&["CLUSTER", "MYID"]).await,
        );

        tell_all(&[to], &["CLUSTER", "SETSLOT", slot, "IMPORTING", &from_id]).await;
        tell_all(&[from], &["CLUSTER", "SETSLOT", slot, "MIGRATING", &to_id]).await;
        if key == &code {
            let inserted = store.insert(key, b"live".into(), LONG).await;
            assert_eq!(inserted, Ok(Inserted::New), "while it moves");
        } else {
            assert_eq!(store.add(key, LONG).await, Ok(1), "while it moves");
        }
        assert_eq!(to.tell(&["DBSIZE"]).await, ":1\r\n", "the new owner has it");

        tell_all(&[to, from], &["CLUSTER", "SETSLOT", slot, "NODE", &to_id]).await;
        if key == &code {
            let former = store.replace(key, b"spent".into(), LONG).await;
            assert_eq!(former, Ok(Some(b"live".into())), "after it moved");
        } else {
            assert_eq!(store.add(key, LONG).await, Ok(2), "after it moved");
        }
        tell_all(&[to], &["FLUSHALL"]).await;
    }
}
