//! The code flow of somebody who is signed in: authorize, then exchange.

use super::Place;
use crate::{
    browser::Browser,
    http::Connection,
    operation::{Operation, elsewhere},
    relying_party::{AuthorizationRequest, Prompt, Scope},
    scale::world::World,
};

/// Somebody else opens an application each time. One operation is two requests.
pub(crate) struct CodeFlow {
    place: Place,
    browser: Browser,
}

impl CodeFlow {
    /// A worker with one browser, whose people change.
    pub(crate) fn new(place: Place) -> Self {
        let browser = place.world.browser(place.node);
        Self { place, browser }
    }
}

impl Operation for CodeFlow {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let Self { place, browser } = self;
        let population = &place.world.population;
        let person = place.share.anybody();
        World::sign_in(browser, population.visit(person));
        let client = fastrand::u32(0..population.clients());
        let party = place.world.party(place.node, client)?;
        let request = AuthorizationRequest::new()?;
        let path = party.authorization_path(&request, Scope::Tokens, Prompt::None);
        let code = request.code(&elsewhere(browser.open(&path).await?)?)?;
        party
            .exchange(browser.connection(), &request, &code)
            .await?;
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        self.browser.connection()
    }
}
