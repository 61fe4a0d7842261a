//! Refreshing, with a refresh token that changes each time.

use std::rc::Rc;

use anyhow::{Context, ensure};

use super::{Login, Operation};
use crate::{
    http::Connection,
    relying_party::{RelyingParty, Scope},
    signature::Algorithm,
};

/// Goes along its own chain of refresh tokens.
pub(crate) struct Refresh {
    connection: Connection,
    party: Rc<RelyingParty>,
    newest: String,
    /// The signatures that each answer cost the server.
    pub(crate) signatures: Vec<Algorithm>,
}

impl Refresh {
    /// Signs in once for the chain's first token, and refreshes once to see what an answer holds.
    pub(crate) async fn prepare(party: Rc<RelyingParty>) -> anyhow::Result<Self> {
        let (_, tokens) = Login::of_anybody(Rc::clone(&party))?
            .sign_in(Scope::TokensAndRefresh)
            .await?;
        let mut refresh = Self {
            connection: Connection::to(party.server),
            party,
            newest: tokens
                .refresh_token
                .context("no refresh token came with the code")?,
            signatures: Vec::new(),
        };
        refresh.signatures = refresh.advance().await?;
        Ok(refresh)
    }

    async fn advance(&mut self) -> anyhow::Result<Vec<Algorithm>> {
        let tokens = self
            .party
            .refresh(&mut self.connection, &self.newest)
            .await?;
        let signatures = Algorithm::of_tokens(&tokens);
        let next = tokens.refresh_token.context("no next refresh token")?;
        ensure!(next != self.newest, "the refresh token did not change");
        self.newest = next;
        Ok(signatures)
    }
}

impl Operation for Refresh {
    async fn perform(&mut self) -> anyhow::Result<()> {
        self.advance().await?;
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
