//! Signing in with a password, in a browser that has never been here.

use super::Place;
use crate::{
    browser::{Browser, SignInPage},
    http::Connection,
    operation::{Operation, PASSWORD, elsewhere},
    relying_party::{AuthorizationRequest, Prompt, Scope},
    scale::population::username,
};

/// Somebody else signs in each time.
pub(crate) struct SignIn {
    place: Place,
    browser: Browser,
}

impl SignIn {
    /// A worker with one browser, whose people change.
    pub(crate) fn new(place: Place) -> Self {
        let browser = place.world.browser(place.node);
        Self { place, browser }
    }
}

impl Operation for SignIn {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let Self { place, browser } = self;
        let client = fastrand::u32(0..place.world.population.clients());
        let party = place.world.party(place.node, client)?;
        let name = username(place.share.anybody())?;
        browser.forget();
        let request = AuthorizationRequest::new()?;
        let path = party.authorization_path(&request, Scope::Tokens, Prompt::Any);
        let page = SignInPage::read(browser.open(&path).await?)?;
        let landing = browser.submit(&page, name.as_str(), PASSWORD).await?;
        request.code(&elsewhere(landing)?).map(drop)
    }

    fn connection(&mut self) -> &mut Connection {
        self.browser.connection()
    }
}
