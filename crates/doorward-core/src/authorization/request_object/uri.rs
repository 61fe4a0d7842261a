//! `request_uris`: where a client publishes request objects
//! ([OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::outbound::{OutboundUri, OutboundUriRefused};

/// The address of a request object. Its fragment, if it has one, changes with what is there, so it says which version is meant; it is
/// neither sent nor compared with what is there ([OpenID Connect Core section 6.2]).
///
/// [OpenID Connect Core section 6.2]: https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct RequestObjectUri {
    address: OutboundUri,
    fragment: Option<String>,
}

/// Why a text may not be registered as such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestObjectUriRefused {
    /// What is before the fragment is no address that we send a request to.
    #[error(transparent)]
    Address(#[from] OutboundUriRefused),
    /// The fragment is none, or long.
    #[error("its fragment has more than 128 characters, or some that a fragment cannot have")]
    Fragment,
}

/// The longest fragment. The Base64url of a hash is shorter.
const LONGEST_FRAGMENT: usize = 128;

impl RequestObjectUri {
    /// Where the request goes.
    pub const fn address(&self) -> &OutboundUri {
        &self.address
    }

    /// Which version of what is there is meant, if it says so.
    pub fn fragment(&self) -> Option<&str> {
        self.fragment.as_deref()
    }
}

impl FromStr for RequestObjectUri {
    type Err = RequestObjectUriRefused;

    fn from_str(text: &str) -> Result<Self, RequestObjectUriRefused> {
        let (address, fragment) = match text.split_once('#') {
            Some((address, fragment)) => (address, Some(fragment)),
            None => (text, None),
        };
        let address = address.parse()?;
        if fragment.is_none_or(is_fragment) {
            let fragment = fragment.map(str::to_owned);
            Ok(Self { address, fragment })
        } else {
            Err(RequestObjectUriRefused::Fragment)
        }
    }
}

/// [RFC 3986 section 3.5](https://www.rfc-editor.org/rfc/rfc3986#section-3.5).
fn is_fragment(text: &str) -> bool {
    let permitted =
        |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@/?%".contains(&byte);
    text.len() <= LONGEST_FRAGMENT && text.bytes().all(permitted)
}

impl TryFrom<String> for RequestObjectUri {
    type Error = RequestObjectUriRefused;

    fn try_from(text: String) -> Result<Self, RequestObjectUriRefused> {
        text.parse()
    }
}

impl From<RequestObjectUri> for String {
    fn from(uri: RequestObjectUri) -> Self {
        uri.to_string()
    }
}

impl fmt::Display for RequestObjectUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.fragment {
            Some(fragment) => write!(f, "{}#{fragment}", self.address),
            None => self.address.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_is_kept_and_is_no_part_of_the_address() {
        for (text, address) in [
            (
                "https://wiki.example/request.jwt",
                "https://wiki.example/request.jwt",
            ),
            ("https://wiki.example/r?a=b#", "https://wiki.example/r?a=b"),
            ("https://wiki.example/r#4X_-%20", "https://wiki.example/r"),
        ] {
            let uri: RequestObjectUri = text.parse().unwrap();
            assert_eq!(uri.to_string(), text);
            assert_eq!(uri.address().to_string(), address);
            let written = serde_json::to_string(&uri).unwrap();
            let read: RequestObjectUri = serde_json::from_str(&written).unwrap();
            assert_eq!(read, uri);
        }
    }

    /// F02: what leads elsewhere than it seems to is none.
    #[test]
    fn what_is_no_address_to_ask_is_none_of_a_request_object() {
        let long = format!("https://wiki.example/r#{}", "x".repeat(129));
        for (text, reason) in [
            ("urn:example:request", OutboundUriRefused::Scheme.into()),
            ("http://wiki.example/r", OutboundUriRefused::Scheme.into()),
            (
                "https://good@evil.example/r#x",
                OutboundUriRefused::UserInformation.into(),
            ),
            (
                "https://wiki.example/a/../r",
                OutboundUriRefused::NotNormal.into(),
            ),
            (
                "https://wiki.example/r#a#b",
                RequestObjectUriRefused::Fragment,
            ),
            (
                "https://wiki.example/r#a b",
                RequestObjectUriRefused::Fragment,
            ),
            (&long, RequestObjectUriRefused::Fragment),
        ] {
            let parsed = text.parse::<RequestObjectUri>();
            assert_eq!(parsed, Err(reason), "{text}");
        }
    }
}
