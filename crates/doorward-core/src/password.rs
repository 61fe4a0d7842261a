//! Passwords that people choose, and their hashes. This file alone names argon2.

use std::fmt;

/// An Argon2id hash in the PHC string format, as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash(String);

impl PasswordHash {
    /// The hash that a store kept.
    pub const fn from_stored(phc: String) -> Self {
        Self(phc)
    }

    /// The PHC string, for a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PasswordHash(..)")
    }
}
