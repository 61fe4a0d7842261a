//! Proofs of possession ([RFC 9449 section 4](https://www.rfc-editor.org/rfc/rfc9449#section-4)).

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use serde_json::{Map, Value};

use super::ALGORITHMS;
use super::address;
use super::nonce::{NoncePolicy, Nonces};
use crate::client::{Client, DpopPolicy};
use crate::error::ErrorCode;
use crate::jose::{Acceptable, JwtRefused, Thumbprint, Unverified, base64url, numeric_date};
use crate::time::{CLOCK_TOLERANCE, Timestamp};

/// The `typ` of every proof.
const TYPES: [&str; 1] = ["dpop+jwt"];

/// How old a proof may be, and how far a client's clock ahead of ours.
const WINDOW: Duration = Duration::from_mins(1);

/// The longest `jti`, in bytes.
const MAX_JTI_LENGTH: usize = 256;

/// The request that a proof must have been made for.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    /// Its method.
    pub method: &'a str,
    /// The URL of the endpoint.
    pub address: &'a str,
    /// Its other URL, where clients that show certificates find it
    /// ([RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5)).
    pub alias: Option<&'a str>,
    /// The access token that it brings, if any.
    pub access_token: Option<&'a str>,
    /// When it comes.
    pub now: Timestamp,
}

/// A proof that is right in everything, and may be used once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proof {
    /// The key that its maker holds.
    pub key: Thumbprint,
    /// Its one use.
    pub single_use: ProofUse,
}

/// The one use of a proof ([RFC 9449 section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProofUse {
    /// What tells the proof from all others: its key, its `jti`, and the address that it was made for.
    pub name: String,
    /// How long its use must be remembered, so that no node, however wrong its clock, takes it again.
    pub remembered: Duration,
}

/// Why a proof was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DpopRefused {
    /// There is none, and there must be one.
    #[error("there is no DPoP header, and there must be one")]
    Absent,
    /// There are two.
    #[error("there are two DPoP headers")]
    Repeated,
    /// It is no JWT that the key in its header signed.
    #[error("the DPoP proof: {0}")]
    Jwt(#[from] JwtRefused),
    /// A claim is absent, or of another type.
    #[error("the DPoP proof has no {0}, or one of another type")]
    Claim(&'static str),
    /// `jti` is empty or too long.
    #[error("the jti of the DPoP proof is not a text of 1 to 256 bytes")]
    Jti,
    /// `htm` is another method.
    #[error("the htm of the DPoP proof is not the method of the request")]
    Method,
    /// `htu` is another address.
    #[error("the htu of the DPoP proof is not the address of the endpoint")]
    Address,
    /// `iat` is too far from our time.
    #[error("the iat of the DPoP proof is more than a minute from our time")]
    Time,
    /// There is no nonce, and the operator demands one.
    #[error("the DPoP proof has no nonce, and dpop.nonce demands one")]
    NonceAbsent,
    /// The nonce was never ours, or is too old.
    #[error("the nonce of the DPoP proof is none of ours, or too old")]
    Nonce,
    /// `ath` is another token's.
    #[error("the ath of the DPoP proof is not the hash of the access token")]
    AccessToken,
    /// It was used before.
    #[error("the DPoP proof was used before")]
    Replayed,
}

impl DpopRefused {
    /// The standard's code ([RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5),
    /// [section 8](https://www.rfc-editor.org/rfc/rfc9449#section-8)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::NonceAbsent | Self::Nonce => ErrorCode::UseDpopNonce,
            _ => ErrorCode::InvalidDpopProof,
        }
    }
}

/// What a client brings to the token endpoint, if that is enough
/// ([RFC 9449 section 5.2](https://www.rfc-editor.org/rfc/rfc9449#section-5.2)).
pub fn demanded(proof: Option<Proof>, client: &Client) -> Result<Option<Proof>, DpopRefused> {
    match (&proof, client.dpop) {
        (None, DpopPolicy::Required) => Err(DpopRefused::Absent),
        _ => Ok(proof),
    }
}

/// Proves that whoever sent a request holds a key, and made `text` for this request
/// ([RFC 9449 section 4.3](https://www.rfc-editor.org/rfc/rfc9449#section-4.3)). That it is used for the first time is left
/// to prove.
pub fn prove(
    text: &str,
    on: Occasion<'_>,
    nonces: &Nonces,
    policy: NoncePolicy,
) -> Result<Proof, DpopRefused> {
    proven(text, on, |claims| in_force(claims, on.now, nonces, policy))
}

/// The same where no nonces are given out, as at an API ([RFC 9449 section 9](https://www.rfc-editor.org/rfc/rfc9449#section-9)
/// leaves that to it): one that a proof has is somebody else's, and says nothing.
pub fn prove_by_time(text: &str, on: Occasion<'_>) -> Result<Proof, DpopRefused> {
    proven(text, on, |claims| recent(claims, on.now))
}

/// A proof that is right in everything, and good until when `in_force` says.
fn proven(
    text: &str,
    on: Occasion<'_>,
    in_force: impl FnOnce(&Map<String, Value>) -> Result<Timestamp, DpopRefused>,
) -> Result<Proof, DpopRefused> {
    let acceptable = Acceptable {
        algorithms: &ALGORITHMS,
        types: &TYPES,
    };
    let said = Unverified::parse(text)?.verify_by_own_key(acceptable)?;
    let claims = &said.claims;
    if claim(claims, "htm")? != on.method {
        return Err(DpopRefused::Method);
    }
    let htu = claim(claims, "htu")?;
    let is_ours = |address| address::names(htu, address);
    if !is_ours(on.address) && !on.alias.is_some_and(is_ours) {
        return Err(DpopRefused::Address);
    }
    if let Some(token) = on.access_token
        && claim(claims, "ath")? != base64url::encode(digest(&SHA256, token.as_bytes()))
    {
        return Err(DpopRefused::AccessToken);
    }
    let jti = claim(claims, "jti")?;
    if !(1..=MAX_JTI_LENGTH).contains(&jti.len()) {
        return Err(DpopRefused::Jti);
    }
    let until = in_force(claims)?;
    Ok(Proof {
        single_use: ProofUse {
            // Neither a thumbprint nor an address has a space, so no two proofs make one name.
            name: format!("{} {} {jti}", said.by, on.address),
            // Two nodes may each be wrong by the tolerance, in opposite directions.
            remembered: until.since(on.now) + 2 * CLOCK_TOLERANCE,
        },
        key: said.by,
    })
}

/// Until when a proof is good, if it is now: by its nonce, which tells our own time, or else by its `iat`, which tells the
/// client's ([RFC 9449 section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).
fn in_force(
    claims: &Map<String, Value>,
    now: Timestamp,
    nonces: &Nonces,
    policy: NoncePolicy,
) -> Result<Timestamp, DpopRefused> {
    issued_at(claims)?;
    if claims.contains_key("nonce") {
        let until = nonces.good_until(claim(claims, "nonce")?, now);
        return until.ok_or(DpopRefused::Nonce);
    }
    if policy == NoncePolicy::Required {
        return Err(DpopRefused::NonceAbsent);
    }
    recent(claims, now)
}

/// Until when a proof is good by its `iat`, if it is now.
fn recent(claims: &Map<String, Value>, now: Timestamp) -> Result<Timestamp, DpopRefused> {
    let issued_at = issued_at(claims)?;
    let until = issued_at.plus(WINDOW);
    if issued_at <= now.plus(WINDOW) && now < until {
        Ok(until)
    } else {
        Err(DpopRefused::Time)
    }
}

fn issued_at(claims: &Map<String, Value>) -> Result<Timestamp, DpopRefused> {
    numeric_date(claims, "iat")?.ok_or(DpopRefused::Claim("iat"))
}

fn claim<'a>(claims: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, DpopRefused> {
    let value = claims.get(name).and_then(Value::as_str);
    value.ok_or(DpopRefused::Claim(name))
}

#[cfg(test)]
mod tests;
