//! Interactions: what waits for its End-User.

use serde::{Deserialize, Serialize};

use crate::authorization::OwnPage;
use crate::authorization::request::AuthorizationRequest;
use crate::device_authorization::FoundDevice;
use crate::forward_auth::Visit;
use crate::identifiers::{ClientId, SessionId};
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// Something that waits while somebody signs in or consents.
///
/// It is kept on the server whole, so that no later step takes anything from the browser but the
/// name of the interaction, and it is bound to the browser that began it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// What it is for.
    pub purpose: Purpose,
    /// What has been done about it.
    pub progress: Progress,
    /// The hash of the cookie that the browser must have.
    pub browser: SecretHash,
    /// When it began.
    pub started_at: Timestamp,
}

/// What an interaction is for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Somebody signs in at the provider itself.
    SignIn,
    /// Somebody goes to a page of the provider that is their own.
    Page(OwnPage),
    /// A client asked for an Authorization Code.
    Authorization(Box<AuthorizationRequest>),
    /// Somebody is about to enter the code that a device shows; this is what the field begins with.
    DeviceCode(String),
    /// Somebody entered the code that a device shows.
    Device(Box<FoundDevice>),
    /// Somebody is on the way to a site.
    Site(Box<Visit>),
}

impl Purpose {
    /// The client that waits for it; none as long as there is none to name.
    pub fn client(&self) -> Option<&ClientId> {
        match self {
            Self::Authorization(request) => Some(&request.client),
            Self::Device(found) => Some(&found.authorization.request.client),
            Self::SignIn | Self::Page(_) | Self::DeviceCode(_) | Self::Site(_) => None,
        }
    }

    /// The request that its browser brought, or brought the name of.
    pub fn authorization(&self) -> Option<&AuthorizationRequest> {
        match self {
            Self::Authorization(request) => Some(request),
            _ => None,
        }
    }
}

/// What the person has done in this interaction, and no other.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// The session in which credentials were checked.
    pub authenticated: Option<SessionId>,
    /// The session that was chosen to go on with.
    pub chosen: Option<SessionId>,
    /// The session in which consent was given.
    pub consented: Option<SessionId>,
}
