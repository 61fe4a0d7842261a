//! Tokens that whoever shares a secret with us made
//! ([RFC 7518 section 3.2](https://www.rfc-editor.org/rfc/rfc7518#section-3.2)).

use aws_lc_rs::hmac;
use serde_json::{Map, Value};

use super::header::Header;
use super::{JwtRefused, Parts, Unverified};
use crate::jose::MacAlgorithm;
use crate::secret::Secret;

impl<'a> Unverified<'a, MacAlgorithm> {
    /// Takes a token apart that a secret is said to authenticate.
    pub(crate) fn parse_mac(token: &'a str) -> Result<Self, JwtRefused> {
        let parts = Parts::of(token)?;
        let header = Header::parse(parts.header, MacAlgorithm::named)?;
        Ok(Self { parts, header })
    }

    /// Reads the claims of a token that one of these secrets authenticates, in constant time. Its `typ` is one of `types` in any
    /// case, or absent; what the claims say is the caller's to judge.
    pub(crate) fn verify(
        &self,
        secrets: &[Secret],
        types: &[&'static str],
    ) -> Result<Map<String, Value>, JwtRefused> {
        self.header.is_of(types)?;
        let hash = match self.header.algorithm {
            MacAlgorithm::Hs256 => hmac::HMAC_SHA256,
        };
        self.claims_signed_by(|message, mac| {
            let made_by = |secret: &Secret| {
                let key = hmac::Key::new(hash, secret.reveal().as_bytes());
                hmac::verify(&key, message.as_bytes(), mac).is_ok()
            };
            secrets.iter().any(made_by)
        })
    }
}
