//! The contract on real Redis in each of its forms, where variables name it.

use std::env;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use doorward_sessions::{Backend, Inserted, Key, Redis, Server};
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::contract::contract;
use crate::support::{DEADLINE, Fixture, LONG, unique};

const SINGLE: &str = "DOORWARD_TEST_REDIS";

mod single {
    super::contract!(super::fixture(super::SINGLE).await);
}

mod encrypted {
    super::contract!(super::fixture("DOORWARD_TEST_REDIS_TLS").await);
}

mod sentinel {
    super::contract!(super::fixture("DOORWARD_TEST_REDIS_SENTINEL").await);
}

mod cluster {
    super::contract!(super::fixture("DOORWARD_TEST_REDIS_CLUSTER").await);
}

/// A connection of its own with a prefix of its own, so that runs and tests do not meet.
async fn fixture(variable: &str) -> Option<Fixture> {
    let server = server(&url(variable)?);
    let redis = Redis::connect(&server).await.unwrap();
    Some(Fixture {
        backend: Arc::new(redis),
        clock: None,
        short: Duration::from_secs(1),
        _guard: None,
    })
}

fn url(variable: &str) -> Option<String> {
    let url = env::var(variable).ok();
    if url.is_none() {
        let everything_must_run = env::var_os("DOORWARD_TEST_ALL").is_some();
        assert!(!everything_must_run, "{variable} names no Redis");
        eprintln!("left out: {variable} names no Redis; `tests/run` brings it");
    }
    url
}

/// What a URL names, with a prefix that no other test has, among those that the rules for our user allow.
fn server(url: &str) -> Server {
    let separator = if url.contains('?') { '&' } else { '?' };
    let unique = unique();
    let url = format!("{url}{separator}prefix=doorward:test-{unique}:");
    url.parse().unwrap()
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap();
    for layout in ["redis://", "redis+sentinel://", "redis+cluster://"] {
        let master = if layout.contains("sentinel") {
            "/main"
        } else {
            ""
        };
        let server = server(&format!("{layout}{address}{master}"));
        let connecting = Redis::connect(&server);
        let outcome = tokio::time::timeout(DEADLINE, connecting).await.unwrap();
        let error = outcome.err().unwrap();
        assert_eq!(error.place, format!("{server}"));
        assert!(error.reason.contains("answer"), "{error}");
    }
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_is_named() {
    let server: Server = "rediss://127.0.0.1:1?ca=/nowhere/ca.pem".parse().unwrap();
    let error = Redis::connect(&server).await.err().unwrap();
    assert!(error.reason.contains("/nowhere/ca.pem"), "{error}");
}

#[tokio::test]
async fn a_lost_server_is_an_error_until_it_is_back() {
    let Some(url) = url(SINGLE) else { return };
    let wire = Wire::to(&url).await;
    let redis = Redis::connect(&server(&wire.url)).await.unwrap();
    let key = Key::of("test", "");
    assert_eq!(
        redis.insert(&key, b"one".into(), LONG).await,
        Ok(Inserted::New)
    );

    wire.cut();
    for _ in 0..3 {
        assert!(redis.get(&key).await.is_err());
        assert!(redis.insert(&key, b"two".into(), LONG).await.is_err());
    }

    wire.mend();
    let back = async {
        while redis.get(&key).await != Ok(Some(b"one".into())) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(DEADLINE, back).await.unwrap();
}

/// What can be asked twice is asked again by itself, so a connection that ends costs nobody anything.
#[tokio::test]
async fn a_connection_that_ended_fails_no_reading() {
    let Some(url) = url(SINGLE) else { return };
    let wire = Wire::to(&url).await;
    let redis = Redis::connect(&server(&wire.url)).await.unwrap();
    let key = Key::of("test", "");
    let inserted = redis.insert(&key, b"one".into(), LONG).await;
    assert_eq!(inserted, Ok(Inserted::New));
    for round in 0..5 {
        wire.interrupt();
        let found = redis.get(&key).await;
        assert_eq!(found, Ok(Some(b"one".into())), "round {round}");
    }
}

/// A wire to the server that can be cut.
struct Wire {
    url: String,
    whole: Arc<AtomicBool>,
    cut: Arc<Notify>,
}

impl Wire {
    async fn to(url: &str) -> Self {
        let address = url.strip_prefix("redis://").unwrap();
        let target = address.split('/').next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let wire = Self {
            url: format!("redis://{}", listener.local_addr().unwrap()),
            whole: Arc::new(AtomicBool::new(true)),
            cut: Arc::new(Notify::new()),
        };
        let (whole, cut) = (Arc::clone(&wire.whole), Arc::clone(&wire.cut));
        tokio::spawn(async move {
            loop {
                let (mut near, _) = listener.accept().await.unwrap();
                if !whole.load(Ordering::SeqCst) {
                    continue;
                }
                let mut far = TcpStream::connect(&target).await.unwrap();
                tokio::select! {
                    _ = copy_bidirectional(&mut near, &mut far) => {}
                    () = cut.notified() => {}
                }
            }
        });
        wire
    }

    fn cut(&self) {
        self.whole.store(false, Ordering::SeqCst);
        self.interrupt();
    }

    fn interrupt(&self) {
        self.cut.notify_one();
    }

    fn mend(&self) {
        self.whole.store(true, Ordering::SeqCst);
    }
}
