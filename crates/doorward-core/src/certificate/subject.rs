//! By what a client's certificate is known
//! ([RFC 8705 section 2.1.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2)).

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use super::{AlternativeName, Certificate, DistinguishedName};

/// What the certificate of a client must say, in the one member of its registration that says so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CertificateSubject {
    /// Its subject is this.
    #[serde(rename = "tls_client_auth_subject_dn")]
    SubjectDn(DistinguishedName),
    /// A `dNSName` of it is this, in any case.
    #[serde(rename = "tls_client_auth_san_dns")]
    SanDns(String),
    /// A `uniformResourceIdentifier` of it is this, byte for byte.
    #[serde(rename = "tls_client_auth_san_uri")]
    SanUri(String),
    /// An `iPAddress` of it is this.
    #[serde(rename = "tls_client_auth_san_ip")]
    SanIp(IpAddr),
    /// An `rfc822Name` of it is this; of its domain alone the case does not matter.
    #[serde(rename = "tls_client_auth_san_email")]
    SanEmail(String),
}

/// A member of a registration that says what its certificate must.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubjectMember {
    /// `tls_client_auth_subject_dn`
    SubjectDn,
    /// `tls_client_auth_san_dns`
    SanDns,
    /// `tls_client_auth_san_uri`
    SanUri,
    /// `tls_client_auth_san_ip`
    SanIp,
    /// `tls_client_auth_san_email`
    SanEmail,
}

/// Why a text is nothing that a certificate can say.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{} is {expected}", .member.as_str())]
pub struct NoSubject {
    member: SubjectMember,
    expected: String,
}

impl SubjectMember {
    /// Every member.
    pub const ALL: [Self; 5] = [
        Self::SubjectDn,
        Self::SanDns,
        Self::SanUri,
        Self::SanIp,
        Self::SanEmail,
    ];

    /// The name in registrations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SubjectDn => "tls_client_auth_subject_dn",
            Self::SanDns => "tls_client_auth_san_dns",
            Self::SanUri => "tls_client_auth_san_uri",
            Self::SanIp => "tls_client_auth_san_ip",
            Self::SanEmail => "tls_client_auth_san_email",
        }
    }

    /// What the member says.
    pub fn parse(self, text: &str) -> Result<CertificateSubject, NoSubject> {
        let expected = |expected: &str| NoSubject {
            member: self,
            expected: expected.to_owned(),
        };
        let plain = |is_one: bool, what| {
            let is_good = is_one && is_printable(text);
            is_good
                .then(|| text.to_owned())
                .ok_or_else(|| expected(what))
        };
        match self {
            Self::SubjectDn => text
                .parse()
                .map(CertificateSubject::SubjectDn)
                .map_err(|refused: super::NoDistinguishedName| expected(&refused.to_string())),
            Self::SanDns => plain(is_dns_name(text), "the name of a host, without wildcards")
                .map(CertificateSubject::SanDns),
            Self::SanUri => plain(text.contains(':'), "a URI, as the certificate has it")
                .map(CertificateSubject::SanUri),
            Self::SanIp => text
                .parse()
                .map(CertificateSubject::SanIp)
                .map_err(|_| expected("an IP address")),
            Self::SanEmail => {
                plain(text.contains('@'), "an e-mail address").map(CertificateSubject::SanEmail)
            }
        }
    }
}

fn is_printable(text: &str) -> bool {
    (1..=1024).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn is_dns_name(text: &str) -> bool {
    let in_a_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._".contains(&byte);
    text.bytes().all(in_a_name)
}

impl CertificateSubject {
    /// The member that says so.
    pub const fn member(&self) -> SubjectMember {
        match self {
            Self::SubjectDn(_) => SubjectMember::SubjectDn,
            Self::SanDns(_) => SubjectMember::SanDns,
            Self::SanUri(_) => SubjectMember::SanUri,
            Self::SanIp(_) => SubjectMember::SanIp,
            Self::SanEmail(_) => SubjectMember::SanEmail,
        }
    }

    /// Whether `certificate` says it.
    pub fn is_of(&self, certificate: &Certificate) -> bool {
        match self {
            Self::SubjectDn(subject) => subject == certificate.subject(),
            _ => certificate.names().iter().any(|name| self.is(name)),
        }
    }

    fn is(&self, name: &AlternativeName) -> bool {
        match (self, name) {
            (Self::SanDns(expected), AlternativeName::Dns(found)) => {
                expected.eq_ignore_ascii_case(found)
            }
            (Self::SanUri(expected), AlternativeName::Uri(found)) => expected == found,
            (Self::SanIp(expected), AlternativeName::Ip(found)) => expected == found,
            (Self::SanEmail(expected), AlternativeName::Email(found)) => {
                same_mailbox(expected, found)
            }
            _ => false,
        }
    }
}

/// Whether two addresses have the same mailbox, byte for byte, at the same domain
/// ([RFC 5280 section 7.5](https://www.rfc-editor.org/rfc/rfc5280#section-7.5)).
fn same_mailbox(one: &str, other: &str) -> bool {
    match (one.rsplit_once('@'), other.rsplit_once('@')) {
        (Some((one, at)), Some((other, there))) => one == other && at.eq_ignore_ascii_case(there),
        _ => false,
    }
}

impl fmt::Display for CertificateSubject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SubjectDn(name) => name.fmt(f),
            Self::SanDns(text) | Self::SanUri(text) | Self::SanEmail(text) => f.write_str(text),
            Self::SanIp(address) => address.fmt(f),
        }
    }
}
