//! A device without a browser ([RFC 8628](https://www.rfc-editor.org/rfc/rfc8628)).

use serde::Deserialize;

use super::{RelyingParty, Scope, Tokens, tokens};
use crate::load::http::{Connection, form};

/// What a device got to begin with.
#[derive(Clone, Debug, Deserialize)]
pub struct Device {
    /// What its client shows to the provider.
    pub device_code: String,
    /// What it shows to people.
    pub user_code: String,
}

impl RelyingParty {
    /// Begins as a device that asks for that scope
    /// ([RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)).
    pub async fn begin_device(
        &self,
        connection: &mut Connection,
        scope: Scope,
    ) -> anyhow::Result<Device> {
        let body = form([("scope", scope.parameter().as_str())]);
        let request = self.authenticated(&self.endpoints.device, &body);
        tokens::read(connection.exchange(&request.into_bytes()).await?, 200)
    }

    /// Asks for the tokens of a device ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)).
    pub async fn poll(
        &self,
        connection: &mut Connection,
        device_code: &str,
    ) -> anyhow::Result<Tokens> {
        let pairs = [
            ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
            ("device_code", device_code),
        ];
        self.token(connection, &pairs).await
    }
}
