//! A token by `client_credentials`, from either server.

use std::net::SocketAddr;

use anyhow::ensure;
use serde::Deserialize;

use super::Operation;
use crate::{
    http::{Connection, Request, form},
    relying_party::Client,
};

/// Asks for one token after the other.
pub(crate) struct ClientCredentials {
    connection: Connection,
    request: Vec<u8>,
}

impl ClientCredentials {
    /// A worker that sends the same request each time.
    pub(crate) fn new(server: SocketAddr, path: &str, client: &Client, scope: &str) -> Self {
        let body = form([("grant_type", "client_credentials"), ("scope", scope)]);
        let request = Request::post(server, path, body).header("Authorization", client.basic());
        Self {
            connection: Connection::to(server),
            request: request.into_bytes(),
        }
    }
}

impl Operation for ClientCredentials {
    async fn perform(&mut self) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            access_token: &'a str,
        }
        let response = self.connection.exchange(&self.request).await?;
        ensure!(response.status == 200, "status {}", response.status);
        let answer: Answer<'_> = serde_json::from_slice(&response.body)?;
        ensure!(!answer.access_token.is_empty(), "an empty token");
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
