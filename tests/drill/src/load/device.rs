//! Somebody allows a device that has no browser of its own.

use std::time::Instant;

use anyhow::anyhow;
use doorward_tests::load::browser::{Landing, Question};

use super::Setback;
use super::flow::whereabouts;
use super::person::Person;
use super::ticket::{Issued, Ticket};

/// What the page says at the end.
const DONE: &str = "id=\"device-done\"";

impl Person {
    /// A device that was allowed; none when the browser turns out not to be signed in.
    pub(super) async fn device(&mut self) -> Result<Option<Issued>, Setback> {
        let Some(session) = self.session else {
            return Ok(None);
        };
        let (client, scope) = (self.client()?, self.any_scope());
        let connection = self.browser.connection();
        let device = client.1.begin_device(connection, scope).await?;
        self.books
            .ledger()
            .secret("device code", &device.device_code);
        let began = Instant::now();
        let page = self.browser.open("/device").await?;
        let page = question(&page, "enter")?;
        let entered = self
            .browser
            .answer(&page, &device.user_code, "enter")
            .await?;
        let Some(page) = Question::read(&entered, "allow") else {
            return self.not_asked(&entered, began);
        };
        let allowed = self.browser.press(&page, "allow").await?;
        match &allowed {
            Landing::Here(_, answer) if answer.text().contains(DONE) => Ok(Some(self.issued(
                client,
                Ticket::Device(device.device_code),
                session,
            ))),
            other => Err(anyhow!("allowing a device led to {}", whereabouts(other)).into()),
        }
    }

    /// Somebody entered the code, and was not asked to allow the device.
    fn not_asked(&mut self, landing: &Landing, began: Instant) -> Result<Option<Issued>, Setback> {
        if Question::read(landing, "sign-in").is_some() {
            let session = self.session.take();
            if let Some(session) = session {
                self.books.ledger().missed(session);
            }
            return Ok(None);
        }
        if Question::read(landing, "enter").is_some() {
            self.books.ledger().device_unknown(began);
            return Ok(None);
        }
        Err(anyhow!("the code of a device led to {}", whereabouts(landing)).into())
    }
}

fn question(landing: &Landing, button: &str) -> Result<Question, Setback> {
    Question::read(landing, button)
        .ok_or_else(|| anyhow!("no button {button} but {}", whereabouts(landing)).into())
}
