//! The key-encryption keys that one place holds.

use doorward_core::seal::{Fingerprint, KeyEncryptionKey, RootKey, SealedRoot, Unsealable};

use super::Place;
use super::refused::{NoKey, WrongKey};

/// One key or several, the newest first, and where they were found.
#[derive(Debug)]
pub(crate) struct EncryptionKeys {
    place: Place,
    newest: KeyEncryptionKey,
    older: Vec<KeyEncryptionKey>,
}

impl EncryptionKeys {
    /// Reads the keys of a text, with spaces or line ends between them.
    pub(super) fn parse(place: &Place, text: &str) -> Result<Self, NoKey> {
        let no_key = || NoKey::Content(place.clone());
        let mut keys = text.split_whitespace().map(KeyEncryptionKey::parse);
        Ok(Self {
            newest: keys.next().flatten().ok_or_else(no_key)?,
            older: keys.collect::<Option<_>>().ok_or_else(no_key)?,
            place: place.clone(),
        })
    }

    /// Where they were found.
    pub(crate) const fn place(&self) -> &Place {
        &self.place
    }

    /// The one that things are sealed with from now on.
    pub(crate) const fn newest(&self) -> &KeyEncryptionKey {
        &self.newest
    }

    /// All of them, the newest first.
    pub(crate) fn all(&self) -> impl Iterator<Item = &KeyEncryptionKey> {
        std::iter::once(&self.newest).chain(&self.older)
    }

    /// Their names, in the same order.
    pub(crate) fn fingerprints(&self) -> Vec<Fingerprint> {
        self.all().map(KeyEncryptionKey::fingerprint).collect()
    }

    /// The one of this name.
    fn named(&self, fingerprint: Fingerprint) -> Option<&KeyEncryptionKey> {
        self.all().find(|key| key.fingerprint() == fingerprint)
    }

    /// Opens a root key with the one that sealed it, and says which that is.
    pub(crate) fn open(
        &self,
        stored: &SealedRoot,
    ) -> Result<(RootKey, &KeyEncryptionKey), WrongKey> {
        let sealed_by = stored.sealed_by;
        let key = self.named(sealed_by).ok_or_else(|| WrongKey::Other {
            sealed_by,
            place: self.place.clone(),
            found: self.fingerprints(),
        })?;
        let opened = key.open(stored);
        let root = opened.map_err(|Unsealable| WrongKey::Damaged(sealed_by))?;
        Ok((root, key))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ambient::SystemRandom;

    fn keys(text: &str) -> Result<EncryptionKeys, NoKey> {
        EncryptionKeys::parse(&Place::Variable, text)
    }

    #[test]
    fn several_keys_are_read_the_newest_first() {
        let (new, old) = ("ab".repeat(32), "cd".repeat(32));
        for text in [format!("{new}\n{old}\n"), format!(" {new} {old}")] {
            let keys = keys(&text).unwrap();
            assert_eq!(*keys.newest().to_text(), new);
            assert_eq!(*keys.all().last().unwrap().to_text(), old);
        }
        for bad in [
            "",
            "\n",
            &new[1..],
            &format!("{new} {}", &old[1..]),
            &format!("{new},{old}"),
        ] {
            assert!(keys(bad).is_err(), "{bad}");
        }
    }

    /// K01: whichever of the keys sealed it opens it, and when none did, both are named and neither is shown.
    #[test]
    fn a_root_key_opens_with_whichever_key_sealed_it() {
        let (new, old) = ("ab".repeat(32), "cd".repeat(32));
        let both = keys(&format!("{new} {old}")).unwrap();
        for key in both.all() {
            let stored = key.seal(&SystemRandom, &RootKey::generate(&SystemRandom));
            assert!(both.open(&stored).is_ok());
        }
        let stranger = KeyEncryptionKey::generate(&SystemRandom);
        let stored = stranger.seal(&SystemRandom, &RootKey::generate(&SystemRandom));
        let refused = both.open(&stored).unwrap_err().to_string();
        for named in both
            .fingerprints()
            .into_iter()
            .chain([stranger.fingerprint()])
        {
            assert!(refused.contains(&named.to_string()), "{refused}");
        }
        for secret in [&new, &old, &*stranger.to_text()] {
            assert!(!refused.contains(secret), "{refused}");
        }

        let damaged = SealedRoot {
            sealed: vec![0; 60],
            ..both.newest().seal(&SystemRandom, &stranger.as_root())
        };
        let refused = both.open(&damaged).unwrap_err();
        assert!(matches!(refused, WrongKey::Damaged(_)), "{refused}");
    }

    #[test]
    fn what_is_no_key_is_never_printed() {
        let refused = keys("hush").unwrap_err().to_string();
        assert!(!refused.contains("hush"), "{refused}");
        assert!(refused.contains("DOORWARD_KEY_ENCRYPTION_KEY"), "{refused}");
    }
}
