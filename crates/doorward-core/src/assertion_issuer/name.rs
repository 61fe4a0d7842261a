//! What an assertion issuer is called: by operators, and by itself.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// What operators call an assertion issuer: 1 to 64 lower-case letters, digits, `.`, `-` or `_`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct AssertionIssuerName(String);

impl AssertionIssuerName {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AssertionIssuerName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b".-_".contains(&byte);
        if (1..=64).contains(&text.len()) && text.bytes().all(permitted) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a name: 1 to 64 lower-case letters, digits, '.', '-' or '_'",
            })
        }
    }
}

impl TryFrom<String> for AssertionIssuerName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<AssertionIssuerName> for String {
    fn from(name: AssertionIssuerName) -> Self {
        name.0
    }
}

impl fmt::Display for AssertionIssuerName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The `iss` of an assertion: what an issuer calls itself, mostly a URL, compared byte for byte
/// ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct IssuerIdentifier(String);

impl IssuerIdentifier {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for IssuerIdentifier {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
        if (1..=512).contains(&text.len()) && printable {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "the iss of its assertions: 1 to 512 characters without spaces",
            })
        }
    }
}

impl TryFrom<String> for IssuerIdentifier {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<IssuerIdentifier> for String {
    fn from(issuer: IssuerIdentifier) -> Self {
        issuer.0
    }
}

impl fmt::Display for IssuerIdentifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
