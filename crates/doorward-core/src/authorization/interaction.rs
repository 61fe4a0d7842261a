//! Interactions: valid requests that wait for their End-User.

use serde::{Deserialize, Serialize};

use crate::authorization::request::AuthorizationRequest;
use crate::identifiers::SessionId;
use crate::secret::SecretHash;
use crate::time::Timestamp;

/// A request that waits while somebody signs in or consents.
///
/// It is kept on the server whole, so that no later step takes anything from the browser but the
/// name of the interaction, and it is bound to the browser that began it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interaction {
    /// What was asked for; nothing when somebody signs in at the provider itself.
    pub request: Option<AuthorizationRequest>,
    /// What has been done about it.
    pub progress: Progress,
    /// The hash of the cookie that the browser must have.
    pub browser: SecretHash,
    /// When it began.
    pub started_at: Timestamp,
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
