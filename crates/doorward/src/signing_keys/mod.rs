//! Signing keys: made if some are missing, and changed as their schedule or an operator says.

mod clocks;
mod keeper;
mod readers;
mod rotation;
mod supply;

use anyhow::{Context as _, Result};
use doorward_core::Timestamp;
use doorward_core::jose::{Algorithm, RsaSize, SigningKey, StoredKey};
use doorward_core::keys::Life;
use doorward_core::random::Random;
use doorward_core::seal::Sealer;
use doorward_directory::Directory;
use tokio::task::{JoinSet, spawn_blocking};

pub(crate) use clocks::ClocksApart;
pub(crate) use keeper::Keeper;
pub(crate) use readers::Readers;
pub(crate) use rotation::{Rotation, changing_by_themselves};
pub(crate) use supply::{Locksmith, Supply, algorithms};

/// Makes a key for each algorithm of `supply` that has none.
pub(crate) async fn make_missing(
    directory: &Directory,
    supply: &Supply,
    sealer: &Sealer,
    now: Timestamp,
    random: &dyn Random,
) -> Result<()> {
    let present = directory.keys().all().await?;
    let missing: Vec<Algorithm> = missing(&present, &supply.algorithms).collect();
    if missing.is_empty() {
        return Ok(());
    }
    tracing::info!(algorithms = ?missing, "making signing keys");
    let made = generate(missing, supply.rsa).await?;
    let locked = made
        .iter()
        .map(|key| key.seal(sealer, random, now, Life::at_once(now)));
    // Another process may have made keys meanwhile; those that are stored are everybody's.
    directory.keys().insert_missing(locked.collect()).await?;
    Ok(())
}

/// Proves that all keys open with `sealer`, before they are saved or after they were brought in.
pub(crate) async fn prove(directory: &Directory, sealer: Sealer) -> Result<()> {
    let stored = directory.keys().all().await?;
    let opening = move || {
        stored.iter().try_for_each(|stored| {
            let opened = SigningKey::unseal(stored, &sealer);
            let opened = opened.with_context(|| format!("the signing key {}", stored.kid));
            opened.map(drop)
        })
    };
    spawn_blocking(opening).await?
}

/// Those of `wanted` that no key signs with.
fn missing(keys: &[StoredKey], wanted: &[Algorithm]) -> impl Iterator<Item = Algorithm> {
    let signs = |key: &StoredKey, algorithm| key.algorithm == algorithm && key.life.holds_office();
    let wanted = wanted.iter().copied();
    wanted.filter(move |algorithm| !keys.iter().any(|key| signs(key, *algorithm)))
}

/// Makes a key for each algorithm, all at once: RSA takes its time.
async fn generate(algorithms: Vec<Algorithm>, rsa: RsaSize) -> Result<Vec<SigningKey>> {
    let mut making = JoinSet::new();
    for algorithm in algorithms {
        making.spawn_blocking(move || SigningKey::generate_sized(algorithm, rsa));
    }
    let mut made = Vec::new();
    while let Some(key) = making.join_next().await {
        made.push(key?);
    }
    Ok(made)
}
