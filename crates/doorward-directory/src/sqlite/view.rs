//! A file as of one moment, read at length.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use rusqlite::Connection;
use tokio::task::spawn_blocking;

use super::open_reader;
use super::reader::read;
use crate::database::{Row, Value, View};
use crate::failure::Failure;

/// A connection of its own in a transaction that only reads. While it is there the write-ahead log is kept,
/// so that it grows by what others write.
#[derive(Debug)]
pub(super) struct SqliteView(Arc<Mutex<Connection>>);

impl SqliteView {
    pub(super) async fn open(path: PathBuf) -> Result<Self, Failure> {
        let connection = off_the_runtime(move || {
            let connection = open_reader(&path)?;
            // The moment is that of the first read, so there is one.
            connection.execute_batch("BEGIN; SELECT version FROM schema_version LIMIT 1")?;
            Ok(connection)
        });
        Ok(Self(Arc::new(Mutex::new(connection.await?))))
    }
}

#[async_trait]
impl View for SqliteView {
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure> {
        let connection = Arc::clone(&self.0);
        off_the_runtime(move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            read(&connection, sql, &params)
        })
        .await
    }
}

/// Does what takes long on a thread that no request waits for.
async fn off_the_runtime<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = spawn_blocking(work).await;
    done.map_err(|error| Failure::Unavailable(error.to_string()))?
}
