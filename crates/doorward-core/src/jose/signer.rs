//! What makes signatures, wherever the private key is.

use std::error::Error;

use super::{Algorithm, Keyring, SigningKey};

/// A private key that signs with one algorithm: in memory, or in hardware that it never leaves.
pub trait Signer: Send + Sync {
    /// The signature of `message`, in the form that its algorithm has in tokens
    /// ([RFC 7518 section 3](https://www.rfc-editor.org/rfc/rfc7518#section-3)). It comes, or fails, within seconds.
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NoSignature>;

    /// How long that takes.
    fn pace(&self) -> Pace;
}

/// Why there is no signature: for the log, never for a client.
pub type NoSignature = Box<dyn Error + Send + Sync>;

/// How long a signature takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Pace {
    /// Less than it would take to hand it to another thread.
    Fast,
    /// As much of a core as dozens of whole requests.
    Slow,
    /// Nothing of ours but waiting: somebody else makes it, who may be busy, or gone.
    Elsewhere,
}

impl Keyring {
    /// How long a signature by the key for `algorithm` takes.
    pub fn pace(&self, algorithm: Algorithm) -> Pace {
        self.signer(algorithm).map_or(Pace::Fast, SigningKey::pace)
    }

    /// The keys that sign and are not here.
    pub fn elsewhere(&self) -> impl Iterator<Item = &SigningKey> {
        let signers = Algorithm::ALL.into_iter();
        let signers = signers.filter_map(|algorithm| self.signer(algorithm));
        signers.filter(|key| key.pace() == Pace::Elsewhere)
    }
}
