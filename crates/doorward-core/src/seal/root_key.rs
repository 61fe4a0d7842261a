//! The key of a directory that all others come from.

use std::fmt;

use super::fingerprint::Fingerprint;
use super::secret_bytes::SecretBytes;
use super::{Authenticator, Sealer};
use crate::random::Random;

/// The root key of a directory: 32 random bytes that everything is derived from which seals, names or marks something there. It is
/// made once, stays for as long as the directory does, and is stored in it, sealed under the [key-encryption
/// key](super::KeyEncryptionKey).
pub struct RootKey(pub(super) SecretBytes);

impl RootKey {
    /// A new one, for a directory in which nothing is sealed.
    pub fn generate(random: &dyn Random) -> Self {
        Self(SecretBytes::generate(random))
    }

    /// The sealer for one purpose, such as `"signing-key"` or `"session"`.
    pub fn sealer(&self, purpose: &'static str) -> Sealer {
        self.0.sealer(purpose)
    }

    /// The authenticator for one purpose, such as `"dpop-nonce"`: the same on every node.
    pub fn authenticator(&self, purpose: &'static str) -> Authenticator {
        self.0.authenticator(purpose)
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(..)")
    }
}

/// A root key as it is stored: sealed, with the name of the key that opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedRoot {
    /// The key-encryption key that sealed it.
    pub sealed_by: Fingerprint,
    /// What that key opens.
    pub sealed: Vec<u8>,
}
