//! Rows into an SQLite file: few great transactions, and a sync at the end alone.

use std::path::Path;

use rusqlite::{Connection, ToSql, params_from_iter, types::ToSqlOutput};

use crate::scale::rows::{Field, Row, Table};

/// Rows of one transaction. Its pages fit into the cache.
const TRANSACTION: usize = 100_000;

/// What is lost in a crash is filled again.
const SETTINGS: &str = "
    PRAGMA synchronous = OFF;
    PRAGMA cache_size = -512000;
    PRAGMA foreign_keys = OFF;
    PRAGMA wal_autocheckpoint = 100000;";

impl ToSql for Field {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        match self {
            Self::Null => Ok(ToSqlOutput::from(rusqlite::types::Null)),
            Self::Integer(integer) => integer.to_sql(),
            Self::Text(text) => text.to_sql(),
            Self::Blob(bytes) => bytes.to_sql(),
        }
    }
}

/// Writes the rows of one table.
pub(super) fn put(
    file: &Path,
    table: &Table,
    rows: &mut dyn Iterator<Item = anyhow::Result<Row>>,
) -> anyhow::Result<()> {
    let mut connection = Connection::open(file)?;
    connection.execute_batch(SETTINGS)?;
    let sql = insertion(table);
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let transaction = connection.transaction()?;
        let mut statement = transaction.prepare(&sql)?;
        for row in rows.by_ref().take(TRANSACTION) {
            statement.execute(params_from_iter(row?))?;
        }
        drop(statement);
        transaction.commit()?;
    }
    Ok(())
}

/// Moves the log into the file and waits for the disk.
pub(super) fn settle(file: &Path) -> anyhow::Result<()> {
    let connection = Connection::open(file)?;
    connection.execute_batch("PRAGMA synchronous = FULL; PRAGMA wal_checkpoint(TRUNCATE);")?;
    Ok(())
}

fn insertion(table: &Table) -> String {
    let columns: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
    let values = vec!["?"; columns.len()].join(", ");
    format!(
        "INSERT INTO {} ({}) VALUES ({values})",
        table.name,
        columns.join(", ")
    )
}
