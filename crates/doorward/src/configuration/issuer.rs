//! The issuer: the URL that names this provider to every client
//! ([OpenID Connect Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)).

use std::fmt;

use url::{Host, Url};

use super::value::{Value, quoted};

/// The provider's name in tokens and metadata: a URL without path, query or fragment; `https`,
/// or `http` on loopback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Issuer(Url);

impl Issuer {
    /// The issuer on this port of `http://localhost`, for trying out.
    pub fn on_localhost(port: u16) -> Self {
        let mut url = localhost();
        // Every URL with a host takes a port.
        let _ = url.set_port(Some(port));
        Self(url)
    }

    /// The URL.
    pub const fn url(&self) -> &Url {
        &self.0
    }

    /// The text that stands in tokens: the URL without a slash at its end.
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// Whether what is sent could be read on the way, were it not on loopback.
    pub fn is_plain_http(&self) -> bool {
        self.0.scheme() == "http"
    }
}

fn localhost() -> Url {
    Url::parse("http://localhost").unwrap_or_else(|_| unreachable!("a constant that is a URL"))
}

impl fmt::Display for Issuer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Value for Issuer {
    fn allowed() -> String {
        "an https URL without path, query and fragment, such as \"https://login.example.com\"; http on localhost only".to_owned()
    }

    fn parse(text: &str) -> Option<Self> {
        let url = Url::parse(text).ok()?;
        let bare = url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none()
            && url.username().is_empty()
            && url.password().is_none();
        let safe = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url.host()?),
            _ => false,
        };
        (bare && safe && url.host().is_some()).then_some(Self(url))
    }

    fn show(&self) -> String {
        quoted(self.as_str())
    }

    fn quote(text: &str) -> String {
        quoted(text)
    }
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => address.is_loopback(),
        Host::Ipv6(address) => address.is_loopback(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn https_anywhere_and_http_on_loopback_are_issuers() {
        for (text, issuer) in [
            ("https://login.example.com", "https://login.example.com"),
            ("https://login.example.com/", "https://login.example.com"),
            (
                "https://login.example.com:8443",
                "https://login.example.com:8443",
            ),
            ("http://localhost:8000", "http://localhost:8000"),
            ("http://127.0.0.1:8000", "http://127.0.0.1:8000"),
            ("http://[::1]:8000", "http://[::1]:8000"),
        ] {
            assert_eq!(
                Issuer::parse(text).map(|read| read.to_string()).as_deref(),
                Some(issuer)
            );
        }
    }

    #[test]
    fn everything_else_is_none() {
        for bad in [
            "",
            "login.example.com",
            "http://login.example.com",
            "https://login.example.com/sso",
            "https://login.example.com/?a=b",
            "https://login.example.com/#a",
            "https://someone@login.example.com",
            "ftp://localhost",
            "http://localhost.example.com",
        ] {
            assert_eq!(Issuer::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_issuer_for_trying_out_is_on_localhost() {
        assert_eq!(Issuer::on_localhost(8000).as_str(), "http://localhost:8000");
    }
}
