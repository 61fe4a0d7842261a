//! What an operator lets clients do that register themselves.

use std::collections::BTreeSet;
use std::time::Duration;

use super::ClientDocumentPolicy;
use crate::authorization_details::DetailTypeName;
use crate::client::{Client, MutualTlsSupport};
use crate::jose::Algorithm;
use crate::scope::Scope;

/// Who may register, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegistrationPolicy {
    /// Who may register.
    pub access: RegistrationAccess,
    /// All that a client may ask for that registered itself.
    pub scope: Scope,
    /// The types of details that such a client may ask for.
    pub authorization_details_types: BTreeSet<DetailTypeName>,
    /// How long an unused client is kept.
    pub unused: Duration,
    /// What clients may do with certificates.
    pub mutual_tls: MutualTlsSupport,
    /// What we sign with.
    pub signatures: Vec<Algorithm>,
    /// Whose documents about clients are read.
    pub documents: ClientDocumentPolicy,
}

impl RegistrationPolicy {
    /// What it is for a client that is known already: an operator may allow one of them more or less than all.
    #[must_use]
    pub fn of_client(&self, client: &Client) -> Self {
        let allowed = client.allowed_scope();
        let mut types = self.authorization_details_types.clone();
        types.extend(client.authorization_details_types.iter().cloned());
        Self {
            scope: allowed.unwrap_or(&self.scope).clone(),
            authorization_details_types: types,
            ..self.clone()
        }
    }
}

/// Who may register clients ([RFC 7591 section 3](https://www.rfc-editor.org/rfc/rfc7591#section-3)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum RegistrationAccess {
    /// Nobody but operators.
    #[default]
    Closed,
    /// Whoever has an initial access token from an operator.
    InitialAccessToken,
    /// Anybody who reaches the provider.
    Open,
}

impl RegistrationAccess {
    /// The name in settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Closed => "closed",
            Self::InitialAccessToken => "initial_access_token",
            Self::Open => "open",
        }
    }
}
