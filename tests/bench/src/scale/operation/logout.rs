//! Signing out, as a person does it: the question, and its answer.

use std::time::Duration;

use anyhow::{Context as _, ensure};

use super::Place;
use crate::{
    browser::{Browser, Landing, Question},
    http::Connection,
    operation::Operation,
    scale::world::World,
};

/// The endpoint's path, and the button of its page.
const LOGOUT: (&str, &str) = ("/logout", "sign-out");

/// Another guest each time. One operation is two requests.
pub(crate) struct Logout {
    place: Place,
    browser: Browser,
}

impl Logout {
    /// Nobody can sign out twice, so each worker takes its time.
    pub(crate) const REST: Duration = Duration::from_millis(6);

    /// A worker with one browser, whose people change.
    pub(crate) fn new(place: Place) -> Self {
        let browser = place.world.browser(place.node);
        Self { place, browser }
    }
}

impl Operation for Logout {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let Self { place, browser } = self;
        World::sign_in(browser, place.world.next_guest()?);
        let (path, button) = LOGOUT;
        let asked = browser.open(path).await?;
        let question = Question::read(&asked, button).context("no question before signing out")?;
        let Landing::Here(_, answer) = browser.press(&question, button).await? else {
            anyhow::bail!("sent elsewhere after signing out");
        };
        ensure!(answer.status == 200, "status {}", answer.status);
        Ok(())
    }

    async fn rest(&mut self) {
        tokio::time::sleep(Self::REST).await;
    }

    fn connection(&mut self) -> &mut Connection {
        self.browser.connection()
    }
}
