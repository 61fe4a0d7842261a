//! What is moved out of or into, opened for it.

use anyhow::{Context as _, Result};

use super::Progress;
use crate::cli::Surroundings;
use crate::cli::administration::{Administration, Missing};
use crate::configuration::Configuration;
use crate::data_lock::DataLock;
use crate::encryption_key::{EncryptionKeys, Place, Root, make_directory};

/// A directory, the key-encryption keys of its installation, and where progress is shown.
pub(super) struct House {
    pub(super) admin: Administration,
    pub(super) keys: EncryptionKeys,
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
        let environment = &surroundings.environment;
        let (admin, keys, lock) = match purpose {
            Purpose::Leaving => {
                let admin = Administration::open(configuration, Missing::Refused, surroundings);
                let admin = admin.await?;
                let keys = admin.root().await?.keys;
                (admin, keys, None)
            }
            Purpose::Entering => {
                let (admin, lock) = alone(configuration, surroundings).await?;
                let place = Place::configured(&admin.configuration, environment);
                let keys = Root::keys(&admin.directory, &place, environment, &*admin.random);
                let keys = keys.await?;
                (admin, keys, lock)
            }
            Purpose::EnteringWithTheKey => {
                let place = Place::configured(&configuration, environment);
                let keys = place.keys(environment).await?;
                let (admin, lock) = alone(configuration, surroundings).await?;
                (admin, keys, lock)
            }
        };
        Ok(Self {
            admin,
            keys,
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
