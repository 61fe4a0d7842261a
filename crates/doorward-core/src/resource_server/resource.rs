//! The identifier of a resource server.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// A resource indicator: an absolute URI without a fragment, kept and compared byte for byte
/// ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Resource(String);

/// Why a text names no resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ResourceRefused {
    /// It is not an absolute URI.
    #[error("it is not an absolute URI, such as https://api.example.com")]
    NotAbsolute,
    /// It has a fragment.
    #[error("it has a fragment (#...)")]
    Fragment,
    /// It has a space or a character that no URI has, or is longer than 512 of them.
    #[error(
        "it has a space, a quotation mark, a control or non-ASCII character, or more than 512 characters"
    )]
    Characters,
}

/// The longest resource indicator, in bytes.
const MAX_LENGTH: usize = 512;

impl Resource {
    /// The text, byte for byte as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Resource {
    type Err = ResourceRefused;

    fn from_str(text: &str) -> Result<Self, ResourceRefused> {
        let permitted = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}".contains(&byte);
        if text.len() > MAX_LENGTH || !text.bytes().all(permitted) {
            return Err(ResourceRefused::Characters);
        }
        let uri = Url::parse(text).map_err(|_| ResourceRefused::NotAbsolute)?;
        if uri.fragment().is_some() {
            return Err(ResourceRefused::Fragment);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Resource {
    type Error = ResourceRefused;

    fn try_from(text: String) -> Result<Self, ResourceRefused> {
        text.parse()
    }
}

impl From<Resource> for String {
    fn from(resource: Resource) -> Self {
        resource.0
    }
}

impl fmt::Display for Resource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// [RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2).
    #[test]
    fn it_is_an_absolute_uri_without_a_fragment() {
        use ResourceRefused as R;
        for good in [
            "https://api.example.com",
            "https://api.example.com/v1?tenant=a",
            "urn:example:files",
        ] {
            assert_eq!(good.parse::<Resource>().unwrap().as_str(), good);
        }
        let long = format!("https://api.example.com/{}", "a".repeat(512));
        for (bad, why) in [
            ("", R::NotAbsolute),
            ("/v1", R::NotAbsolute),
            ("reports", R::NotAbsolute),
            ("https://api.example.com#top", R::Fragment),
            ("https://api.example.com/a b", R::Characters),
            ("https://api.example.com/\"", R::Characters),
            ("https://äpi.example.com", R::Characters),
            (long.as_str(), R::Characters),
        ] {
            assert_eq!(bad.parse::<Resource>(), Err(why), "{bad}");
        }
    }
}
