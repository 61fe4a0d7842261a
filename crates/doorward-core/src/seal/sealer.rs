//! Sealing what is stored.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::Authenticator;
use crate::random::Random;

/// Seals and opens bytes for one purpose with AES-256-GCM ([NIST SP 800-38D]).
///
/// [NIST SP 800-38D]: https://csrc.nist.gov/pubs/sp/800/38/d/final
pub struct Sealer {
    pub(super) sealing: LessSafeKey,
    pub(super) naming: Authenticator,
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
    use crate::seal::RootKey;
    use crate::testing::FixedRandom;

    #[test]
    fn what_is_sealed_opens_only_with_its_key_purpose_and_context() {
        let random = FixedRandom::default();
        let root = RootKey::generate(&random);
        let sealed = root.sealer("session").seal(&random, b"context", b"plain");

        assert_eq!(
            *root.sealer("session").open(b"context", &sealed).unwrap(),
            b"plain"
        );
        assert_eq!(
            root.sealer("session").open(b"other", &sealed),
            Err(Unsealable)
        );
        assert_eq!(
            root.sealer("signing-key").open(b"context", &sealed),
            Err(Unsealable)
        );
        let other = RootKey::generate(&random);
        assert_eq!(
            other.sealer("session").open(b"context", &sealed),
            Err(Unsealable)
        );
    }

    #[test]
    fn a_name_is_the_same_for_the_same_key_purpose_and_text_only() {
        let random = FixedRandom::default();
        let root = RootKey::generate(&random);
        let name = root.sealer("session").name("WDJB");
        assert_eq!(name, root.sealer("session").name("WDJB"));
        assert!(!name.contains("WDJB"), "{name}");
        let other = RootKey::generate(&random);
        for another in [
            root.sealer("session").name("WDJC"),
            root.sealer("signing-key").name("WDJB"),
            other.sealer("session").name("WDJB"),
        ] {
            assert_ne!(name, another);
        }
    }

    #[test]
    fn a_damaged_value_does_not_open() {
        let random = FixedRandom::default();
        let sealer = RootKey::generate(&random).sealer("session");
        let whole = sealer.seal(&random, b"", b"plain");
        for at in 0..whole.len() {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            assert_eq!(sealer.open(b"", &damaged), Err(Unsealable), "byte {at}");
        }
        assert_eq!(sealer.open(b"", &whole[..5]), Err(Unsealable));
    }
}
