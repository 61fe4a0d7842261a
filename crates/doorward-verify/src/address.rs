//! Where requests come from, and from where a token may be used.

use std::fmt;
use std::net::IpAddr;
use std::sync::Arc;

use doorward_core::client_address::TrustedProxies;
use doorward_core::network::Networks;
use http::Extensions;
use http::request::Parts;

use crate::refused::Refused;

/// Finds the address at the other end of a request's connection.
type Peer = dyn Fn(&Extensions) -> Option<IpAddr> + Send + Sync;

/// How the address of whoever sent a request is found.
#[derive(Clone, Default)]
pub(crate) struct Addresses {
    pub(crate) peer: Option<Arc<Peer>>,
    pub(crate) proxies: TrustedProxies,
}

impl Addresses {
    /// Where a request came from: from its connection, or as a trusted proxy says. `None` where the API does not know.
    pub(crate) fn client(&self, parts: &Parts) -> Option<IpAddr> {
        let peer = self.peer.as_ref()?(&parts.extensions)?;
        // What is no text spoils its own hop, and not what the proxy wrote behind it.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter();
        let forwarded: Vec<_> = forwarded
            .map(|value| String::from_utf8_lossy(value.as_bytes()))
            .collect();
        let forwarded: Vec<&str> = forwarded.iter().map(AsRef::as_ref).collect();
        Some(self.proxies.client(peer, &forwarded))
    }
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Addresses")
            .field("proxies", &self.proxies)
            .finish_non_exhaustive()
    }
}

/// Proves that a token that may be used from these `networks` alone, if it says any, came from one of them.
pub(crate) fn admitted(
    networks: Option<&Networks>,
    address: Option<IpAddr>,
) -> Result<(), Refused> {
    match (networks, address) {
        (None, _) => Ok(()),
        (Some(_), None) => Err(Refused::NoAddress),
        (Some(networks), Some(address)) if networks.contains(address) => Ok(()),
        (Some(_), Some(address)) => Err(Refused::Network(address)),
    }
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    /// T06: an allow-list holds wherever the token is used, and without an address it admits nobody.
    #[test]
    fn a_token_with_networks_is_good_in_them_alone() {
        let offices: Networks = "192.0.2.0/24 2001:db8::/32".parse().unwrap();
        let nowhere = Networks::default();
        let inside = Some(address("192.0.2.7"));
        let outside = Some(address("198.51.100.1"));
        let refused = |address: Option<IpAddr>| Err(Refused::Network(address.unwrap()));
        for (networks, address, decided) in [
            (None, None, Ok(())),
            (None, outside, Ok(())),
            (Some(&offices), inside, Ok(())),
            (Some(&offices), Some(address("::ffff:192.0.2.7")), Ok(())),
            (Some(&offices), Some(address("2001:db8::1")), Ok(())),
            (Some(&offices), outside, refused(outside)),
            (Some(&offices), None, Err(Refused::NoAddress)),
            (Some(&nowhere), inside, refused(inside)),
        ] {
            assert_eq!(admitted(networks, address), decided, "{address:?}");
        }
    }

    /// N01: `X-Forwarded-For` counts from a configured proxy alone, in all of its lines.
    #[test]
    fn the_address_is_the_connections_or_what_a_trusted_proxy_says() {
        let peer = |extensions: &Extensions| extensions.get::<IpAddr>().copied();
        let addresses = |proxies: &str| Addresses {
            peer: Some(Arc::new(peer)),
            proxies: TrustedProxies::within(&proxies.parse().unwrap()),
        };
        let (mut parts, ()) = Request::builder()
            .header("x-forwarded-for", "203.0.113.9, 198.51.100.1")
            .header("x-forwarded-for", "10.0.0.2")
            .extension(address("10.0.0.1"))
            .body(())
            .unwrap()
            .into_parts();
        assert_eq!(addresses("").client(&parts), Some(address("10.0.0.1")));
        let found = addresses("10.0.0.0/8").client(&parts);
        assert_eq!(found, Some(address("198.51.100.1")));
        parts.extensions.clear();
        assert_eq!(addresses("10.0.0.0/8").client(&parts), None);
        assert_eq!(Addresses::default().client(&parts), None);
    }
}
