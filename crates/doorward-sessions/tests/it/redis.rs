//! The contract on a real Redis server, where `DOORWARD_TEST_REDIS` names one.

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

contract!(fixture().await);

/// A connection of its own with a prefix of its own, so that runs and tests do not meet.
async fn fixture() -> Option<Fixture> {
    let server: Server = url()?.parse().unwrap();
    let prefix = format!("doorward-test-{}:", unique());
    let redis = Redis::connect(&server, &prefix).await.unwrap();
    Some(Fixture {
        backend: Arc::new(redis),
        clock: None,
        short: Duration::from_secs(1),
        _guard: None,
    })
}

fn url() -> Option<String> {
    let url = env::var("DOORWARD_TEST_REDIS").ok();
    if url.is_none() {
        eprintln!("skipped: DOORWARD_TEST_REDIS names no Redis server");
    }
    url
}

#[tokio::test]
async fn a_server_that_never_answers_is_not_waited_for() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let server: Server = format!("redis://{}", silent.local_addr().unwrap())
        .parse()
        .unwrap();
    let connecting = Redis::connect(&server, "");
    let outcome = tokio::time::timeout(DEADLINE, connecting).await.unwrap();
    let error = outcome.err().unwrap();
    assert_eq!(error.place, format!("{server}"));
}

#[tokio::test]
async fn a_lost_server_is_an_error_until_it_is_back() {
    let Some(url) = url() else { return };
    let wire = Wire::to(&url).await;
    let server: Server = wire.url.parse().unwrap();
    let redis = Redis::connect(&server, &unique()).await.unwrap();
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
        self.cut.notify_one();
    }

    fn mend(&self) {
        self.whole.store(true, Ordering::SeqCst);
    }
}
