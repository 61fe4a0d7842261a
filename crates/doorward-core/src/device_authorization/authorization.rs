//! What is kept of a device that waits.

use std::fmt;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::device_authorization::{COLLECTION, DeviceRequest, LIFETIME};
use crate::grant::Grant;
use crate::secret::Secret;
use crate::time::Timestamp;

/// A device that waits for somebody to allow it, as the session store keeps it. Nothing of it ever changes: what is answered
/// is an entry of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceAuthorization {
    /// What is asked for.
    pub request: DeviceRequest,
    /// What its Device Code is known by.
    pub device_code: DeviceCodeName,
    /// Until when somebody may answer.
    pub expires_at: Timestamp,
}

/// What somebody answered. There is one answer: the first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceAnswer {
    /// Yes. The grant is not in the directory yet: it is recorded there, once, when the client fetches its tokens.
    Allowed(Box<Grant>),
    /// No.
    Denied,
}

impl DeviceAnswer {
    /// Whether this one, which stands, says what `another` says for the same person in the same session. Somebody whose answer
    /// arrived, and who was told that something failed, answers once more.
    pub fn says(&self, another: &Self) -> bool {
        match (self, another) {
            (Self::Denied, Self::Denied) => true,
            (Self::Allowed(stands), Self::Allowed(another)) => {
                (stands.person, stands.session) == (another.person, another.session)
            }
            _ => false,
        }
    }
}

/// What a Device Code is known by here: made of it, and nobody can make it of this.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DeviceCodeName(String);

impl DeviceCodeName {
    /// The name of `device_code`.
    pub fn of(device_code: &Secret) -> Self {
        Self(BASE64_URL_SAFE_NO_PAD.encode(device_code.hash().as_bytes()))
    }

    /// The text, for a store.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for DeviceCodeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DeviceCodeName(..)")
    }
}

impl DeviceAuthorization {
    /// The request that waits from `now` on, for whoever holds `device_code`.
    pub fn waiting(request: DeviceRequest, device_code: &Secret, now: Timestamp) -> Self {
        Self {
            request,
            device_code: DeviceCodeName::of(device_code),
            expires_at: now.plus(LIFETIME),
        }
    }

    /// Whether nobody may answer any more.
    pub fn is_over(&self, now: Timestamp) -> bool {
        now >= self.expires_at
    }

    /// Until when the client may fetch what was answered.
    pub fn collected_until(&self) -> Timestamp {
        self.expires_at.plus(COLLECTION)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::id_token::tests::grant;
    use crate::identifiers::{GrantId, SessionId};

    #[test]
    fn an_answer_is_the_same_for_the_same_session_only() {
        let allowed = |change: fn(&mut Grant)| {
            let mut grant = grant();
            change(&mut grant);
            DeviceAnswer::Allowed(Box::new(grant))
        };
        let stands = allowed(|_| ());
        let again = allowed(|grant| grant.id = GrantId::from_bytes([9; 16]));
        let elsewhere = allowed(|grant| grant.session = SessionId::from_bytes([9; 16]));
        for (stands, another, same) in [
            (&stands, &again, true),
            (&stands, &elsewhere, false),
            (&stands, &DeviceAnswer::Denied, false),
            (&DeviceAnswer::Denied, &again, false),
            (&DeviceAnswer::Denied, &DeviceAnswer::Denied, true),
        ] {
            assert_eq!(stands.says(another), same, "{stands:?} {another:?}");
        }
    }
}
