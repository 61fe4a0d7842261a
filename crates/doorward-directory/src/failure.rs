//! Why the directory could not answer.

/// Why an operation failed. None of these is ever an answer: a thing that is not there is `None` or `false`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    /// The database did not do what it was asked; it may when asked again.
    #[error("the directory is unavailable: {0}")]
    Unavailable(String),
    /// Rows of another directory are still to come in.
    #[error("the directory is not whole: a file has come in halfway")]
    Incomplete,
    /// A row that no release of Doorward writes.
    #[error("a row of the table {table} cannot be read: {reason}")]
    BadRow {
        /// Where it is.
        table: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Why a directory could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The file or the database cannot be made or opened.
    #[error("cannot open the directory {place}: {reason}")]
    Database {
        /// Which, without its password.
        place: String,
        /// Why not.
        reason: String,
    },
    /// A later release wrote it.
    #[error(
        "{place} has version {found} of the schema and this release knows {known}; run the release that wrote it"
    )]
    Newer {
        /// Which, without its password.
        place: String,
        /// The version it has.
        found: i64,
        /// The latest version this release knows.
        known: i64,
    },
    /// It was opened, and cannot be read.
    #[error(transparent)]
    Failure(#[from] Failure),
}
