//! Pushed Authorization Requests ([RFC 9126]): the client says what it wants itself, and the browser carries no more
//! than a name for it.
//!
//! [RFC 9126]: https://www.rfc-editor.org/rfc/rfc9126

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::authorization::address::{Unaddressed, address};
use crate::authorization::request::{AuthorizationRefused, AuthorizationRequest, Origin, judge};
use crate::authorization::request_object::{Asked, RequestObject, RequestObjectRefused};
use crate::client::Client;
use crate::error::ErrorCode;
use crate::jose::Thumbprint;
use crate::parameters::Parameters;
use crate::random::Random;
use crate::resource_server::ResourceServers;
use crate::secret::{Secret, SecretKind};
use crate::subject::SubjectIdentifier;
use crate::time::Timestamp;

/// How long a pushed request may be opened ([RFC 9126 section 2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2)).
pub const LIFETIME: Duration = Duration::from_mins(1);

/// What every `request_uri` of ours begins with.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// A `request_uri` of ours, which is a secret
/// ([RFC 9126 section 7.1](https://www.rfc-editor.org/rfc/rfc9126#section-7.1)).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestUri(Secret);

impl RequestUri {
    /// A new one, of 256 random bits.
    pub fn generate(random: &dyn Random) -> Self {
        Self(Secret::generate(SecretKind::PushedRequest, random))
    }

    /// The one that an authorization request names; `None` when it names none of this form.
    pub fn named(parameters: &Parameters) -> Option<Result<Self, PushedRefused>> {
        let secret = parameters.one("request_uri")?.strip_prefix(PREFIX)?;
        let secret = Secret::parse(SecretKind::PushedRequest, secret);
        Some(secret.map(Self).ok_or(PushedRefused::Malformed))
    }

    /// The text, to be sent to the client.
    pub fn reveal(&self) -> String {
        format!("{PREFIX}{}", self.0.reveal())
    }

    /// What the request is known by here.
    pub fn name(&self) -> PushedRequestName {
        PushedRequestName(BASE64_URL_SAFE_NO_PAD.encode(self.0.hash().as_bytes()))
    }
}

/// What a pushed request is known by here: made of its `request_uri`, which nobody can make of it, so that whatever waits
/// for the answer may remember it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PushedRequestName(String);

impl PushedRequestName {
    /// The text, for a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for PushedRequestName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PushedRequestName(..)")
    }
}

/// A pushed request, as the session store keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PushedRequest {
    /// Its client has had no answer.
    Waiting {
        /// What is asked for.
        request: Box<AuthorizationRequest>,
        /// When its client was registered: one that gets the name later is another one.
        client_created_at: Timestamp,
        /// When it may no longer be opened.
        expires_at: Timestamp,
    },
    /// Its client has had its answer, and gets no other.
    Answered,
}

/// The answer to a push ([RFC 9126 section 2.2](https://www.rfc-editor.org/rfc/rfc9126#section-2.2)).
///
/// It is made to be sent once; it has no `Debug`, since it carries a secret.
#[derive(Serialize)]
pub struct PushedResponse {
    /// What the browser is to be sent with.
    pub request_uri: String,
    /// Seconds until that no longer works.
    pub expires_in: u64,
}

impl PushedResponse {
    /// The answer that gives `uri` to its client.
    pub fn new(uri: &RequestUri) -> Self {
        Self {
            request_uri: uri.reveal(),
            expires_in: LIFETIME.as_secs(),
        }
    }
}

/// Why a request was not taken. The client is told the code; the log has the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushRefused {
    /// `request_uri` is there, which is what the answer would be
    /// ([RFC 9126 section 2.1](https://www.rfc-editor.org/rfc/rfc9126#section-2.1)).
    #[error("a pushed request has no request_uri")]
    RequestUri,
    /// Its request object proves nothing.
    #[error(transparent)]
    RequestObject(#[from] RequestObjectRefused),
    /// It is not the request of the client that sent it.
    #[error("client_id is not the client that authenticated")]
    AnotherClient,
    /// Its answer could go nowhere.
    #[error(transparent)]
    Unaddressed(#[from] Unaddressed),
    /// It proves one key, and wants its code bound to another
    /// ([RFC 9449 section 10.1](https://www.rfc-editor.org/rfc/rfc9449#section-10.1)).
    #[error("dpop_jkt is not the key of the DPoP proof")]
    OtherKey,
    /// It breaks a rule that holds for every request.
    #[error(transparent)]
    Request(#[from] AuthorizationRefused),
}

impl PushRefused {
    /// The standard's code ([RFC 9126 section 2.3](https://www.rfc-editor.org/rfc/rfc9126#section-2.3)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::Request(refused) => refused.code(),
            Self::OtherKey => ErrorCode::InvalidDpopProof,
            Self::RequestObject(refused) => refused.code(),
            Self::RequestUri | Self::AnotherClient | Self::Unaddressed(_) => {
                ErrorCode::InvalidRequest
            }
        }
    }
}

/// The request object that `client` pushes, if it pushes one
/// ([RFC 9126 section 3](https://www.rfc-editor.org/rfc/rfc9126#section-3)).
pub fn request_object<'a>(
    parameters: &'a Parameters,
    client: &Client,
) -> Result<Option<RequestObject<'a>>, PushRefused> {
    if parameters.one("request_uri").is_some() {
        return Err(PushRefused::RequestUri);
    }
    Ok(RequestObject::of(parameters, client)?)
}

/// Judges a request that `client`, who has proven who it is, pushes: by all the rules of the authorization endpoint.
/// `read_hint` verifies an `id_token_hint` and names its subject, expired or not.
pub fn push(
    asked: &Asked<'_>,
    client: Arc<Client>,
    servers: &ResourceServers,
    read_hint: impl FnOnce(&str) -> Result<SubjectIdentifier, String>,
) -> Result<AuthorizationRequest, PushRefused> {
    if asked.named_client()? != client.client_id {
        return Err(PushRefused::AnotherClient);
    }
    let addressed = address(asked.parameters(), client)?;
    Ok(judge(asked, &addressed, servers, read_hint)?)
}

/// Binds the code that will come of `request` to the `key` that its client proved when it pushed it
/// ([RFC 9449 section 10.1](https://www.rfc-editor.org/rfc/rfc9449#section-10.1)).
pub fn bind(
    request: AuthorizationRequest,
    key: Option<&Thumbprint>,
) -> Result<AuthorizationRequest, PushRefused> {
    match (&request.dpop_jkt, key) {
        (Some(named), Some(proven)) if named != proven => Err(PushRefused::OtherKey),
        (None, Some(proven)) => Ok(AuthorizationRequest {
            dpop_jkt: Some(proven.clone()),
            ..request
        }),
        _ => Ok(request),
    }
}

/// Why a pushed request is not opened or answered. The person is told on a page of ours: nothing is proven of whoever
/// made the link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PushedRefused {
    /// The `request_uri` has the form of ours and was never one.
    #[error("the request_uri is none of ours: its form or checksum is wrong")]
    Malformed,
    /// It never was, or its time was over long ago.
    #[error("the request_uri is unknown")]
    Unknown,
    /// Its time is over.
    #[error("the request_uri has expired")]
    Expired,
    /// Its client has had its answer.
    #[error("the request_uri was used before")]
    Answered,
    /// Another client pushed it.
    #[error("the request_uri was made for another client")]
    AnotherClient,
    /// The client was removed meanwhile, and this is another one of its name.
    #[error("the client of the request_uri was removed and registered anew")]
    ClientRegisteredAnew,
    /// The client's registration was changed meanwhile.
    #[error("the client's registration no longer allows what it pushed")]
    RegistrationChanged,
}

impl PushedRequest {
    /// The request of `client` that waits from `now` on.
    pub fn waiting(request: AuthorizationRequest, client: &Client, now: Timestamp) -> Self {
        Self::Waiting {
            request: Box::new(request),
            client_created_at: client.created_at,
            expires_at: now.plus(LIFETIME),
        }
    }
}

/// Opens what was `found` under `uri` for `client`
/// ([RFC 9126 section 4](https://www.rfc-editor.org/rfc/rfc9126#section-4)).
///
/// It may be opened again until its client has had an answer: people reload pages.
pub fn open(
    found: Option<PushedRequest>,
    uri: &RequestUri,
    client: &Client,
    now: Timestamp,
) -> Result<AuthorizationRequest, PushedRefused> {
    let (request, client_created_at, expires_at) = match found.ok_or(PushedRefused::Unknown)? {
        PushedRequest::Answered => return Err(PushedRefused::Answered),
        PushedRequest::Waiting {
            request,
            client_created_at,
            expires_at,
        } => (request, client_created_at, expires_at),
    };
    if request.client != client.client_id {
        return Err(PushedRefused::AnotherClient);
    }
    if client_created_at != client.created_at {
        return Err(PushedRefused::ClientRegisteredAnew);
    }
    if now >= expires_at {
        return Err(PushedRefused::Expired);
    }
    if !request.is_allowed_by(client) {
        return Err(PushedRefused::RegistrationChanged);
    }
    Ok(AuthorizationRequest {
        origin: Origin::Pushed(uri.name()),
        ..*request
    })
}

/// Whether the answer may go to the client, given what was there `before` it was recorded as answered.
pub fn answer(before: Option<&PushedRequest>) -> Result<(), PushedRefused> {
    match before {
        Some(PushedRequest::Waiting { .. }) => Ok(()),
        Some(PushedRequest::Answered) => Err(PushedRefused::Answered),
        None => Err(PushedRefused::Unknown),
    }
}

#[cfg(test)]
mod tests;
