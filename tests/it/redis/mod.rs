//! The session store on Redis servers that fail: what is told apart, how fast, and how it recovers.

mod cluster;
mod faults;
mod sentinel;

use std::sync::Arc;
use std::time::Duration;

use doorward_sessions::{Backend, Key, Redis};
use doorward_tests::requirements::repository;
use tokio::time::timeout;

/// Longer than any of these tests takes.
const LONG: Duration = Duration::from_hours(1);

/// The session store at this URL.
async fn open(url: &str) -> Arc<dyn Backend> {
    let server = url.parse().expect("the URL of a Redis server");
    let redis = Redis::connect(&server).await;
    Arc::new(redis.expect("the session store opens"))
}

/// What the store answers. Panics when it takes longer than a page may.
#[track_caller]
fn promptly<T>(operation: impl Future<Output = T>) -> impl Future<Output = T> {
    let answered = timeout(Duration::from_secs(2), operation);
    async { answered.await.expect("an answer within two seconds") }
}

fn key(name: &str) -> Key {
    Key::of("test", name)
}

#[test]
fn the_rules_that_operators_are_told_to_set_are_those_of_the_tests() {
    let path = repository().join("docs/operations.md");
    let text = std::fs::read_to_string(path).expect("the page is there");
    let rules = doorward_tests::redis::ACL_RULES;
    let told = text.contains(&format!("ACL SETUSER doorward {rules} >PASSWORD"));
    assert!(told, "docs/operations.md does not have {rules}");
}
