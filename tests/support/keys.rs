//! The signing keys of providers under test: made once for each process, for RSA keys take their time.

use std::sync::{Arc, LazyLock};

use doorward_core::Timestamp;
use doorward_core::jose::{Algorithm, SigningKey, StoredKey};
use doorward_core::keys::Life;
use doorward_core::seal::RootKey;
use doorward_directory::Directory;
use doorward_web::SigningKeys;

use crate::clock::SystemRandom;

/// The key that everything sealed of all providers of this process comes from.
pub(crate) static ROOT_KEY: LazyLock<RootKey> = LazyLock::new(|| RootKey::generate(&SystemRandom));

static KEYS: LazyLock<Vec<StoredKey>> = LazyLock::new(|| {
    let sealer = ROOT_KEY.sealer("signing-key");
    let made = Algorithm::ALL.map(|algorithm| {
        let epoch = Timestamp::from_seconds(0);
        let life = Life::at_once(epoch);
        SigningKey::generate(algorithm).seal(&sealer, &SystemRandom, epoch, life)
    });
    made.into()
});

/// The keys of the provider with this directory; they are stored there when they are not yet.
pub(crate) async fn signing_keys(directory: &Directory, now: Timestamp) -> SigningKeys {
    let stored = directory.keys().insert_missing(KEYS.clone()).await;
    stored.expect("the directory keeps keys");
    let sealer = Arc::new(ROOT_KEY.sealer("signing-key"));
    let opened = SigningKeys::open(directory, sealer, now).await;
    opened.expect("keys that were just sealed open")
}
