//! Methods of requests.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// The method of a request ([RFC 9110 section 9.1](https://www.rfc-editor.org/rfc/rfc9110#section-9.1)), in capitals.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RequestMethod(String);

impl RequestMethod {
    /// Whether it only reads, as a link does.
    pub fn is_visit(&self) -> bool {
        matches!(self.0.as_str(), "GET" | "HEAD")
    }

    /// Whether a rule for this method is one for `asked`. `HEAD` asks for what `GET` does.
    pub fn covers(&self, asked: &Self) -> bool {
        self == asked || (self.0 == "GET" && asked.0 == "HEAD")
    }
}

impl FromStr for RequestMethod {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| byte.is_ascii_uppercase() || b"-_".contains(&byte);
        if (1..=32).contains(&text.len()) && text.bytes().all(permitted) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a method in capitals, such as GET or POST",
            })
        }
    }
}

impl TryFrom<String> for RequestMethod {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<RequestMethod> for String {
    fn from(method: RequestMethod) -> Self {
        method.0
    }
}

impl fmt::Display for RequestMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
