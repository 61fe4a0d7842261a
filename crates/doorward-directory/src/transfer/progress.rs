//! How far the rows of another directory have come in.

use doorward_core::Timestamp;
use doorward_core::identifiers::ArchiveId;

use crate::Directory;
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// How far an archive has come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// The archive.
    pub archive: ArchiveId,
    /// How many of its batches are in.
    pub batches: u64,
    /// When it began.
    pub started_at: Timestamp,
    /// The number of the last event that was there before.
    pub(super) events_before: i64,
}

impl Stored for Progress {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("import_progress");
        Ok(Self {
            archive: ArchiveId::from_bytes(fields.bytes()?),
            batches: fields.integer()?.unsigned_abs(),
            started_at: fields.timestamp()?,
            events_before: fields.integer()?,
        })
    }
}

impl Directory {
    /// The archive that has begun to come in and is not whole yet. Until it is, nothing may be served.
    pub async fn unfinished_arrival(&self) -> Result<Option<Progress>, Failure> {
        let sql = "SELECT file, batches, started_at, events_before FROM import_progress \
                   WHERE finished_at IS NULL";
        row::first(self.database.query(sql, params![]).await?)
    }
}

/// The statements that begin an archive in a directory where nobody lives, whose own keys nobody needs.
pub(super) fn begin(archive: ArchiveId, now: Timestamp) -> Vec<Statement> {
    let forget = "DELETE FROM import_progress WHERE finished_at IS NOT NULL";
    let insert = "INSERT INTO import_progress (file, batches, events_before, started_at) \
                  SELECT $1, 0, (SELECT COALESCE(MAX(number), 0) FROM event), $2 \
                  WHERE NOT EXISTS (SELECT 1 FROM person) \
                  AND NOT EXISTS (SELECT 1 FROM people_group) \
                  AND NOT EXISTS (SELECT 1 FROM client) \
                  AND NOT EXISTS (SELECT 1 FROM resource_server) \
                  AND NOT EXISTS (SELECT 1 FROM assertion_issuer) \
                  AND NOT EXISTS (SELECT 1 FROM site) \
                  AND NOT EXISTS (SELECT 1 FROM import_progress)";
    vec![
        Statement::any(forget, params![]),
        Statement::one(insert, params![archive.as_bytes(), now]),
        Statement::any("DELETE FROM signing_key", params![]),
        Statement::any("DELETE FROM root_key", params![]),
    ]
}

/// The statement that counts the batch after `batches`, and undoes its commit when another process was first.
pub(super) fn count(archive: ArchiveId, batches: u64) -> Statement {
    let sql = "UPDATE import_progress SET batches = $1 \
               WHERE file = $2 AND batches = $3 AND finished_at IS NULL";
    Statement::one(sql, params![batches + 1, archive.as_bytes(), batches])
}

/// The statement that declares the archive whole.
pub(super) fn finish(archive: ArchiveId, now: Timestamp) -> Statement {
    let sql = "UPDATE import_progress SET finished_at = $1 WHERE file = $2 AND finished_at IS NULL";
    Statement::one(sql, params![now, archive.as_bytes()])
}
