//! `GET` of a document that does not change.

use std::net::SocketAddr;

use anyhow::ensure;

use super::Operation;
use crate::http::{Connection, Request};

/// Fetches one document; every answer must equal the first.
pub(crate) struct Fetch {
    connection: Connection,
    request: Vec<u8>,
    document: Vec<u8>,
}

impl Fetch {
    /// Fetches the document once, to know it.
    pub(crate) async fn prepare(server: SocketAddr, path: &str) -> anyhow::Result<Self> {
        let mut connection = Connection::to(server);
        let request = Request::get(server, path).into_bytes();
        let first = connection.exchange(&request).await?;
        ensure!(first.status == 200, "{path} answered {}", first.status);
        Ok(Self {
            connection,
            request,
            document: first.body,
        })
    }
}

impl Operation for Fetch {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let response = self.connection.exchange(&self.request).await?;
        ensure!(response.status == 200, "status {}", response.status);
        ensure!(response.body == self.document, "the document changed");
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
