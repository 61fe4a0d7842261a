//! The name of a type of authorization details.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// `type`: what a detail is about, compared byte for byte
/// ([RFC 9396 section 2.1](https://www.rfc-editor.org/rfc/rfc9396#section-2.1)).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct DetailTypeName(String);

/// The longest name, in bytes.
const MAX_LENGTH: usize = 128;

impl DetailTypeName {
    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for DetailTypeName {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| byte.is_ascii_graphic() && !b"\"\\,".contains(&byte);
        if (1..=MAX_LENGTH).contains(&text.len()) && text.bytes().all(permitted) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a type of authorization details: one word of at most 128 characters of ASCII without '\"', '\\' and ','",
            })
        }
    }
}

impl TryFrom<String> for DetailTypeName {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<DetailTypeName> for String {
    fn from(name: DetailTypeName) -> Self {
        name.0
    }
}

impl fmt::Display for DetailTypeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_one_word() {
        for good in ["payment_initiation", "https://api.example/payment", "a"] {
            assert!(good.parse::<DetailTypeName>().is_ok(), "{good}");
        }
        for bad in ["", "two words", "a,b", "a\"", "ä", &"a".repeat(129)] {
            assert!(bad.parse::<DetailTypeName>().is_err(), "{bad}");
        }
    }
}
