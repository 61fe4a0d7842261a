//! Where somebody is sent back to who was on the way to a site.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::identifiers::Malformed;

/// The longest one, in bytes.
const LONGEST: usize = 2048;

/// A path of a site with its query. No text of another form is one, so none leads to another host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct ReturnPath(String);

impl ReturnPath {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same, or the site's first page where the text is none.
    pub fn or_first_page(text: &str) -> Self {
        text.parse().unwrap_or_default()
    }
}

/// The site's first page.
impl Default for ReturnPath {
    fn default() -> Self {
        Self("/".to_owned())
    }
}

impl FromStr for ReturnPath {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let permitted = |byte: u8| byte.is_ascii_graphic() && byte != b'\\';
        let is_path = text.starts_with('/') && !text.starts_with("//");
        if is_path && text.len() <= LONGEST && text.bytes().all(permitted) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Malformed {
                expected: "a path that begins with one slash",
            })
        }
    }
}

impl TryFrom<String> for ReturnPath {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<ReturnPath> for String {
    fn from(path: ReturnPath) -> Self {
        path.0
    }
}

impl fmt::Display for ReturnPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// N02.
    #[test]
    fn nothing_that_leads_to_another_host_is_one() {
        for good in ["/", "/a/b?c=d&e=%2F", "/a//b"] {
            assert_eq!(ReturnPath::or_first_page(good).as_str(), good);
        }
        let long = format!("/{}", "a".repeat(LONGEST));
        for bad in [
            "",
            "a",
            "//evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https://evil.example/",
            "/a b",
            "/a\r\nb",
            "/\t/evil.example",
            "/ä",
            &long,
        ] {
            assert_eq!(ReturnPath::or_first_page(bad).as_str(), "/", "{bad}");
        }
    }
}
