//! Some rows of one table, on their way.

use std::collections::VecDeque;
use std::mem;

use doorward_core::Timestamp;
use doorward_core::seal::SealedRoot;

use super::catalogue::{self, Table};
use super::cbor::{self, Items};
use crate::database::{Row, Statement, Value};

/// The size at which a batch is full; it may be exceeded by one row.
const FULL: usize = 256 * 1024;

/// Rows of one table that follow each other.
#[derive(Debug)]
pub struct Batch {
    pub(crate) table: &'static Table,
    pub(crate) rows: Vec<Row>,
}

/// Why bytes are no batch that this release can take in.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// They were not written by [`Batch::encode`].
    #[error("a batch of rows is malformed")]
    Malformed,
    /// They are of a table that this release does not have.
    #[error("this release has no table {0}")]
    UnknownTable(String),
    /// Their table has other columns in this release.
    #[error("the table {0} has other columns in this release")]
    OtherColumns(&'static str),
}

impl Batch {
    /// Takes rows from the front until it is full.
    pub(super) fn load(table: &'static Table, waiting: &mut VecDeque<Row>) -> Self {
        let (mut rows, mut size) = (Vec::new(), 0);
        while size < FULL
            && let Some(row) = waiting.pop_front()
        {
            size += row.iter().map(size_of).sum::<usize>();
            rows.push(row);
        }
        Self { table, rows }
    }

    /// The name of the table.
    pub const fn table(&self) -> &'static str {
        self.table.name
    }

    /// How many rows there are.
    pub const fn rows(&self) -> u64 {
        self.rows.len() as u64
    }

    /// The batch as bytes that say which columns they hold.
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FULL);
        cbor::write_array(3, &mut bytes);
        cbor::write_text(self.table.name, &mut bytes);
        cbor::write_array(self.table.columns.len(), &mut bytes);
        for column in self.table.columns {
            cbor::write_text(column, &mut bytes);
        }
        cbor::write_array(self.rows.len(), &mut bytes);
        for row in &self.rows {
            write_row(row, &mut bytes);
        }
        bytes
    }

    /// Reads what [`encode`](Self::encode) wrote.
    pub fn decode(bytes: &[u8]) -> Result<Self, Unreadable> {
        let mut items = Items(bytes);
        let (name, columns) = read_outline(&mut items).ok_or(Unreadable::Malformed)?;
        let table =
            catalogue::table(&name).ok_or_else(|| Unreadable::UnknownTable(name.clone()))?;
        let missing = missing(table, &columns).ok_or(Unreadable::OtherColumns(table.name))?;
        let mut rows = read_rows(&mut items, columns.len()).ok_or(Unreadable::Malformed)?;
        for row in &mut rows {
            row.extend_from_slice(missing);
        }
        Ok(Self { table, rows })
    }

    /// Ends at `at` whatever has not ended yet, sessions and grants alike; says how many rows that were.
    pub fn end_all(&mut self, at: Timestamp) -> u64 {
        let Some(end) = self
            .table
            .end
            .and_then(|column| self.table.position(column))
        else {
            return 0;
        };
        let mut ended = 0;
        let ends = self.rows.iter_mut().filter_map(|row| row.get_mut(end));
        for value in ends.filter(|value| **value == Value::Null) {
            *value = Value::Integer(at.as_millis());
            ended += 1;
        }
        ended
    }

    /// What people tell its rows by.
    pub(super) fn row_names(&self) -> Vec<String> {
        let rows = self.rows.iter();
        rows.map(|row| self.table.name_of(row)).collect()
    }

    /// Puts in place of each sealed root key what `reseal` makes of it; other tables have none.
    pub fn reseal<E>(
        &mut self,
        mut reseal: impl FnMut(&SealedRoot) -> Result<SealedRoot, E>,
    ) -> Result<(), E> {
        if self.table.name != "root_key" {
            return Ok(());
        }
        for row in &mut self.rows {
            if let [_, Value::Text(name), Value::Blob(sealed)] = row.as_mut_slice()
                && let Ok(sealed_by) = name.parse()
            {
                let resealed = reseal(&SealedRoot {
                    sealed_by,
                    sealed: mem::take(sealed),
                })?;
                (*name, *sealed) = (resealed.sealed_by.to_string(), resealed.sealed);
            }
        }
        Ok(())
    }

    /// What writes the rows, each of which must not be there yet.
    pub(super) fn into_inserts(self) -> impl Iterator<Item = Statement> {
        let insert = self.table.insert.as_str();
        self.rows
            .into_iter()
            .map(move |row| Statement::one(insert, row))
    }
}

/// What rows with only these `columns` lack, since the release that wrote them had no more.
fn missing<'a>(table: &'a Table, columns: &[String]) -> Option<&'a [Value]> {
    let (first, last) = table.columns.split_at_checked(columns.len())?;
    let known = table.later.len().checked_sub(last.len())?;
    let same = first
        .iter()
        .zip(columns)
        .all(|(name, column)| name == column);
    same.then(|| table.later.get(known..))?
}

pub(super) fn write_row(row: &[Value], to: &mut Vec<u8>) {
    cbor::write_array(row.len(), to);
    for value in row {
        cbor::write_value(value, to);
    }
}

fn read_outline(items: &mut Items<'_>) -> Option<(String, Vec<String>)> {
    (items.array()? == 3).then_some(())?;
    let name = items.text()?;
    let columns = items.array()?;
    let columns = (0..columns).map(|_| items.text()).collect::<Option<_>>()?;
    Some((name, columns))
}

fn read_rows(items: &mut Items<'_>, columns: usize) -> Option<Vec<Row>> {
    let count = items.array()?;
    let rows = (0..count).map(|_| read_row(items, columns));
    let rows = rows.collect::<Option<_>>()?;
    items.0.is_empty().then_some(rows)
}

fn read_row(items: &mut Items<'_>, columns: usize) -> Option<Row> {
    (items.array()? == columns).then_some(())?;
    (0..columns).map(|_| items.value()).collect()
}

/// About as many bytes as the value takes.
const fn size_of(value: &Value) -> usize {
    match value {
        Value::Null | Value::Integer(_) => 9,
        Value::Text(text) => 9 + text.len(),
        Value::Blob(bytes) => 9 + bytes.len(),
    }
}
