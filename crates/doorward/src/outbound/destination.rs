//! Where a request leads, and whether it may.

use std::net::{IpAddr, SocketAddr};

use doorward_core::outbound::{is_public, may_be_public};
use ipnet::IpNet;
use rustls::pki_types::ServerName;
use url::{Host, Url};

/// Where a request leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Destination {
    pub(super) scheme: Scheme,
    /// A name, or an address without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// The path and the query.
    pub(super) path: String,
    /// The host and, where it is not the usual one, the port.
    authority: String,
}

/// How it is spoken there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Scheme {
    Http,
    Https,
}

impl Destination {
    /// Where this URL leads.
    pub(super) fn of(url: &Url) -> Result<Self, String> {
        let scheme = match url.scheme() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            other => return Err(format!("{other} is neither http nor https")),
        };
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err("there is no host".to_owned()),
        };
        let port = url.port_or_known_default().unwrap_or(443);
        let query = url.query().map(|query| format!("?{query}"));
        let written = url.host_str().unwrap_or_default();
        let named = url.port().map(|port| format!(":{port}"));
        Ok(Self {
            scheme,
            host,
            port,
            path: format!("{}{}", url.path(), query.unwrap_or_default()),
            authority: format!("{written}{}", named.unwrap_or_default()),
        })
    }

    /// The `Host` of the request.
    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// The host and the port, whichever it is.
    pub(super) fn with_port(&self) -> String {
        if self.host.contains(':') {
            format!("[{}]:{}", self.host, self.port)
        } else {
            format!("{}:{}", self.host, self.port)
        }
    }

    /// Whose certificate must be shown.
    pub(super) fn server_name(&self) -> Result<ServerName<'static>, String> {
        ServerName::try_from(self.host.clone()).map_err(|error| error.to_string())
    }

    /// Whether it is this machine, by the look of it.
    pub(super) fn is_on_this_machine(&self) -> bool {
        match self.host.parse::<IpAddr>() {
            Ok(address) => address.is_loopback(),
            Err(_) => self.host == "localhost",
        }
    }

    /// Refuses a destination that a proxy must not be asked for: an address as one that is called directly, and a name that is none of
    /// the public internet, or at another port than that of https. What a name stands for is the proxy's to judge.
    pub(super) fn judge_by_name(&self, allowed: &[IpNet]) -> Result<(), String> {
        let host = &self.host;
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.judge(SocketAddr::new(address, self.port), allowed);
        }
        if self.scheme == Scheme::Http {
            return Err(format!("{host} is not reached by https"));
        }
        if !may_be_public(host) {
            return Err(format!("{host} is no name of the public internet"));
        }
        if self.port != 443 {
            let port = self.port;
            return Err(format!("{host}:{port} is not at port 443"));
        }
        Ok(())
    }

    /// All that the destination's name stands for, where each of it may be reached. One that may not spoils the others: a name server that
    /// mixes them in means no good.
    pub(super) fn admit(
        &self,
        found: Vec<SocketAddr>,
        allowed: &[IpNet],
    ) -> Result<Vec<SocketAddr>, String> {
        for address in &found {
            self.judge(*address, allowed)?;
        }
        Ok(found)
    }

    /// Refuses an `address` of the destination's that a request must not be sent to: one that is not on the public internet, or not at the port
    /// of https, unless it is in an `allowed` network; and for http any that is not on this machine.
    pub(super) fn judge(&self, address: SocketAddr, allowed: &[IpNet]) -> Result<(), String> {
        let ip = address.ip();
        let is_allowed = allowed.iter().any(|network| network.contains(&ip));
        if self.scheme == Scheme::Http && !(is_allowed && ip.is_loopback()) {
            return Err(format!("{ip} is not reached by https"));
        }
        if is_allowed {
            return Ok(());
        }
        if !is_public(ip) {
            return Err(format!(
                "{ip} is not on the public internet, and outbound.allow does not name it"
            ));
        }
        if address.port() != 443 {
            return Err(format!(
                "{address} is not at port 443, and outbound.allow does not name it"
            ));
        }
        Ok(())
    }
}
