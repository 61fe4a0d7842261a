//! The algorithms that something is encrypted with for its one reader; `RSA1_5`, `dir` and those with passwords are not among them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// How the key of the content comes to the reader: an `alg` of [RFC 7518 section 4.1].
///
/// [RFC 7518 section 4.1]: https://www.rfc-editor.org/rfc/rfc7518#section-4.1
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum KeyManagement {
    /// RSAES-OAEP with SHA-256.
    #[serde(rename = "RSA-OAEP-256")]
    RsaOaep256,
    /// Diffie-Hellman on P-256 with a key of its own for each message.
    #[serde(rename = "ECDH-ES")]
    EcdhEs,
    /// The same, which wraps the content's key with AES-128.
    #[serde(rename = "ECDH-ES+A128KW")]
    EcdhEsA128Kw,
    /// The same, which wraps the content's key with AES-256.
    #[serde(rename = "ECDH-ES+A256KW")]
    EcdhEsA256Kw,
}

/// How the content is encrypted: an `enc` of [RFC 7518 section 5.1].
///
/// [RFC 7518 section 5.1]: https://www.rfc-editor.org/rfc/rfc7518#section-5.1
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum ContentEncryption {
    /// AES-128 in CBC mode with HMAC-SHA-256: what registrations mean that do not say
    /// ([OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)).
    #[default]
    #[serde(rename = "A128CBC-HS256")]
    A128CbcHs256,
    /// AES-256 in CBC mode with HMAC-SHA-512.
    #[serde(rename = "A256CBC-HS512")]
    A256CbcHs512,
    /// AES-128 in GCM.
    #[serde(rename = "A128GCM")]
    A128Gcm,
    /// AES-256 in GCM.
    #[serde(rename = "A256GCM")]
    A256Gcm,
}

/// How something is encrypted: both together.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Encryption {
    /// How the content's key comes to the reader.
    pub alg: KeyManagement,
    /// How the content is encrypted.
    #[serde(default)]
    pub enc: ContentEncryption,
}

impl KeyManagement {
    /// Every algorithm, in the order that metadata lists them.
    pub const ALL: [Self; 4] = [
        Self::RsaOaep256,
        Self::EcdhEs,
        Self::EcdhEsA128Kw,
        Self::EcdhEsA256Kw,
    ];

    /// The `alg` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::RsaOaep256 => "RSA-OAEP-256",
            Self::EcdhEs => "ECDH-ES",
            Self::EcdhEsA128Kw => "ECDH-ES+A128KW",
            Self::EcdhEsA256Kw => "ECDH-ES+A256KW",
        }
    }
}

impl ContentEncryption {
    /// Every algorithm, in the order that metadata lists them.
    pub const ALL: [Self; 4] = [
        Self::A128CbcHs256,
        Self::A256CbcHs512,
        Self::A128Gcm,
        Self::A256Gcm,
    ];

    /// The `enc` value.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::A128CbcHs256 => "A128CBC-HS256",
            Self::A256CbcHs512 => "A256CBC-HS512",
            Self::A128Gcm => "A128GCM",
            Self::A256Gcm => "A256GCM",
        }
    }
}

impl fmt::Display for KeyManagement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for ContentEncryption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for KeyManagement {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut all = Self::ALL.into_iter();
        all.find(|alg| alg.as_str() == text).ok_or(Malformed {
            expected: "RSA-OAEP-256, ECDH-ES, ECDH-ES+A128KW or ECDH-ES+A256KW",
        })
    }
}

impl FromStr for ContentEncryption {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let mut all = Self::ALL.into_iter();
        all.find(|enc| enc.as_str() == text).ok_or(Malformed {
            expected: "A128CBC-HS256, A256CBC-HS512, A128GCM or A256GCM",
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// K05: what others were broken by has no name here.
    #[test]
    fn each_algorithm_has_one_name_everywhere_and_discouraged_ones_have_none() {
        for alg in KeyManagement::ALL {
            assert_eq!(alg.as_str().parse(), Ok(alg));
            assert_eq!(json!(alg), json!(alg.to_string()));
        }
        for enc in ContentEncryption::ALL {
            assert_eq!(enc.as_str().parse(), Ok(enc));
            assert_eq!(json!(enc), json!(enc.to_string()));
        }
        for other in [
            "RSA1_5",
            "RSA-OAEP",
            "dir",
            "A128KW",
            "PBES2-HS256+A128KW",
            "none",
            "",
        ] {
            assert!(other.parse::<KeyManagement>().is_err(), "{other}");
        }
        for other in ["A128CBC", "A192GCM", "none", ""] {
            assert!(other.parse::<ContentEncryption>().is_err(), "{other}");
        }
    }

    /// [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata).
    #[test]
    fn who_does_not_say_how_the_content_is_encrypted_means_a128cbc_hs256() {
        let read: Encryption = serde_json::from_value(json!({"alg": "ECDH-ES"})).unwrap();
        assert_eq!(read.enc.as_str(), "A128CBC-HS256");
    }
}
