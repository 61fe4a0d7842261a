//! Where the directory is.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::Server;

/// Where the directory is, as a setting names it.
#[derive(Clone, Debug)]
pub enum Location {
    /// `embedded`, or `embedded:PATH`: one SQLite file.
    Embedded(PathBuf),
    /// `postgres://…`: a database that many nodes share.
    Postgres(Box<Server>),
}

/// A text that names no directory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLocation {
    /// It begins like none.
    #[error("allowed are `embedded`, `embedded:PATH` and `postgres://USER:PASSWORD@HOST/DATABASE`")]
    Form,
    /// What stands behind `postgres://` is no address.
    #[error("not the address of a PostgreSQL database: {0}")]
    Server(String),
}

/// The file of `embedded`, in the directory for data.
const FILE: &str = "directory.sqlite";

impl Location {
    /// Reads a setting; relative paths are within the directory `data`.
    pub fn parse(text: &str, data: &Path) -> Result<Self, UnknownLocation> {
        match text.split_once(':') {
            None if text == "embedded" => Ok(Self::Embedded(data.join(FILE))),
            Some(("embedded", path)) if !path.is_empty() => Ok(Self::Embedded(data.join(path))),
            Some(("postgres" | "postgresql", _)) => text
                .parse()
                .map(|server| Self::Postgres(Box::new(server)))
                .map_err(UnknownLocation::Server),
            _ => Err(UnknownLocation::Form),
        }
    }
}

/// Shows what [`Location::parse`] reads, without name and password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(path) => write!(f, "embedded:{}", path.display()),
            Self::Postgres(server) => server.fmt(f),
        }
    }
}
