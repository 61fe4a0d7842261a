//! Tokens that bring along the key that signed them. Nothing but a proof of possession may: whoever made it shows that they
//! hold the key, and nothing more ([RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)).

use serde_json::{Map, Value};

use super::{Acceptable, JwtRefused, Unverified};
use crate::jose::Thumbprint;
use crate::jose::foreign_key::ForeignKey;

/// What somebody said who holds a key.
pub(crate) struct Said {
    /// The key.
    pub(crate) by: Thumbprint,
    /// What they said, which is the caller's to judge.
    pub(crate) claims: Map<String, Value>,
}

impl Unverified<'_> {
    /// Reads the claims of a token that the key in its own header signed. Its `typ` must be one of those that are
    /// acceptable, and be there.
    pub(crate) fn verify_by_own_key(self, acceptable: Acceptable<'_>) -> Result<Said, JwtRefused> {
        let typ = self.header.typ.as_deref().unwrap_or_default();
        if !acceptable.types.contains(&typ) {
            let wanted = acceptable.types.first().copied().unwrap_or_default();
            return Err(JwtRefused::OtherType(wanted));
        }
        if !acceptable.algorithms.contains(&self.header.algorithm) {
            return Err(JwtRefused::ForbiddenAlgorithm);
        }
        let jwk = self.header.jwk.clone().ok_or(JwtRefused::NoOwnKey)?;
        let key = ForeignKey::of(1, jwk).map_err(JwtRefused::OwnKey)?;
        let verifier = key.verifier(self.header.algorithm);
        let verifier = verifier.ok_or(JwtRefused::OtherAlgorithm)?;
        let claims = self.claims_signed_by(|message, signature| {
            verifier.verify(message.as_bytes(), signature).is_ok()
        })?;
        Ok(Said {
            by: key.thumbprint().ok_or(JwtRefused::NoOwnKey)?,
            claims,
        })
    }
}
