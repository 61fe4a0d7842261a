//! The names of a certificate's holder beside the subject
//! ([RFC 5280 section 4.2.1.6](https://www.rfc-editor.org/rfc/rfc5280#section-4.2.1.6)).

use std::fmt;
use std::net::IpAddr;

use x509_cert::TbsCertificate;
use x509_cert::der::Result;
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;

/// One more name of whoever a certificate names, of a kind that a client may be registered by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AlternativeName {
    /// `dNSName`.
    Dns(String),
    /// `uniformResourceIdentifier`.
    Uri(String),
    /// `iPAddress`.
    Ip(IpAddr),
    /// `rfc822Name`.
    Email(String),
}

impl fmt::Display for AlternativeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Dns(name) => write!(f, "DNS:{name}"),
            Self::Uri(uri) => write!(f, "URI:{uri}"),
            Self::Ip(address) => write!(f, "IP:{address}"),
            Self::Email(address) => write!(f, "email:{address}"),
        }
    }
}

/// The names of a certificate; those of other kinds are left out.
pub(super) fn of(certificate: &TbsCertificate) -> Result<Vec<AlternativeName>> {
    let found = certificate.get::<SubjectAltName>()?;
    let names = found.map(|(_, names)| names.0).unwrap_or_default();
    Ok(names.iter().filter_map(known).collect())
}

fn known(name: &GeneralName) -> Option<AlternativeName> {
    match name {
        GeneralName::DnsName(name) => Some(AlternativeName::Dns(name.to_string())),
        GeneralName::UniformResourceIdentifier(uri) => Some(AlternativeName::Uri(uri.to_string())),
        GeneralName::Rfc822Name(address) => Some(AlternativeName::Email(address.to_string())),
        GeneralName::IpAddress(bytes) => address(bytes.as_bytes()).map(AlternativeName::Ip),
        _ => None,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(IpAddr::from).ok();
    v4.or_else(|| <[u8; 16]>::try_from(bytes).map(IpAddr::from).ok())
}
