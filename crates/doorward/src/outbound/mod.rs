//! Requests that the provider makes itself, to addresses that clients registered.
//!
//! An address is resolved once, everything that it resolves to is judged, and the connection is made to what was judged: nothing that
//! a name server says later can lead it into the provider's own network. Redirects are not followed, and of an
//! answer no more is read than is asked for.
//!
//! Where a proxy guards the way out, it resolves names and judges what they stand for; what can be judged by the name alone is
//! judged before it hears of it.

mod asked;
mod destination;
mod proxy;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use doorward_core::outbound::{Document, Fetched};
use doorward_web::NoAnswer;
use http_body_util::{BodyExt as _, Limited};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE};
use hyper_util::rt::TokioIo;
use ipnet::IpNet;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_util::task::AbortOnDropHandle;
use url::Url;

use asked::Asked;
use destination::{Destination, Scheme};
pub use proxy::{Proxy, ProxyRefused};

/// How long a connection may take.
const CONNECTING: Duration = Duration::from_secs(2);

/// How long everything may take, from the look-up of the name to the end of the answer.
const ALL: Duration = Duration::from_secs(5);

/// The longest head of an answer.
const MAX_HEAD: usize = 64 * 1024;

/// The longest body of an answer, where one is read.
const MAX_BODY: usize = 64 * 1024;

/// Makes requests, to the public internet and to networks that the operator allows.
#[derive(Debug)]
pub struct Outbound {
    allowed: Vec<IpNet>,
    /// What everything goes through that is not on this machine.
    proxy: Option<Proxy>,
    tls: OnceLock<Arc<ClientConfig>>,
}

/// A connection, made directly or through a proxy.
trait Connection: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Connection for S {}

impl Outbound {
    /// Makes requests to the public internet, and to any port of the `allowed` networks.
    pub const fn new(allowed: Vec<IpNet>) -> Self {
        Self {
            allowed,
            proxy: None,
            tls: OnceLock::new(),
        }
    }

    /// The same through a proxy, if there is one.
    #[must_use]
    pub fn through(self, proxy: Option<Proxy>) -> Self {
        Self { proxy, ..self }
    }

    async fn exchange(&self, url: &Url, asked: Asked) -> Result<Fetched, String> {
        let destination = Destination::of(url)?;
        let stream = self.reach(&destination).await?;
        match destination.scheme {
            Scheme::Http => send(stream, &destination, asked).await,
            Scheme::Https => {
                let name = destination.server_name()?;
                let secured = TlsConnector::from(self.tls()?).connect(name, stream);
                let stream = secured.await.map_err(|error| format!("TLS: {error}"))?;
                send(stream, &destination, asked).await
            }
        }
    }

    /// A connection to the destination, once it is judged as far as that can be done from here.
    async fn reach(&self, destination: &Destination) -> Result<Box<dyn Connection>, String> {
        match &self.proxy {
            // To a proxy, this machine would be its own.
            Some(proxy) if !destination.is_on_this_machine() => {
                destination.judge_by_name(&self.allowed)?;
                Ok(Box::new(proxy.tunnel(destination).await?))
            }
            _ => {
                let addresses = self.addresses(destination).await?;
                Ok(Box::new(connect(&addresses).await?))
            }
        }
    }

    async fn in_time(&self, url: &Url, asked: Asked) -> Result<Fetched, NoAnswer> {
        let answered = timeout(ALL, self.exchange(url, asked)).await;
        let answered = answered.unwrap_or_else(|_| Err(format!("no answer within {ALL:?}")));
        answered.map_err(NoAnswer)
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
        let answer = self.in_time(url, Asked::ToTake(form)).await?;
        Ok(answer.status)
    }

    async fn fetch(&self, url: &Url, document: Document) -> Result<Fetched, NoAnswer> {
        self.in_time(url, Asked::For(document)).await
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

/// Sends the request on a connection that serves nothing else.
async fn send<S>(stream: S, destination: &Destination, asked: Asked) -> Result<Fetched, String>
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
    let is_read = asked.is_read();
    let request = asked.request(destination)?;
    let answer = sender.send_request(request).await.map_err(broken)?;
    let header = |name| {
        let value = answer.headers().get(name);
        let value = value.and_then(|value| value.to_str().ok());
        value.map(str::to_owned)
    };
    Ok(Fetched {
        status: answer.status().as_u16(),
        content_type: header(CONTENT_TYPE),
        cache_control: header(CACHE_CONTROL),
        body: if is_read {
            read(answer).await?
        } else {
            Vec::new()
        },
    })
}

/// The body of an answer, if it is short enough.
async fn read(answer: Response<Incoming>) -> Result<Vec<u8>, String> {
    let limited = Limited::new(answer.into_body(), MAX_BODY);
    let read = limited.collect().await;
    let read =
        read.map_err(|error| format!("the answer is longer than 64 KiB, or cut off: {error}"))?;
    Ok(read.to_bytes().to_vec())
}

#[cfg(test)]
mod tests;
