//! Networks that somebody named, and whether an address is in one of them ([RFC 4632 section 3.1]).
//!
//! A list admits what was written and nothing else: an empty one admits nobody, one that cannot be read is no list, and everybody is
//! admitted only where `0.0.0.0/0` or `::/0` stands.
//!
//! [RFC 4632 section 3.1]: https://www.rfc-editor.org/rfc/rfc4632#section-3.1

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use ipnet::IpNet;
use serde::{Deserialize, Serialize};

/// What the addresses of IPv6 that stand for one of IPv4 have in common, in bits ([RFC 4291 section 2.5.5.2]).
///
/// [RFC 4291 section 2.5.5.2]: https://www.rfc-editor.org/rfc/rfc4291#section-2.5.5.2
const MAPPED: u8 = 96;

/// One network, such as `192.0.2.0/24`, or one address.
///
/// A network of IPv4 addresses in the form of IPv6 is that of IPv4.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Network(IpNet);

/// A text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotANetwork {
    /// It cannot be read.
    #[error(
        "{0:?} is no network: write one such as 192.0.2.0/24 or 2001:db8::/32, or a single address"
    )]
    Unreadable(String),
    /// It is an address in a network, and which of them was meant cannot be known.
    #[error(
        "{written} has more bits than its length says: write {network} for the network, or the address alone"
    )]
    MoreThanItsLength {
        /// What was written.
        written: String,
        /// The network that the address is in.
        network: Network,
    },
    /// It is all of IPv4, but does not say so.
    #[error("{0} is every address of IPv4: write 0.0.0.0/0 where that is meant")]
    AllInDisguise(String),
}

/// How many bits of an address say in whose network it is, by custom: sites get networks of these lengths.
const SITE_V4: u8 = 24;
const SITE_V6: u8 = 48;

impl Network {
    /// The network that an address is in, as far as one can tell from the address: its first 24 bits, or 48 of IPv6.
    pub fn around(address: IpAddr) -> Self {
        let address = address.to_canonical();
        let length = if address.is_ipv4() { SITE_V4 } else { SITE_V6 };
        // No address is shorter than that.
        Self(
            IpNet::new(address, length)
                .map_or_else(|_| IpNet::from(address), |network| network.trunc()),
        )
    }

    /// Whether `address` is in it. An address of IPv4 in the form of IPv6 counts as that of IPv4.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.contains(&address.to_canonical())
    }
}

impl From<Network> for IpNet {
    fn from(network: Network) -> Self {
        network.0
    }
}

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let unreadable = || NotANetwork::Unreadable(text.to_owned());
        if let Ok(address) = text.parse::<IpAddr>() {
            return Ok(Self(IpNet::from(address.to_canonical())));
        }
        let written: IpNet = text.parse().map_err(|_| unreadable())?;
        if written != written.trunc() {
            return Err(NotANetwork::MoreThanItsLength {
                written: text.to_owned(),
                network: Self(written.trunc()),
            });
        }
        let canonical = written.addr().to_canonical();
        if canonical.is_ipv6() || written.addr().is_ipv4() {
            return Ok(Self(written));
        }
        match written.prefix_len().checked_sub(MAPPED) {
            None => Err(unreadable()),
            Some(0) => Err(NotANetwork::AllInDisguise(text.to_owned())),
            Some(length) => IpNet::new(canonical, length)
                .map(Self)
                .map_err(|_| unreadable()),
        }
    }
}

impl TryFrom<String> for Network {
    type Error = NotANetwork;

    fn try_from(text: String) -> Result<Self, NotANetwork> {
        text.parse()
    }
}

impl From<Network> for String {
    fn from(network: Network) -> Self {
        network.to_string()
    }
}

/// The network as it is written in lists; a single address stands without a length.
impl fmt::Display for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.prefix_len() == self.0.max_prefix_len() {
            self.0.addr().fmt(f)
        } else {
            self.0.fmt(f)
        }
    }
}

/// Networks, in order and each once. As JSON they are a list of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(from = "Vec<Network>")]
pub struct Networks(Vec<Network>);

impl Networks {
    /// Whether `address` is in one of them. In none, when there are none.
    pub fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(address))
    }

    /// Whether there are none, so that no address is in any.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Each of them.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Network> {
        self.0.iter()
    }

    /// What is in these and in `other`: of two networks one is in the other, or they have nothing in common.
    #[must_use]
    pub fn intersection(&self, other: &Self) -> Self {
        let narrower = |own: &Network, other: &Network| {
            if other.0.contains(&own.0) {
                Some(*own)
            } else {
                own.0.contains(&other.0).then_some(*other)
            }
        };
        let pairs = self
            .0
            .iter()
            .flat_map(|own| other.0.iter().map(move |other| (own, other)));
        pairs
            .filter_map(|(own, other)| narrower(own, other))
            .collect()
    }

    /// Whether each of them is in one of `other`.
    pub fn is_within(&self, other: &Self) -> bool {
        let within = |own: &Network| other.0.iter().any(|wider| wider.0.contains(&own.0));
        self.0.iter().all(within)
    }

    /// A list as a store kept it. One that cannot be read, in whole or in part, admits nobody.
    pub fn restored(text: &str) -> Self {
        text.parse().unwrap_or_default()
    }
}

impl From<Vec<Network>> for Networks {
    fn from(mut networks: Vec<Network>) -> Self {
        networks.sort_unstable();
        networks.dedup();
        Self(networks)
    }
}

impl FromIterator<Network> for Networks {
    fn from_iter<I: IntoIterator<Item = Network>>(networks: I) -> Self {
        Self::from(Vec::from_iter(networks))
    }
}

/// Networks with spaces or commas between them.
impl FromStr for Networks {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let parts = text.split([' ', ',']).filter(|part| !part.is_empty());
        parts.map(str::parse).collect()
    }
}

/// Networks with a space between them.
impl fmt::Display for Networks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let texts: Vec<String> = self.0.iter().map(Network::to_string).collect();
        f.write_str(&texts.join(" "))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    fn refused(text: &str) -> String {
        text.parse::<Network>().unwrap_err().to_string()
    }

    #[test]
    fn a_list_is_within_another_when_each_of_its_networks_is_in_one_of_that() {
        let list = |text: &str| text.parse::<Networks>().unwrap();
        let wide = list("192.0.2.0/24 2001:db8::/32");
        for within in ["192.0.2.0/24", "192.0.2.7 2001:db8:1::/48", ""] {
            assert!(list(within).is_within(&wide), "{within}");
        }
        for beyond in ["192.0.0.0/16", "192.0.2.7 198.51.100.1", "0.0.0.0/0"] {
            assert!(!list(beyond).is_within(&wide), "{beyond}");
        }
    }

    #[test]
    fn what_is_in_two_lists_is_what_each_of_them_admits() {
        let list = |text: &str| text.parse::<Networks>().unwrap();
        let own = list("192.0.2.0/24 10.0.0.0/8 2001:db8::/32");
        let other = list("192.0.2.7 10.0.0.0/7 198.51.100.0/24");
        assert_eq!(own.intersection(&other), list("192.0.2.7 10.0.0.0/8"));
        assert!(own.intersection(&list("")).is_empty());
    }

    #[test]
    fn a_network_holds_the_addresses_that_begin_as_it_does() {
        for (network, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.255", "192.0.3.0"),
            ("192.0.2.7", "192.0.2.7", "192.0.2.8"),
            ("192.0.2.7/32", "192.0.2.7", "192.0.2.6"),
            ("2001:db8::/32", "2001:db8:ffff::1", "2001:db9::1"),
            ("2001:db8::7", "2001:db8::7", "2001:db8::8"),
            ("0.0.0.0/0", "198.51.100.1", "2001:db8::1"),
            ("::/0", "2001:db8::1", "198.51.100.1"),
        ] {
            let network: Network = network.parse().unwrap();
            assert!(network.contains(address(inside)), "{network} {inside}");
            assert!(!network.contains(address(outside)), "{network} {outside}");
        }
    }

    #[test]
    fn the_network_around_an_address_is_that_of_its_site() {
        for (inside, network) in [
            ("192.0.2.7", "192.0.2.0/24"),
            ("::ffff:192.0.2.7", "192.0.2.0/24"),
            ("2001:db8:1:2::7", "2001:db8:1::/48"),
        ] {
            assert_eq!(Network::around(address(inside)).to_string(), network);
        }
    }

    /// N01: an address of IPv4 is the same in either form, in the list and in the request.
    #[test]
    fn an_address_of_ipv4_in_the_form_of_ipv6_is_that_of_ipv4() {
        for network in ["192.0.2.0/24", "::ffff:192.0.2.0/120"] {
            let network: Network = network.parse().unwrap();
            assert_eq!(network.to_string(), "192.0.2.0/24");
            assert!(network.contains(address("::ffff:192.0.2.1")));
            assert!(network.contains(address("192.0.2.1")));
        }
        let one: Network = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(one.to_string(), "192.0.2.1");
        let every: Network = "::/0".parse().unwrap();
        assert!(!every.contains(address("::ffff:192.0.2.1")));
    }

    #[test]
    fn what_is_no_network_is_refused() {
        for text in [
            "",
            " ",
            "192.0.2.0/33",
            "192.0.2.0/-1",
            "192.0.2.0/",
            "192.0.2/24",
            "192.0.2.01",
            "0xc0000200",
            "2001:db8::/129",
            "fe80::1%eth0",
            "192.0.2.0/24 ",
            "192.0.2.0/255.255.255.0",
            "*",
            "localhost",
            "unknown",
            "::ffff:0.0.0.0/95",
        ] {
            assert!(text.parse::<Network>().is_err(), "{text}");
        }
    }

    /// Everybody is admitted only where that was written.
    #[test]
    fn all_addresses_are_meant_only_where_they_are_written() {
        assert_eq!(
            refused("10.0.0.1/0"),
            "10.0.0.1/0 has more bits than its length says: write 0.0.0.0/0 for the network, or the address alone"
        );
        assert_eq!(
            refused("::ffff:0.0.0.0/96"),
            "::ffff:0.0.0.0/96 is every address of IPv4: write 0.0.0.0/0 where that is meant"
        );
        assert!("10.0.0.1/8".parse::<Network>().is_err());
    }

    /// N01: a list of length zero, and one that cannot be read, deny.
    #[test]
    fn an_empty_list_and_one_that_cannot_be_read_admit_nobody() {
        for text in ["", "192.0.2.0/24 nonsense", "192.0.2.1/24", "0.0.0.0/00000"] {
            let networks = Networks::restored(text);
            assert!(networks.is_empty(), "{text}");
            assert!(!networks.contains(address("192.0.2.1")), "{text}");
        }
        assert!("192.0.2.0/24, nonsense".parse::<Networks>().is_err());
        assert!(serde_json::from_str::<Networks>(r#"["192.0.2.0/24","nonsense"]"#).is_err());
    }

    #[test]
    fn a_list_is_written_in_order_and_read_as_it_was_written() {
        let networks: Networks = "2001:db8::/32, 192.0.2.0/24,192.0.2.0/24".parse().unwrap();
        assert_eq!(networks.to_string(), "192.0.2.0/24 2001:db8::/32");
        assert_eq!(Networks::restored(&networks.to_string()), networks);
        let json = serde_json::to_string(&networks).unwrap();
        assert_eq!(json, r#"["192.0.2.0/24","2001:db8::/32"]"#);
        assert_eq!(serde_json::from_str::<Networks>(&json).unwrap(), networks);
        assert!(networks.contains(address("2001:db8::1")));
        assert_eq!(networks.iter().len(), 2);
    }

    proptest! {
        /// Whatever is read is written the same way, and holds the address that it begins with.
        #[test]
        fn what_is_read_is_read_again(text in "[0-9a-f:./]{0,24}") {
            if let Ok(network) = text.parse::<Network>() {
                prop_assert_eq!(network.to_string().parse(), Ok(network));
                prop_assert!(network.contains(network.0.addr()));
            }
        }

        #[test]
        fn any_text_is_read_or_refused(text in "\\PC{0,40}") {
            let _ = text.parse::<Networks>();
        }
    }
}
