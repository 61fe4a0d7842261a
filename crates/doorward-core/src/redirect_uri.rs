//! Places a browser may be sent to, as clients register them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// A redirect URI as it was registered, kept byte for byte.
///
/// What may be registered: `https` anywhere; `http` on loopback only; a private-use scheme with a dot,
/// for native applications ([RFC 8252 section 7.1]). Never a fragment, user information, a wildcard,
/// a backslash, a control character or a host that is not ASCII ([RFC 6749 section 3.1.2]).
///
/// [RFC 6749 section 3.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2
/// [RFC 8252 section 7.1]: https://www.rfc-editor.org/rfc/rfc8252#section-7.1
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RedirectUri(String);

/// Why a text may not be registered as a redirect URI.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedirectUriRefused {
    /// It is not an absolute URI.
    #[error("it is not an absolute URI")]
    NotAbsolute,
    /// It has a character that no URI has, or is longer than 2,000 of them.
    #[error(
        "it has a space, a backslash, a control or non-ASCII character, or more than 2,000 characters"
    )]
    Characters,
    /// It has a fragment.
    #[error("it has a fragment (#...)")]
    Fragment,
    /// It has a user name or password.
    #[error("it has a user name or password before the host")]
    UserInformation,
    /// It has a wildcard.
    #[error("it has a wildcard (*); register each address")]
    Wildcard,
    /// It is `http` and not on loopback.
    #[error("it is http, which is for loopback addresses only; use https")]
    InsecureScheme,
    /// Its scheme runs in the browser itself, or names no owner.
    #[error("its scheme is neither https nor a private one with a dot, such as com.example.app")]
    Scheme,
    /// It is not in the form that browsers would send.
    #[error("a browser would change it on the way; register it as browsers write it")]
    NotNormal,
}

impl RedirectUri {
    /// The text, byte for byte as registered.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether a request's `redirect_uri` names this place ([RFC 9700 section 4.1.3]).
    ///
    /// Byte equality is the rule. The one exception is the port of `http` on a loopback IP literal,
    /// which native applications learn only when they start ([RFC 8252 section 7.3]).
    ///
    /// [RFC 9700 section 4.1.3]: https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3
    /// [RFC 8252 section 7.3]: https://www.rfc-editor.org/rfc/rfc8252#section-7.3
    pub fn admits(&self, requested: &str) -> bool {
        if self.0 == requested {
            return true;
        }
        match (split_loopback(&self.0), split_loopback(requested)) {
            (Some(registered), Some(requested)) => registered == requested,
            _ => false,
        }
    }

    /// Whether it leads to a host on the web, which proves itself by a certificate, and not to a program on the person's device.
    pub fn is_on_the_web(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The origin that scripts of the place come from, as browsers write it; `None` where there is none on the web. It is registered
    /// as browsers write it, so the origin is the beginning of the text.
    pub fn origin(&self) -> Option<&str> {
        let scheme = ["https://", "http://"];
        let scheme = scheme
            .into_iter()
            .find(|scheme| self.0.starts_with(scheme))?;
        let authority = self.0.get(scheme.len()..)?;
        let length = authority.find(['/', '?']).unwrap_or(authority.len());
        self.0.get(..scheme.len() + length)
    }

    /// The host as a person reads it, or the scheme where there is none.
    pub fn display_host(&self) -> String {
        Url::parse(&self.0)
            .map(|url| {
                url.host_str()
                    .map_or_else(|| url.scheme().to_owned(), str::to_owned)
            })
            .unwrap_or_default()
    }
}

/// Splits `http://127.0.0.1:8080/cb` into `("127.0.0.1", "/cb")`; `None` unless the host is a loopback IP literal.
fn split_loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    ["127.0.0.1", "[::1]"].into_iter().find_map(|host| {
        let after = rest.strip_prefix(host)?;
        let after = match after.strip_prefix(':') {
            None => after,
            Some(port) => {
                let digits = port.bytes().take_while(u8::is_ascii_digit).count();
                let (port, after) = port.split_at_checked(digits)?;
                port.parse::<u16>().ok()?;
                after
            }
        };
        (after.is_empty() || after.starts_with(['/', '?'])).then_some((host, after))
    })
}

impl FromStr for RedirectUri {
    type Err = RedirectUriRefused;

    fn from_str(text: &str) -> Result<Self, RedirectUriRefused> {
        let printable = text
            .bytes()
            .all(|byte| byte.is_ascii_graphic() && byte != b'\\');
        if !printable || text.len() > 2000 {
            return Err(RedirectUriRefused::Characters);
        }
        let url = Url::parse(text).map_err(|_| RedirectUriRefused::NotAbsolute)?;
        if text.contains('#') {
            return Err(RedirectUriRefused::Fragment);
        }
        if text.contains('*') {
            return Err(RedirectUriRefused::Wildcard);
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(RedirectUriRefused::UserInformation);
        }
        match url.scheme() {
            "https" => {}
            "http" if matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")) => {}
            "http" => return Err(RedirectUriRefused::InsecureScheme),
            scheme if scheme.contains('.') => return Ok(Self(text.to_owned())),
            _ => return Err(RedirectUriRefused::Scheme),
        }
        // `https://host` and `https://host/` are the same place written twice; anything else that a
        // parser would rewrite (upper case, default ports, dots in the path) hides what it names.
        if url.as_str() == text || url.as_str().strip_suffix('/') == Some(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(RedirectUriRefused::NotNormal)
        }
    }
}

impl TryFrom<String> for RedirectUri {
    type Error = RedirectUriRefused;

    fn try_from(text: String) -> Result<Self, RedirectUriRefused> {
        text.parse()
    }
}

impl From<RedirectUri> for String {
    fn from(uri: RedirectUri) -> Self {
        uri.0
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// P03: fragments, names of users, wildcards, schemes that run as scripts, hosts that are written in odd ways.
    /// [RFC 6749 section 3.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-3.1.2)
    #[test]
    fn what_may_not_be_registered() {
        use RedirectUriRefused::{
            Characters, Fragment, InsecureScheme, NotAbsolute, NotNormal, Scheme, UserInformation,
            Wildcard,
        };
        for (text, reason) in [
            ("/cb", NotAbsolute),
            ("", NotAbsolute),
            ("https://wiki.example/cb#here", Fragment),
            ("https://wiki.example/cb#", Fragment),
            ("https://*.example/cb", Wildcard),
            ("https://wiki.example/*", Wildcard),
            ("https://good@evil.example/cb", UserInformation),
            ("http://wiki.example/cb", InsecureScheme),
            ("http://localhost.evil.example/cb", InsecureScheme),
            ("javascript:alert(1)", Scheme),
            ("data:text/html,hello", Scheme),
            ("file:///etc/passwd", Scheme),
            ("vbscript:x", Scheme),
            ("blob:https://wiki.example/1", Scheme),
            ("myapp://cb", Scheme),
            ("https://wiki.example\\@evil.example/", Characters),
            ("https://wiki.example/a b", Characters),
            ("https://wiki.example/\n", Characters),
            ("https://wíki.example/cb", Characters),
            ("https://WIKI.example/cb", NotNormal),
            ("https://wiki.example:443/cb", NotNormal),
            ("https://wiki.example/x/../cb", NotNormal),
            ("http://2130706433/cb", NotNormal),
        ] {
            assert_eq!(text.parse::<RedirectUri>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn what_may_be_registered() {
        for text in [
            "https://wiki.example/cb",
            "https://wiki.example",
            "https://wiki.example/cb?tenant=1&x=%20",
            "http://localhost:8001/cb",
            "http://127.0.0.1/cb",
            "http://[::1]:9000/cb",
            "com.example.app:/cb",
        ] {
            assert!(text.parse::<RedirectUri>().is_ok(), "{text}");
        }
    }

    /// P02: the host is a literal, and all after the port is equal.
    /// [RFC 8252 section 7.3](https://www.rfc-editor.org/rfc/rfc8252#section-7.3)
    #[test]
    fn only_the_port_of_a_loopback_literal_may_differ() {
        for (registered, requested, admitted) in [
            ("https://wiki.example/cb", "https://wiki.example/cb", true),
            (
                "https://wiki.example/cb",
                "https://wiki.example:443/cb",
                false,
            ),
            ("https://wiki.example/cb", "https://WIKI.example/cb", false),
            ("https://wiki.example/cb", "https://wiki.example/cb/", false),
            (
                "https://wiki.example/cb",
                "https://wiki.example/cb?x=1",
                false,
            ),
            (
                "https://wiki.example/cb?a=1",
                "https://wiki.example/cb?a=2",
                false,
            ),
            ("http://127.0.0.1/cb", "http://127.0.0.1:54321/cb", true),
            ("http://127.0.0.1:1/cb", "http://127.0.0.1:54321/cb", true),
            ("http://[::1]/cb", "http://[::1]:54321/cb", true),
            ("http://[::1]/cb", "http://127.0.0.1:54321/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:99999/cb", false),
            (
                "http://127.0.0.1/cb",
                "http://127.0.0.1:5@evil.example/cb",
                false,
            ),
            (
                "http://127.0.0.1/cb",
                "http://127.0.0.1.evil.example/cb",
                false,
            ),
            ("http://127.0.0.1/cb", "HTTP://127.0.0.1:5/cb", false),
            ("http://127.0.0.1/cb", "http://127.000.000.001:5/cb", false),
            ("http://127.0.0.1/cb", "http://127.0.0.1:5/x/../cb", false),
            ("http://127.0.0.1/cb", "https://127.0.0.1:5/cb", false),
            ("http://localhost/cb", "http://localhost:5/cb", false),
            ("http://localhost:5/cb", "http://LOCALHOST:5/cb", false),
        ] {
            let registered: RedirectUri = registered
                .parse()
                .unwrap_or_else(|_| panic!("{registered}"));
            assert_eq!(
                registered.admits(requested),
                admitted,
                "{registered} {requested}"
            );
        }
    }

    proptest! {
        /// P02: whatever is admitted, a browser reads the same host in it.
        #[test]
        fn what_is_admitted_leads_to_the_registered_host(requested in "http://(127\\.0\\.0\\.1|\\[::1\\])[ -~]{0,30}") {
            let registered: RedirectUri = "http://127.0.0.1/cb".parse().unwrap();
            if registered.admits(&requested) {
                let url = Url::parse(&requested).unwrap();
                prop_assert_eq!(url.host_str(), Some("127.0.0.1"));
                prop_assert_eq!(url.path(), "/cb");
                prop_assert_eq!(url.username(), "");
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "\\PC{0,80}") {
            let _ = text.parse::<RedirectUri>();
        }
    }
}
