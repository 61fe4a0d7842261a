//! The certificate that a request came with, as far as it can be believed
//! ([RFC 8705 section 6.5](https://www.rfc-editor.org/rfc/rfc8705#section-6.5)).
//!
//! It is that of the connection, or what a trusted proxy writes into one header; an operator decides which. The same header of
//! anybody else says nothing.

use std::net::SocketAddr;
use std::sync::Arc;

use arc_swap::ArcSwap;
use axum::extract::ConnectInfo;
use axum::http::header::HOST;
use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderName, Uri};
use doorward_core::certificate::{Authorities, Certificate, CertificateField, FieldRefused};
use doorward_core::client::MutualTlsSupport;

use crate::provider::App;

/// The header of the certificates that came with one ([RFC 9440 section 2.3](https://www.rfc-editor.org/rfc/rfc9440#section-2.3)).
const CHAIN: HeaderName = HeaderName::from_static("client-cert-chain");

/// The certificates in DER that the peer of a connection showed, its own first. Whoever accepts the connection puts them into the
/// extensions of its requests, once the peer has proven to hold the key of the first.
#[derive(Clone, Debug)]
pub struct PeerCertificates(pub Arc<[Vec<u8>]>);

/// Where certificates of clients come from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum CertificateSource {
    /// From nowhere.
    #[default]
    Nowhere,
    /// From the connection, in [`PeerCertificates`].
    Connection,
    /// From a header of a trusted proxy.
    Header {
        /// Its name.
        name: HeaderName,
        /// How the proxy writes it.
        field: CertificateField,
    },
}

/// What an operator decides of certificates of clients.
#[derive(Clone, Debug, Default)]
pub struct MutualTls {
    /// Where they come from.
    pub source: CertificateSource,
    /// Who vouches for them.
    pub authorities: ClientAuthorities,
    /// The origin where connections are asked for them, if that is not the issuer's.
    pub address: Option<String>,
}

/// Who vouches for clients; it may change while the provider serves.
#[derive(Clone, Debug, Default)]
pub struct ClientAuthorities(Arc<ArcSwap<Authorities>>);

impl ClientAuthorities {
    /// Lets nobody but these vouch from now on.
    pub fn replace(&self, authorities: Authorities) {
        self.0.store(Arc::new(authorities));
    }

    pub(crate) fn now(&self) -> Arc<Authorities> {
        self.0.load_full()
    }
}

impl MutualTls {
    /// What clients may do with certificates.
    pub fn support(&self) -> MutualTlsSupport {
        match self.source {
            CertificateSource::Nowhere => MutualTlsSupport::Off,
            _ if self.authorities.now().is_empty() => MutualTlsSupport::SelfSigned,
            _ => MutualTlsSupport::Full,
        }
    }

    /// Whether a request went to the host where connections are asked for certificates, if that has a name: another site of the
    /// proxy's may pass on a header that it did not write. Ports do not count, since proxies leave them out.
    fn asks_at_host_of(&self, parts: &Parts) -> bool {
        let Some(address) = &self.address else {
            return true;
        };
        let asking = address.parse::<Uri>().ok();
        let asking = asking.as_ref().and_then(Uri::host);
        let host = parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let asked = host.and_then(|host| host.parse::<Authority>().ok());
        let asked = asked.as_ref().map(Authority::host);
        asked
            .or(parts.uri.host())
            .zip(asking)
            .is_some_and(|(asked, asking)| asked.eq_ignore_ascii_case(asking))
    }

    /// The same path where connections are asked for certificates.
    pub(crate) fn alias(&self, path: &str) -> Option<String> {
        let address = self.address.as_ref()?;
        Some(format!("{address}{path}"))
    }
}

/// The certificate that a request came with, if any.
pub(crate) fn brought(app: &App, parts: &Parts) -> Result<Option<Certificate>, FieldRefused> {
    let settings = &app.settings;
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    let by_proxy = peer.is_some_and(|ConnectInfo(peer)| settings.trusted_proxies.trusts(peer.ip()));
    match &settings.mutual_tls.source {
        CertificateSource::Header { name, field }
            if by_proxy && settings.mutual_tls.asks_at_host_of(parts) =>
        {
            of_header(&parts.headers, name, *field)
        }
        // The certificate of a proxy is none of a client.
        CertificateSource::Connection if !by_proxy => of_connection(parts),
        _ => Ok(None),
    }
}

fn of_header(
    headers: &HeaderMap,
    name: &HeaderName,
    field: CertificateField,
) -> Result<Option<Certificate>, FieldRefused> {
    let fields = |name: &HeaderName| {
        let values = headers.get_all(name).iter();
        let texts = values.map(|value| value.to_str());
        let texts: Result<Vec<&str>, _> = texts.collect();
        texts.map_err(|_| FieldRefused::Malformed(field))
    };
    // In the other notations nobody writes it but whoever sends the request.
    let chain = match field {
        CertificateField::ByteSequence => fields(&CHAIN)?,
        CertificateField::EscapedPem | CertificateField::Base64Der => Vec::new(),
    };
    field.read(&fields(name)?, &chain)
}

fn of_connection(parts: &Parts) -> Result<Option<Certificate>, FieldRefused> {
    let shown = parts.extensions.get::<PeerCertificates>();
    match shown.and_then(|PeerCertificates(shown)| shown.split_first()) {
        Some((own, chain)) => Ok(Some(Certificate::parse(own, chain)?)),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use axum::http::Request;

    use super::*;

    /// P39: another site of the same proxy's asks nobody for a certificate.
    #[test]
    fn a_header_counts_only_where_certificates_are_asked_for() {
        let asked = |address: Option<&str>, host: &str| {
            let settings = MutualTls {
                address: address.map(str::to_owned),
                ..MutualTls::default()
            };
            let request = Request::builder().uri("/token").header(HOST, host);
            let (parts, ()) = request.body(()).expect("a request").into_parts();
            settings.asks_at_host_of(&parts)
        };
        let asking = Some("https://mtls.login.example:8443");
        assert!(asked(asking, "mtls.login.example:8443"));
        assert!(asked(asking, "MTLS.login.example"));
        assert!(!asked(asking, "login.example"));
        assert!(!asked(asking, "mtls.login.example.evil.example"));
        assert!(!asked(asking, ""));
        assert!(asked(None, "login.example"));
    }
}
