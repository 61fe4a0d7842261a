//! Hosts of sites.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::identifiers::Malformed;

/// The host of a site as browsers name it in `Host`: lower-case, with the port unless it is the ordinary one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct SiteHost(String);

impl SiteHost {
    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for SiteHost {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl FromStr for SiteHost {
    type Err = Malformed;

    fn from_str(text: &str) -> Result<Self, Malformed> {
        let malformed = Malformed {
            expected: "a host such as wiki.example.com or localhost:8080",
        };
        if text.is_empty()
            || text.contains(['/', '?', '#', '@', '\\', '*', ' '])
            || text.ends_with('.')
        {
            return Err(malformed);
        }
        let url: Url = format!("https://{text}/")
            .parse()
            .map_err(|_| malformed.clone())?;
        let host = url.host_str().ok_or(malformed)?;
        Ok(Self(match url.port() {
            Some(port) => format!("{host}:{port}"),
            None => host.to_owned(),
        }))
    }
}

impl TryFrom<String> for SiteHost {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        text.parse()
    }
}

impl From<SiteHost> for String {
    fn from(host: SiteHost) -> Self {
        host.0
    }
}

impl fmt::Display for SiteHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_written_as_browsers_do() {
        for (typed, host) in [
            ("Wiki.Example.com", "wiki.example.com"),
            ("wiki.example.com:443", "wiki.example.com"),
            ("localhost:8080", "localhost:8080"),
            ("bücher.example", "xn--bcher-kva.example"),
            ("[2001:DB8::1]:8443", "[2001:db8::1]:8443"),
        ] {
            assert_eq!(typed.parse::<SiteHost>().unwrap().as_str(), host);
        }
        for bad in [
            "",
            "https://wiki.example.com",
            "wiki.example.com/",
            "alice@wiki.example.com",
            "*.example.com",
            "wiki.example.com.",
            "wiki.example.com:port",
        ] {
            assert!(bad.parse::<SiteHost>().is_err(), "{bad}");
        }
    }
}
