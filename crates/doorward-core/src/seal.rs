//! Sealing what is stored, and marking what is given out: under keys that live outside every database.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Okm, Prk, Salt};
use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::random::Random;

/// The key-encryption key: 32 random bytes, kept in a file or variable of its own, never in a database.
///
/// Nothing is sealed with it directly: each purpose has a key derived from it ([RFC 5869]),
/// so what is sealed for one purpose never opens for another.
///
/// [RFC 5869]: https://www.rfc-editor.org/rfc/rfc5869
pub struct KeyEncryptionKey(Zeroizing<[u8; 32]>);

impl KeyEncryptionKey {
    /// A new key.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    /// Reads the text form, 64 hexadecimal digits; `None` for anything else.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().as_bytes();
        if text.len() != 64 {
            return None;
        }
        let mut key = Zeroizing::new([0; 32]);
        for (byte, digits) in key.iter_mut().zip(text.chunks_exact(2)) {
            let digits = std::str::from_utf8(digits).ok()?;
            *byte = u8::from_str_radix(digits, 16).ok()?;
        }
        Some(Self(key))
    }

    /// The text form that [`KeyEncryptionKey::parse`] reads, for the file that keeps it.
    pub fn to_text(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(64));
        for digit in self.0.iter().flat_map(|byte| [byte >> 4, byte & 15]) {
            text.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
        text
    }

    /// The sealer for one purpose, such as `"signing-key"` or `"session"`.
    pub fn sealer(&self, purpose: &'static str) -> Sealer {
        Sealer {
            sealing: self.derive(&[purpose.as_bytes()], &AES_256_GCM, |derived| {
                LessSafeKey::new(UnboundKey::from(derived))
            }),
            naming: self.mark_for(&[purpose.as_bytes(), b" name"]),
        }
    }

    /// The authenticator for one purpose, such as `"dpop-nonce"`: the same on every node that has this key.
    pub fn authenticator(&self, purpose: &'static str) -> Authenticator {
        self.mark_for(&[purpose.as_bytes()])
    }

    fn mark_for(&self, purpose: &[&[u8]]) -> Authenticator {
        self.derive(purpose, hmac::HMAC_SHA256, |derived| {
            Authenticator(hmac::Key::from(derived))
        })
    }

    fn derive<L: KeyType, T>(
        &self,
        purpose: &[&[u8]],
        kind: L,
        make: impl FnOnce(Okm<'_, L>) -> T,
    ) -> T {
        let pseudorandom: Prk = Salt::new(HKDF_SHA256, b"doorward").extract(self.0.as_ref());
        match pseudorandom.expand(purpose, kind) {
            Ok(derived) => make(derived),
            Err(_) => unreachable!("HKDF-SHA256 has 32 bytes to give"),
        }
    }
}

impl fmt::Debug for KeyEncryptionKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("KeyEncryptionKey(..)")
    }
}

/// Seals and opens bytes for one purpose with AES-256-GCM ([NIST SP 800-38D]).
///
/// [NIST SP 800-38D]: https://csrc.nist.gov/pubs/sp/800/38/d/final
pub struct Sealer {
    sealing: LessSafeKey,
    naming: Authenticator,
}

/// Marks what is given out, so that it is known again when it is brought back, on any node
/// ([RFC 2104](https://www.rfc-editor.org/rfc/rfc2104)).
pub struct Authenticator(hmac::Key);

impl Authenticator {
    /// The mark of `message`.
    pub fn mark(&self, message: &[u8]) -> [u8; 32] {
        let mut mark = [0; 32];
        let tag = hmac::sign(&self.0, message);
        for (byte, made) in mark.iter_mut().zip(tag.as_ref()) {
            *byte = *made;
        }
        mark
    }

    /// Whether `mark` is the one of `message`.
    pub fn knows(&self, message: &[u8], mark: &[u8]) -> bool {
        hmac::verify(&self.0, message, mark).is_ok()
    }
}

impl fmt::Debug for Authenticator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Authenticator(..)")
    }
}

/// What was stored does not open: another key sealed it, or it was changed, or it belongs elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("sealed data does not open: wrong key, or damaged, or moved")]
pub struct Unsealable;

impl Sealer {
    /// Seals `plain` so that it opens only beside the same `context`, such as the key it is stored under.
    pub fn seal(&self, random: &dyn Random, context: &[u8], plain: &[u8]) -> Vec<u8> {
        let nonce: [u8; NONCE_LEN] = random.bytes();
        let mut sealed = Vec::with_capacity(NONCE_LEN + plain.len() + AES_256_GCM.tag_len());
        sealed.extend_from_slice(&nonce);
        let mut body = plain.to_vec();
        self.sealing
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(context),
                &mut body,
            )
            .unwrap_or_else(|_| unreachable!("AES-GCM takes any input below 64 GiB"));
        sealed.append(&mut body);
        sealed
    }

    /// The name to store something under that only `text` leads to, and whose `text` nobody without the key finds out, even
    /// if it is short enough to try them all.
    pub fn name(&self, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.naming.mark(text.as_bytes()))
    }

    /// Opens what [`Sealer::seal`] made beside the same `context`.
    pub fn open(&self, context: &[u8], sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, Unsealable> {
        let (nonce, body) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Unsealable)?;
        let mut body = body.to_vec();
        let length = self
            .sealing
            .open_in_place(
                Nonce::assume_unique_for_key(*nonce),
                Aad::from(context),
                &mut body,
            )
            .map_err(|_| Unsealable)?
            .len();
        body.truncate(length);
        Ok(Zeroizing::new(body))
    }
}

impl fmt::Debug for Sealer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Sealer(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::FixedRandom;

    #[test]
    fn a_mark_is_known_to_whoever_has_the_key_and_for_its_purpose_and_message_alone() {
        let random = FixedRandom::default();
        let key = KeyEncryptionKey::generate(&random);
        let mark = key.authenticator("nonce").mark(b"message");
        let elsewhere = KeyEncryptionKey::parse(&key.to_text()).unwrap();
        assert!(elsewhere.authenticator("nonce").knows(b"message", &mark));
        assert!(!elsewhere.authenticator("nonce").knows(b"massage", &mark));
        assert!(!elsewhere.authenticator("other").knows(b"message", &mark));
        assert!(!key.authenticator("nonce").knows(b"message", &mark[1..]));
        let another = KeyEncryptionKey::generate(&random);
        assert!(!another.authenticator("nonce").knows(b"message", &mark));
        assert_eq!(
            format!("{:?}", key.authenticator("nonce")),
            "Authenticator(..)"
        );
    }

    #[test]
    fn what_is_sealed_opens_only_with_its_key_purpose_and_context() {
        let random = FixedRandom::default();
        let key = KeyEncryptionKey::generate(&random);
        let sealed = key.sealer("session").seal(&random, b"context", b"plain");

        assert_eq!(
            *key.sealer("session").open(b"context", &sealed).unwrap(),
            b"plain"
        );
        assert_eq!(
            key.sealer("session").open(b"other", &sealed),
            Err(Unsealable)
        );
        assert_eq!(
            key.sealer("signing-key").open(b"context", &sealed),
            Err(Unsealable)
        );
        let other = KeyEncryptionKey::generate(&random);
        assert_eq!(
            other.sealer("session").open(b"context", &sealed),
            Err(Unsealable)
        );
    }

    #[test]
    fn a_name_is_the_same_for_the_same_key_purpose_and_text_only() {
        let random = FixedRandom::default();
        let key = KeyEncryptionKey::generate(&random);
        let name = key.sealer("session").name("WDJB");
        assert_eq!(name, key.sealer("session").name("WDJB"));
        assert!(!name.contains("WDJB"), "{name}");
        let other = KeyEncryptionKey::generate(&random);
        for another in [
            key.sealer("session").name("WDJC"),
            key.sealer("signing-key").name("WDJB"),
            other.sealer("session").name("WDJB"),
        ] {
            assert_ne!(name, another);
        }
    }

    #[test]
    fn a_damaged_value_does_not_open() {
        let random = FixedRandom::default();
        let sealer = KeyEncryptionKey::generate(&random).sealer("session");
        let whole = sealer.seal(&random, b"", b"plain");
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(sealer.open(b"", &damaged), Err(Unsealable), "byte {at}");
        }
        assert_eq!(sealer.open(b"", &whole[..5]), Err(Unsealable));
    }

    #[test]
    fn the_text_form_reads_back() {
        let key = KeyEncryptionKey::generate(&FixedRandom::default());
        assert_eq!(*KeyEncryptionKey::parse(&key.to_text()).unwrap().0, *key.0);
        for bad in ["", "00", &"0".repeat(63), &"g".repeat(64), &"é".repeat(32)] {
            assert!(KeyEncryptionKey::parse(bad).is_none(), "{bad}");
        }
    }
}
