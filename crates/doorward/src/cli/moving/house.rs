//! What is moved out of or into, opened for it.

use anyhow::{Context as _, Result};
use doorward_core::seal::KeyEncryptionKey;

use super::Progress;
use crate::cli::Surroundings;
use crate::cli::administration::{Administration, Missing};
use crate::configuration::Configuration;
use crate::data_lock::DataLock;
use crate::key_file::{self, make_directory};
use crate::provider::key_encryption_key;

/// A directory, its key, and where progress is shown.
pub(super) struct House {
    pub(super) admin: Administration,
    pub(super) key: KeyEncryptionKey,
    pub(super) progress: Progress,
    /// Whoever enters is alone.
    _lock: Option<DataLock>,
}

/// What the house is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To read everything, beside others.
    Leaving,
    /// To bring everything in. It is made, and a key for it, when it is not there.
    Entering,
    /// The same with the key that is there, since the file was sealed with it.
    EnteringWithTheKey,
}

impl House {
    pub(super) async fn open(
        purpose: Purpose,
        configuration: Configuration,
        surroundings: &Surroundings,
        progress: Progress,
    ) -> Result<Self> {
        if purpose == Purpose::EnteringWithTheKey {
            let variable = surroundings.environment.get(key_file::VARIABLE);
            key_file::present(variable.map(String::as_str), &configuration.key_file())?;
        }
        let (admin, lock) = match purpose {
            Purpose::Leaving => {
                let admin = Administration::open(configuration, Missing::Refused, surroundings);
                (admin.await?, None)
            }
            Purpose::Entering | Purpose::EnteringWithTheKey => {
                alone(configuration, surroundings).await?
            }
        };
        let ambient = surroundings.ambient();
        let key = key_encryption_key(&admin.configuration, &ambient, &admin.directory).await?;
        Ok(Self {
            admin,
            key,
            progress,
            _lock: lock,
        })
    }
}

async fn alone(
    configuration: Configuration,
    surroundings: &Surroundings,
) -> Result<(Administration, Option<DataLock>)> {
    let admin = Administration::open_halfway(configuration, Missing::Made, surroundings).await?;
    let data = &admin.configuration.server.data;
    make_directory(data).with_context(|| format!("cannot make {}", data.display()))?;
    let lock = DataLock::to_move_in(&admin.configuration)?;
    Ok((admin, Some(lock)))
}
