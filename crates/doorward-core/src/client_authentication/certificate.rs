//! Client authentication by the certificate of the connection
//! ([RFC 8705 section 2](https://www.rfc-editor.org/rfc/rfc8705#section-2)).

use crate::certificate::{
    Authorities, Certificate, CertificateThumbprint, DistinguishedName, NotVouchedFor, OutOfTime,
};
use crate::client::Client;
use crate::time::Timestamp;

/// Why a certificate does not prove who a client is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateRefused {
    /// There is none.
    #[error(
        "the request came without a certificate: neither its connection nor a proxy that is believed has one"
    )]
    Absent,
    /// It is not good now.
    #[error(transparent)]
    Time(#[from] OutOfTime),
    /// No authority vouches for it.
    #[error(transparent)]
    NotVouchedFor(#[from] NotVouchedFor),
    /// The registration does not say whom it must name.
    #[error("the client is registered without what its certificate must say (tls_client_auth_…)")]
    NoSubject,
    /// It names somebody else.
    #[error("{member} is registered as {registered:?}, and the certificate is of {subject}{}", also(.names))]
    OtherSubject {
        /// The member of the registration.
        member: &'static str,
        /// What it says.
        registered: String,
        /// Whom the certificate names.
        subject: Box<DistinguishedName>,
        /// By which other names it knows them.
        names: Vec<String>,
    },
    /// The client is registered without keys.
    #[error("the client is registered without jwks that have its certificate")]
    NoKeys,
    /// None of the client's keys has it.
    #[error("none of the client's keys has the certificate with the x5t#S256 {0}")]
    NotRegistered(CertificateThumbprint),
}

fn also(names: &[String]) -> String {
    match names {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    }
}

/// Proves that a certificate is that of `client`, by an authority that vouches for whom it names
/// ([RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1)).
pub(super) fn by_authority(
    certificate: Option<&Certificate>,
    client: &Client,
    authorities: &Authorities,
    now: Timestamp,
) -> Result<(), CertificateRefused> {
    let certificate = in_time(certificate, now)?;
    authorities.vouch_for(certificate, now)?;
    let expected = client.mutual_tls.subject.as_ref();
    let expected = expected.ok_or(CertificateRefused::NoSubject)?;
    if expected.is_of(certificate) {
        return Ok(());
    }
    Err(CertificateRefused::OtherSubject {
        member: expected.member().as_str(),
        registered: expected.to_string(),
        subject: Box::new(certificate.subject().clone()),
        names: certificate
            .names()
            .iter()
            .map(ToString::to_string)
            .collect(),
    })
}

/// Proves that a certificate is one of those that `client` is registered with or publishes
/// ([RFC 8705 section 2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2)). Who else vouches for it does not matter.
pub(super) fn by_registration(
    certificate: Option<&Certificate>,
    client: &Client,
    now: Timestamp,
) -> Result<(), CertificateRefused> {
    let certificate = in_time(certificate, now)?;
    let keys = client.jwks.as_ref().ok_or(CertificateRefused::NoKeys)?;
    let found = certificate.thumbprint();
    if keys.certificates().any(|known| known == found) {
        Ok(())
    } else {
        Err(CertificateRefused::NotRegistered(found.clone()))
    }
}

fn in_time(
    certificate: Option<&Certificate>,
    now: Timestamp,
) -> Result<&Certificate, CertificateRefused> {
    let certificate = certificate.ok_or(CertificateRefused::Absent)?;
    certificate.in_time(now)?;
    Ok(certificate)
}

#[cfg(test)]
mod tests;
