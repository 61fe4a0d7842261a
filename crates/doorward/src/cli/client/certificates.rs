//! What an application does with certificates ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).

use clap::Args;
use doorward_core::certificate::{CertificateSubject, SubjectMember};
use doorward_core::client::MutualTls;

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

impl From<Certificates> for MutualTls {
    fn from(given: Certificates) -> Self {
        Self {
            binding: given.require_certificate.into(),
            subject: given
                .certificate_subject
                .or(given.certificate_dns)
                .or(given.certificate_uri)
                .or(given.certificate_ip)
                .or(given.certificate_email),
        }
    }
}
