//! A token as a request shows it.

use super::ApiTokenKind;
use crate::secret::{Secret, SecretHash};

/// A text that has the form of an API token, with the right checksum. Whether there is such a token is not known yet.
#[derive(Clone, Debug)]
pub struct PresentedApiToken {
    kind: ApiTokenKind,
    secret: Secret,
}

impl PresentedApiToken {
    /// Reads one; `None` for anything that was never one, which needs no look-up.
    pub fn parse(text: &str) -> Option<Self> {
        ApiTokenKind::ALL.into_iter().find_map(|kind| {
            let secret = Secret::parse(kind.secret(), text)?;
            Some(Self { kind, secret })
        })
    }

    /// Its kind, by its form.
    pub const fn kind(&self) -> ApiTokenKind {
        self.kind
    }

    /// What a store knows it by.
    pub fn hash(&self) -> SecretHash {
        self.secret.hash()
    }
}
