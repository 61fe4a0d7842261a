//! The contract on a file, and what a file promises beyond it.

use std::sync::Arc;
use std::time::Duration;

use doorward_sessions::Embedded;

use crate::contract::contract;
use crate::support::{Fixture, SettableClock};

contract!(fixture);

async fn fixture() -> Option<Fixture> {
    let directory = tempfile::tempdir().unwrap();
    let clock = SettableClock::new();
    let path = directory.path().join("sessions.sqlite");
    Some(Fixture {
        backend: Arc::new(Embedded::open(&path, clock.clone()).unwrap()),
        clock: Some(clock),
        short: Duration::from_secs(60),
        _guard: Some(directory),
    })
}
