//! The proxy that guards the way out, where there is one
//! ([RFC 9110 section 9.3.6](https://www.rfc-editor.org/rfc/rfc9110#section-9.3.6)).

use std::fmt;
use std::str::FromStr;

use bytes::Bytes;
use http_body_util::Empty;
use hyper::client::conn::http1;
use hyper::header::{HOST, USER_AGENT};
use hyper::upgrade::{Upgraded, on};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpStream, lookup_host};
use url::{Host, Url};

use super::destination::Destination;
use super::{MAX_HEAD, connect};

/// A proxy that makes connections for us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proxy {
    /// A name, or an address without brackets.
    host: String,
    port: u16,
    /// As it was written.
    text: String,
}

/// A text that is no proxy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a proxy is written as http://HOST:PORT")]
pub struct ProxyRefused;

impl FromStr for Proxy {
    type Err = ProxyRefused;

    fn from_str(text: &str) -> Result<Self, ProxyRefused> {
        let url = Url::parse(text).map_err(|_| ProxyRefused)?;
        let is_bare = url.username().is_empty()
            && url.password().is_none()
            && url.path() == "/"
            && url.query().is_none()
            && url.fragment().is_none();
        let host = match url.host() {
            Some(Host::Domain(name)) => name.to_owned(),
            Some(Host::Ipv4(address)) => address.to_string(),
            Some(Host::Ipv6(address)) => address.to_string(),
            None => return Err(ProxyRefused),
        };
        let port = url.port_or_known_default().ok_or(ProxyRefused)?;
        if url.scheme() == "http" && is_bare {
            let text = text.to_owned();
            Ok(Self { host, port, text })
        } else {
            Err(ProxyRefused)
        }
    }
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Proxy {
    /// A connection to the destination that the proxy made. What goes through it is secured from end to end.
    pub(super) async fn tunnel(
        &self,
        destination: &Destination,
    ) -> Result<TokioIo<Upgraded>, String> {
        let stream = self.connection().await?;
        let broken = |error: hyper::Error| format!("no answer of the proxy: {error}");
        let shaken = http1::Builder::new()
            .max_buf_size(MAX_HEAD)
            .handshake(TokioIo::new(stream))
            .await;
        let (mut sender, connection) = shaken.map_err(broken)?;
        tokio::spawn(connection.with_upgrades());
        let answer = sender.send_request(asked(destination)?).await;
        let answer = answer.map_err(broken)?;
        if !answer.status().is_success() {
            let status = answer.status().as_u16();
            return Err(format!("the proxy {self} refuses with status {status}"));
        }
        on(answer).await.map(TokioIo::new).map_err(broken)
    }

    async fn connection(&self) -> Result<TcpStream, String> {
        let found = lookup_host((self.host.as_str(), self.port)).await;
        let found = found.map_err(|error| format!("the proxy {self} is not found: {error}"))?;
        let addresses: Vec<_> = found.collect();
        let connected = connect(&addresses).await;
        connected.map_err(|error| format!("the proxy {self}: {error}"))
    }
}

/// To be connected there; the proxy resolves the name.
fn asked(destination: &Destination) -> Result<Request<Empty<Bytes>>, String> {
    let authority = destination.with_port();
    Request::builder()
        .method(Method::CONNECT)
        .uri(&authority)
        .header(HOST, &authority)
        .header(USER_AGENT, "doorward")
        .body(Empty::new())
        .map_err(|error| error.to_string())
}
