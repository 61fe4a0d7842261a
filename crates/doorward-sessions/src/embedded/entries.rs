//! The operations, as SQL on one connection.

use std::time::Duration;

use doorward_core::Timestamp;
use rusqlite::{Connection, OptionalExtension, Result, params};

use crate::Inserted;

/// The entries as one connection sees them at one point in time.
pub(super) struct Entries<'c> {
    connection: &'c Connection,
    now: Timestamp,
}

impl<'c> Entries<'c> {
    /// The entries at `now`.
    pub(super) fn at(connection: &'c Connection, now: Timestamp) -> Self {
        Self { connection, now }
    }

    pub(super) fn insert(&self, key: &[u8], value: &[u8], ttl: Duration) -> Result<Inserted> {
        let changed = self.connection.prepare_cached(INSERT)?.execute(params![
            key,
            self.expiry(ttl),
            value,
            self.now.as_millis()
        ])?;
        Ok(if changed == 0 {
            Inserted::AlreadyThere
        } else {
            Inserted::New
        })
    }

    pub(super) fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        self.connection
            .prepare_cached(GET)?
            .query_row(params![key, self.now.as_millis()], |row| row.get(0))
            .optional()
    }

    /// Reads and then writes: atomic only within a transaction that may write from its beginning.
    pub(super) fn replace(
        &self,
        key: &[u8],
        value: &[u8],
        ttl: Duration,
    ) -> Result<Option<Vec<u8>>> {
        let former = self.get(key)?;
        if former.is_some() {
            self.connection.prepare_cached(REPLACE)?.execute(params![
                key,
                self.expiry(ttl),
                value
            ])?;
        }
        Ok(former)
    }

    pub(super) fn remove(&self, key: &[u8]) -> Result<()> {
        self.connection
            .prepare_cached(REMOVE)?
            .execute(params![key])
            .map(drop)
    }

    pub(super) fn add(&self, key: &[u8], ttl: Duration) -> Result<u64> {
        let parameters = params![key, self.expiry(ttl), self.now.as_millis()];
        self.connection
            .prepare_cached(ADD)?
            .query_row(parameters, |row| row.get(0))
            .map(i64::unsigned_abs)
    }

    /// Deletes at most `limit` expired entries, the oldest first, and returns how many.
    pub(super) fn sweep(&self, limit: usize) -> Result<usize> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        self.connection
            .prepare_cached(SWEEP)?
            .execute(params![self.now.as_millis(), limit])
    }

    fn expiry(&self, ttl: Duration) -> i64 {
        self.now.plus(ttl).as_millis()
    }
}

const INSERT: &str = "
    INSERT INTO entry (key, expires_at, value) VALUES (?1, ?2, ?3)
    ON CONFLICT (key) DO UPDATE SET expires_at = excluded.expires_at, value = excluded.value
    WHERE entry.expires_at <= ?4";

const GET: &str = "SELECT value FROM entry WHERE key = ?1 AND expires_at > ?2";

const REPLACE: &str = "UPDATE entry SET expires_at = ?2, value = ?3 WHERE key = ?1";

const REMOVE: &str = "DELETE FROM entry WHERE key = ?1";

/// Counters are integers and values are blobs: adding to a value gives NULL, which the table refuses.
const ADD: &str = "
    INSERT INTO entry (key, expires_at, value) VALUES (?1, ?2, 1)
    ON CONFLICT (key) DO UPDATE SET
        expires_at = CASE WHEN entry.expires_at <= ?3 THEN excluded.expires_at ELSE entry.expires_at END,
        value = CASE
            WHEN entry.expires_at <= ?3 THEN 1
            WHEN typeof(entry.value) = 'integer' THEN entry.value + 1
        END
    RETURNING value";

const SWEEP: &str = "
    DELETE FROM entry WHERE id IN
        (SELECT id FROM entry WHERE expires_at <= ?1 ORDER BY expires_at LIMIT ?2)";
