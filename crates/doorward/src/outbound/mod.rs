//! Requests that the provider makes itself, to addresses that clients registered.
//!
//! An address is resolved once, everything that it resolves to is judged, and the connection is made to what was judged: nothing that
//! a name server says later can lead it into the provider's own network. Redirects are not followed, proxies not used, and of an
//! answer no more is read than is asked for.

mod asked;
mod destination;

use std::net::SocketAddr;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use async_trait::async_trait;
use doorward_core::client_keys::KeysAnswer;
use doorward_web::NoAnswer;
use http_body_util::{BodyExt as _, Limited};
use hyper::Response;
use hyper::body::Incoming;
use hyper::client::conn::http1;
use hyper::header::CONTENT_TYPE;
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

    async fn exchange(&self, url: &Url, asked: Asked) -> Result<KeysAnswer, String> {
        let destination = Destination::of(url)?;
        let stream = connect(&self.addresses(&destination).await?).await?;
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

    async fn in_time(&self, url: &Url, asked: Asked) -> Result<KeysAnswer, NoAnswer> {
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

    async fn get_keys(&self, url: &Url) -> Result<KeysAnswer, NoAnswer> {
        self.in_time(url, Asked::ForKeys).await
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
async fn send<S>(stream: S, destination: &Destination, asked: Asked) -> Result<KeysAnswer, String>
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
    let content_type = answer.headers().get(CONTENT_TYPE);
    Ok(KeysAnswer {
        status: answer.status().as_u16(),
        content_type: content_type
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
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
