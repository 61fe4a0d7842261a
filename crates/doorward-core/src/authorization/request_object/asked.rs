//! What a request says, and who vouches for it.

use crate::authorization::address::{Unaddressed, named_client};
use crate::identifiers::ClientId;
use crate::parameters::Parameters;

/// The parameters that count.
#[derive(Clone, PartialEq, Eq)]
pub enum Asked<'a> {
    /// Those of the request itself, which whoever carries it may have changed.
    Plain(&'a Parameters),
    /// Those in its request object, which its client signed.
    Signed(Parameters),
}

impl Asked<'_> {
    /// The parameters.
    pub const fn parameters(&self) -> &Parameters {
        match self {
            Self::Plain(parameters) => parameters,
            Self::Signed(parameters) => parameters,
        }
    }

    /// The client that they name.
    pub fn named_client(&self) -> Result<ClientId, Unaddressed> {
        named_client(self.parameters())
    }

    /// Whether their client signed them.
    pub const fn is_signed(&self) -> bool {
        matches!(self, Self::Signed(_))
    }
}
