//! What a client does with certificates, as it is registered.

use serde::{Deserialize, Serialize};

use super::{AuthMethod, Client};
use crate::certificate::CertificateSubject;

/// What a client does with certificates ([RFC 8705](https://www.rfc-editor.org/rfc/rfc8705)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MutualTls {
    /// What a certificate must say that authorities vouch for, to prove who the client is; in the one member that says so
    /// ([RFC 8705 section 2.1.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2)).
    #[serde(flatten, default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<CertificateSubject>,
    /// `tls_client_certificate_bound_access_tokens`: whether its tokens work with its certificate alone.
    #[serde(
        rename = "tls_client_certificate_bound_access_tokens",
        default,
        skip_serializing_if = "CertificateBinding::is_none"
    )]
    pub binding: CertificateBinding,
}

/// Whether the tokens of a client work with its certificate alone
/// ([RFC 8705 section 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-3.4)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum CertificateBinding {
    /// A token request without a certificate is refused, and the tokens are bound to the one it has.
    Required,
    /// Certificates bind nothing.
    #[default]
    None,
}

impl CertificateBinding {
    /// Whether it is the default.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_none(&self) -> bool {
        *self == Self::None
    }
}

impl From<bool> for CertificateBinding {
    fn from(bound: bool) -> Self {
        if bound { Self::Required } else { Self::None }
    }
}

impl From<CertificateBinding> for bool {
    fn from(binding: CertificateBinding) -> Self {
        binding == CertificateBinding::Required
    }
}

impl Client {
    /// Whether what it asks for at our endpoints depends on the certificate that its requests come with.
    pub fn needs_certificate(&self) -> bool {
        let proves = matches!(
            self.token_endpoint_auth_method,
            AuthMethod::TlsClientAuth | AuthMethod::SelfSignedTlsClientAuth
        );
        proves || self.mutual_tls.binding == CertificateBinding::Required
    }
}

/// What of all that a provider can do, which depends on how it is reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MutualTlsSupport {
    /// Nothing: certificates do not reach it.
    #[default]
    Off,
    /// All but `tls_client_auth`: nobody is configured who could vouch for certificates.
    SelfSigned,
    /// All of it.
    Full,
}

impl MutualTlsSupport {
    /// How clients may prove who they are, in the order that metadata lists it.
    pub fn auth_methods(self) -> Vec<AuthMethod> {
        let works = |method: &AuthMethod| match method {
            AuthMethod::TlsClientAuth => self == Self::Full,
            AuthMethod::SelfSignedTlsClientAuth => self != Self::Off,
            _ => true,
        };
        AuthMethod::ALL.into_iter().filter(works).collect()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::certificate::SubjectMember;
    use crate::testing::client;

    /// [RFC 8705 sections 2.1.2 and 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2).
    #[test]
    fn what_is_registered_has_the_names_of_the_standard_and_may_be_absent() {
        for (member, text) in [
            (SubjectMember::SubjectDn, "CN=ledger,O=Example"),
            (SubjectMember::SanDns, "ledger.example"),
            (SubjectMember::SanUri, "spiffe://example/ledger"),
            (SubjectMember::SanIp, "192.0.2.7"),
            (SubjectMember::SanEmail, "ledger@example.com"),
        ] {
            let client = Client {
                mutual_tls: MutualTls {
                    subject: Some(member.parse(text).unwrap()),
                    binding: CertificateBinding::Required,
                },
                ..client()
            };
            let written = serde_json::to_value(&client).unwrap();
            assert_eq!(written[member.as_str()], text);
            let bound = &written["tls_client_certificate_bound_access_tokens"];
            assert_eq!(*bound, json!(true));
            let read: Client = serde_json::from_value(written).unwrap();
            assert_eq!(read, client);
        }
        let plain = serde_json::to_string(&client()).unwrap();
        assert!(!plain.contains("tls_client"), "{plain}");
        let read: Client = serde_json::from_str(&plain).unwrap();
        assert_eq!(read.mutual_tls, MutualTls::default());
    }
}
