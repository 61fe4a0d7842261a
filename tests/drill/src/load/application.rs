//! What applications do with what they were granted: they exchange it, and give it back.

use std::time::Instant;

use doorward_tests::load::relying_party::Refused;

use super::FILES;
use super::flow::Outcome;
use super::person::Person;

impl Person {
    /// An application exchanges its access token for one of another API.
    pub(super) async fn exchange(&mut self) -> Outcome {
        let Some((grant, client, held)) = self.any_access_token() else {
            return Ok(());
        };
        if !client.has_secret() {
            return Ok(());
        }
        let connection = self.browser.connection();
        let answer = client.exchange_token(connection, &held.access_token, FILES);
        match answer.await {
            Ok(tokens) => {
                let token = &tokens.access_token;
                self.books.ledger().exchanged(grant, token, Instant::now());
            }
            Err(error) if error.is::<Refused>() => self.books.ledger().access_refused(grant),
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    /// An application gives its refresh token back, and all that was granted with it.
    pub(super) async fn revoke(&mut self) -> Outcome {
        let Some((grant, client, token)) = self.any_refresh_token() else {
            return Ok(());
        };
        self.let_go(grant);
        let answer = client.revoke(self.browser.connection(), &token).await;
        let mut ledger = self.books.ledger();
        match answer {
            Ok(()) => ledger.revoked(grant),
            Err(error) => {
                ledger.perhaps_revoked(grant);
                return Err(error.into());
            }
        }
        Ok(())
    }
}
