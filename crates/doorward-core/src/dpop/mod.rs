//! Demonstrating Proof of Possession ([RFC 9449]): a client signs every request with a key of its own, and tokens are bound to
//! that key, so that a stolen one is worth nothing.
//!
//! [RFC 9449]: https://www.rfc-editor.org/rfc/rfc9449

mod address;
mod nonce;
mod proof;

pub use nonce::{NoncePolicy, Nonces};
pub use proof::{DpopRefused, Occasion, Proof, ProofUse, demanded, prove, prove_by_time};

use crate::jose::Algorithm;

/// What proofs may be signed with
/// ([RFC 9449 section 5.1](https://www.rfc-editor.org/rfc/rfc9449#section-5.1)): what the
/// [FAPI 2.0 Security Profile section 5.4.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.4.1)
/// permits. RS256 is left out: no client is old enough to need it here.
pub const ALGORITHMS: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Ps256, Algorithm::EdDsa];
