//! The key that lives outside every database.

use std::fmt;

use zeroize::Zeroizing;

use super::fingerprint::Fingerprint;
use super::root_key::{RootKey, SealedRoot};
use super::secret_bytes::SecretBytes;
use super::{Sealer, Unsealable};
use crate::random::Random;

/// The key-encryption key: 32 random bytes, kept in a file, a variable or a vault of its own, never in a database.
///
/// It seals the [root key](RootKey) of a directory, and archives. So it can be changed for another one: whatever was sealed,
/// named or marked came of the root key, which stays.
pub struct KeyEncryptionKey(SecretBytes);

impl KeyEncryptionKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        Self(SecretBytes::generate(random))
    }

    /// Reads the text form, 64 hexadecimal digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        if text.len() != 64 || !text.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, digits) in key.iter_mut().zip(text.chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).ok()?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self(SecretBytes(key)))
    }

    /// The text form that [`KeyEncryptionKey::parse`] reads, for the file that keeps it.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for digit in self.0.0.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    }

    /// Its name, which gives nothing else away.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.0.authenticator("fingerprint").mark(b""))
    }

    /// Seals a root key, which opens with this key again.
    pub fn seal(&self, random: &dyn Random, root: &RootKey) -> SealedRoot {
        let sealed_by = self.fingerprint();
        let sealer = self.0.sealer("root-key");
        SealedRoot {
            sealed: sealer.seal(
                random,
                sealed_by.to_string().as_bytes(),
                root.0.0.as_slice(),
            ),
            sealed_by,
        }
    }

    /// Opens a root key that this key sealed.
    pub fn open(&self, stored: &SealedRoot) -> Result<RootKey, Unsealable> {
        let context = stored.sealed_by.to_string();
        let opened = self
            .0
            .sealer("root-key")
            .open(context.as_bytes(), &stored.sealed)?;
        let mut root = Zeroizing::new([0; 32]);
        if opened.len() != root.len() {
            return Err(Unsealable);
        }
        root.copy_from_slice(&opened);
        Ok(RootKey(SecretBytes(root)))
    }

    /// The root key of a directory in which something was sealed before it had one: the bytes of its key-encryption key were what
    /// everything was derived from, and are to stay that.
    pub fn as_root(&self) -> RootKey {
        RootKey(SecretBytes(self.0.0.clone()))
    }

    /// The sealer of archives, which must open where there is no directory yet.
    pub fn sealer_of_archives(&self) -> Sealer {
        self.0.sealer("archive")
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedRandom;

    /// What a root key makes, by which it is known again.
    fn mark(root: &RootKey) -> [u8; 32] {
        root.authenticator("test").mark(b"")
    }

    #[test]
    fn the_text_form_reads_back() {
        let key = KeyEncryptionKey::generate(&FixedRandom::default());
        let read = KeyEncryptionKey::parse(&key.to_text()).unwrap();
        assert_eq!(*read.to_text(), *key.to_text());
        for bad in [
            "",
            "00",
            &"0".repeat(63),
            &"g".repeat(64),
            &"+0".repeat(32),
            &"é".repeat(32),
        ] {
            assert!(KeyEncryptionKey::parse(bad).is_none(), "{bad}");
        }
    }

    /// K01: a key is known by a name that is made with it and from which nobody learns it.
    #[test]
    fn a_fingerprint_names_one_key_and_is_no_part_of_it() {
        let random = FixedRandom::default();
        let (key, other) = (
            KeyEncryptionKey::generate(&random),
            KeyEncryptionKey::generate(&random),
        );
        let fingerprint = key.fingerprint();
        let again = KeyEncryptionKey::parse(&key.to_text()).unwrap();
        assert_eq!(again.fingerprint(), fingerprint);
        assert_ne!(other.fingerprint(), fingerprint);
        assert!(!key.to_text().contains(&fingerprint.to_string()));
    }

    /// K01: a root key opens with the key that sealed it and no other, and not when anything about it was changed.
    #[test]
    fn a_root_key_opens_with_the_key_that_sealed_it_alone() {
        let random = FixedRandom::default();
        let (key, other) = (
            KeyEncryptionKey::generate(&random),
            KeyEncryptionKey::generate(&random),
        );
        let root = RootKey::generate(&random);
        let sealed = key.seal(&random, &root);
        assert_eq!(sealed.sealed_by, key.fingerprint());
        assert_eq!(mark(&key.open(&sealed).unwrap()), mark(&root));
        assert_eq!(other.open(&sealed).err(), Some(Unsealable));

        let relabelled = SealedRoot {
            sealed_by: other.fingerprint(),
            ..sealed.clone()
        };
        assert_eq!(key.open(&relabelled).err(), Some(Unsealable));
        let mut damaged = sealed;
        damaged.sealed[20] ^= 1;
        assert_eq!(key.open(&damaged).err(), Some(Unsealable));
    }

    #[test]
    fn what_came_of_a_root_key_stays_when_another_key_seals_it() {
        let random = FixedRandom::default();
        let (old, new) = (
            KeyEncryptionKey::generate(&random),
            KeyEncryptionKey::generate(&random),
        );
        let root = old.as_root();
        let sealed = root.sealer("session").seal(&random, b"", b"plain");
        let root = new
            .open(&new.seal(&random, &old.open(&old.seal(&random, &root)).unwrap()))
            .unwrap();
        assert_eq!(
            *root.sealer("session").open(b"", &sealed).unwrap(),
            b"plain"
        );
        assert_ne!(mark(&root), mark(&new.as_root()));
    }

    #[test]
    fn nothing_of_a_key_is_printed() {
        let key = KeyEncryptionKey::generate(&FixedRandom::default());
        assert_eq!(format!("{key:?}"), "KeyEncryptionKey(..)");
        assert_eq!(format!("{:?}", key.as_root()), "RootKey(..)");
    }
}
