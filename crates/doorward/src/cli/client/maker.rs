//! The secrets that commands make for clients.

use anyhow::Result;
use doorward_core::client::{AuthMethod, Client, ClientSecret, ClientSecrets};
use doorward_core::secret::Secret;

use crate::cli::administration::Administration;

/// What makes secrets for one method. Only where they must be known again does it take the key-encryption key, so that nobody else
/// needs it.
pub(super) struct Maker {
    method: AuthMethod,
    derives: Option<ClientSecrets>,
}

impl Maker {
    pub(super) async fn of(method: AuthMethod, admin: &Administration) -> Result<Self> {
        let derives = match method {
            AuthMethod::ClientSecretJwt => Some(admin.client_secrets().await?),
            _ => None,
        };
        Ok(Self { method, derives })
    }

    /// A new secret, and what is stored of it.
    pub(super) fn make(&self, admin: &Administration) -> (Secret, ClientSecret) {
        let (random, now) = (&*admin.random, admin.now());
        match &self.derives {
            Some(secrets) => secrets.make(self.method, random, now),
            None => ClientSecret::random(random, now),
        }
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
