//! Where requests of ours lead, as their addresses are registered.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::Url;

/// An address that we send a request to, `backchannel_logout_uri` ([OpenID Connect Back-Channel Logout section 2.2]) and `jwks_uri`
/// ([RFC 7591 section 2]), or let a browser load unseen, `frontchannel_logout_uri` ([OpenID Connect Front-Channel Logout section 2]).
///
/// What may be registered: `https` anywhere; `http` on loopback only. Never a fragment, user information, or a host that is written
/// in another way than it is read.
///
/// [OpenID Connect Back-Channel Logout section 2.2]: https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRegistration
/// [OpenID Connect Front-Channel Logout section 2]: https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout
/// [RFC 7591 section 2]: https://www.rfc-editor.org/rfc/rfc7591#section-2
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct OutboundUri(Url);

/// Why a text may not be registered as such an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboundUriRefused {
    /// It is not an absolute URI with a host.
    #[error("it is not an absolute URI with a host")]
    NotAbsolute,
    /// It has more than 2,000 characters.
    #[error("it has more than 2,000 characters")]
    Length,
    /// It has a fragment.
    #[error("it has a fragment (#...)")]
    Fragment,
    /// It has a user name or password.
    #[error("it has a user name or password before the host")]
    UserInformation,
    /// It is neither `https` nor `http` on loopback.
    #[error("it is not https; http is for loopback addresses only")]
    Scheme,
    /// It would be read as another text.
    #[error("it would be read as another address; write it in its normal form")]
    NotNormal,
}

impl OutboundUri {
    /// The address.
    pub const fn url(&self) -> &Url {
        &self.0
    }
}

impl FromStr for OutboundUri {
    type Err = OutboundUriRefused;

    fn from_str(text: &str) -> Result<Self, OutboundUriRefused> {
        if text.len() > 2000 {
            return Err(OutboundUriRefused::Length);
        }
        let url = Url::parse(text).map_err(|_| OutboundUriRefused::NotAbsolute)?;
        if url.fragment().is_some() {
            return Err(OutboundUriRefused::Fragment);
        }
        match (url.scheme(), url.host_str()) {
            ("https", Some(_)) | ("http", Some("localhost" | "127.0.0.1" | "[::1]")) => {}
            ("http" | "https", None) => return Err(OutboundUriRefused::NotAbsolute),
            _ => return Err(OutboundUriRefused::Scheme),
        }
        if !url.username().is_empty() || url.password().is_some() {
            return Err(OutboundUriRefused::UserInformation);
        }
        // Upper case, numbers for hosts, default ports and dots in the path hide where it leads.
        if url.as_str() == text || url.as_str().strip_suffix('/') == Some(text) {
            Ok(Self(url))
        } else {
            Err(OutboundUriRefused::NotNormal)
        }
    }
}

impl TryFrom<String> for OutboundUri {
    type Error = OutboundUriRefused;

    fn try_from(text: String) -> Result<Self, OutboundUriRefused> {
        text.parse()
    }
}

impl From<OutboundUri> for String {
    fn from(uri: OutboundUri) -> Self {
        uri.0.into()
    }
}

impl fmt::Display for OutboundUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// F02: no name of a user, no number in disguise.
    /// [OpenID Connect Back-Channel Logout section 2.2](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRegistration)
    #[test]
    fn what_may_not_be_registered() {
        use OutboundUriRefused::{
            Fragment, Length, NotAbsolute, NotNormal, Scheme, UserInformation,
        };
        let long = format!("https://wiki.example/{}", "x".repeat(2000));
        for (text, reason) in [
            ("", NotAbsolute),
            ("/logout", NotAbsolute),
            ("https://", NotAbsolute),
            (&long, Length),
            ("https://wiki.example/logout#", Fragment),
            ("https://wiki.example/logout#now", Fragment),
            ("https://good@evil.example/logout", UserInformation),
            ("https://:x@evil.example/logout", UserInformation),
            ("http://wiki.example/logout", Scheme),
            ("http://localhost.evil.example/logout", Scheme),
            ("http://10.0.0.1/logout", Scheme),
            ("file:///etc/passwd", Scheme),
            ("gopher://wiki.example/", Scheme),
            ("com.example.wiki:/logout", Scheme),
            ("https://WIKI.example/logout", NotNormal),
            ("https://wiki.example:443/logout", NotNormal),
            ("https://2130706433/logout", NotNormal),
            ("https://0x7f.1/logout", NotNormal),
            ("https://wiki.example/a/../logout", NotNormal),
            ("https://wiki.example\\@evil.example/", NotNormal),
            ("https://wiki.example/\n", NotNormal),
        ] {
            assert_eq!(text.parse::<OutboundUri>(), Err(reason), "{text}");
        }
    }

    #[test]
    fn what_may_be_registered() {
        for text in [
            "https://wiki.example",
            "https://wiki.example/logout?tenant=1",
            "https://wiki.example:8443/logout",
            "https://10.0.0.1/logout",
            "http://localhost:8080/logout",
            "http://127.0.0.1:8080/logout",
            "http://[::1]/logout",
        ] {
            let uri: OutboundUri = text.parse().unwrap();
            let kept = serde_json::to_string(&uri).unwrap();
            assert_eq!(serde_json::from_str::<OutboundUri>(&kept).unwrap(), uri);
        }
    }
}
