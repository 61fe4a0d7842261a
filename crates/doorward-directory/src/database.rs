//! The seam between the directory and a database: one text of SQL, two operations.
//!
//! Everything above speaks SQL that SQLite and PostgreSQL read alike: placeholders `$1`, `$2`, … numbered
//! in the order they first appear, and values of four kinds. A database behind the seam knows
//! nothing of people or clients.
//!
//! SQLite carries out one commit after the other. PostgreSQL carries them out side by side, and looks at a row again only
//! when it changes or locks it: so a statement whose condition is about a row that it does not change, such as "if the session goes on",
//! locks that row with `/*pg FOR SHARE OF session */`, which is a comment to SQLite.

use std::fmt;

use async_trait::async_trait;
use doorward_core::Timestamp;

use crate::failure::Failure;

/// A database that keeps what it acknowledged.
#[async_trait]
pub(crate) trait Database: fmt::Debug + Send + Sync + 'static {
    /// The rows of one `SELECT`, as of one moment.
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure>;

    /// Carries out all `statements` or none, and returns when that is durable.
    async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure>;

    /// What the database's own clock shows, where those who share it may have other clocks.
    async fn clock(&self) -> Result<Option<Timestamp>, Failure>;

    /// Returns when the database announced a change of what is kept in memory. Never a promise: it may miss one, and some never announce
    /// any.
    async fn changed(&self);

    /// Everything as it is now, for reading at length. Whoever writes meanwhile neither waits nor is seen.
    async fn snapshot(&self) -> Result<Box<dyn View>, Failure>;

    /// Finishes what was begun and takes no more commits.
    async fn close(&self) -> Result<(), Failure>;
}

/// A database as of one moment.
#[async_trait]
pub(crate) trait View: fmt::Debug + Send + Sync {
    /// The rows of one `SELECT`.
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure>;
}

/// One `INSERT`, `UPDATE` or `DELETE` of a commit.
#[derive(Clone, Debug)]
pub(crate) struct Statement {
    pub(crate) sql: &'static str,
    pub(crate) params: Vec<Value>,
    pub(crate) expects: Rows,
}

/// How many rows a statement must touch for its commit to stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Rows {
    Any,
    Exactly(usize),
}

impl Statement {
    /// A statement that may touch any number of rows.
    pub(crate) const fn any(sql: &'static str, params: Vec<Value>) -> Self {
        Self {
            sql,
            params,
            expects: Rows::Any,
        }
    }

    /// A statement that undoes its commit unless it touches exactly one row.
    pub(crate) const fn one(sql: &'static str, params: Vec<Value>) -> Self {
        Self {
            sql,
            params,
            expects: Rows::Exactly(1),
        }
    }
}

/// What became of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// It is durable; how many rows each statement touched.
    Committed(Vec<usize>),
    /// Nothing of it was done: this statement touched another number of rows than it expects, or the
    /// database's constraints refused it.
    Conflict { statement: usize },
}

impl Outcome {
    /// Whether it was carried out.
    pub(crate) const fn is_committed(&self) -> bool {
        matches!(self, Self::Committed(_))
    }

    /// How many rows the first statement touched.
    pub(crate) fn touched(&self) -> u64 {
        match self {
            Self::Committed(touched) => touched.first().map_or(0, |&rows| rows as u64),
            Self::Conflict { .. } => 0,
        }
    }

    /// Whether any statement touched a row.
    pub(crate) fn touched_any(&self) -> bool {
        match self {
            Self::Committed(touched) => touched.iter().any(|&rows| rows > 0),
            Self::Conflict { .. } => false,
        }
    }
}

/// A value as a database keeps it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Null,
    Integer(i64),
    Text(String),
    Blob(Vec<u8>),
}

impl fmt::Debug for Value {
    /// Names the kind alone: values are hashes and people's data, which no log may hold.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Null => "NULL",
            Self::Integer(_) => "INTEGER",
            Self::Text(_) => "TEXT",
            Self::Blob(_) => "BLOB",
        })
    }
}

/// The values of one row, in the order its query names them.
pub(crate) type Row = Vec<Value>;
