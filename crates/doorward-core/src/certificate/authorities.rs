//! Who may vouch for clients ([RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1)).

use std::time::Duration;

use rustls_pki_types::pem::PemObject as _;
use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{EndEntityCert, KeyUsage, anchor_from_trusted_cert};

use super::{Certificate, CertificateThumbprint};
use crate::time::Timestamp;

/// The authorities whose certificates prove who a client is. Without any, nobody proves it so.
#[derive(Clone, Debug, Default)]
pub struct Authorities(Vec<TrustAnchor<'static>>);

/// Why a text names no authorities.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AuthoritiesUnreadable {
    /// It is no PEM.
    #[error("that is no list of certificates in PEM: {0}")]
    Pem(String),
    /// There is no certificate in it.
    #[error("there is no certificate in it: expected is -----BEGIN CERTIFICATE-----")]
    Empty,
    /// One of its certificates cannot be an authority's.
    #[error("the certificate with the SHA-256 {0} cannot be an authority's: {1}")]
    NoAuthority(CertificateThumbprint, String),
}

/// Why no authority vouches for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotVouchedFor {
    /// There are no authorities.
    #[error("no authorities are configured that could vouch for a certificate (mtls.authorities)")]
    NoAuthorities,
    /// None of them does.
    #[error("no configured authority vouches for the certificate: {0}")]
    Chain(String),
}

impl Authorities {
    /// Reads the certificates of authorities, one after the other in PEM
    /// ([RFC 7468 section 5](https://www.rfc-editor.org/rfc/rfc7468#section-5)).
    pub fn parse(pem: &[u8]) -> Result<Self, AuthoritiesUnreadable> {
        let certificates: Vec<CertificateDer<'static>> = CertificateDer::pem_slice_iter(pem)
            .collect::<Result<_, _>>()
            .map_err(|error| AuthoritiesUnreadable::Pem(error.to_string()))?;
        if certificates.is_empty() {
            return Err(AuthoritiesUnreadable::Empty);
        }
        let anchors = certificates.iter().map(anchor);
        anchors.collect::<Result<_, _>>().map(Self)
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether one of them vouches for `certificate` as a client's, by itself or by others whose certificates came with it
    /// ([RFC 5280 section 6](https://www.rfc-editor.org/rfc/rfc5280#section-6)).
    pub fn vouch_for(
        &self,
        certificate: &Certificate,
        now: Timestamp,
    ) -> Result<(), NotVouchedFor> {
        if self.is_empty() {
            return Err(NotVouchedFor::NoAuthorities);
        }
        let refused = |error: webpki::Error| NotVouchedFor::Chain(error.to_string());
        let holder = EndEntityCert::try_from(&certificate.der).map_err(refused)?;
        let verified = holder.verify_for_usage(
            webpki::ALL_VERIFICATION_ALGS,
            &self.0,
            &certificate.intermediates,
            since_1970(now),
            KeyUsage::client_auth(),
            None,
            None,
        );
        verified.map(|_| ()).map_err(refused)
    }
}

fn anchor(
    certificate: &CertificateDer<'static>,
) -> Result<TrustAnchor<'static>, AuthoritiesUnreadable> {
    anchor_from_trusted_cert(certificate)
        .map(|anchor| anchor.to_owned())
        .map_err(|error| {
            let name = CertificateThumbprint::of(certificate);
            AuthoritiesUnreadable::NoAuthority(name, error.to_string())
        })
}

fn since_1970(now: Timestamp) -> UnixTime {
    let seconds = u64::try_from(now.as_seconds()).unwrap_or_default();
    UnixTime::since_unix_epoch(Duration::from_secs(seconds))
}
