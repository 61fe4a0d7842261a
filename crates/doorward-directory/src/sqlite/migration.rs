//! The schema, brought up to date when the file is opened. Forward only: a migration that was
//! released is never changed. A release refuses a schema that is newer than it knows.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use crate::failure::{Failure, OpenError};

/// Each brings the schema from the version of its position to the next.
const MIGRATIONS: [&str; 2] = [
    include_str!("../../migrations/sqlite/0001_directory.sql"),
    include_str!("../../migrations/sqlite/0002_arrival.sql"),
];

/// Applies what is missing in one transaction, so that of several processes one does it and a failure leaves nothing half done.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let version = apply_missing(connection).map_err(Failure::from)?;
    let known = latest();
    if version > known {
        return Err(OpenError::Newer {
            path: path.to_owned(),
            found: version,
            known,
        });
    }
    Ok(())
}

fn latest() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// The version afterwards.
fn apply_missing(connection: &mut Connection) -> rusqlite::Result<i64> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(
        "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT",
    )?;
    let found: i64 = transaction.query_row(
        "SELECT COALESCE(MAX(version), 0) FROM schema_version",
        [],
        |row| row.get(0),
    )?;
    for (version, migration) in (1..).zip(MIGRATIONS) {
        if version > found {
            transaction.execute_batch(migration)?;
            transaction.execute(
                "INSERT INTO schema_version (version) VALUES ($1)",
                [version],
            )?;
        }
    }
    transaction.commit()?;
    Ok(found.max(latest()))
}
