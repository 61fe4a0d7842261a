//! A person's login in a fresh browser, by password.

use std::rc::Rc;

use anyhow::bail;
use url::Url;

use super::Operation;
use crate::{
    browser::{Browser, Landing, SignInPage, excerpt},
    http::Connection,
    relying_party::{AuthorizationRequest, Prompt, RelyingParty, Scope, Tokens},
};

/// Who logs in. There are several, because no account may be tried as often as a flood of logins would.
pub(crate) const PEOPLE: [&str; 4] = ["alice", "bob", "carol", "dave"];

/// The password that all of them have.
pub(crate) const PASSWORD: &str = "seven quiet herons by the weir";

/// Logs in again and again, each time as a browser that has never been here.
pub(crate) struct Login {
    browser: Browser,
    party: Rc<RelyingParty>,
    username: &'static str,
}

impl Login {
    /// A worker for one of the people, with a browser of its own.
    pub(crate) fn new(party: Rc<RelyingParty>, username: &'static str) -> anyhow::Result<Self> {
        Ok(Self {
            browser: Browser::fresh(party.server)?,
            party,
            username,
        })
    }

    /// A worker for somebody.
    pub(crate) fn of_anybody(party: Rc<RelyingParty>) -> anyhow::Result<Self> {
        let [somebody, ..] = PEOPLE;
        Self::new(party, somebody)
    }

    /// Goes as far as the sign-in page.
    pub(crate) async fn begin(&mut self, scope: Scope) -> anyhow::Result<Begun> {
        self.browser.forget();
        let request = AuthorizationRequest::new()?;
        let path = self.party.authorization_path(&request, scope, Prompt::Any);
        let page = SignInPage::read(self.browser.open(&path).await?)?;
        Ok(Begun { request, page })
    }

    /// Sends the password and follows the redirects to the code.
    pub(crate) async fn finish(&mut self, begun: &Begun) -> anyhow::Result<String> {
        let Begun { request, page } = begun;
        let landing = self.browser.submit(page, self.username, PASSWORD).await?;
        request.code(&elsewhere(landing)?)
    }

    /// Logs in once and exchanges the code; the browser stays signed in.
    pub(crate) async fn sign_in(mut self, scope: Scope) -> anyhow::Result<(Browser, Tokens)> {
        let begun = self.begin(scope).await?;
        let code = self.finish(&begun).await?;
        let connection = self.browser.connection();
        let tokens = self
            .party
            .exchange(connection, &begun.request, &code)
            .await?;
        Ok((self.browser, tokens))
    }
}

/// A login that has come to the sign-in page.
pub(crate) struct Begun {
    request: AuthorizationRequest,
    page: SignInPage,
}

impl Operation for Login {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let begun = self.begin(Scope::Tokens).await?;
        self.finish(&begun).await?;
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        self.browser.connection()
    }
}

/// The address outside the provider that a landing must be.
pub(crate) fn elsewhere(landing: Landing) -> anyhow::Result<Url> {
    match landing {
        Landing::Elsewhere(url) => Ok(url),
        Landing::Here(url, response) => bail!(
            "no code, but a page at {url} (status {}): {}",
            response.status,
            excerpt(&response.text())
        ),
    }
}
