//! Where a request came from, as far as it can be believed.

use std::net::{IpAddr, SocketAddr};

use axum::extract::ConnectInfo;
use axum::http::request::Parts;
use doorward_core::client_address::TrustedProxies;

/// The client's address, as far as the connection is known.
pub(crate) fn client(parts: &Parts, trusted: &TrustedProxies) -> Option<IpAddr> {
    let ConnectInfo(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>()?;
    // What is no text spoils its own hop, and not what the proxy wrote behind it.
    let forwarded = parts.headers.get_all("x-forwarded-for").iter();
    let forwarded: Vec<_> = forwarded
        .map(|value| String::from_utf8_lossy(value.as_bytes()))
        .collect();
    let forwarded: Vec<&str> = forwarded.iter().map(AsRef::as_ref).collect();
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

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, Request};

    use super::*;

    /// N01: the hop that a trusted proxy wrote counts, whatever a browser wrote before it.
    #[test]
    fn bytes_that_are_no_text_do_not_hide_where_a_request_came_from() {
        let header = HeaderValue::from_bytes(b"\xff, 203.0.113.9").unwrap();
        let request = Request::builder().header("x-forwarded-for", header);
        let (mut parts, ()) = request.body(()).unwrap().into_parts();
        let peer: SocketAddr = "10.0.0.5:4711".parse().unwrap();
        parts.extensions.insert(ConnectInfo(peer));
        let trusted = TrustedProxies::new(vec!["10.0.0.0/8".parse().unwrap()]);
        let client = client(&parts, &trusted).unwrap();
        assert_eq!(client.to_string(), "203.0.113.9");
    }
}
