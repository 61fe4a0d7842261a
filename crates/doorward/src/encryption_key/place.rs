//! Where the key-encryption key is kept.

use std::fmt;
use std::path::PathBuf;

use doorward_core::random::Random;

use super::refused::NoKey;
use super::{EncryptionKeys, Sealed, command, file};
use crate::configuration::{Configuration, Environment};

/// The variable that may hold the key itself.
pub(crate) const VARIABLE: &str = "DOORWARD_KEY_ENCRYPTION_KEY";

/// Where the key is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// In the variable of this process.
    Variable,
    /// Wherever a command gets it from: the program and its arguments.
    Command(Vec<String>),
    /// In a file.
    File(PathBuf),
}

impl fmt::Display for Place {
    /// Without the arguments of a command, which are nobody's business.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => write!(f, "the variable {VARIABLE}"),
            Self::Command(words) => {
                let program = words.first().map_or("", String::as_str);
                write!(f, "the command {program}")
            }
            Self::File(path) => write!(f, "the file {}", path.display()),
        }
    }
}

impl Place {
    /// The one that is configured: the variable comes first, then the command, then the file.
    pub(crate) fn configured(configuration: &Configuration, environment: &Environment) -> Self {
        if environment.contains_key(VARIABLE) {
            return Self::Variable;
        }
        match configuration.server.key_command.words() {
            [] => Self::File(configuration.key_file()),
            words => Self::Command(words.to_vec()),
        }
    }

    /// The keys that are there. A file is made when it is not there and nothing is sealed.
    pub(crate) async fn keys_or_new(
        &self,
        environment: &Environment,
        sealed: Sealed,
        random: &dyn Random,
    ) -> Result<EncryptionKeys, NoKey> {
        match self {
            Self::File(path) => self.parse(&file::read_or_make(path, sealed, random)?),
            _ => self.keys(environment).await,
        }
    }

    /// The keys that are there; none is made.
    pub(crate) async fn keys(&self, environment: &Environment) -> Result<EncryptionKeys, NoKey> {
        match self {
            Self::Variable => {
                let text = environment.get(VARIABLE).map(String::as_str);
                self.parse(text.unwrap_or_default())
            }
            Self::Command(words) => self.parse(&command::output(words, command::WITHIN).await?),
            Self::File(path) => {
                let text = file::read(path)?.ok_or_else(|| NoKey::Missing(path.clone()))?;
                self.parse(&text)
            }
        }
    }

    fn parse(&self, text: &str) -> Result<EncryptionKeys, NoKey> {
        EncryptionKeys::parse(self, text)
    }
}
