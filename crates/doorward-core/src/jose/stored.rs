//! Signing keys as they are stored: the private part sealed, the rest readable.

use std::fmt;

use crate::jose::Algorithm;
use crate::keys::{Key, Life};
use crate::time::Timestamp;

/// A signing key at rest.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its name in tokens: the JWK thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    pub kid: String,
    /// The one algorithm it signs with.
    pub algorithm: Algorithm,
    /// Its life so far, and as far as it is decided.
    pub life: Life,
    /// When it was made.
    pub created_at: Timestamp,
    /// The private JWK, sealed under a key that comes of the root key, with the `kid` as context.
    pub sealed: Vec<u8>,
}

impl fmt::Debug for StoredKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoredKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .field("life", &self.life)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

impl StoredKey {
    /// The key as the rules of rotation see it.
    pub fn as_key(&self) -> Key {
        Key {
            kid: self.kid.clone(),
            algorithm: self.algorithm,
            life: self.life,
        }
    }
}
