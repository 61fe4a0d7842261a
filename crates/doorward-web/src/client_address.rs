//! Where a request came from, as far as it can be believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use doorward_core::client_address::TrustedProxies;

/// The client's address, as far as the connection is known.
pub(crate) fn client(parts: &Parts, trusted: &TrustedProxies) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    let forwarded: Vec<&str> = parts
        .headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|value| value.to_str().ok())
        .collect();
    Some(trusted.client(peer.ip(), &forwarded))
}

/// The client's address for counting: an IPv6 network of 64 bits counts as one.
pub(crate) fn counted(parts: &Parts, trusted: &TrustedProxies) -> String {
    match client(parts, trusted) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}
