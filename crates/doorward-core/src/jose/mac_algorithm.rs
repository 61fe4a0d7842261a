//! The algorithms that shared secrets authenticate with. None of them is an [`Algorithm`](super::Algorithm): no key ever verifies
//! what names one, and no secret what names a signature.

use serde::{Deserialize, Serialize};

/// An algorithm of [RFC 7518 section 3.2](https://www.rfc-editor.org/rfc/rfc7518#section-3.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MacAlgorithm {
    /// HMAC with SHA-256. Our secrets have 256 random bits; longer hashes want longer secrets.
    #[serde(rename = "HS256")]
    Hs256,
}

impl MacAlgorithm {
    /// Every algorithm, in the order that metadata lists them.
    pub const ALL: [Self; 1] = [Self::Hs256];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
        }
    }

    /// The algorithm of this name.
    pub(super) fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|algorithm| algorithm.as_str() == name)
    }
}
