//! What an application does with certificates ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).

use clap::Args;
use doorward_core::certificate::{CertificateSubject, SubjectMember};
use doorward_core::client::{AuthMethod, CertificateBinding, MutualTls, NoCertificates};
use doorward_core::jose::JwkSet;

use crate::cli::contradiction::Contradiction;

#[derive(Debug, Args)]
#[group(multiple = true)]
pub(super) struct Certificates {
    #[arg(long, value_name = "NAME", group = "certificate_name", help = "With tls_client_auth: the subject of its certificate, such as CN=ledger,O=Example", value_parser = named(SubjectMember::SubjectDn))]
    certificate_subject: Option<CertificateSubject>,
    /// Or a host that its certificate names
    #[arg(long, value_name = "HOST", group = "certificate_name", value_parser = named(SubjectMember::SanDns))]
    certificate_dns: Option<CertificateSubject>,
    /// Or a URI
    #[arg(long, value_name = "URI", group = "certificate_name", value_parser = named(SubjectMember::SanUri))]
    certificate_uri: Option<CertificateSubject>,
    /// Or an IP address
    #[arg(long, value_name = "ADDRESS", group = "certificate_name", value_parser = named(SubjectMember::SanIp))]
    certificate_ip: Option<CertificateSubject>,
    /// Or an e-mail address
    #[arg(long, value_name = "ADDRESS", group = "certificate_name", value_parser = named(SubjectMember::SanEmail))]
    certificate_email: Option<CertificateSubject>,
    #[arg(
        long,
        conflicts_with = "require_dpop",
        help = "Refuse its token requests unless they come with a certificate, which its tokens are bound to"
    )]
    pub(super) require_certificate: bool,
}

fn named(
    member: SubjectMember,
) -> impl Fn(&str) -> Result<CertificateSubject, String> + Clone + Send + Sync {
    move |text| member.parse(text).map_err(|refused| refused.to_string())
}

impl Certificates {
    /// What is asked for, of a client that authenticates by `method` with these keys.
    pub(super) fn with(
        self,
        method: AuthMethod,
        keys: Keys<'_>,
    ) -> Result<MutualTls, Contradiction> {
        let binding = CertificateBinding::from(self.require_certificate);
        let subject = self.subject();
        match (method, &subject, keys) {
            (AuthMethod::TlsClientAuth, None, _) => Err(Contradiction::CertificateUnnamed),
            (AuthMethod::TlsClientAuth, Some(_), _) | (_, None, Keys::Elsewhere) => {
                Ok(MutualTls { subject, binding })
            }
            (_, Some(_), _) => Err(Contradiction::NameOfNoCertificate),
            (AuthMethod::SelfSignedTlsClientAuth, None, Keys::Here(keys)) => {
                let certain = keys.cloned().ok_or(NoCertificates);
                let certain = certain.and_then(JwkSet::with_certificates);
                certain
                    .map(|_| MutualTls { subject, binding })
                    .map_err(|NoCertificates| Contradiction::CertificateUnknown)
            }
            (_, None, Keys::Here(_)) => Ok(MutualTls { subject, binding }),
        }
    }

    fn subject(self) -> Option<CertificateSubject> {
        self.certificate_subject
            .or(self.certificate_dns)
            .or(self.certificate_uri)
            .or(self.certificate_ip)
            .or(self.certificate_email)
    }
}

/// Where the keys of an application are.
#[derive(Clone, Copy)]
pub(super) enum Keys<'a> {
    /// In its registration, if anywhere.
    Here(Option<&'a JwkSet>),
    /// Where it publishes them.
    Elsewhere,
}
