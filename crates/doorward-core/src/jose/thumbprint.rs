//! Thumbprints of keys ([RFC 7638](https://www.rfc-editor.org/rfc/rfc7638)).

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::digest::Digest;
use serde::{Deserialize, Serialize};

use super::base64url;
use crate::identifiers::Malformed;

/// The SHA-256 thumbprint of a public key, in base64url: the one name that a key has everywhere
/// ([RFC 7638 section 3](https://www.rfc-editor.org/rfc/rfc7638#section-3)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Thumbprint(String);

impl Thumbprint {
    /// The text of a SHA-256.
    pub(crate) fn of_digest(digest: Digest) -> Self {
        Self(base64url::encode(digest))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Thumbprint {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let bytes = base64url::decode(text).unwrap_or_default();
        if bytes.len() == 32 {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a SHA-256 thumbprint: 43 characters of base64url",
            })
        }
    }
}

impl TryFrom<String> for Thumbprint {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Thumbprint> for String {
    fn from(thumbprint: Thumbprint) -> Self {
        thumbprint.0
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of [RFC 7638 section 3.1](https://www.rfc-editor.org/rfc/rfc7638#section-3.1).
    #[test]
    fn nothing_but_a_sha_256_in_base64url_is_a_thumbprint() {
        let good = "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs";
        let thumbprint: Thumbprint = good.parse().unwrap();
        assert_eq!(thumbprint.as_str(), good);
        for bad in [
            "",
            &good[1..],
            &format!("{good}="),
            &format!("{good}A"),
            &good.replace('-', "+"),
            // The last character has two bits that no encoder sets.
            &good.replace("9Xs", "9Xt"),
        ] {
            assert!(bad.parse::<Thumbprint>().is_err(), "{bad:?}");
        }
    }
}
