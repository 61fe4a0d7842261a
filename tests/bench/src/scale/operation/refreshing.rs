//! Refreshing somebody's tokens.

use anyhow::Context as _;

use super::Place;
use crate::{http::Connection, operation::Operation};

/// Somebody else's refresh token each time.
pub(crate) struct Refreshing {
    place: Place,
    connection: Connection,
}

impl Refreshing {
    /// A worker with one connection, whose people change.
    pub(crate) fn new(place: Place) -> Self {
        let connection = Connection::to(place.node);
        Self { place, connection }
    }

    /// Refreshes anybody's tokens, and returns the access token.
    pub(super) async fn refresh(&mut self) -> anyhow::Result<String> {
        let Self { place, connection } = self;
        let Place { world, node, share } = place;
        let person = share.anybody();
        let party = world.party(*node, world.population.client_of(person))?;
        let presented = world.refresh_token(person);
        let tokens = party.refresh(connection, &presented).await?;
        let newest = tokens.refresh_token.context("no next refresh token")?;
        world.rotated(person, newest);
        Ok(tokens.access_token)
    }
}

impl Operation for Refreshing {
    async fn perform(&mut self) -> anyhow::Result<()> {
        self.refresh().await.map(drop)
    }

    fn connection(&mut self) -> &mut Connection {
        &mut self.connection
    }
}
