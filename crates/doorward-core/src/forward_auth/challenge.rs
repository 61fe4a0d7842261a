//! What binds the way to a site to the browser that goes it.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;
use crate::jose::base64url;
use crate::secret::{Secret, SecretHash};

/// The hash of a secret that only the browser has, in a cookie of the site. It may stand in addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Challenge(SecretHash);

impl Challenge {
    /// The one that `secret` answers.
    pub fn of(secret: &Secret) -> Self {
        Self(secret.hash())
    }
}

impl FromStr for Challenge {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed {
            expected: "a SHA-256 in base64url",
        };
        let bytes = base64url::decode(text).ok_or_else(|| malformed.clone())?;
        let bytes = bytes.try_into().map_err(|_| malformed)?;
        Ok(Self(SecretHash::from_bytes(bytes)))
    }
}

impl fmt::Display for Challenge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url::encode(self.0.as_bytes()))
    }
}

impl TryFrom<String> for Challenge {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<Challenge> for String {
    fn from(challenge: Challenge) -> Self {
        challenge.to_string()
    }
}
