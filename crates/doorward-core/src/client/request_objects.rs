//! What a client's request objects must be, as it is registered.

use serde::{Deserialize, Serialize};

use crate::authorization::request_object::RequestObjectUri;
use crate::jose::Algorithm;

/// What a client's request objects must be ([RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5)).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestObjects {
    /// `request_object_signing_alg`: the one algorithm that they are signed with; any of ours when absent.
    #[serde(
        rename = "request_object_signing_alg",
        default,
        skip_serializing_if = "Option::is_none"
    )]
    pub algorithm: Option<Algorithm>,
    /// `require_signed_request_object`: whether a request without one is refused.
    #[serde(
        rename = "require_signed_request_object",
        default,
        skip_serializing_if = "RequestObjectPolicy::is_optional"
    )]
    pub policy: RequestObjectPolicy,
    /// How long they may be good for.
    #[serde(
        rename = "request_object_lifetime",
        default,
        skip_serializing_if = "RequestObjectLifetime::is_as_stated"
    )]
    pub lifetime: RequestObjectLifetime,
    /// `request_uris`: where it publishes some of them, for requests to refer to; no other address is asked
    /// ([RFC 9101 section 5.2](https://www.rfc-editor.org/rfc/rfc9101#section-5.2)).
    #[serde(
        rename = "request_uris",
        default,
        skip_serializing_if = "Vec::is_empty"
    )]
    pub uris: Vec<RequestObjectUri>,
}

/// Whether a client must sign its requests ([RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum RequestObjectPolicy {
    /// A request without a request object is refused.
    Required,
    /// The client may do either.
    #[default]
    Optional,
}

impl RequestObjectPolicy {
    /// Whether it is the default.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_optional(&self) -> bool {
        *self == Self::Optional
    }
}

impl From<bool> for RequestObjectPolicy {
    fn from(required: bool) -> Self {
        if required {
            Self::Required
        } else {
            Self::Optional
        }
    }
}

impl From<RequestObjectPolicy> for bool {
    fn from(policy: RequestObjectPolicy) -> Self {
        policy == RequestObjectPolicy::Required
    }
}

/// How long a client's request objects may be good for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RequestObjectLifetime {
    /// As long as their `exp` says.
    #[default]
    AsStated,
    /// An hour from their `nbf` on, which must be there, and `exp` within it
    /// ([FAPI 2.0 Message Signing section 5.3.1](https://openid.net/specs/fapi-message-signing-2_0-final.html#section-5.3.1)).
    Hour,
}

impl RequestObjectLifetime {
    /// Whether it is the default.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_as_stated(&self) -> bool {
        *self == Self::AsStated
    }
}
