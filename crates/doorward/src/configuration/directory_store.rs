//! Where the directory is kept, as a setting.

use std::fmt;
use std::path::Path;

use doorward_directory::{Location, UnknownLocation};

use super::value::{Value, quoted, without_credentials};

/// Where everything that lasts is kept: `embedded`, or the URL of a PostgreSQL database, which may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DirectoryStore(String);

impl DirectoryStore {
    /// In a file in the data directory.
    pub fn embedded() -> Self {
        Self("embedded".to_owned())
    }

    /// The directory's place, for a data directory.
    pub fn location(&self, data: &Path) -> Result<Location, UnknownLocation> {
        Location::parse(&self.0, data)
    }
}

impl fmt::Debug for DirectoryStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.show())
    }
}

impl Value for DirectoryStore {
    fn allowed() -> String {
        "\"embedded\", or the URL of a PostgreSQL database, such as \
         \"postgres://doorward:PASSWORD@db.example.com/doorward\""
            .to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        Location::parse(text, Path::new("")).ok()?;
        Some(Self(text.to_owned()))
    }

    fn show(&self) -> String {
        Self::quote(&self.0)
    }

    fn quote(text: &str) -> String {
        quoted(&without_credentials(text))
    }
}
