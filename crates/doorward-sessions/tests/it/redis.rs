//! The contract on a real Redis server, where `DOORWARD_TEST_REDIS` names one.

use std::env;
use std::sync::Arc;
use std::time::Duration;

use doorward_sessions::{Redis, Server};

use crate::contract::contract;
use crate::support::{Fixture, unique};

contract!(fixture().await);

/// A connection of its own with a prefix of its own, so that runs and tests do not meet.
async fn fixture() -> Option<Fixture> {
    let Ok(url) = env::var("DOORWARD_TEST_REDIS") else {
        eprintln!("skipped: DOORWARD_TEST_REDIS names no Redis server");
        return None;
    };
    let server: Server = url.parse().unwrap();
    let prefix = format!("doorward-test-{}:", unique());
    let redis = Redis::connect(&server, &prefix).await.unwrap();
    Some(Fixture {
        backend: Arc::new(redis),
        clock: None,
        short: Duration::from_secs(1),
        _guard: None,
    })
}
