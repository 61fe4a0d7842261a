//! Where the session store is.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doorward_core::Clock;

use crate::{Backend, Embedded, Redis, Server, Unopened};

/// Where the session store is, as a setting names it.
#[derive(Clone, Debug)]
pub enum Location {
    /// `embedded`, or `embedded:PATH`: one file.
    Embedded(PathBuf),
    /// `redis://…`: a server that many nodes share.
    Redis(Server),
}

/// A text that names no session store.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnknownLocation {
    /// It begins like none.
    #[error("allowed are `embedded`, `embedded:PATH` and `redis://HOST`")]
    Form,
    /// TLS to Redis is not in this release.
    #[error("`rediss://` is not supported: use `redis://` within a private network")]
    Tls,
    /// What stands behind `redis://` is no address.
    #[error("not the address of a Redis server: {0}")]
    Server(String),
}

/// The file of `embedded`, in the directory for data.
const FILE: &str = "sessions.sqlite";

/// What every key of ours on a Redis server begins with.
const PREFIX: &str = "doorward:";

impl Location {
    /// Reads a setting; relative paths are within the directory `data`.
    pub fn parse(text: &str, data: &Path) -> Result<Self, UnknownLocation> {
        match text.split_once(':') {
            None if text == "embedded" => Ok(Self::Embedded(data.join(FILE))),
            Some(("embedded", path)) if !path.is_empty() => Ok(Self::Embedded(data.join(path))),
            Some(("redis", _)) => text
                .parse()
                .map(Self::Redis)
                .map_err(UnknownLocation::Server),
            Some(("rediss", _)) => Err(UnknownLocation::Tls),
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
        Location::Redis(server) => Arc::new(Redis::connect(server, PREFIX).await?),
    })
}
