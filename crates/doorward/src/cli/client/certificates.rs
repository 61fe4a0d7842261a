//! What an application does with certificates ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).

use clap::Args;
use doorward_core::certificate::{CertificateSubject, SubjectMember};
use doorward_core::client::{AuthMethod, Client, MutualTls};

use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::configuration::CertificatesFrom;

const OFF: &str = "mtls.certificates is \"off\", so no certificate of the application reaches Doorward, and it is refused until one does";

const NOBODY_VOUCHES: &str = "mtls.authorities is not set, so nobody vouches for the certificate of the application, and it is refused until somebody does";

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

/// The answer about `client`, and what its certificate lacks here, if it needs one. The settings may be those of another machine, so
/// that is no refusal.
pub(super) fn with_warning(mut answer: Answer, client: &Client, admin: &Administration) -> Answer {
    let Some(warning) = lacking(client, admin) else {
        return answer;
    };
    answer.text.push_str("\n\nwarning: ");
    answer.text.push_str(warning);
    if let Some(members) = answer.json.as_object_mut() {
        members.insert("warning".to_owned(), warning.into());
    }
    answer
}

fn lacking(client: &Client, admin: &Administration) -> Option<&'static str> {
    let mtls = &admin.configuration.mtls;
    let is_off = mtls.certificates == CertificatesFrom::Off;
    let is_vouched_for = client.token_endpoint_auth_method == AuthMethod::TlsClientAuth;
    if client.needs_certificate() && is_off {
        Some(OFF)
    } else if is_vouched_for && mtls.authorities.path().is_none() {
        Some(NOBODY_VOUCHES)
    } else {
        None
    }
}
