//! The client's address behind proxies, as far as they can be believed.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

use crate::network::Networks;

/// The proxies that may say where a request came from; nobody else's word counts.
#[derive(Clone, Debug, Default)]
pub struct TrustedProxies(Vec<IpNet>);

impl TrustedProxies {
    /// The proxies in these networks.
    pub const fn new(networks: Vec<IpNet>) -> Self {
        Self(networks)
    }

    /// The proxies in the networks of a list.
    pub fn within(networks: &Networks) -> Self {
        Self(networks.iter().copied().map(IpNet::from).collect())
    }

    /// Whether somebody at this address is a proxy that is believed.
    pub fn trusts(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(&address))
    }

    /// The client's address, given the TCP peer and the values of `X-Forwarded-For` in the order they came.
    ///
    /// It is the rightmost address that is not a trusted proxy's. What cannot be read ends the chain: the
    /// proxy that passed it on is then taken for the client.
    pub fn client(&self, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
        let mut client = peer.to_canonical();
        let chain = forwarded
            .iter()
            .flat_map(|value| value.split(','))
            .collect::<Vec<_>>();
        for hop in chain.into_iter().rev() {
            if !self.trusts(client) {
                break;
            }
            match parse(hop.trim()) {
                Some(address) => client = address,
                None => break,
            }
        }
        client
    }
}

/// An address, perhaps with a port.
fn parse(text: &str) -> Option<IpAddr> {
    let address = text.parse::<IpAddr>().ok();
    address
        .or_else(|| text.parse::<SocketAddr>().ok().map(|address| address.ip()))
        .map(|address| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn client(trusted: &str, peer: &str, forwarded: &[&str]) -> String {
        TrustedProxies::within(&trusted.parse().unwrap())
            .client(peer.parse().unwrap(), forwarded)
            .to_string()
    }

    /// N01: `X-Forwarded-For` counts from a configured proxy alone, and from its right end.
    #[test]
    fn only_trusted_proxies_are_believed() {
        for (trusted, peer, forwarded, expected) in [
            ("", "192.0.2.1", &["198.51.100.1"][..], "192.0.2.1"),
            ("10.0.0.0/8", "192.0.2.1", &["198.51.100.1"], "192.0.2.1"),
            ("10.0.0.0/8", "10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.0/8",
                "10.0.0.1",
                &["6.6.6.6, 198.51.100.1"],
                "198.51.100.1",
            ),
            (
                "10.0.0.0/8",
                "10.0.0.1",
                &["6.6.6.6", "198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.0/8", "10.0.0.1", &[], "10.0.0.1"),
            (
                "10.0.0.0/8",
                "10.0.0.1",
                &["198.51.100.1, unknown"],
                "10.0.0.1",
            ),
            (
                "10.0.0.0/8",
                "10.0.0.1",
                &["198.51.100.1:4711"],
                "198.51.100.1",
            ),
            (
                "10.0.0.0/8",
                "::ffff:10.0.0.1",
                &["[2001:db8::1]:4711"],
                "2001:db8::1",
            ),
            (
                "10.0.0.0/8",
                "10.0.0.1",
                &["::ffff:198.51.100.1"],
                "198.51.100.1",
            ),
        ] {
            assert_eq!(
                client(trusted, peer, forwarded),
                expected,
                "{trusted} {peer} {forwarded:?}"
            );
        }
    }

    proptest! {
        /// N01.
        #[test]
        fn any_header_is_read_or_ends_the_chain(header in "\\PC{0,60}") {
            let _ = client("10.0.0.0/8", "10.0.0.1", &[&header]);
        }
    }
}
