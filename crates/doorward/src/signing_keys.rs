//! Signing keys: opened at the start, and made if some are missing.

use anyhow::{Context as _, Result, bail};
use doorward_core::Clock;
use doorward_core::jose::{Algorithm, KeyState, Keyring, RsaSize, SigningKey, StoredKey};
use doorward_core::random::Random;
use doorward_core::seal::Sealer;
use doorward_directory::Directory;
use tokio::task::{JoinSet, spawn_blocking};

use crate::configuration::Configuration;
use crate::pkcs11::{Place, Token};

/// Where keys come from.
#[derive(Clone)]
pub(crate) struct Supply {
    /// What there is to be a key for.
    algorithms: Vec<Algorithm>,
    /// The size of new RSA keys.
    rsa: RsaSize,
    /// What leads to those in hardware.
    hardware: Option<Token>,
}

impl Supply {
    /// As it is configured.
    pub(crate) fn configured(configuration: &Configuration) -> Result<Self> {
        Ok(Self {
            algorithms: configuration.keys.algorithms.0.clone(),
            rsa: configuration.keys.rsa_bits,
            hardware: Place::configured(&configuration.pkcs11)?.map(Token::at),
        })
    }

    /// The same key, with what leads to its hardware. A key that is yet to sign has to have that.
    fn reach(&self, key: SigningKey, state: KeyState) -> Result<SigningKey> {
        match (key.hardware(), &self.hardware) {
            (None, _) => Ok(key),
            (Some(place), Some(token)) => {
                let signer = token.signer(place, key.algorithm());
                Ok(key.signing_by(signer))
            }
            (Some(_), None) if state == KeyState::Retired => Ok(key),
            (Some(place), None) => bail!(
                "it is in hardware, as {:?}; set pkcs11.module, pkcs11.token and the PIN",
                place.label
            ),
        }
    }
}

/// Opens the keys, after making one for each algorithm that has none.
pub(crate) async fn open(
    directory: &Directory,
    supply: Supply,
    sealer: Sealer,
    clock: &dyn Clock,
    random: &dyn Random,
) -> Result<Keyring> {
    let present = directory.keys().all().await?;
    let missing: Vec<Algorithm> = missing(&present, &supply.algorithms).collect();
    if missing.is_empty() {
        return unseal(present, Some(supply), sealer).await;
    }
    tracing::info!(algorithms = ?missing, "making signing keys");
    let now = clock.now();
    let made = generate(missing, supply.rsa).await?;
    let locked = made
        .iter()
        .map(|key| key.seal(&sealer, random, now, KeyState::Active));
    // Another process may have made keys meanwhile; those that are stored are everybody's.
    let stored = directory.keys().insert_missing(locked.collect()).await?;
    unseal(stored, Some(supply), sealer).await
}

/// Proves that all keys open with `sealer`, before they are saved or after they were brought in.
pub(crate) async fn prove(directory: &Directory, sealer: Sealer) -> Result<()> {
    unseal(directory.keys().all().await?, None, sealer)
        .await
        .map(drop)
}

/// Those of `wanted` that no key signs with.
fn missing(keys: &[StoredKey], wanted: &[Algorithm]) -> impl Iterator<Item = Algorithm> {
    let signs =
        |key: &StoredKey, algorithm| key.algorithm == algorithm && key.state == KeyState::Active;
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

/// Opens `stored`, with what leads to hardware where that is wanted.
async fn unseal(stored: Vec<StoredKey>, supply: Option<Supply>, sealer: Sealer) -> Result<Keyring> {
    let unsealing = move || {
        let keys = stored.into_iter().map(|stored| {
            let named = || format!("the signing key {}", stored.kid);
            let key = SigningKey::unseal(&stored, &sealer).with_context(named)?;
            let key = match &supply {
                Some(supply) => supply.reach(key, stored.state).with_context(named)?,
                None => key,
            };
            Ok((key, stored.state))
        });
        keys.collect::<Result<Vec<_>>>().map(Keyring::new)
    };
    spawn_blocking(unsealing).await?
}
