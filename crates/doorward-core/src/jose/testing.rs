//! Keys for tests, made once: RSA keys take their time.

use std::sync::{Arc, LazyLock};

use super::{Algorithm, Keyring, SigningKey};
use crate::keys::Life;
use crate::time::Timestamp;

/// A keyring with one active key for each algorithm.
pub(crate) fn keyring() -> &'static Keyring {
    static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
        let epoch = Timestamp::from_seconds(0);
        let made = |algorithm| Arc::new(SigningKey::generate(algorithm));
        let keys = Algorithm::ALL.map(|algorithm| (made(algorithm), Life::at_once(epoch)));
        Keyring::at(epoch, &keys)
    });
    &KEYRING
}

/// Its key for `algorithm`.
pub(crate) fn key(algorithm: Algorithm) -> &'static SigningKey {
    keyring().signer(algorithm).unwrap()
}
