//! Signed and encrypted tokens and their keys (JOSE: [RFC 7515], [RFC 7516], [RFC 7517], [RFC 7518], [RFC 7519]).
//!
//! This folder alone names josekit. A [`SigningKey`] is one key with one algorithm and one name;
//! the [`Keyring`] holds all keys of the issuer, signs with the active ones and verifies what any
//! of them signed. A [`JwkSet`] holds somebody else's public keys, and gives out [`Encrypter`]s for what only they shall read.
//!
//! [RFC 7515]: https://www.rfc-editor.org/rfc/rfc7515
//! [RFC 7516]: https://www.rfc-editor.org/rfc/rfc7516
//! [RFC 7517]: https://www.rfc-editor.org/rfc/rfc7517
//! [RFC 7518]: https://www.rfc-editor.org/rfc/rfc7518
//! [RFC 7519]: https://www.rfc-editor.org/rfc/rfc7519

mod algorithm;
mod audience;
pub(crate) mod base64url;
mod encrypter;
mod encryption;
mod foreign_key;
mod hash;
pub(crate) mod json;
mod jwk;
mod jwk_set;
mod key_name;
mod keyring;
mod mac_algorithm;
mod signature;
mod signing_key;
mod stored;
#[cfg(test)]
pub(crate) mod testing;
mod thumbprint;
mod typ;
mod verify;

pub use algorithm::Algorithm;
pub use audience::Audience;
pub use encrypter::Encrypter;
pub use encryption::{ContentEncryption, Encryption, KeyManagement};
pub use hash::at_hash;
pub use jwk_set::{JwkSet, JwkSetRefused};
pub use key_name::{KeyName, NeededKey};
pub use keyring::Keyring;
pub use mac_algorithm::MacAlgorithm;
pub use signing_key::{KeyUnusable, SigningFailed, SigningKey};
pub use stored::StoredKey;
pub use thumbprint::Thumbprint;
pub use typ::Typ;
pub(crate) use verify::{Acceptable, Unverified, numeric_date};
pub use verify::{Expected, Expiry, JwtRefused};
