//! What a client registers of certificates
//! ([RFC 8705 sections 2.1.2 and 3.4](https://www.rfc-editor.org/rfc/rfc8705#section-2.1.2)).

use super::{RegistrationPolicy, RegistrationRefused, RegistrationRequest};
use crate::certificate::{CertificateSubject, SubjectMember};
use crate::client::{AuthMethod, CertificateBinding, DpopPolicy, MutualTls, MutualTlsSupport};

const BINDING: &str = "tls_client_certificate_bound_access_tokens";

impl RegistrationRequest {
    /// What a client that authenticates by `method` has to do with certificates.
    pub(super) fn mutual_tls(
        &mut self,
        policy: &RegistrationPolicy,
        method: AuthMethod,
        dpop: DpopPolicy,
    ) -> Result<MutualTls, RegistrationRefused> {
        let binding: CertificateBinding = self.take::<bool>(BINDING)?.unwrap_or_default().into();
        if binding == CertificateBinding::Required {
            if policy.mutual_tls == MutualTlsSupport::Off {
                let reason = "certificates of clients do not reach this provider";
                return Err(RegistrationRefused::member(BINDING, reason));
            }
            if dpop == DpopPolicy::Required {
                let reason =
                    "dpop_bound_access_tokens is asked for too, and a token is bound to one thing";
                return Err(RegistrationRefused::member(BINDING, reason));
            }
        }
        let subject = self.certificate_subject(method)?;
        Ok(MutualTls { subject, binding })
    }

    /// The one thing that the client's certificate must say. Of clients that authenticate otherwise it says nothing.
    fn certificate_subject(
        &mut self,
        method: AuthMethod,
    ) -> Result<Option<CertificateSubject>, RegistrationRefused> {
        if method != AuthMethod::TlsClientAuth {
            return Ok(None);
        }
        let mut said = Vec::new();
        for member in SubjectMember::ALL {
            said.extend(self.text(member.as_str())?.map(|text| (member, text)));
        }
        let [(member, text)] = said.as_slice() else {
            let names = SubjectMember::ALL.map(SubjectMember::as_str).join(", ");
            let reason = format_args!("tls_client_auth needs exactly one of {names}");
            let name = "token_endpoint_auth_method";
            return Err(RegistrationRefused::member(name, reason));
        };
        let subject = member.parse(text);
        let subject =
            subject.map_err(|refused| RegistrationRefused::member(member.as_str(), refused));
        subject.map(Some)
    }
}
