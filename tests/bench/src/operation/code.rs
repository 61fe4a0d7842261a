//! The code round trip of a person who is signed in: authorize, then exchange.

use std::rc::Rc;

use super::{Login, Operation, login::elsewhere};
use crate::{
    browser::Browser,
    http::Connection,
    relying_party::{AuthorizationRequest, Prompt, RelyingParty, Scope},
};

/// Gets one code after the other without a prompt, and exchanges each. One operation is two requests.
pub(crate) struct CodeRoundTrip {
    browser: Browser,
    party: Rc<RelyingParty>,
}

impl CodeRoundTrip {
    /// Signs in once.
    pub(crate) async fn prepare(party: Rc<RelyingParty>) -> anyhow::Result<Self> {
        let (browser, _) = Login::of_anybody(Rc::clone(&party))?
            .sign_in(Scope::Tokens)
            .await?;
        Ok(Self { browser, party })
    }
}

impl Operation for CodeRoundTrip {
    async fn perform(&mut self) -> anyhow::Result<()> {
        let request = AuthorizationRequest::new()?;
        let path = self
            .party
            .authorization_path(&request, Scope::Tokens, Prompt::None);
        let code = request.code(&elsewhere(self.browser.open(&path).await?)?)?;
        self.party
            .exchange(self.browser.connection(), &request, &code)
            .await?;
        Ok(())
    }

    fn connection(&mut self) -> &mut Connection {
        self.browser.connection()
    }
}
