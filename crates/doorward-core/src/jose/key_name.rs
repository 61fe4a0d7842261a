//! Which key of somebody else is meant.

use super::{Algorithm, Encryption};
use crate::certificate::CertificateThumbprint;

/// Which key something says that it is signed with, in its header
/// ([RFC 7515 section 4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName {
    /// What the key must be for.
    pub algorithm: Algorithm,
    /// `kid`, its name, which may be left out where one key alone fits.
    pub kid: Option<String>,
}

/// Which key of somebody else is needed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NeededKey {
    /// The one that verifies what they signed.
    Verifies(KeyName),
    /// The one of this certificate ([RFC 8705 section 2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2)).
    Certified(CertificateThumbprint),
    /// Any that encrypts for them.
    Encrypts(Encryption),
}

impl From<KeyName> for NeededKey {
    fn from(name: KeyName) -> Self {
        Self::Verifies(name)
    }
}
