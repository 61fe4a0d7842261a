//! Signing keys as they are stored: the private part sealed, the rest readable.

use std::fmt;
use std::str::FromStr;

use crate::identifiers::Malformed;
use crate::jose::Algorithm;
use crate::time::Timestamp;

/// A signing key at rest.
#[derive(Clone, PartialEq, Eq)]
pub struct StoredKey {
    /// Its name in tokens: the JWK thumbprint ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).
    pub kid: String,
    /// The one algorithm it signs with.
    pub algorithm: Algorithm,
    /// Where it is in its life.
    pub state: KeyState,
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
            .field("state", &self.state)
            .field("created_at", &self.created_at)
            .finish_non_exhaustive()
    }
}

/// Where a signing key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyState {
    /// Published, not yet used.
    Pending,
    /// Signs.
    Active,
    /// Signs no more, and is published until the last token it signed has expired.
    Retired,
}

impl KeyState {
    /// The name in stores and lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
        }
    }
}

impl FromStr for KeyState {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        [Self::Pending, Self::Active, Self::Retired]
            .into_iter()
            .find(|state| state.as_str() == text)
            .ok_or(Malformed {
                expected: "pending, active or retired",
            })
    }
}
