//! Which key something says that it is signed with.

use super::Algorithm;

/// Which key something says that it is signed with, in its header
/// ([RFC 7515 section 4.1](https://www.rfc-editor.org/rfc/rfc7515#section-4.1)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyName {
    /// What the key must be for.
    pub algorithm: Algorithm,
    /// `kid`, its name, which may be left out where one key alone fits.
    pub kid: Option<String>,
}
