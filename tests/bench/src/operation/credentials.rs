//! A token by `client_credentials`, from either server.

use std::{net::SocketAddr, rc::Rc};

use anyhow::{Context, ensure};
use fastrand::Rng;
use serde::Deserialize;

use super::Operation;
use crate::{
    http::{Connection, Request, form},
    relying_party::Client,
};

/// Asks for one token after the other.
pub(crate) struct ClientCredentials {
    connection: Connection,
    requests: Rc<[Vec<u8>]>,
    rng: Rng,
}

impl ClientCredentials {
    /// A worker that sends the same request each time.
    pub(crate) fn new(server: SocketAddr, path: &str, client: &Client, scope: &str) -> Self {
        Self::any_of(server, [Self::request(server, path, client, scope)].into())
    }

    /// A worker that sends one of these requests each time, chosen by chance.
    pub(crate) fn any_of(server: SocketAddr, requests: Rc<[Vec<u8>]>) -> Self {
        Self {
            connection: Connection::to(server),
            requests,
            rng: Rng::new(),
        }
    }

    /// The request of a client.
    pub(crate) fn request(server: SocketAddr, path: &str, client: &Client, scope: &str) -> Vec<u8> {
        let body = form([("grant_type", "client_credentials"), ("scope", scope)]);
        let request = Request::post(server, path, body).header("Authorization", client.basic());
        request.into_bytes()
    }
}

impl Operation for ClientCredentials {
    async fn perform(&mut self) -> anyhow::Result<()> {
        #[derive(Deserialize)]
        struct Answer<'a> {
            access_token: &'a str,
        }
        let request = self.rng.choice(self.requests.iter());
        let request = request.context("nobody asks")?;
        let response = self.connection.exchange(request).await?;
        ensure!(response.status == 200, "status {}", response.status);
        let answer: Answer<'_> = serde_json::from_slice(&response.body)?;
        ensure!(!answer.access_token.is_empty(), "an empty token");
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
