//! What an application gets tokens with, once.

use std::sync::Arc;
use std::time::Instant;

use anyhow::Result;
use doorward_tests::load::http::Connection;
use doorward_tests::load::relying_party::{AuthorizationRequest, RelyingParty, Tokens};

use crate::ledger::SessionId;

/// Something that was handed out and has not been used.
pub(super) struct Issued {
    pub(super) client: (usize, Arc<RelyingParty>),
    pub(super) ticket: Arc<Ticket>,
    pub(super) at: Instant,
    pub(super) session: SessionId,
}

/// What was handed out.
pub(super) enum Ticket {
    /// A code, with the request that it answers.
    Code(AuthorizationRequest, String),
    /// The code of a device that somebody allowed.
    Device(String),
}

impl Ticket {
    /// The secret of it.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Code(_, code) | Self::Device(code) => code,
        }
    }

    /// Gets tokens for it, as that client.
    pub(super) async fn redeem(
        &self,
        client: &RelyingParty,
        connection: &mut Connection,
    ) -> Result<Tokens> {
        match self {
            Self::Code(request, code) => client.exchange(connection, request, code).await,
            Self::Device(code) => client.poll(connection, code).await,
        }
    }
}

impl Issued {
    /// Gets tokens for it.
    pub(super) async fn redeem(&self, connection: &mut Connection) -> Result<Tokens> {
        self.ticket.redeem(&self.client.1, connection).await
    }
}
