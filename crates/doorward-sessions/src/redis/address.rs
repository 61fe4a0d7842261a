//! Where a server listens.

use std::fmt;

/// A host and a port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Address {
    /// A name or an IP address, that of version 6 without brackets.
    pub(super) host: String,
    pub(super) port: u16,
}

impl Address {
    /// Reads `HOST`, `HOST:PORT`, `[IPV6]` or `[IPV6]:PORT`.
    pub(super) fn parse(text: &str, default_port: u16) -> Option<Self> {
        let (host, port) = match text.strip_prefix('[') {
            Some(bracketed) => {
                let (host, rest) = bracketed.split_once(']')?;
                let port = match rest.strip_prefix(':') {
                    Some(port) => Some(port),
                    None if rest.is_empty() => None,
                    None => return None,
                };
                (host, port)
            }
            None => match text.split_once(':') {
                Some((host, port)) => (host, Some(port)),
                None => (text, None),
            },
        };
        let port = match port {
            Some(port) => read_port(port)?,
            None => default_port,
        };
        let legible = |c: char| c.is_ascii_alphanumeric() || "-._:%".contains(c);
        (!host.is_empty() && host.chars().all(legible)).then(|| Self {
            host: host.to_owned(),
            port,
        })
    }

    /// Reads what a node of a cluster calls another: `HOST:PORT` without brackets, or `:PORT` for its own host.
    pub(super) fn told_by(teller: &Self, text: &str) -> Option<Self> {
        let (host, port) = text.rsplit_once(':')?;
        Self::named_by(teller, host, read_port(port)?)
    }

    /// The same, taken apart; nodes that do not know their own name leave it out.
    pub(super) fn named_by(teller: &Self, host: &str, port: u16) -> Option<Self> {
        let host = match host {
            "" => teller.host.as_str(),
            "?" => return None,
            named => named,
        };
        Some(Self {
            host: host.to_owned(),
            port,
        })
    }
}

/// Digits alone: a sign is no part of a port.
fn read_port(text: &str) -> Option<u16> {
    let digits = text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|port| digits && *port != 0)
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { host, port } = self;
        if host.contains(':') {
            write!(f, "[{host}]:{port}")
        } else {
            write!(f, "{host}:{port}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_and_ports_are_read_and_shown() {
        for (text, shown) in [
            ("cache", "cache:6379"),
            ("cache:7000", "cache:7000"),
            ("10.0.0.1:1", "10.0.0.1:1"),
            ("[::1]", "[::1]:6379"),
            ("[::1]:7000", "[::1]:7000"),
        ] {
            let address = Address::parse(text, 6379).map(|address| address.to_string());
            assert_eq!(address.as_deref(), Some(shown));
        }
        for bad in [
            "", ":1", "a:", "a:0", "a:+1", "a:65536", "a:b", "[::1", "[::1]7", "a b", "a/b",
        ] {
            assert_eq!(Address::parse(bad, 6379), None, "{bad}");
        }
    }

    #[test]
    fn a_node_may_leave_out_its_own_host() {
        let teller = Address::parse("cache:7000", 6379).unwrap();
        for (told, address) in [
            ("10.0.0.1:7001", Some("10.0.0.1:7001")),
            ("::1:7001", Some("[::1]:7001")),
            (":7001", Some("cache:7001")),
            ("?:7001", None),
            ("nonsense", None),
        ] {
            let read = Address::told_by(&teller, told).map(|address| address.to_string());
            assert_eq!(read.as_deref(), address, "{told}");
        }
    }
}
