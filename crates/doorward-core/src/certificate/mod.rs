//! Certificates of clients: whom one names, who vouches for it, and its one name in tokens
//! ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).
//!
//! A connection, or a proxy that is believed, says which certificate its peer has and has proven to hold the key of. All that
//! follows from it is decided here, of plain bytes.

mod authorities;
mod distinguished_name;
mod field;
mod keys;
mod names;
mod subject;
mod thumbprint;

use std::fmt;
use std::time::Duration;

use rustls_pki_types::CertificateDer;
use x509_cert::der::Decode as _;

use crate::time::Timestamp;

pub use authorities::{Authorities, AuthoritiesUnreadable, NotVouchedFor};
pub use distinguished_name::{DistinguishedName, NoDistinguishedName};
pub use field::{CertificateField, FieldRefused};
pub use keys::{CertificatesRefused, of_certificates};
pub use names::AlternativeName;
pub use subject::{CertificateSubject, NoSubject, SubjectMember};
pub use thumbprint::CertificateThumbprint;

/// The longest certificate of a client, in bytes: reading names with thousands of parts takes long, and anybody may show one.
const MAX_LENGTH: usize = 8 * 1024;

/// The most certificates that one may come with.
const MAX_CHAIN: usize = 10;

/// A certificate that whoever sent a request has the key of, and what came with it.
#[derive(Clone, PartialEq, Eq)]
pub struct Certificate {
    der: CertificateDer<'static>,
    /// Certificates of those who vouch for it, in no order that is relied on.
    intermediates: Vec<CertificateDer<'static>>,
    thumbprint: CertificateThumbprint,
    subject: DistinguishedName,
    names: Vec<AlternativeName>,
    not_before: Timestamp,
    not_after: Timestamp,
}

/// Why bytes are no certificate that can be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateUnreadable {
    /// It is no X.509 certificate in DER.
    #[error("it is no X.509 certificate in DER: {0}")]
    Malformed(String),
    /// It is longer than anybody needs.
    #[error("it has more than {MAX_LENGTH} bytes")]
    Length,
    /// It comes with too many others.
    #[error("it comes with more than {MAX_CHAIN} others")]
    Chain,
}

/// Why a certificate is not good now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutOfTime {
    /// Its time has not begun.
    #[error("the certificate is good only from {} on (seconds since 1970)", .0.as_seconds())]
    NotYet(Timestamp),
    /// Its time is over.
    #[error("the certificate has expired, at {} (seconds since 1970)", .0.as_seconds())]
    Expired(Timestamp),
}

impl Certificate {
    /// Reads a certificate in DER, and those that came with it
    /// ([RFC 5280 section 4.1](https://www.rfc-editor.org/rfc/rfc5280#section-4.1)).
    pub fn parse(der: &[u8], chain: &[impl AsRef<[u8]>]) -> Result<Self, CertificateUnreadable> {
        if chain.len() > MAX_CHAIN {
            return Err(CertificateUnreadable::Chain);
        }
        if der.len() > MAX_LENGTH {
            return Err(CertificateUnreadable::Length);
        }
        let malformed =
            |error: x509_cert::der::Error| CertificateUnreadable::Malformed(error.to_string());
        let read = x509_cert::Certificate::from_der(der).map_err(malformed)?;
        let said = &read.tbs_certificate;
        let owned = |der: &[u8]| CertificateDer::from(der.to_vec());
        Ok(Self {
            der: owned(der),
            intermediates: chain.iter().map(|der| owned(der.as_ref())).collect(),
            thumbprint: CertificateThumbprint::of(der),
            subject: DistinguishedName::of(&said.subject),
            names: names::of(said).map_err(malformed)?,
            not_before: timestamp(said.validity.not_before.to_unix_duration()),
            not_after: timestamp(said.validity.not_after.to_unix_duration()),
        })
    }

    /// Its one name in tokens ([RFC 8705 section 3.1](https://www.rfc-editor.org/rfc/rfc8705#section-3.1)).
    pub const fn thumbprint(&self) -> &CertificateThumbprint {
        &self.thumbprint
    }

    /// Whom it names.
    pub const fn subject(&self) -> &DistinguishedName {
        &self.subject
    }

    /// By which other names it knows them.
    pub fn names(&self) -> &[AlternativeName] {
        &self.names
    }

    /// Whether its time has begun and is not over
    /// ([RFC 5280 section 4.1.2.5](https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.5)).
    pub fn in_time(&self, now: Timestamp) -> Result<(), OutOfTime> {
        if now < self.not_before {
            Err(OutOfTime::NotYet(self.not_before))
        } else if now.as_seconds() > self.not_after.as_seconds() {
            Err(OutOfTime::Expired(self.not_after))
        } else {
            Ok(())
        }
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Certificate({}, {})", self.subject, self.thumbprint)
    }
}

fn timestamp(since_1970: Duration) -> Timestamp {
    Timestamp::from_seconds(0).plus(since_1970)
}

#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
