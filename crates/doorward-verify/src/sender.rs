//! Whoever sent a request must hold what its token is bound to
//! ([RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7),
//! [RFC 8705 section 3](https://www.rfc-editor.org/rfc/rfc8705#section-3)).

use doorward_core::Timestamp;
use doorward_core::bearer::{Presented, constrained};
use doorward_core::certificate::CertificateThumbprint;
use doorward_core::confirmation::{Confirmation, TokenType};
use doorward_core::dpop::{DpopRefused, Occasion, Proof, prove_by_time};
use http::request::Parts;

use crate::refused::Refused;
use crate::replays::Replays;

/// The client's certificate in DER, as the API's TLS found it: put it among the extensions of a request, so that tokens that are
/// bound to a certificate can be used.
#[derive(Clone, Debug)]
pub struct PeerCertificate(CertificateThumbprint);

impl PeerCertificate {
    /// The certificate that a connection was made with.
    pub fn from_der(der: &[u8]) -> Self {
        Self(CertificateThumbprint::of(der))
    }
}

/// How senders are told.
#[derive(Debug)]
pub(crate) struct Senders {
    /// Where clients find the API, without a slash at the end.
    pub(crate) public_url: String,
    pub(crate) replays: Replays,
}

impl Senders {
    /// Proves that whoever sent the request may use its token, which is bound so.
    pub(crate) fn admit(
        &self,
        parts: &Parts,
        presented: Presented<'_>,
        confirmation: Option<&Confirmation>,
        now: Timestamp,
    ) -> Result<(), Refused> {
        let proof = match presented.scheme {
            TokenType::Bearer => None,
            TokenType::Dpop => self.proof(parts, presented.token, now)?,
        };
        let certificate = parts.extensions.get::<PeerCertificate>();
        let certificate = certificate.map(|certificate| &certificate.0);
        match constrained(presented.scheme, confirmation, proof, Ok(certificate))? {
            None => Ok(()),
            Some(proof) => self.replays.spend(&proof.single_use, now),
        }
    }

    fn proof(
        &self,
        parts: &Parts,
        token: &str,
        now: Timestamp,
    ) -> Result<Option<Proof>, DpopRefused> {
        let mut proofs = parts.headers.get_all("dpop").iter();
        let text = match (proofs.next(), proofs.next()) {
            (None, _) => return Ok(None),
            (Some(proof), None) => proof.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => return Err(DpopRefused::Repeated),
        };
        let on = Occasion {
            method: parts.method.as_str(),
            address: &format!("{}{}", self.public_url, parts.uri.path()),
            alias: None,
            access_token: Some(token),
            now,
        };
        prove_by_time(text, on).map(Some)
    }
}
