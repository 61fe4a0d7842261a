//! What an API demands of the sign-in behind a token
//! ([RFC 9470 section 3](https://www.rfc-editor.org/rfc/rfc9470#section-3)).

use serde::{Deserialize, Serialize};

use super::Acr;
use crate::authorization::MaxAge;

/// What an API demands of the sign-in behind a token.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthenticationDemand {
    /// The weakest level that it takes; any when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub minimum_acr: Option<Acr>,
    /// How long ago the sign-in may be when the client gets its grant, in seconds; any time when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_authentication_age: Option<MaxAge>,
}
