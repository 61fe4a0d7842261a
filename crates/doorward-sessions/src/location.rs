//! Where the session store is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorward_core::Clock;

use crate::{Backend, Embedded, Redis, Server, UnknownServer, Unopened};

/// Where the session store is, as a setting names it.
#[derive(Clone, Debug)]
pub enum Location {
    /// `embedded`, or `embedded:PATH`: one file.
    Embedded(PathBuf),
    /// `redis://…`, `redis+sentinel://…`, `redis+cluster://…`, or `rediss` for TLS: what many nodes share.
    Redis(Server),
}

/// A text that names no session store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLocation {
    /// It begins like none.
    #[error(
        "allowed are `embedded`, `embedded:PATH`, and URLs that begin with `redis://`, `redis+sentinel://` or \
         `redis+cluster://`, or with `rediss` instead for TLS"
    )]
    Form,
    /// It begins like the URL of a Redis server, and goes on like none.
    #[error("not the URL of a Redis server: {0}")]
    Server(#[from] UnknownServer),
}

/// The file of `embedded`, in the directory for data.
const FILE: &str = "sessions.sqlite";

impl Location {
    /// Reads a setting; relative paths are within the directory `data`.
    pub fn parse(text: &str, data: &Path) -> Result<Self, UnknownLocation> {
        match text.split_once(':') {
            None if text == "embedded" => Ok(Self::Embedded(data.join(FILE))),
            Some(("embedded", path)) if !path.is_empty() => Ok(Self::Embedded(data.join(path))),
            Some((scheme, _)) if scheme.starts_with("redis") => Ok(Self::Redis(text.parse()?)),
            _ => Err(UnknownLocation::Form),
        }
    }
}

/// Shows what [`Location::parse`] reads, without name and password.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Embedded(path) => write!(f, "embedded:{}", path.display()),
            Self::Redis(server) => server.fmt(f),
        }
    }
}

/// Opens the store that is there. `clock` judges what has expired in a file; a server has its own.
pub async fn open(
    location: &Location,
    clock: Arc<dyn Clock>,
) -> Result<Arc<dyn Backend>, Unopened> {
    Ok(match location {
        Location::Embedded(path) => Arc::new(Embedded::open(path, clock)?),
        Location::Redis(server) => Arc::new(Redis::connect(server).await?),
    })
}
