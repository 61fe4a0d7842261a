//! What a token stands for.

use std::rc::Rc;

use anyhow::ensure;

use super::{Login, Operation};
use crate::{
    http::Connection,
    relying_party::{RelyingParty, Scope},
};

/// Asks about one working access token of a person again and again.
pub(crate) struct Introspection {
    connection: Connection,
    party: Rc<RelyingParty>,
    token: String,
}

impl Introspection {
    /// Gets the token.
    pub(crate) async fn prepare(party: Rc<RelyingParty>, scope: Scope) -> anyhow::Result<Self> {
        let login = Login::of_anybody(Rc::clone(&party))?;
        let (_, tokens) = login.sign_in(scope).await?;
        Ok(Self {
            connection: Connection::to(party.server),
            token: tokens.access_token,
            party,
        })
    }

    /// The same worker, if what it asks about is no JWT.
    pub(crate) fn opaque(self) -> anyhow::Result<Self> {
        ensure!(!self.token.contains('.'), "the token is a JWT");
        Ok(self)
    }
}

impl Operation for Introspection {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let active = self.party.introspect(&mut self.connection, &self.token);
        ensure!(active.await?, "the token does not work any more");
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
