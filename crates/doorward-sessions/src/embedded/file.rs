//! The file, its settings and its one table.

use std::fs::OpenOptions;
use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, TransactionBehavior};

/// How long a connection waits for another process that is writing.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// The layout that this program writes, kept in the file's `user_version`.
const LAYOUT: i64 = 1;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum FileError {
    #[error(transparent)]
    Io(#[from] std::io::Error),
    #[error(transparent)]
    Sqlite(#[from] rusqlite::Error),
    #[error("its layout is number {0}, which a newer release wrote")]
    Newer(i64),
}

/// Opens the file for writing, after making it and its table where they are missing.
pub(super) fn open(path: &Path) -> Result<Connection, FileError> {
    create_for_owner_only(path)?;
    let mut connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    switch_to_wal(&connection)?;
    connection.execute_batch(SETTINGS)?;
    create_table(&mut connection)?;
    Ok(connection)
}

/// Switches a file to the write-ahead log, once and for all who open it. Where several processes open a new file at
/// once SQLite does not wait its turn for this, busy timeout or not, so we do.
fn switch_to_wal(connection: &Connection) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(10);
    let attempts = BUSY_TIMEOUT.as_millis() / PAUSE.as_millis();
    for _ in 0..attempts {
        match connection.pragma_update(None, "journal_mode", "WAL") {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                std::thread::sleep(PAUSE);
            }
            switched => return switched,
        }
    }
    connection.pragma_update(None, "journal_mode", "WAL")
}

/// Opens a file that [`open`] has prepared, for reading.
pub(super) fn open_to_read(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "query_only", true)?;
    Ok(connection)
}

/// SQLite gives the files that it puts beside this one the same permissions.
fn create_for_owner_only(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Under a lock from the first look on, since two processes may open a new file at once.
fn create_table(connection: &mut Connection) -> Result<(), FileError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let layout = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    match layout {
        0 => {
            transaction.execute_batch(TABLE)?;
            transaction.pragma_update(None, "user_version", LAYOUT)?;
        }
        LAYOUT => {}
        newer => return Err(FileError::Newer(newer)),
    }
    Ok(transaction.commit()?)
}

/// With `synchronous = FULL` a commit returns when it is on disk. The log is moved into the file
/// every 16 MiB rather than every 4 MiB, since keys are random: the larger it is, the more often the
/// changes in it fall on the same page.
const SETTINGS: &str = "
    PRAGMA synchronous = FULL;
    PRAGMA wal_autocheckpoint = 4000;
    PRAGMA journal_size_limit = 67108864;
    PRAGMA cache_size = -4096;";

/// Rows lie in the order in which they came, and only the small index of keys is in random order. A
/// table that lay in the order of its keys would touch a page for each row, and write twice as much.
///
/// `expires_at` is in milliseconds since 1970-01-01T00:00:00Z; `value` is a blob, or an integer in a counter.
const TABLE: &str = "
    CREATE TABLE entry (
        id         INTEGER NOT NULL PRIMARY KEY,
        key        BLOB    NOT NULL UNIQUE,
        expires_at INTEGER NOT NULL,
        value      ANY     NOT NULL
    ) STRICT;
    CREATE INDEX entry_by_expiry ON entry (expires_at);";
