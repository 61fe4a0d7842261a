//! Request objects: a request to authorize that its client signed ([RFC 9101], [OpenID Connect Core section 6.1]).
//!
//! What stands beside a request object counts for nothing ([RFC 9101 section 6.3]): whoever carries the request, the browser and all
//! that sits in it, can leave it away and cannot change it. The object may also be where a request refers to ([`ObjectReference`]).
//!
//! [RFC 9101]: https://www.rfc-editor.org/rfc/rfc9101
//! [RFC 9101 section 6.3]: https://www.rfc-editor.org/rfc/rfc9101#section-6.3
//! [OpenID Connect Core section 6.1]: https://openid.net/specs/openid-connect-core-1_0.html#RequestObject

mod asked;
mod dates;
mod members;
mod reference;
mod uri;

use serde::Deserialize as _;
use serde_json::{Map, Value};

use crate::client::Client;
use crate::error::ErrorCode;
use crate::jose::{Acceptable, Audience, JwtRefused, KeyName, Unverified};
use crate::parameters::Parameters;
use crate::time::Timestamp;

pub use asked::Asked;
pub use reference::{ObjectReference, ReferenceRefused, Referred};
pub use uri::{RequestObjectUri, RequestObjectUriRefused};

/// What the `typ` of a request object may be ([RFC 9101 section 10.8](https://www.rfc-editor.org/rfc/rfc9101#section-10.8)).
const TYPES: [&str; 3] = [
    "oauth-authz-req+jwt",
    "application/oauth-authz-req+jwt",
    "JWT",
];

/// Parameters that lead to yet another request ([RFC 9101 section 4](https://www.rfc-editor.org/rfc/rfc9101#section-4)).
const NESTED: [&str; 2] = ["request", "request_uri"];

/// A request object as a request brings it. That its client signed it is not proven.
#[derive(Clone, Copy)]
pub struct RequestObject<'a> {
    text: &'a str,
}

/// Why a request object was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RequestObjectRefused {
    /// `request_uri` is there as well ([RFC 9101 section 5](https://www.rfc-editor.org/rfc/rfc9101#section-5)).
    #[error("request and request_uri are both there")]
    ReferenceToo,
    /// It is no JWT that a key of the client signed.
    #[error("the request object is refused: {0}")]
    Jwt(#[from] JwtRefused),
    /// `iss` is not the client.
    #[error("the request object's iss is not the client")]
    Issuer,
    /// `client_id` is not the client.
    #[error("the request object's client_id is not the client")]
    Client,
    /// `aud` does not name this provider.
    #[error("the request object's aud does not name the issuer")]
    Audience,
    /// `sub` is the client, as in an assertion ([RFC 9101 section 10.8](https://www.rfc-editor.org/rfc/rfc9101#section-10.8)).
    #[error("the request object's sub is the client, so it may be an assertion")]
    Assertion,
    /// It is good for longer, or was made earlier, than its client wants.
    #[error("the request object is for more than an hour, or older than that")]
    TooLong,
    /// There is another request in it.
    #[error("the request object has the member {0}")]
    Nested(&'static str),
    /// A member is null.
    #[error("the request object's member {0:?} is null")]
    Null(String),
    /// There is more in it than a request may have.
    #[error("the request object has more members than a request may have")]
    TooMany,
    /// There is a NUL in it.
    #[error("the request object has a NUL")]
    Encoding,
}

impl RequestObjectRefused {
    /// The standard's code ([RFC 9101 section 7](https://www.rfc-editor.org/rfc/rfc9101#section-7)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::ReferenceToo => ErrorCode::InvalidRequest,
            _ => ErrorCode::InvalidRequestObject,
        }
    }
}

impl<'a> RequestObject<'a> {
    /// The one that `parameters` bring, if `client` has keys to sign one with; without any it cannot be proven.
    pub fn of(
        parameters: &'a Parameters,
        client: &Client,
    ) -> Result<Option<Self>, RequestObjectRefused> {
        let Some(text) = parameters.one("request").filter(|_| client.has_keys()) else {
            return Ok(None);
        };
        if parameters.one("request_uri").is_some() || parameters.is_repeated("request_uri") {
            return Err(RequestObjectRefused::ReferenceToo);
        }
        Ok(Some(Self { text }))
    }

    /// Which key it says that it is signed with.
    pub fn signed_with(self) -> Result<KeyName, RequestObjectRefused> {
        Ok(Unverified::parse(self.text)?.signed_with())
    }

    /// What `client` asks for, once it is proven that it signed this, for `issuer` and for now.
    pub fn open(
        self,
        client: &Client,
        issuer: &str,
        now: Timestamp,
    ) -> Result<Asked<'static>, RequestObjectRefused> {
        let keys = client.jwks.as_ref().ok_or(JwtRefused::NoKey)?;
        let acceptable = Acceptable {
            algorithms: client.request_object_algorithms(),
            types: &TYPES,
        };
        let claims = keys.verify(&Unverified::parse(self.text)?, acceptable)?;
        is_from(client, &claims)?;
        if !is_addressed(&claims, issuer) {
            return Err(RequestObjectRefused::Audience);
        }
        dates::judge(&claims, client.request_objects.lifetime, now)?;
        if let Some(name) = NESTED.into_iter().find(|name| claims.contains_key(*name)) {
            return Err(RequestObjectRefused::Nested(name));
        }
        members::parameters(claims).map(Asked::Signed)
    }
}

/// Refuses an object that does not name `client` as the one who made it and whose request it is.
fn is_from(client: &Client, claims: &Map<String, Value>) -> Result<(), RequestObjectRefused> {
    let is_client =
        |name| claims.get(name).and_then(Value::as_str) == Some(client.client_id.as_str());
    if !is_client("iss") {
        Err(RequestObjectRefused::Issuer)
    } else if !is_client("client_id") {
        Err(RequestObjectRefused::Client)
    } else if is_client("sub") {
        Err(RequestObjectRefused::Assertion)
    } else {
        Ok(())
    }
}

/// Whether `issuer` is among those that the object is for.
fn is_addressed(claims: &Map<String, Value>, issuer: &str) -> bool {
    let audience = claims
        .get("aud")
        .and_then(|aud| Audience::deserialize(aud).ok());
    audience.is_some_and(|audience| audience.contains(issuer))
}

#[cfg(test)]
mod tests;
