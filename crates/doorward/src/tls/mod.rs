//! TLS that the process ends itself: which certificate it shows, and where it asks connections for one
//! ([RFC 9325](https://www.rfc-editor.org/rfc/rfc9325)).
//!
//! Only TLS 1.2 and 1.3 are spoken, with keys agreed on for each connection and authenticated encryption. The certificate of a
//! peer proves at this place only that the peer holds its key; what it says of whom is judged with each request.

mod authorities;
mod files;
mod identity;
mod peer;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use doorward_web::PeerCertificates;
use rustls::ServerConfig;
use rustls::crypto::CryptoProvider;
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use crate::configuration::{CertificatesFrom, Configuration};
pub(crate) use authorities::{FollowedAuthorities, follow_authorities, read_authorities};
use identity::Identity;
pub(crate) use identity::follow_identity;
use peer::AnyCertificate;

/// What ends TLS.
pub(crate) struct Tls {
    identity: Arc<Identity>,
    /// At the address of the provider.
    pub(crate) acceptor: TlsAcceptor,
    /// At the address where connections are asked for a certificate, if that is another.
    pub(crate) asking: Option<TlsAcceptor>,
}

impl Tls {
    /// What is configured; `None` where something else ends TLS.
    pub(crate) fn open(configuration: &Configuration) -> Result<Option<Self>> {
        let (files, mtls) = (&configuration.tls, &configuration.mtls);
        let (Some(certificate), Some(key)) = (files.certificate.path(), files.key.path()) else {
            return Ok(None);
        };
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let identity = Arc::new(Identity::open(certificate, key, Arc::clone(&provider))?);
        let acceptor = |peers| config(&provider, &identity, peers).map(TlsAcceptor::from);
        let (here, elsewhere) = match (mtls.certificates, mtls.listen.address()) {
            (CertificatesFrom::Tls, None) => (Peers::Asked, None),
            (CertificatesFrom::Tls, Some(_)) => (Peers::Unasked, Some(Peers::Asked)),
            _ => (Peers::Unasked, None),
        };
        Ok(Some(Self {
            acceptor: acceptor(here)?,
            asking: elsewhere.map(acceptor).transpose()?,
            identity,
        }))
    }

    /// What it shows.
    pub(crate) fn identity(&self) -> Arc<Identity> {
        Arc::clone(&self.identity)
    }
}

/// The certificates that the peer showed, if any.
pub(crate) fn shown(stream: &TlsStream<TcpStream>) -> Option<PeerCertificates> {
    let certificates = stream.get_ref().1.peer_certificates()?;
    let certificates = certificates.iter().map(|der| der.to_vec());
    Some(PeerCertificates(certificates.collect()))
}

/// Whether peers are asked for a certificate.
#[derive(Clone, Copy)]
enum Peers {
    Asked,
    Unasked,
}

fn config(
    provider: &Arc<CryptoProvider>,
    identity: &Arc<Identity>,
    peers: Peers,
) -> Result<Arc<ServerConfig>> {
    let versions = ServerConfig::builder_with_provider(Arc::clone(provider))
        .with_safe_default_protocol_versions()
        .context("TLS cannot be set up")?;
    let clients = match peers {
        Peers::Asked => versions.with_client_cert_verifier(Arc::new(AnyCertificate::new(provider))),
        Peers::Unasked => versions.with_no_client_auth(),
    };
    let mut config = clients.with_cert_resolver(Arc::<Identity>::clone(identity));
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(Arc::new(config))
}
