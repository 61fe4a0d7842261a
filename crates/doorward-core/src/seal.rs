//! Sealing what is stored, and marking what is given out: under keys that live outside every database.
//!
//! Each directory has one [`RootKey`], from which the key of every purpose is derived. It is stored beside what it seals, sealed under
//! the [`KeyEncryptionKey`], which is not: changing that one seals the root key again and touches nothing else.

mod authenticator;
mod fingerprint;
mod key_encryption_key;
mod root_key;
mod sealer;
mod secret_bytes;

pub use authenticator::Authenticator;
pub use fingerprint::{Fingerprint, NoFingerprint};
pub use key_encryption_key::KeyEncryptionKey;
pub use root_key::{RootKey, SealedRoot};
pub use sealer::{Sealer, Unsealable};
