//! The root key of a directory: opened, or made when nothing is sealed yet.

use anyhow::Result;
use doorward_core::random::Random;
use doorward_core::seal::{KeyEncryptionKey, RootKey, SealedRoot};
use doorward_directory::Directory;

use super::refused::WrongKey;
use super::{EncryptionKeys, Place, Sealed};
use crate::configuration::{Configuration, Environment};

/// The root key of a directory, how it is stored, and the keys that are there to open it.
#[derive(Debug)]
pub(crate) struct Root {
    pub(crate) key: RootKey,
    pub(crate) stored: SealedRoot,
    pub(crate) keys: EncryptionKeys,
}

impl Root {
    /// Opens the root key with the keys of the place that is configured, after making both where nothing is sealed yet.
    pub(crate) async fn open(
        directory: &Directory,
        configuration: &Configuration,
        environment: &Environment,
        random: &dyn Random,
    ) -> Result<Self> {
        let place = Place::configured(configuration, environment);
        let sealed = sealed(directory).await?;
        let keys = place.keys_or_new(environment, sealed, random).await?;
        // Looked for after what is sealed: of nodes that start together, one stores it and then seals what the others see.
        let stored = match (directory.root_key().present().await?, sealed) {
            (Some(stored), _) => stored,
            (None, Sealed::Nothing) => {
                let first = keys.newest().seal(random, &RootKey::generate(random));
                directory.root_key().store_first(&first).await?
            }
            (None, Sealed::Something) => {
                let first = inherited(directory, &keys).await?;
                let first = first.seal(random, &first.as_root());
                directory.root_key().store_first(&first).await?
            }
        };
        let (key, _) = keys.open(&stored)?;
        Ok(Self { key, stored, keys })
    }

    /// The keys that are at `place`, where one is made only if nothing is sealed in the directory.
    pub(crate) async fn keys(
        directory: &Directory,
        place: &Place,
        environment: &Environment,
        random: &dyn Random,
    ) -> Result<EncryptionKeys> {
        let sealed = sealed(directory).await?;
        Ok(place.keys_or_new(environment, sealed, random).await?)
    }
}

/// Whether something is sealed in the directory, or derived. Releases that kept no root key did so with the key-encryption key itself.
async fn sealed(directory: &Directory) -> Result<Sealed> {
    let clients = directory.clients().list();
    let mut secrets = clients.iter().flat_map(|client| &client.secrets);
    let is_sealed = secrets.any(|secret| secret.salt.is_some())
        || has_keys(directory).await?
        || directory.root_key().present().await?.is_some();
    Ok(if is_sealed {
        Sealed::Something
    } else {
        Sealed::Nothing
    })
}

/// Whether there are signing keys, also such as cannot be read.
async fn has_keys(directory: &Directory) -> Result<bool> {
    let read = directory.keys().read().await?;
    Ok(!read.keys.is_empty() || !read.unreadable.is_empty())
}

/// The key that signing keys were sealed with directly, as far as there are any to prove it.
async fn inherited<'a>(
    directory: &Directory,
    keys: &'a EncryptionKeys,
) -> Result<&'a KeyEncryptionKey> {
    let signing_keys = directory.keys().all().await?;
    let opens = |key: &&KeyEncryptionKey| {
        let sealer = key.as_root().sealer("signing-key");
        let mut stored = signing_keys.iter();
        signing_keys.is_empty()
            || stored.any(|stored| sealer.open(stored.kid.as_bytes(), &stored.sealed).is_ok())
    };
    let found = keys.all().find(opens);
    Ok(found.ok_or_else(|| WrongKey::OfBefore {
        place: keys.place().clone(),
        found: keys.fingerprints(),
    })?)
}

#[cfg(test)]
mod tests;
