//! The signing keys of providers under test: made once for each process, for RSA keys take their time.

use std::sync::LazyLock;

use doorward_core::Timestamp;
use doorward_core::jose::{Algorithm, KeyState, Keyring, SigningKey, StoredKey};
use doorward_core::seal::RootKey;
use doorward_directory::Directory;

use crate::clock::SystemRandom;

/// The key that everything sealed of all providers of this process comes from.
pub(crate) static ROOT_KEY: LazyLock<RootKey> = LazyLock::new(|| RootKey::generate(&SystemRandom));

static KEYS: LazyLock<Vec<StoredKey>> = LazyLock::new(|| {
    let sealer = ROOT_KEY.sealer("signing-key");
    let made = Algorithm::ALL.map(|algorithm| {
        let epoch = Timestamp::from_seconds(0);
        SigningKey::generate(algorithm).seal(&sealer, &SystemRandom, epoch, KeyState::Active)
    });
    made.into()
});

/// The keyring of the provider with this directory; its keys are stored there when they are not yet.
pub(crate) async fn keyring(directory: &Directory) -> Keyring {
    let sealer = ROOT_KEY.sealer("signing-key");
    let stored = directory.keys().insert_missing(KEYS.clone()).await;
    let keys = stored.expect("the directory keeps keys");
    let opened = keys.iter().map(|key| {
        let opened = SigningKey::unseal(key, &sealer).expect("a key that was just sealed opens");
        (opened, key.state)
    });
    Keyring::new(opened.collect())
}
