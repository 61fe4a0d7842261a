//! One server that refuses, hangs, dies, forgets or does not let us in.

use std::sync::Arc;

use doorward_sessions::{Backend, Inserted, Redis, Unavailable};
use doorward_tests::redis::RedisServer;
use doorward_tests::serving::eventually;
use tokio::task::JoinSet;

use super::{LONG, key, open, promptly};

/// Every operation that changes something, on `present`, which is there.
async fn changes(store: &dyn Backend, present: &str) -> Vec<Result<(), Unavailable>> {
    let (present, absent, counter) = (key(present), key("absent"), key("counter"));
    let value = || b"changed".to_vec();
    vec![
        promptly(store.insert(&absent, value(), LONG))
            .await
            .map(drop),
        promptly(store.replace(&present, value(), LONG))
            .await
            .map(drop),
        promptly(store.add(&counter, LONG)).await.map(drop),
    ]
}

/// Nothing of it looks like success or absence, and the reason says what helps.
#[tokio::test]
async fn a_server_that_takes_no_writes_refuses_them_with_advice_until_it_does() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = open(&redis.url()).await;
    let original = store.insert(&key("here"), b"original".into(), LONG).await;
    assert_eq!(original, Ok(Inserted::New));
    let ways: [(&[&str], &str, &[&str]); 3] = [
        (
            &["CONFIG", "SET", "min-replicas-to-write", "1"],
            "min-replicas-to-write",
            &["CONFIG", "SET", "min-replicas-to-write", "0"],
        ),
        (
            &["CONFIG", "SET", "maxmemory", "1"],
            "raise its maxmemory",
            &["CONFIG", "SET", "maxmemory", "0"],
        ),
        (
            &["REPLICAOF", "127.0.0.1", "1"],
            "is a replica",
            &["REPLICAOF", "NO", "ONE"],
        ),
    ];
    for (hindered, advice, freed) in ways {
        assert_eq!(redis.tell(hindered).await, "+OK\r\n");
        for outcome in changes(&*store, "here").await {
            let reason = outcome.expect_err(advice).to_string();
            assert!(reason.contains(advice), "{reason}");
        }
        let present = promptly(store.get(&key("here"))).await;
        assert_eq!(present, Ok(Some(b"original".into())), "reading goes on");

        assert_eq!(redis.tell(freed).await, "+OK\r\n");
        let counted = eventually("it takes writes again", async || {
            store.add(&key("counter"), LONG).await.ok()
        });
        counted.await;
    }
    let absent = store.get(&key("absent")).await;
    assert_eq!(absent, Ok(None), "what was refused was not done");
}

#[tokio::test]
async fn a_server_that_holds_back_writes_is_not_waited_for() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = open(&redis.url()).await;
    let held_back = redis.tell(&["CLIENT", "PAUSE", "60000", "WRITE"]).await;
    assert_eq!(held_back, "+OK\r\n");
    for outcome in changes(&*store, "here").await {
        outcome.expect_err("nothing was written");
    }
    assert_eq!(redis.tell(&["CLIENT", "UNPAUSE"]).await, "+OK\r\n");
    let counted = eventually("it writes again", async || {
        store.add(&key("another counter"), LONG).await.ok()
    });
    assert_eq!(counted.await, 1);
}

#[tokio::test]
async fn a_server_that_hangs_is_not_waited_for_by_anybody_and_is_used_again_when_it_is_back() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = open(&redis.url()).await;
    assert_eq!(store.add(&key("before"), LONG).await, Ok(1));

    redis.pause();
    for _ in 0..2 {
        let mut crowd = JoinSet::new();
        for at in 0..200 {
            let store = Arc::clone(&store);
            crowd.spawn(async move { promptly(store.get(&key(&at.to_string()))).await });
        }
        for outcome in crowd.join_all().await {
            outcome.expect_err("a server that hangs knows nothing");
        }
    }

    redis.resume();
    let found = eventually("it answers again", async || {
        promptly(store.get(&key("before"))).await.ok()
    });
    assert!(found.await.is_some());
}

/// A redemption is a replacement: whoever is handed the original has redeemed it.
#[tokio::test]
async fn of_a_replacement_in_doubt_and_those_after_it_at_most_one_is_handed_the_original() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = open(&redis.url()).await;
    for round in 0..3 {
        let code = key(&round.to_string());
        let inserted = store.insert(&code, b"live".into(), LONG).await;
        assert_eq!(inserted, Ok(Inserted::New));
        redis.pause();
        let in_doubt = promptly(store.replace(&code, b"spent".into(), LONG)).await;
        in_doubt.expect_err("a server that hangs redeems nothing that we know of");
        redis.resume();

        let mut formers = Vec::new();
        while formers.len() < 3 {
            let former = eventually("it answers again", async || {
                store.replace(&code, b"spent".into(), LONG).await.ok()
            });
            formers.push(former.await.expect("it is there"));
        }
        let live = formers.iter().filter(|former| *former == b"live");
        assert!(live.count() <= 1, "{formers:?}");
    }
}

#[tokio::test]
async fn a_server_that_died_is_an_error_at_once_and_is_used_again_when_it_is_back() {
    let Some(mut redis) = RedisServer::start().await else {
        return;
    };
    let store = open(&redis.url()).await;
    let inserted = store.insert(&key("here"), b"original".into(), LONG).await;
    assert_eq!(inserted, Ok(Inserted::New));

    redis.kill().await;
    for _ in 0..5 {
        let reason = promptly(store.get(&key("here"))).await;
        let reason = reason.expect_err("there is no server").to_string();
        assert!(reason.contains("connection"), "{reason}");
    }
    for outcome in changes(&*store, "here").await {
        outcome.expect_err("there is no server");
    }

    redis.start_again().await;
    let found = eventually("it answers again", async || {
        store.get(&key("here")).await.ok()
    });
    assert_eq!(found.await, Some(b"original".into()));
}

#[tokio::test]
async fn what_a_server_forgot_is_absent_and_no_error() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let store = open(&redis.url()).await;
    let inserted = store.insert(&key("here"), b"original".into(), LONG).await;
    assert_eq!(inserted, Ok(Inserted::New));
    assert_eq!(store.add(&key("counter"), LONG).await, Ok(1));

    assert_eq!(redis.tell(&["FLUSHALL"]).await, "+OK\r\n");

    assert_eq!(store.get(&key("here")).await, Ok(None));
    let former = store.replace(&key("here"), b"other".into(), LONG).await;
    assert_eq!(former, Ok(None));
    assert_eq!(store.add(&key("counter"), LONG).await, Ok(1));
}

#[tokio::test]
async fn whoever_is_not_let_in_learns_where_to_look() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let user = ["ACL", "SETUSER", "reader", "on", ">right", "~*", "+get"];
    assert_eq!(redis.tell(&user).await, "+OK\r\n");
    let at = |credentials: &str| format!("redis://{credentials}@127.0.0.1:{}", redis.port());

    for wrong in ["reader:wrong", "nobody:right"] {
        let server = at(wrong).parse().expect("a URL");
        let refused = Redis::connect(&server).await.err();
        let reason = refused.expect("it does not let us in").to_string();
        assert!(reason.contains("user name and password"), "{reason}");
        assert!(
            !reason.contains("right") && !reason.contains("wrong"),
            "{reason}"
        );
    }
    let store = open(&at("reader:right")).await;
    assert_eq!(store.get(&key("here")).await, Ok(None));
    for outcome in changes(&*store, "here").await {
        let reason = outcome.expect_err("it may only read").to_string();
        assert!(reason.contains("ACL rules"), "{reason}");
    }
}
