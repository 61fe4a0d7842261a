//! A client of HTTPS that shows a certificate, or none.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;

use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use reqwest::Method;
use reqwest::header::{CONTENT_TYPE, HOST};
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use url::form_urlencoded::Serializer;

use crate::certificates::{Authority, Certified};
use crate::token_client::Answer;

/// A client that trusts one authority.
#[derive(Clone)]
pub struct TlsClient {
    connector: TlsConnector,
    /// What it calls the server when it connects, and when it asks.
    server: &'static str,
    host: &'static str,
}

impl fmt::Debug for TlsClient {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TlsClient")
    }
}

impl TlsClient {
    /// A client that shows `certificate` to whoever asks for one.
    pub fn new(trusting: &Authority, certificate: Option<&Certified>) -> Self {
        Self::speaking(
            rustls::ALL_VERSIONS,
            aws_lc_rs::default_provider(),
            trusting,
            certificate,
        )
    }

    /// The same, which speaks these versions with these ciphers only.
    pub fn speaking(
        versions: &[&'static SupportedProtocolVersion],
        ciphers: CryptoProvider,
        trusting: &Authority,
        certificate: Option<&Certified>,
    ) -> Self {
        let mut roots = RootCertStore::empty();
        let authority = CertificateDer::from_pem_slice(trusting.pem().as_bytes());
        let added = roots.add(authority.expect("a certificate"));
        added.expect("an authority");
        let config = ClientConfig::builder_with_provider(Arc::new(ciphers));
        let config = config.with_protocol_versions(versions).expect("versions");
        let config = config.with_root_certificates(roots);
        let config = match certificate {
            None => config.with_no_client_auth(),
            Some(own) => {
                let key = PrivateKeyDer::from_pem_slice(own.key.as_bytes()).expect("a key");
                let shown = [std::slice::from_ref(&own.der), &own.others].concat();
                let chain = shown.into_iter().map(CertificateDer::from).collect();
                config.with_client_auth_cert(chain, key).expect("they fit")
            }
        };
        Self {
            connector: TlsConnector::from(Arc::new(config)),
            server: "localhost",
            host: "localhost",
        }
    }

    /// The same, which asks for what is at this host. Whatever it is called, it is on this machine.
    #[must_use]
    pub fn at(mut self, host: &'static str) -> Self {
        self.server = host;
        self.saying(host)
    }

    /// The same, which asks for what is at this host, and connected for another.
    #[must_use]
    pub fn saying(mut self, host: &'static str) -> Self {
        self.host = host;
        self
    }

    /// Whether a server goes on once it has seen the certificate.
    pub async fn is_let_in(&self, to: SocketAddr) -> bool {
        let answered = async {
            let stream = self.connect(to).await.ok()?;
            let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.ok()?;
            let driven = tokio::spawn(connection);
            let request = hyper::Request::get("/health/live").header(HOST, self.host);
            let request = request.body(String::new()).expect("a request");
            let answer = sender.send_request(request).await.ok();
            driven.abort();
            answer
        };
        answered.await.is_some()
    }

    async fn connect(&self, to: SocketAddr) -> std::io::Result<TlsStream<TcpStream>> {
        let stream = TcpStream::connect(to).await?;
        let name = ServerName::try_from(self.server).expect("a name");
        self.connector.connect(name, stream).await
    }

    /// Which version both agree on, if they do.
    pub async fn version(&self, to: SocketAddr) -> Option<ProtocolVersion> {
        let stream = self.connect(to).await.ok()?;
        stream.get_ref().1.protocol_version()
    }

    /// The certificate that the server shows, in DER.
    pub async fn server_certificate(&self, to: SocketAddr) -> Vec<u8> {
        let stream = self.connect(to).await.expect("both agree");
        let shown = stream.get_ref().1.peer_certificates();
        shown
            .and_then(|chain| chain.first())
            .expect("a certificate")
            .to_vec()
    }

    /// Posts a form.
    pub async fn post(&self, to: SocketAddr, path: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(to, path, &[], form).await
    }

    /// Posts a form, with these headers.
    pub async fn post_with(
        &self,
        to: SocketAddr,
        path: &str,
        headers: &[(&str, &str)],
        form: &[(&str, &str)],
    ) -> Answer {
        let body = Serializer::new(String::new()).extend_pairs(form).finish();
        self.send(to, Method::POST, path, headers, body).await
    }

    /// Fetches a path, with these headers.
    pub async fn get(&self, to: SocketAddr, path: &str, headers: &[(&str, &str)]) -> Answer {
        self.send(to, Method::GET, path, headers, String::new())
            .await
    }

    pub(crate) async fn send(
        &self,
        to: SocketAddr,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: String,
    ) -> Answer {
        let stream = self.connect(to).await.expect("both agree on TLS");
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.expect("HTTP");
        let driven = tokio::spawn(connection);
        let mut request = hyper::Request::builder()
            .method(method)
            .uri(path)
            .header(HOST, format!("{}:{}", self.host, to.port()))
            .header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body).expect("a request");
        let answer = sender.send_request(request).await.expect("an answer");
        let (head, body) = answer.into_parts();
        let body = axum::body::to_bytes(axum::body::Body::new(body), usize::MAX).await;
        driven.abort();
        Answer {
            status: head.status,
            headers: head.headers,
            text: String::from_utf8(body.expect("a body").to_vec()).expect("a text"),
        }
    }
}
