//! The browser's cookie of a session, and the entry of the session store that it leads to.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_core::{
    random::Random,
    secret::{Secret, SecretKind},
};
use serde_json::{Value, json};

use super::population::Visit;

/// The cookie's name at an issuer without TLS.
pub(crate) const NAME: &str = "doorward-session";

/// The kind of entry that it leads to.
pub(crate) const KIND: &str = "session";

/// A cookie and what it stands for.
#[derive(Debug)]
pub(crate) struct Cookie {
    /// What the browser sends.
    pub(crate) value: String,
    /// What the session store keeps, before it is sealed.
    pub(crate) entry: Value,
}

impl Cookie {
    /// The cookie of a session.
    pub(crate) fn of(visit: Visit) -> Self {
        let session = visit.id();
        let dice = visit.dice();
        let random: &dyn Random = &dice;
        let id: [u8; 16] = random.bytes();
        let csrf = Secret::generate(SecretKind::BrowserBinding, random);
        Self {
            value: BASE64_URL_SAFE_NO_PAD.encode(id),
            entry: json!({ "signed_in": { "session": session, "csrf": csrf.reveal() } }),
        }
    }
}
