//! What entries are stored under.

use std::fmt;

use doorward_core::secret::SecretHash;

/// What an entry is stored under: `kind:sha256(secret)`.
///
/// Whoever reads the store learns no secret from its keys, and two kinds never collide: the hash
/// has always 32 bytes, so the kind is all that stands before the last 33.
#[derive(Clone, PartialEq, Eq)]
pub struct Key {
    kind: &'static str,
    hash: SecretHash,
}

impl Key {
    /// The key of the entry of this kind, such as `"code"`, that `secret` leads to.
    pub fn of(kind: &'static str, secret: &str) -> Self {
        Self {
            kind,
            hash: SecretHash::of(secret),
        }
    }

    /// What kind of entry it leads to.
    pub fn kind(&self) -> &'static str {
        self.kind
    }

    /// The bytes that every backend's form of the key is made of.
    pub fn to_bytes(&self) -> Vec<u8> {
        [self.kind.as_bytes(), b":", self.hash.as_bytes()].concat()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Key({}:..)", self.kind)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_its_kind_and_the_hash_of_its_secret() {
        let bytes = Key::of("code", "abc").to_bytes();
        let (kind, hash) = bytes.split_at(5);
        assert_eq!(kind, b"code:");
        // FIPS 180-2, appendix B.1: the SHA-256 of "abc".
        assert_eq!(hash[..4], [0xba, 0x78, 0x16, 0xbf]);
        assert_eq!(hash.len(), 32);
    }

    #[test]
    fn a_key_prints_no_hash() {
        assert_eq!(format!("{:?}", Key::of("code", "abc")), "Key(code:..)");
    }
}
