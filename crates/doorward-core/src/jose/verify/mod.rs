//! Verification of the tokens that we signed, and of those that clients did ([RFC 7515 section 5.2], as strictly as [RFC 8725] advises).
//!
//! A token names its key and nothing else about how it is verified: the algorithm is the key's, the
//! type is the caller's, and keys that a token brings along are not looked at, but for proofs that somebody holds one. What a
//! client signed is verified with an algorithm that its registration permits, whatever the token says.
//!
//! [RFC 7515 section 5.2]: https://www.rfc-editor.org/rfc/rfc7515#section-5.2
//! [RFC 8725]: https://www.rfc-editor.org/rfc/rfc8725

mod claims;
mod header;
mod issued;
mod mac;
mod own_key;
#[cfg(test)]
mod tests;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

pub(crate) use self::claims::numeric_date;
use self::header::Header;
use super::{Algorithm, JwkSet, JwkSetRefused, KeyName, Keyring, Typ, base64url, json};
use crate::time::Timestamp;

/// The longest token that is looked at, in bytes.
const MAX_LENGTH: usize = 8 * 1024;

/// The longest list of tokens that is looked at, in bytes.
const MAX_LIST_LENGTH: usize = 1024 * 1024;

/// What a token must be to be accepted.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// What it is for.
    pub typ: Typ,
    /// Who must have issued it: its `iss`.
    pub issuer: &'a str,
    /// Whom it must be for, one of its `aud`; anybody when absent.
    pub audience: Option<&'a str>,
    /// The present time.
    pub now: Timestamp,
    /// Whether it must still be in force.
    pub expiry: Expiry,
}

/// Whether a token must still be in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expiry {
    /// Its `exp` must lie ahead.
    Required,
    /// Its `exp` may have passed: it only says who somebody was, as an `id_token_hint` does.
    Tolerated,
}

/// Why a token was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwtRefused {
    /// It is longer than any of ours.
    #[error("the token has more than 8 KiB, or the list more than 1 MiB")]
    TooLong,
    /// It is no compact serialization.
    #[error("the token does not have exactly three parts")]
    NotThreeParts,
    /// It is encrypted ([RFC 7516 section 7.1](https://www.rfc-editor.org/rfc/rfc7516#section-7.1)), and not for us.
    #[error(
        "the token is encrypted: whoever can decrypt it must send the signed token that is inside"
    )]
    Encrypted,
    /// The header is not strict base64url.
    #[error("the token's header is not base64url without padding")]
    HeaderEncoding,
    /// The header is not one JSON object of distinct members.
    #[error("the token's header is not a JSON object whose members are distinct")]
    HeaderMalformed,
    /// The header wants something of us that we do not do.
    #[error("the token's header has the member {0}")]
    HeaderMember(&'static str),
    /// `alg` is absent or none of ours.
    #[error("the token's alg is none that we know")]
    UnknownAlgorithm,
    /// `kid` is absent, too long or no key of ours.
    #[error("the token's kid names no key of ours")]
    UnknownKey,
    /// `alg` is not among those that its signer may use.
    #[error("the token's alg is not one that its signer may use")]
    ForbiddenAlgorithm,
    /// Not exactly one of the signer's keys is for `alg` and has the name `kid`, if there is one.
    #[error("not exactly one of its signer's keys fits the token's alg and kid")]
    NoKey,
    /// There is no `jwk`, and there must be one.
    #[error("the token's header has no jwk")]
    NoOwnKey,
    /// The key that the token brings along cannot be used.
    #[error("the token's jwk: {0}")]
    OwnKey(#[source] JwkSetRefused),
    /// `alg` is not that of the key.
    #[error("the token's alg is not that of its key")]
    OtherAlgorithm,
    /// `typ` says that it is for something else.
    #[error("the token's typ is not {0:?}")]
    OtherType(&'static str),
    /// The signature is not strict base64url.
    #[error("the token's signature is not base64url without padding")]
    SignatureEncoding,
    /// The key did not sign this.
    #[error("the token's signature is not its key's")]
    SignatureWrong,
    /// The claims are not strict base64url.
    #[error("the token's claims are not base64url without padding")]
    ClaimsEncoding,
    /// The claims are not one JSON object of distinct members.
    #[error("the token's claims are not a JSON object whose members are distinct")]
    ClaimsMalformed,
    /// `iss` is not the expected one.
    #[error("the token's iss is another")]
    OtherIssuer,
    /// `aud` has not the expected one.
    #[error("the token's aud is another")]
    OtherAudience,
    /// A date is absent where it must not be, no whole number, or far outside of our time.
    #[error("the token's {0} is not a sensible date")]
    Date(&'static str),
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies ahead.
    #[error("the token's {0} lies ahead")]
    TooEarly(&'static str),
    /// The claims are not those of this kind of token.
    #[error("the token's claims are not those of its kind: {0}")]
    ClaimsUnexpected(String),
}

impl Keyring {
    /// Reads the claims of a token that one of our keys signed and that is what was `expected`.
    pub fn verify<T: DeserializeOwned>(
        &self,
        token: &str,
        expected: Expected<'_>,
    ) -> Result<T, JwtRefused> {
        let token = Unverified::parse(token)?;
        let header = &token.header;
        let kid = header.kid.as_deref().ok_or(JwtRefused::UnknownKey)?;
        let key = self.key(kid).ok_or(JwtRefused::UnknownKey)?;
        if header.algorithm != key.algorithm() {
            return Err(JwtRefused::OtherAlgorithm);
        }
        if !expected.typ.admits(header.typ.as_deref()) {
            return Err(JwtRefused::OtherType(expected.typ.as_str()));
        }
        let claims = token.claims_signed_by(|message, signature| key.signed(message, signature))?;
        claims::judge(&claims, expected)?;
        serde_json::from_value(Value::Object(claims))
            .map_err(|error| JwtRefused::ClaimsUnexpected(error.to_string()))
    }
}

/// What a token of somebody else must be to be accepted.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Acceptable<'a> {
    /// The algorithms that its signer may use.
    pub(crate) algorithms: &'a [Algorithm],
    /// What its `typ` may be, in any case; it may also be absent.
    pub(crate) types: &'a [&'static str],
}

impl JwkSet {
    /// Reads the claims of a token that one of these keys signed. What they say is the caller's to judge.
    pub(crate) fn verify(
        &self,
        token: &Unverified<'_>,
        acceptable: Acceptable<'_>,
    ) -> Result<Map<String, Value>, JwtRefused> {
        let header = &token.header;
        if !acceptable.algorithms.contains(&header.algorithm) {
            return Err(JwtRefused::ForbiddenAlgorithm);
        }
        header.is_of(acceptable.types)?;
        let verifier = self.verifier(header.algorithm, header.kid.as_deref());
        let verifier = verifier.ok_or(JwtRefused::NoKey)?;
        token.claims_signed_by(|message, signature| {
            verifier.verify(message.as_bytes(), signature).is_ok()
        })
    }
}

/// A token whose header was read and names one of the algorithms `A`, and of which nothing is proven.
pub(crate) struct Unverified<'a, A = Algorithm> {
    parts: Parts<'a>,
    header: Header<A>,
}

impl<'a> Unverified<'a> {
    /// Takes a token apart.
    pub(crate) fn parse(token: &'a str) -> Result<Self, JwtRefused> {
        Self::parse_within(MAX_LENGTH, token)
    }

    /// The same for a token of at most so many bytes.
    fn parse_within(longest: usize, token: &'a str) -> Result<Self, JwtRefused> {
        let parts = Parts::within(longest, token)?;
        let header = Header::parse(parts.header, Algorithm::named)?;
        Ok(Self { parts, header })
    }

    /// Which key it says that it is signed with.
    pub(crate) fn signed_with(&self) -> KeyName {
        KeyName {
            algorithm: self.header.algorithm,
            kid: self.header.kid.clone(),
        }
    }
}

impl<A> Unverified<'_, A> {
    /// What the token claims. Anybody may have written it: it is good to find the key, and for nothing else.
    pub(crate) fn unproven_claims(&self) -> Result<Map<String, Value>, JwtRefused> {
        let claims = base64url::decode(self.parts.claims).ok_or(JwtRefused::ClaimsEncoding)?;
        json::object(&claims).ok_or(JwtRefused::ClaimsMalformed)
    }

    /// The claims, if `signed` finds that the signature is right.
    fn claims_signed_by(
        &self,
        signed: impl FnOnce(&str, &[u8]) -> bool,
    ) -> Result<Map<String, Value>, JwtRefused> {
        let signature =
            base64url::decode(self.parts.signature).ok_or(JwtRefused::SignatureEncoding)?;
        if !signed(self.parts.signed, &signature) {
            return Err(JwtRefused::SignatureWrong);
        }
        self.unproven_claims()
    }
}

/// The parts of a compact serialization ([RFC 7515 section 7.1](https://www.rfc-editor.org/rfc/rfc7515#section-7.1)).
struct Parts<'a> {
    header: &'a str,
    claims: &'a str,
    signature: &'a str,
    /// Header and claims with the dot between: what was signed.
    signed: &'a str,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self, JwtRefused> {
        Self::within(MAX_LENGTH, token)
    }

    fn within(longest: usize, token: &'a str) -> Result<Self, JwtRefused> {
        if token.len() > longest {
            return Err(JwtRefused::TooLong);
        }
        if token.split('.').count() == 5 {
            return Err(JwtRefused::Encrypted);
        }
        let (signed, signature) = token.rsplit_once('.').ok_or(JwtRefused::NotThreeParts)?;
        match signed.split_once('.') {
            Some((header, claims)) if !claims.contains('.') => Ok(Self {
                header,
                claims,
                signature,
                signed,
            }),
            _ => Err(JwtRefused::NotThreeParts),
        }
    }
}
