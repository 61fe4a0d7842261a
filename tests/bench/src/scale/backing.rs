//! Where everything of a provider is.

use std::fmt;

/// Where a directory is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DirectoryStore {
    /// One file of the node.
    Sqlite,
    /// A server.
    Postgres,
}

/// Where sessions are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SessionStore {
    /// One file of the node.
    Embedded,
    /// A server.
    Redis,
}

/// Where everything of a provider is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Backing {
    /// What lasts.
    pub(crate) directory: DirectoryStore,
    /// What expires.
    pub(crate) sessions: SessionStore,
}

impl Backing {
    /// Whether several nodes may share it.
    pub(crate) fn is_shared(self) -> bool {
        self.directory == DirectoryStore::Postgres && self.sessions == SessionStore::Redis
    }

    /// The name of its folder.
    pub(crate) fn folder(self, people: u32) -> String {
        let name = self.to_string().to_lowercase().replace(", ", "-");
        format!("{name}-{people}")
    }
}

impl fmt::Display for Backing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.directory {
            DirectoryStore::Sqlite => "SQLite",
            DirectoryStore::Postgres => "PostgreSQL",
        })?;
        f.write_str(match self.sessions {
            SessionStore::Embedded => ", embedded",
            SessionStore::Redis => ", Redis",
        })
    }
}
