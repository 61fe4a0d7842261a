//! The directory in one SQLite file, which several processes may open at once.
//!
//! This folder alone names rusqlite.

pub(crate) mod migration;
mod reader;
mod view;
mod writer;

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use async_trait::async_trait;
use doorward_core::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{CachedStatement, Connection, ErrorCode, OpenFlags, ToSql};

use crate::database::{Database, Outcome, Row, Statement, Value, View};
use crate::failure::{Failure, OpenError};
use reader::Readers;
use view::SqliteView;
use writer::Writer;

/// How long a writer waits for another process's writer.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// More than there are texts of SQL, so that each is parsed once for a connection.
const CACHED_STATEMENTS: usize = 128;

/// An open SQLite file.
#[derive(Debug)]
pub(crate) struct Sqlite {
    path: PathBuf,
    readers: Readers,
    writer: Writer,
}

impl Sqlite {
    /// Opens the file at `path`, made when it is not there, and brings its schema up to date. Blocks.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let unopened = |reason: String| OpenError::Database {
            place: path.display().to_string(),
            reason,
        };
        make_private(path).map_err(|error| unopened(error.to_string()))?;
        let mut connection = open_writer(path).map_err(|error| unopened(error.to_string()))?;
        migration::migrate(&mut connection, path)?;
        Self::start(path, connection).map_err(|error| unopened(error.to_string()))
    }

    fn start(path: &Path, connection: Connection) -> Result<Self, Box<dyn std::error::Error>> {
        Ok(Self {
            path: path.to_owned(),
            readers: Readers::open(path)?,
            writer: Writer::start(connection)?,
        })
    }
}

#[async_trait]
impl Database for Sqlite {
    /// Reads where it is called: a point read takes about 6 µs, less than handing it to another
    /// thread and waiting for the answer.
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure> {
        self.readers.query(sql, &params)
    }

    async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        self.writer.commit(statements).await
    }

    /// Those who share a file share the machine's clock.
    async fn clock(&self) -> Result<Option<Timestamp>, Failure> {
        Ok(None)
    }

    /// A file tells nobody that it was changed.
    async fn changed(&self) {
        std::future::pending::<()>().await;
    }

    async fn snapshot(&self) -> Result<Box<dyn View>, Failure> {
        Ok(Box::new(SqliteView::open(self.path.clone()).await?))
    }

    async fn close(&self) -> Result<(), Failure> {
        self.writer.close().await
    }
}

/// Makes the file, when it is not there, so that nobody else on the machine can read it. SQLite gives
/// the files beside it the same permissions.
fn make_private(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn open_writer(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&connection)?;
    switch_to_wal(&connection)?;
    // An acknowledged write survives a power failure, not only the end of the process.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // What a savepoint might undo is kept in memory, not in a file of its own.
    connection.pragma_update(None, "temp_store", "MEMORY")?;
    Ok(connection)
}

fn open_reader(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    prepare(&connection)?;
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

/// What every connection needs, whatever it is for.
fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    // Otherwise SQLite prepares a statement anew for each value where an index has a condition of its own,
    // to see whether the value makes it usable: that costs more than the read.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Binds by position, which is the placeholders' number because they are numbered as they appear.
fn bind(statement: &mut CachedStatement<'_>, params: &[Value]) -> rusqlite::Result<()> {
    for (at, value) in (1..).zip(params) {
        debug_assert_eq!(
            statement.parameter_name(at).map(str::to_owned),
            Some(format!("${at}"))
        );
        statement.raw_bind_parameter(at, value)?;
    }
    debug_assert_eq!(statement.parameter_count(), params.len());
    Ok(())
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Integer(integer) => ValueRef::Integer(*integer),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Blob(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Unavailable(error.to_string())
    }
}

#[cfg(test)]
mod tests;
