//! The session store of a single node: one SQLite file.
//!
//! Whatever changes an entry goes through one [writer](writer::Writer), which commits many waiting
//! changes at once. Reads have connections of their own and never wait for it.

mod entries;
mod file;
mod readers;
mod writer;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use doorward_core::Clock;

use self::entries::Entries;
use self::readers::Readers;
use self::writer::Writer;
use crate::{Backend, Inserted, Key, Unavailable, Unopened};

/// Keeps entries in one SQLite file.
///
/// What it acknowledged is on disk. Other processes may open the same file at the same time.
/// Dropping it finishes what waits and closes the file.
pub struct Embedded {
    // Declared first, so that it finishes its work before the readers close.
    writer: Writer,
    readers: Readers,
    clock: Arc<dyn Clock>,
}

impl Embedded {
    /// Opens the file, or makes it, readable for its owner only; its directory must be there.
    pub fn open(path: &Path, clock: Arc<dyn Clock>) -> Result<Self, Unopened> {
        let unopened = |reason: String| Unopened {
            place: path.display().to_string(),
            reason,
        };
        let connection = file::open(path).map_err(|error| unopened(error.to_string()))?;
        let writer = Writer::start(connection, Arc::clone(&clock))
            .map_err(|error| unopened(error.to_string()))?;
        let readers = Readers::open(path).map_err(|error| unopened(error.to_string()))?;
        Ok(Self {
            writer,
            readers,
            clock,
        })
    }
}

#[async_trait]
impl Backend for Embedded {
    async fn insert(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Inserted, Unavailable> {
        let key = key.to_bytes();
        self.writer
            .run(move |entries| entries.insert(&key, &value, ttl))
            .await
    }

    // A point read takes about 6 µs, less than handing it to another thread would.
    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        let now = self.clock.now();
        let found = self
            .readers
            .read(|connection| Entries::at(connection, now).get(&key.to_bytes()));
        Ok(found?)
    }

    async fn replace(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        let key = key.to_bytes();
        self.writer
            .run(move |entries| entries.replace(&key, &value, ttl))
            .await
    }

    async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        let key = key.to_bytes();
        self.writer.run(move |entries| entries.remove(&key)).await
    }

    async fn add(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable> {
        let key = key.to_bytes();
        self.writer.run(move |entries| entries.add(&key, ttl)).await
    }
}

impl From<rusqlite::Error> for Unavailable {
    fn from(error: rusqlite::Error) -> Self {
        Self::because(error.to_string())
    }
}
