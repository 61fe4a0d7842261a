//! Whether a request to a site may pass.

use std::rc::Rc;

use anyhow::ensure;

use super::{Login, Operation};
use crate::{
    http::{Connection, Request},
    relying_party::{RelyingParty, Scope},
};

/// Asks, as a proxy does, about one request with a working access token again and again.
pub(crate) struct Check {
    connection: Connection,
    request: Vec<u8>,
}

impl Check {
    /// The host of the site.
    pub(crate) const SITE: &str = "bench.test";

    /// Gets the token.
    pub(crate) async fn prepare(party: Rc<RelyingParty>, scope: Scope) -> anyhow::Result<Self> {
        let login = Login::of_anybody(Rc::clone(&party))?;
        let (_, tokens) = login.sign_in(scope).await?;
        let request = Request::get(party.server, "/auth/check")
            .header("X-Forwarded-Method", "GET")
            .header("X-Forwarded-Proto", "http")
            .header("X-Forwarded-Host", Self::SITE)
            .header("X-Forwarded-Uri", "/reports/2026/november?page=7")
            .header("X-Forwarded-For", "192.0.2.1")
            .header(
                "Authorization",
                format_args!("Bearer {}", tokens.access_token),
            );
        Ok(Self {
            connection: Connection::to(party.server),
            request: request.into_bytes(),
        })
    }
}

impl Operation for Check {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let response = self.connection.exchange(&self.request).await?;
        ensure!(response.status == 200, "status {}", response.status);
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
