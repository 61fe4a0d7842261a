//! Why a token did not do what it was asked for.

use std::path::PathBuf;
use std::time::Duration;

use cryptoki::error::{Error, RvError};

/// Why a token did not do what it was asked for: each says what an operator can do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TokenFailed {
    /// The configuration does not say which.
    #[error("pkcs11.module is set, and pkcs11.token is not: give the label of the token")]
    NoLabel,
    /// The configuration does not say how to log in.
    #[error(
        "pkcs11.module is set: give the PIN of the token's user by pkcs11.pin_file or pkcs11.pin_command, one of them"
    )]
    NoPin,
    /// The module is not what it should be, or not there.
    #[error("the PKCS #11 module {} cannot be loaded: {error}", path.display())]
    Module {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: Error,
    },
    /// There is no such token.
    #[error("no token has the label {wanted:?}; there is {present}")]
    NoToken {
        /// The label.
        wanted: String,
        /// Those that are there.
        present: String,
    },
    /// The PIN cannot be read.
    #[error("the PIN of the token cannot be read: {0}")]
    PinUnreadable(String),
    /// The PIN is wrong. It is not shown again, since tokens lock themselves after a few attempts.
    #[error("the token refused the PIN ({0}); it is not tried again before the PIN is another")]
    PinRefused(RvError),
    /// The key is not there.
    #[error("the token has no private key {0}")]
    NoKey(String),
    /// Several are.
    #[error("the token has several keys {0}: give each a label of its own")]
    SeveralKeys(String),
    /// The key is of no use.
    #[error("the key {0} of the token is neither RSA nor on P-256, P-384, P-521 or Ed25519")]
    OtherKind(String),
    /// Too many wait.
    #[error("too many wait for the token already")]
    Busy,
    /// It did not answer.
    #[error("the token did not answer within {} s", .0.as_secs())]
    Late(Duration),
    /// Nobody asks it any more.
    #[error("the token is no longer asked")]
    Gone,
    /// It said no.
    #[error("the token failed: {0}")]
    Token(#[from] Error),
}

impl TokenFailed {
    /// Whether the way to the token may be broken, so that it is worth going it anew.
    pub(super) const fn may_pass(&self) -> bool {
        match self {
            Self::Token(Error::Pkcs11(error, _)) => !matches!(
                error,
                RvError::MechanismInvalid
                    | RvError::MechanismParamInvalid
                    | RvError::KeyTypeInconsistent
                    | RvError::KeyFunctionNotPermitted
                    | RvError::KeySizeRange
            ),
            Self::Token(_) | Self::NoKey(_) => true,
            _ => false,
        }
    }
}
