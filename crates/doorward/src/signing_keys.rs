//! Signing keys: opened at the start, and made if some are missing.

use anyhow::{Context as _, Result};
use doorward_core::Clock;
use doorward_core::jose::{Algorithm, KeyState, Keyring, SigningKey, StoredKey};
use doorward_core::random::Random;
use doorward_core::seal::Sealer;
use doorward_directory::Directory;
use tokio::task::{JoinSet, spawn_blocking};

/// Opens the keys, after making one for each algorithm that has none.
pub(crate) async fn open(
    directory: &Directory,
    sealer: Sealer,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<Keyring> {
    let present = directory.keys().all().await?;
    let missing: Vec<Algorithm> = missing(&present).collect();
    if missing.is_empty() {
        return unseal(present, sealer).await;
    }
    tracing::info!(algorithms = ?missing, "making signing keys");
    let now = clock.now();
    let made = generate(missing).await?;
    let locked = made
        .iter()
        .map(|key| key.seal(&sealer, random, now, KeyState::Active));
    // Another process may have made keys meanwhile; those that are stored are everybody's.
    let stored = directory.keys().insert_missing(locked.collect()).await?;
    unseal(stored, sealer).await
}

/// Proves that all keys open with `sealer`, before they are saved or after they were brought in.
pub(crate) async fn prove(directory: &Directory, sealer: Sealer) -> Result<()> {
    unseal(directory.keys().all().await?, sealer)
        .await
        .map(drop)
}

/// The algorithms that no key signs with.
fn missing(keys: &[StoredKey]) -> impl Iterator<Item = Algorithm> {
    Algorithm::ALL.into_iter().filter(|algorithm| {
        !keys
            .iter()
            .any(|key| key.algorithm == *algorithm && key.state == KeyState::Active)
    })
}

/// Makes a key for each algorithm, all at once: RSA takes its time.
async fn generate(algorithms: Vec<Algorithm>) -> Result<Vec<SigningKey>> {
    let mut making = JoinSet::new();
    for algorithm in algorithms {
        making.spawn_blocking(move || SigningKey::generate(algorithm));
    }
    let mut made = Vec::new();
    while let Some(key) = making.join_next().await {
        made.push(key?);
    }
    Ok(made)
}

async fn unseal(stored: Vec<StoredKey>, sealer: Sealer) -> Result<Keyring> {
    let unsealing = move || {
        let keys = stored.into_iter().map(|stored| {
            let key = SigningKey::unseal(&stored, &sealer)
                .with_context(|| format!("the signing key {}", stored.kid))?;
            Ok((key, stored.state))
        });
        keys.collect::<Result<Vec<_>>>().map(Keyring::new)
    };
    spawn_blocking(unsealing).await?
}
