//! Counts what is asked of a database: each time is a round trip where that is elsewhere.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use doorward_core::Timestamp;

use crate::database::{Database, Outcome, Row, Statement, Value, View};
use crate::failure::Failure;

/// A database and how often it was asked.
#[derive(Debug)]
pub(crate) struct Counted {
    database: Arc<dyn Database>,
    round_trips: AtomicU64,
}

impl Counted {
    pub(crate) const fn new(database: Arc<dyn Database>) -> Self {
        Self {
            database,
            round_trips: AtomicU64::new(0),
        }
    }

    pub(crate) fn round_trips(&self) -> u64 {
        self.round_trips.load(Ordering::Relaxed)
    }

    /// The database, for what is not to be counted.
    pub(crate) fn uncounted(&self) -> &dyn Database {
        &*self.database
    }

    fn counting(&self) -> &dyn Database {
        self.round_trips.fetch_add(1, Ordering::Relaxed);
        &*self.database
    }
}

#[async_trait]
impl Database for Counted {
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure> {
        self.counting().query(sql, params).await
    }

    async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        self.counting().commit(statements).await
    }

    async fn snapshot(&self) -> Result<Box<dyn View>, Failure> {
        self.database.snapshot().await
    }

    async fn clock(&self) -> Result<Option<Timestamp>, Failure> {
        self.counting().clock().await
    }

    async fn changed(&self) {
        self.database.changed().await;
    }

    async fn close(&self) -> Result<(), Failure> {
        self.database.close().await
    }
}
