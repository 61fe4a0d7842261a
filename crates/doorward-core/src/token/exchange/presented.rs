//! An access token that is to be exchanged.

use super::{ExchangeRefused, Presented};
use crate::access_token::{AccessTokenClaims, Subject};
use crate::client::Client;
use crate::confirmation::Confirmation;
use crate::grant::Grant;
use crate::identifiers::ClientId;
use crate::jose::Thumbprint;
use crate::resource_server::ResourceServers;
use crate::scope::Scope;

/// An access token that works now, and what was allowed at first.
#[derive(Clone, Debug)]
pub struct PresentedAccessToken {
    /// What it says.
    pub claims: AccessTokenClaims,
    /// The client that was allowed something at first: by a person, or by its registration.
    pub first_client: ClientId,
    /// All that was allowed at first.
    pub first_scope: Scope,
}

impl PresentedAccessToken {
    /// A token that came of a `grant`, or of the registration of `client` itself.
    pub fn new(claims: AccessTokenClaims, client: &Client, grant: Option<&Grant>) -> Self {
        Self {
            claims,
            first_client: client.client_id.clone(),
            first_scope: grant.map_or(&client.scope, |grant| &grant.scope).clone(),
        }
    }

    /// Whether the token came of an exchange, as far as it shows.
    pub(super) fn was_exchanged(&self) -> bool {
        self.claims.client_id != self.first_client || self.claims.act.is_some()
    }

    /// Whether `client` may exchange the token: it is its own, or it came to the API that the client is. A key that it is bound to
    /// has to be proven by its owner; an API, which cannot, proves one of its own, so that what was bound stays bound.
    pub(super) fn is_meant_for(
        &self,
        client: &Client,
        servers: &ResourceServers,
        key: Option<&Thumbprint>,
    ) -> Result<(), ExchangeRefused> {
        if self.is_of(client) {
            return self.is_held_by(key, Presented::Subject);
        }
        let received = servers.introspected_by(&client.client_id, &self.claims.aud);
        if received.is_none() {
            Err(ExchangeRefused::NotMeant)
        } else if self.claims.cnf.is_some() && key.is_none() {
            Err(ExchangeRefused::Unproven(Presented::Subject))
        } else {
            Ok(())
        }
    }

    /// Whether the token says who acts when `client` does: it must be its own, so that nobody names somebody else.
    pub(super) fn is_of_actor(
        &self,
        client: &Client,
        key: Option<&Thumbprint>,
    ) -> Result<(), ExchangeRefused> {
        if self.is_of(client) {
            self.is_held_by(key, Presented::Actor)
        } else {
            Err(ExchangeRefused::NotOwn(Presented::Actor))
        }
    }

    fn is_of(&self, client: &Client) -> bool {
        self.claims.client_id == client.client_id
    }

    fn is_held_by(
        &self,
        key: Option<&Thumbprint>,
        which: Presented,
    ) -> Result<(), ExchangeRefused> {
        match (&self.claims.cnf, key) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(ExchangeRefused::Unproven(which)),
            (Some(bound), Some(key)) if Confirmation::is(bound, key) => Ok(()),
            (Some(_), Some(_)) => Err(ExchangeRefused::WrongKey(which)),
        }
    }
}

impl Subject {
    /// `sub`.
    pub fn sub(&self) -> String {
        match self {
            Self::EndUser(end_user) => end_user.sub.to_string(),
            Self::Vouched(vouched) => vouched.sub.sub(),
            Self::Client { sub } => sub.to_string(),
        }
    }
}
