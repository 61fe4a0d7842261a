//! Asking who an access token speaks for.

use anyhow::Context as _;

use super::{Place, Refreshing};
use crate::{http::Connection, operation::Operation, relying_party::RelyingParty};

/// How many people's access tokens a worker has.
const TOKENS: usize = 200;

/// Another person's access token each time.
pub(crate) struct UserInfo {
    party: RelyingParty,
    connection: Connection,
    tokens: Vec<String>,
}

impl UserInfo {
    /// Gets access tokens of people by chance.
    pub(crate) async fn prepare(place: Place) -> anyhow::Result<Self> {
        let (party, connection) = (
            place.world.party(place.node, 0)?,
            Connection::to(place.node),
        );
        let mut refreshing = Refreshing::new(place);
        let mut tokens = Vec::new();
        for _ in 0..TOKENS {
            tokens.push(refreshing.refresh().await?);
        }
        Ok(Self {
            party,
            connection,
            tokens,
        })
    }
}

impl Operation for UserInfo {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let token = fastrand::choice(&self.tokens).context("no access token")?;
        self.party.userinfo(&mut self.connection, token).await
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
