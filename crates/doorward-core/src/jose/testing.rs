//! Keys for tests, made once: RSA keys take their time.

use std::sync::LazyLock;

use super::{Algorithm, KeyState, Keyring, SigningKey};

/// A keyring with one active key for each algorithm.
pub(crate) fn keyring() -> &'static Keyring {
    static KEYRING: LazyLock<Keyring> = LazyLock::new(|| {
        let keys =
            Algorithm::ALL.map(|algorithm| (SigningKey::generate(algorithm), KeyState::Active));
        Keyring::new(keys.into())
    });
    &KEYRING
}

/// Its key for `algorithm`.
pub(crate) fn key(algorithm: Algorithm) -> &'static SigningKey {
    keyring().signer(algorithm).unwrap()
}
