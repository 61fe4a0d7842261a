//! The secrets that commands make for clients.

use std::time::Duration;

use anyhow::Result;
use doorward_core::client::{AuthMethod, Client, ClientSecret, ClientSecrets};
use doorward_core::secret::Secret;

use crate::cli::administration::Administration;

/// What makes secrets for one method. Only where they must be known again does it take the key-encryption key, so that nobody else
/// needs it.
pub(super) struct Maker {
    method: AuthMethod,
    /// How long they work; until they are replaced when absent.
    lifetime: Option<Duration>,
    derives: Option<ClientSecrets>,
}

impl Maker {
    pub(super) async fn of(
        method: AuthMethod,
        lifetime: Option<Duration>,
        admin: &Administration,
    ) -> Result<Self> {
        let derives = match method {
            AuthMethod::ClientSecretJwt => Some(admin.client_secrets().await?),
            _ => None,
        };
        Ok(Self {
            method,
            lifetime,
            derives,
        })
    }

    /// A new secret, and what is stored of it.
    pub(super) fn make(&self, admin: &Administration) -> (Secret, ClientSecret) {
        let (random, now) = (&*admin.random, admin.now());
        let (secret, made) = match &self.derives {
            Some(secrets) => secrets.make(self.method, random, now),
            None => ClientSecret::random(random, now),
        };
        let made = ClientSecret {
            expires_at: self.lifetime.map(|lifetime| now.plus(lifetime)),
            ..made
        };
        (secret, made)
    }

    /// A secret for a client that needs one and has none.
    pub(super) fn first_secret(
        &self,
        client: &mut Client,
        admin: &Administration,
    ) -> Option<Secret> {
        (self.method.needs_secret() && client.secrets.is_empty()).then(|| {
            let (secret, stored) = self.make(admin);
            client.secrets.push(stored);
            secret
        })
    }
}
