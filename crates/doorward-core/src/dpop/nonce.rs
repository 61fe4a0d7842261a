//! Nonces that clients put into their proofs, so that none can be made long before it is used
//! ([RFC 9449 section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
//!
//! A nonce is the time, marked with a key that all nodes have. Nothing is stored of it, and every node knows it.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::jose::base64url;
use crate::seal::Authenticator;
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// How long a nonce may be used: seldom enough that clients are rarely sent back for a new one.
pub(super) const LIFETIME: Duration = Duration::from_mins(5);

/// Whether a proof must have a nonce of ours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoncePolicy {
    /// A proof without is sent back for one.
    Required,
    /// A proof may do without. If it has one, it must be good.
    #[default]
    Optional,
}

/// What makes nonces, and knows them again.
#[derive(Debug)]
pub struct Nonces(Authenticator);

impl Nonces {
    /// Nonces that are marked so. Nodes with the same key know each other's.
    pub const fn new(authenticator: Authenticator) -> Self {
        Self(authenticator)
    }

    /// The nonce of `now`.
    pub fn issue(&self, now: Timestamp) -> String {
        let time = now.as_seconds().to_be_bytes();
        base64url::encode([&time[..], &self.0.mark(&time)].concat())
    }

    /// Until when `nonce` is good, if it is now.
    pub(super) fn good_until(&self, nonce: &str, now: Timestamp) -> Option<Timestamp> {
        let bytes = base64url::decode(nonce)?;
        let (time, mark) = bytes.split_first_chunk::<8>()?;
        if !self.0.knows(time, mark) {
            return None;
        }
        let issued_at = Timestamp::from_seconds(i64::from_be_bytes(*time));
        let until = issued_at.plus(LIFETIME);
        // The node that issued it may have been ahead of this one.
        (issued_at <= now.plus(CLOCK_TOLERANCE) && now < until).then_some(until)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::seal::RootKey;
    use crate::testing::{FixedRandom, NOW};

    pub(in crate::dpop) fn nonces() -> Nonces {
        let key = RootKey::generate(&FixedRandom::default());
        Nonces::new(key.authenticator("dpop-nonce"))
    }

    #[test]
    fn a_nonce_is_known_for_five_minutes_to_every_node_that_has_the_key() {
        let nonce = nonces().issue(NOW);
        let until = NOW.plus(LIFETIME);
        let second = Duration::from_secs(1);
        for (now, good) in [
            (NOW, true),
            (until.minus(second), true),
            (until, false),
            (NOW.minus(CLOCK_TOLERANCE), true),
            (NOW.minus(CLOCK_TOLERANCE + second), false),
        ] {
            let known = nonces().good_until(&nonce, now);
            assert_eq!(known, good.then_some(until), "{now:?}");
        }
    }

    #[test]
    fn what_no_node_made_is_no_nonce() {
        let nonce = nonces().issue(NOW);
        let forged = base64url::encode([&NOW.as_seconds().to_be_bytes()[..], &[7; 32]].concat());
        let key = RootKey::generate(&FixedRandom::default());
        let elsewhere = Nonces::new(key.authenticator("another purpose")).issue(NOW);
        for other in ["", "x", &nonce[1..], &nonce[..52], &forged, &elsewhere] {
            assert_eq!(nonces().good_until(other, NOW), None, "{other}");
        }
        // NQCHAR of RFC 9449 section 8.1.
        let permitted = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
        assert!(nonce.bytes().all(permitted), "{nonce}");
    }
}
