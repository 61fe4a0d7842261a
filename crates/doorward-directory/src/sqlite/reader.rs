//! The connections that read.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::Connection;
use rusqlite::types::ValueRef;

use super::{bind, open_reader};
use crate::database::{Row, Value};
use crate::failure::Failure;

/// A few connections, each used by one thread at a time. Readers never wait for the writer.
#[derive(Debug)]
pub(super) struct Readers {
    connections: Vec<Mutex<Connection>>,
    next: AtomicUsize,
}

impl Readers {
    /// Opens as many connections as threads can run at once.
    pub(super) fn open(path: &Path) -> rusqlite::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let connections = (0..threads.clamp(2, 16)).map(|_| open_reader(path).map(Mutex::new));
        Ok(Self {
            connections: connections.collect::<Result<_, _>>()?,
            next: AtomicUsize::new(0),
        })
    }

    pub(super) fn query(&self, sql: &str, params: &[Value]) -> Result<Vec<Row>, Failure> {
        let connection = self
            .connection()
            .ok_or_else(|| Failure::Unavailable("no connection".to_owned()))?;
        read(&connection, sql, params)
    }

    /// A connection nobody uses, or else the next in turn as soon as it is free.
    fn connection(&self) -> Option<MutexGuard<'_, Connection>> {
        let turn = self.next.fetch_add(1, Ordering::Relaxed) % self.connections.len().max(1);
        let (before, after) = self.connections.split_at_checked(turn)?;
        let free = after.iter().chain(before).find_map(try_lock);
        free.or_else(|| {
            Some(
                after
                    .first()?
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner),
            )
        })
    }
}

fn try_lock(connection: &Mutex<Connection>) -> Option<MutexGuard<'_, Connection>> {
    match connection.try_lock() {
        Ok(connection) => Some(connection),
        Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
        Err(TryLockError::WouldBlock) => None,
    }
}

/// The rows that a `SELECT` finds on this connection.
pub(super) fn read(
    connection: &Connection,
    sql: &str,
    params: &[Value],
) -> Result<Vec<Row>, Failure> {
    let mut statement = connection.prepare_cached(sql)?;
    bind(&mut statement, params)?;
    let columns = statement.column_count();
    let mut rows = statement.raw_query();
    let mut answer = Vec::new();
    while let Some(row) = rows.next()? {
        let values =
            (0..columns).map(|column| row.get_ref(column).map_err(Failure::from).and_then(value));
        answer.push(values.collect::<Result<Row, Failure>>()?);
    }
    Ok(answer)
}

fn value(stored: ValueRef<'_>) -> Result<Value, Failure> {
    Ok(match stored {
        ValueRef::Null => Value::Null,
        ValueRef::Integer(integer) => Value::Integer(integer),
        ValueRef::Text(text) => Value::Text(String::from_utf8_lossy(text).into_owned()),
        ValueRef::Blob(bytes) => Value::Blob(bytes.to_vec()),
        ValueRef::Real(_) => {
            return Err(Failure::Unavailable(
                "a floating-point value, which no table has".to_owned(),
            ));
        }
    })
}
