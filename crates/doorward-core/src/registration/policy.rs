//! What an operator lets clients do that register themselves.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::ClientDocumentPolicy;
use crate::authorization_details::DetailTypeName;
use crate::client::{Client, MutualTlsSupport};
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
    /// Whose documents about clients are read.
    pub documents: ClientDocumentPolicy,
}

impl RegistrationPolicy {
    /// What it is for a client that is known already: an operator may allow one of them more or less than all.
    #[must_use]
    pub fn of_client(&self, client: &Client) -> Self {
        Self {
            scope: self.scope_of(client).clone(),
            authorization_details_types: self.types_of(client).clone(),
            ..self.clone()
        }
    }

    /// A client within what it may ask for today, whatever that was when it registered. Those of operators are as they are.
    #[must_use]
    pub fn applied_to(&self, client: Arc<Client>) -> Arc<Client> {
        if client.dynamic.is_none() {
            return client;
        }
        let (scope, types) = (self.scope_of(&client), self.types_of(&client));
        if client.scope.is_within(scope) && client.authorization_details_types.is_subset(types) {
            return client;
        }
        let types = client.authorization_details_types.intersection(types);
        Arc::new(Client {
            scope: client.scope.intersection(scope),
            authorization_details_types: types.cloned().collect(),
            ..Client::clone(&client)
        })
    }

    fn scope_of<'a>(&'a self, client: &'a Client) -> &'a Scope {
        client.allowed_scope().unwrap_or(&self.scope)
    }

    fn types_of<'a>(&'a self, client: &'a Client) -> &'a BTreeSet<DetailTypeName> {
        let allowed = client.allowed_authorization_details_types();
        allowed.unwrap_or(&self.authorization_details_types)
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
