//! Telling clients through the browser that signs out
//! ([OpenID Connect Front-Channel Logout](https://openid.net/specs/openid-connect-frontchannel-1_0.html)).

use url::Url;

use crate::client::Client;
use crate::identifiers::{ClientId, SessionId};
use crate::outbound::OutboundUri;
use crate::redirect_uri::RedirectUri;

/// A `frontchannel_logout_uri` at an origin that the client does not send people back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("its scheme, host and port are those of no redirect URI")]
pub struct ElsewhereThanRedirectUris;

/// Finds `uri` at the scheme, host and port of a redirect URI ([OpenID Connect Front-Channel Logout section 2]).
///
/// [OpenID Connect Front-Channel Logout section 2]: https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout
pub fn at_a_redirect_uri(
    uri: OutboundUri,
    redirect_uris: &[RedirectUri],
) -> Result<OutboundUri, ElsewhereThanRedirectUris> {
    let origin = uri.url().origin();
    let mut registered = redirect_uris.iter().map(RedirectUri::as_str);
    if registered.any(|at| Url::parse(at).is_ok_and(|at| at.origin() == origin)) {
        Ok(uri)
    } else {
        Err(ElsewhereThanRedirectUris)
    }
}

/// What the browser loads to tell one client
/// ([OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// The client.
    pub client: ClientId,
    address: Url,
}

impl Frame {
    /// What tells `client` that `session` is over; `None` when it has no address for it. It has both `iss` and `sid`, whether or not
    /// the client insists on them.
    pub fn of(client: &Client, issuer: &str, session: SessionId) -> Option<Self> {
        let mut address = client.frontchannel_logout_uri.as_ref()?.url().clone();
        address
            .query_pairs_mut()
            .append_pair("iss", issuer)
            .append_pair("sid", &session.to_string());
        Some(Self {
            client: client.client_id.clone(),
            address,
        })
    }

    /// The address.
    pub fn address(&self) -> &str {
        self.address.as_str()
    }

    /// The origin of the address, as a Content Security Policy names it.
    pub fn origin(&self) -> String {
        self.address.origin().ascii_serialization()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::client;

    const ISSUER: &str = "https://login.example.com";
    const SESSION: SessionId = SessionId::from_bytes([5; 16]);

    fn frame(uri: &str) -> Frame {
        let client = Client {
            frontchannel_logout_uri: Some(uri.parse().unwrap()),
            ..client()
        };
        Frame::of(&client, ISSUER, SESSION).unwrap()
    }

    /// [OpenID Connect Front-Channel Logout section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)
    #[test]
    fn a_client_is_told_only_at_an_origin_that_it_sends_people_back_to() {
        let redirect_uris = [
            "https://wiki.example/callback",
            "https://wiki.example:8443/callback",
            "http://127.0.0.1:8080/callback",
            "com.example.wiki:/callback",
        ]
        .map(|uri| uri.parse().unwrap());
        for (uri, is_there) in [
            ("https://wiki.example/signed-out?tenant=1", true),
            ("https://wiki.example:8443/", true),
            ("http://127.0.0.1:8080/signed-out", true),
            ("https://wiki.example:9443/signed-out", false),
            ("https://evil.example/signed-out", false),
            ("https://www.wiki.example/signed-out", false),
            ("http://127.0.0.1:8081/signed-out", false),
            ("http://localhost:8080/signed-out", false),
            ("https://127.0.0.1:8080/signed-out", false),
        ] {
            let uri: OutboundUri = uri.parse().unwrap();
            let found = at_a_redirect_uri(uri.clone(), &redirect_uris);
            let expected = if is_there {
                Ok(uri)
            } else {
                Err(ElsewhereThanRedirectUris)
            };
            assert_eq!(found, expected);
        }
    }

    /// [OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout)
    #[test]
    fn the_address_keeps_its_query_and_says_who_signs_out_of_what() {
        let asked = format!("iss=https%3A%2F%2Flogin.example.com&sid={SESSION}");
        for (uri, address) in [
            ("https://wiki.example/out", "https://wiki.example/out?"),
            (
                "https://wiki.example/out?tenant=1",
                "https://wiki.example/out?tenant=1&",
            ),
        ] {
            assert_eq!(frame(uri).address(), format!("{address}{asked}"));
        }
    }

    #[test]
    fn the_origin_has_no_more_than_a_policy_needs() {
        for (uri, origin) in [
            ("https://wiki.example/out?tenant=1", "https://wiki.example"),
            ("http://[::1]:8080/out", "http://[::1]:8080"),
        ] {
            assert_eq!(frame(uri).origin(), origin);
        }
    }

    #[test]
    fn a_client_without_an_address_is_not_told() {
        assert_eq!(Frame::of(&client(), ISSUER, SESSION), None);
    }
}
