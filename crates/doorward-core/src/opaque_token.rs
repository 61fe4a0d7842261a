//! Access tokens that say nothing themselves: only the directory knows what one stands for
//! ([RFC 6749 section 1.4](https://www.rfc-editor.org/rfc/rfc6749#section-1.4)).
//!
//! One begins with the time it was made at, so that the rows of tokens that are made one after the other lie beside each other:
//! a store then adds to its last page, where hashes alone would have it fetch, log and sync another page for each token.

use crate::identifiers::OpaqueTokenId;
use crate::random::Random;
use crate::secret::{Secret, SecretKind};
use crate::time::Timestamp;

/// An opaque access token in the clear: its name and 256 random bits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpaqueToken {
    id: OpaqueTokenId,
    secret: Secret,
}

impl OpaqueToken {
    /// A new one, made at `now`.
    pub fn generate(now: Timestamp, random: &dyn Random) -> Self {
        let id = OpaqueTokenId::generate(now, random);
        let bytes = [id.as_bytes().as_slice(), &random.bytes::<32>()].concat();
        let secret = Secret::from_bytes(SecretKind::AccessToken, &bytes);
        Self { id, secret }
    }

    /// Reads one; `None` for anything that was never one.
    pub fn parse(text: &str) -> Option<Self> {
        let (secret, bytes) = Secret::parse_with_bytes(SecretKind::AccessToken, text)?;
        let (id, random) = bytes.split_first_chunk::<16>()?;
        (random.len() == 32).then_some(Self {
            id: OpaqueTokenId::from_bytes(*id),
            secret,
        })
    }

    /// The text, for the client that it is given to.
    pub fn reveal(&self) -> &str {
        self.secret.reveal()
    }

    /// What a store knows it by, 48 bytes: its name, which orders, and the SHA-256 of the whole, which nobody can guess or turn back.
    pub fn kept_as(&self) -> Vec<u8> {
        [
            self.id.as_bytes().as_slice(),
            self.secret.hash().as_bytes().as_slice(),
        ]
        .concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{FixedRandom, NOW};

    #[test]
    fn it_is_read_back_and_nothing_else_is() {
        let token = OpaqueToken::generate(NOW, &FixedRandom::default());
        assert_eq!(OpaqueToken::parse(token.reveal()), Some(token));
        for (kind, length) in [
            (SecretKind::AccessToken, 32),
            (SecretKind::AccessToken, 47),
            (SecretKind::AccessToken, 49),
            (SecretKind::RefreshToken, 48),
        ] {
            let other = Secret::from_bytes(kind, &vec![7; length]);
            assert_eq!(
                OpaqueToken::parse(other.reveal()),
                None,
                "{kind:?} {length}"
            );
        }
    }

    #[test]
    fn what_is_kept_follows_time_and_does_not_hold_the_token() {
        let random = FixedRandom::default();
        let later = NOW.plus(std::time::Duration::from_millis(1));
        let [first, second] = [NOW, later].map(|at| OpaqueToken::generate(at, &random));
        assert!(first.kept_as() < second.kept_as());
        let bytes = Secret::parse_bytes(SecretKind::AccessToken, first.reveal()).unwrap();
        let (_, random) = bytes.split_at(16);
        assert_eq!(first.kept_as().len(), 48);
        assert!(
            !first
                .kept_as()
                .windows(8)
                .any(|kept| random.windows(8).any(|part| part == kept))
        );
    }

    #[test]
    fn its_debug_hides_it() {
        let token = OpaqueToken::generate(NOW, &FixedRandom::default());
        let secret = token.reveal().rsplit('_').next().unwrap();
        assert!(!format!("{token:?}").contains(secret));
    }
}
