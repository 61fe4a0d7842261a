//! The signature algorithms that Doorward uses; `none` and HMAC are not among them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// A signature algorithm of [RFC 7518 section 3.1] or [RFC 8037 section 3.1].
///
/// [RFC 7518 section 3.1]: https://www.rfc-editor.org/rfc/rfc7518#section-3.1
/// [RFC 8037 section 3.1]: https://www.rfc-editor.org/rfc/rfc8037#section-3.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256: what every OpenID Connect library understands.
    #[serde(rename = "RS256")]
    Rs256,
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
    /// RSASSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
    /// ECDSA on P-384 with SHA-384.
    #[serde(rename = "ES384")]
    Es384,
    /// ECDSA on P-521 with SHA-512.
    #[serde(rename = "ES512")]
    Es512,
}

impl Algorithm {
    /// Every algorithm, in the order that metadata lists them.
    pub const ALL: [Self; 6] = [
        Self::Rs256,
        Self::Es256,
        Self::Ps256,
        Self::EdDsa,
        Self::Es384,
        Self::Es512,
    ];

    /// Those that we have keys for unless the operator says otherwise: what clients ask for, and no more to publish.
    pub const USUAL: [Self; 4] = [Self::Rs256, Self::Es256, Self::Ps256, Self::EdDsa];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
            Self::Ps256 => "PS256",
            Self::EdDsa => "EdDSA",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
        }
    }

    /// The names that others may sign with it by. Ed25519 has one of its own besides the `alg` value that it shares with Ed448
    /// ([RFC 9864 section 2.2](https://www.rfc-editor.org/rfc/rfc9864#section-2.2)); we sign by the older one, which everybody
    /// knows.
    pub const fn names(self) -> &'static [&'static str] {
        match self {
            Self::Rs256 => &["RS256"],
            Self::Es256 => &["ES256"],
            Self::Ps256 => &["PS256"],
            Self::EdDsa => &["EdDSA", "Ed25519"],
            Self::Es384 => &["ES384"],
            Self::Es512 => &["ES512"],
        }
    }

    /// The algorithm that others sign with by this name.
    pub fn named(name: &str) -> Option<Self> {
        let mut all = Self::ALL.into_iter();
        all.find(|algorithm| algorithm.names().contains(&name))
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.as_str() == text)
            .ok_or(Malformed {
                expected: "RS256, ES256, PS256, EdDSA, ES384 or ES512",
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [RFC 9864 section 2.2](https://www.rfc-editor.org/rfc/rfc9864#section-2.2).
    #[test]
    fn ed25519_has_two_names_and_everything_else_its_own() {
        for algorithm in Algorithm::ALL {
            assert_eq!(Algorithm::named(algorithm.as_str()), Some(algorithm));
        }
        assert_eq!(Algorithm::named("Ed25519"), Some(Algorithm::EdDsa));
        for other in ["none", "Ed448", "HS256", "ed25519", ""] {
            assert_eq!(Algorithm::named(other), None, "{other}");
        }
    }
}
