//! Certificates in header fields, as proxies write them that ended TLS
//! ([RFC 9440](https://www.rfc-editor.org/rfc/rfc9440)).

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use percent_encoding::percent_decode_str;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use super::{Certificate, CertificateUnreadable};

/// How a proxy writes a certificate into a header field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CertificateField {
    /// As a byte sequence, with those that came with it in a field of their own
    /// ([RFC 9440 section 2](https://www.rfc-editor.org/rfc/rfc9440#section-2)).
    ByteSequence,
    /// As PEM in which every special character is percent-encoded: what nginx calls `$ssl_client_escaped_cert`.
    EscapedPem,
    /// As DER in base64: what Caddy calls `{tls_client_certificate_der_base64}`.
    Base64Der,
}

/// Why a field says of no certificate.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FieldRefused {
    /// There are two.
    #[error("there are two fields with a client's certificate")]
    Repeated,
    /// It is not written as it should be.
    #[error("the field with the client's certificate is not written as {}", .0.name())]
    Malformed(CertificateField),
    /// What is in it is no certificate.
    #[error("the client's certificate: {0}")]
    Certificate(#[from] CertificateUnreadable),
}

impl CertificateField {
    /// What it is called, for people.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ByteSequence => "RFC 9440 has it, which is :BASE64:",
            Self::EscapedPem => "percent-encoded PEM",
            Self::Base64Der => "base64 of DER",
        }
    }

    /// The certificate that a proxy wrote into `fields`, all those of the name for it, and into those for its `chain`. An empty one
    /// says that there is none.
    pub fn read(
        self,
        fields: &[&str],
        chain: &[&str],
    ) -> Result<Option<Certificate>, FieldRefused> {
        let field = match fields {
            [] => return Ok(None),
            [field] => field.trim(),
            _ => return Err(FieldRefused::Repeated),
        };
        if field.is_empty() {
            return Ok(None);
        }
        let (leaf, chain) = match self {
            Self::ByteSequence => byte_sequence(field).zip(byte_sequences(chain)),
            Self::EscapedPem => escaped_pem(field),
            Self::Base64Der => BASE64_STANDARD
                .decode(field)
                .ok()
                .map(|der| (der, Vec::new())),
        }
        .ok_or(FieldRefused::Malformed(self))?;
        Ok(Some(Certificate::parse(&leaf, &chain)?))
    }
}

/// A byte sequence without parameters ([RFC 8941 section 3.3.5](https://www.rfc-editor.org/rfc/rfc8941#section-3.3.5)).
fn byte_sequence(text: &str) -> Option<Vec<u8>> {
    let inner = text.trim().strip_prefix(':')?.strip_suffix(':')?;
    BASE64_STANDARD.decode(inner).ok()
}

/// A list of them, in one field or in several.
fn byte_sequences(fields: &[&str]) -> Option<Vec<Vec<u8>>> {
    let members = fields.iter().flat_map(|field| field.split(','));
    let members = members.filter(|member| !member.trim().is_empty());
    members.map(byte_sequence).collect()
}

/// The first certificate is the client's, any others came with it. A comma or space that is not encoded joins two fields.
fn escaped_pem(text: &str) -> Option<(Vec<u8>, Vec<Vec<u8>>)> {
    if text.contains([',', ' ']) {
        return None;
    }
    let pem: Vec<u8> = percent_decode_str(text).collect();
    let certificates = CertificateDer::pem_slice_iter(&pem).map(|der| der.map(|der| der.to_vec()));
    let mut certificates = certificates
        .collect::<Result<Vec<_>, _>>()
        .ok()?
        .into_iter();
    Some((certificates.next()?, certificates.collect()))
}
