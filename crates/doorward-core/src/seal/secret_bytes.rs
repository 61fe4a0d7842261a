//! 32 secret bytes, and what comes of them.

use aws_lc_rs::aead::{AES_256_GCM, LessSafeKey, UnboundKey};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Okm, Prk, Salt};
use aws_lc_rs::hmac;
use zeroize::Zeroizing;

use super::{Authenticator, Sealer};
use crate::random::Random;

/// 32 random bytes. Nothing is sealed or marked with them directly: each purpose has a key derived from them ([RFC 5869]),
/// so what is sealed for one purpose never opens for another.
///
/// [RFC 5869]: https://www.rfc-editor.org/rfc/rfc5869
pub(super) struct SecretBytes(pub(super) Zeroizing<[u8; 32]>);

impl SecretBytes {
    pub(super) fn generate(random: &dyn Random) -> Self {
        Self(Zeroizing::new(random.bytes()))
    }

    pub(super) fn sealer(&self, purpose: &str) -> Sealer {
        Sealer {
            sealing: self.derive(&[purpose.as_bytes()], &AES_256_GCM, |derived| {
                LessSafeKey::new(UnboundKey::from(derived))
            }),
            naming: self.mark_for(&[purpose.as_bytes(), b" name"]),
        }
    }

    pub(super) fn authenticator(&self, purpose: &str) -> Authenticator {
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
