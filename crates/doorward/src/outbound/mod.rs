//! Requests that the provider makes itself, to addresses that clients registered.
//!
//! An address is resolved once, everything that it resolves to is judged, and the connection is made to what was judged: nothing that
//! a name server says later can lead it into the provider's own network. Redirects are not followed, proxies not used, and of the
//! answer nothing but the status is read.

mod destination;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use doorward_web::NoAnswer;
use http_body_util::Full;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST, USER_AGENT};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use destination::{Destination, Scheme};

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(2);

/// How long everything may take, from the look-up of the name to the answer's status.
const ALL: Duration = Duration::from_secs(5);

/// The longest head of an answer.
const MAX_HEAD: usize = 64 * 1024;

/// Makes requests, to the public internet and to networks that the operator allows.
#[derive(Debug)]
pub struct Outbound {
    allowed: Vec<IpNet>,
    tls: OnceLock<Arc<ClientConfig>>,
}

impl Outbound {
    /// Makes requests to the public internet, and to any port of the `allowed` networks.
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self {
            allowed,
            tls: OnceLock::new(),
        }
    }

    async fn exchange(&self, url: &Url, form: String) -> Result<u16, String> {
        let destination = Destination::of(url)?;
        let stream = connect(&self.addresses(&destination).await?).await?;
        let request = request(&destination, form)?;
        match destination.scheme {
            Scheme::Http => send(stream, request).await,
            Scheme::Https => {
                let name = destination.server_name()?;
                let secured = TlsConnector::from(self.tls()?).connect(name, stream);
                let stream = secured.await.map_err(|error| format!("TLS: {error}"))?;
                send(stream, request).await
            }
        }
    }

    /// What the destination's name stands for now, once all of it is judged.
    async fn addresses(&self, destination: &Destination) -> Result<Vec<SocketAddr>, String> {
        let found = lookup_host((destination.host.as_str(), destination.port)).await;
        let found = found
            .map_err(|error| format!("{} is not found: {error}", destination.host))?
            .collect();
        destination.admit(found, &self.allowed)
    }

    /// What verifies servers: the authorities that the system trusts, read when the first server is to be verified.
    fn tls(&self) -> Result<Arc<ClientConfig>, String> {
        if let Some(config) = self.tls.get() {
            return Ok(Arc::clone(config));
        }
        let config = Arc::new(verifying()?);
        Ok(Arc::clone(self.tls.get_or_init(|| config)))
    }
}

#[async_trait]
impl doorward_web::Outbound for Outbound {
    async fn post_form(&self, url: &Url, form: String) -> Result<u16, NoAnswer> {
        let answered = timeout(ALL, self.exchange(url, form)).await;
        let answered = answered.unwrap_or_else(|_| Err(format!("no answer within {ALL:?}")));
        answered.map_err(NoAnswer)
    }
}

fn verifying() -> Result<ClientConfig, String> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        return Err(
            "this machine trusts no authority: install its list of certificates".to_owned(),
        );
    }
    verifying_by(roots)
}

fn verifying_by(authorities: RootCertStore) -> Result<ClientConfig, String> {
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|error| error.to_string())?;
    Ok(config
        .with_root_certificates(authorities)
        .with_no_client_auth())
}

async fn connect(addresses: &[SocketAddr]) -> Result<TcpStream, String> {
    let connected = timeout(CONNECTING, TcpStream::connect(addresses)).await;
    connected
        .map_err(|_| format!("no connection within {CONNECTING:?}"))?
        .map_err(|error| format!("no connection: {error}"))
}

fn request(destination: &Destination, form: String) -> Result<Request<Full<Bytes>>, String> {
    Request::builder()
        .method(Method::POST)
        .uri(&destination.path)
        .header(HOST, destination.authority())
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .header(USER_AGENT, "doorward")
        .body(Full::new(Bytes::from(form)))
        .map_err(|error| error.to_string())
}

/// Sends the request on a connection that serves nothing else, and leaves the answer's body unread.
async fn send<S>(stream: S, request: Request<Full<Bytes>>) -> Result<u16, String>
where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let broken = |error: hyper::Error| format!("no answer: {error}");
    let shaken = http1::Builder::new()
        .max_buf_size(MAX_HEAD)
        .handshake(TokioIo::new(stream))
        .await;
    let (mut sender, connection) = shaken.map_err(broken)?;
    let _driven = AbortOnDropHandle::new(tokio::spawn(connection));
    let answer = sender.send_request(request).await.map_err(broken)?;
    Ok(answer.status().as_u16())
}

#[cfg(test)]
mod tests;
