//! Somebody's own program registers itself as a client, and manages its registration.

use doorward_tests::load::relying_party::{Refused, Registration};

use super::flow::Outcome;
use super::person::Person;
use crate::ledger::RegistrationId;

/// How many programs a person has.
const PROGRAMS: usize = 3;

/// What a program does with its registration.
#[derive(Clone, Copy)]
enum Change {
    Read,
    Rename,
    Remove,
}

/// As often as they are here.
const CHANGES: [Change; 5] = [
    Change::Read,
    Change::Read,
    Change::Rename,
    Change::Rename,
    Change::Remove,
];

impl Person {
    /// A program registers itself, or does something with the registration that it has.
    pub(super) async fn run_program(&mut self) -> Outcome {
        if self.programs.len() < PROGRAMS && self.rng.bool() {
            return self.register_program().await;
        }
        let Some(id) = self.rng.choice(&self.programs).copied() else {
            return Ok(());
        };
        let Some(registration) = self.books.ledger().registration(id) else {
            self.programs.retain(|program| *program != id);
            return Ok(());
        };
        match self.rng.choice(CHANGES) {
            Some(Change::Rename) => self.rename(id, &registration).await,
            Some(Change::Remove) => self.remove(id, &registration).await,
            Some(Change::Read) | None => self.read(id, &registration).await,
        }
    }

    async fn register_program(&mut self) -> Outcome {
        let (_, client) = self.client()?;
        let name = self.any_name();
        let connection = self.browser.connection();
        let registration = Registration::new(connection, &client.endpoints, &name).await?;
        let id = self.books.ledger().registered(registration);
        self.programs.push(id);
        Ok(())
    }

    async fn read(&mut self, id: RegistrationId, registration: &Registration) -> Outcome {
        let read = match registration.read(self.browser.connection()).await {
            Ok(read) => Some(read),
            Err(error) if Refused::is_unauthorized(&error) => None,
            Err(error) => return Err(error.into()),
        };
        self.books.ledger().registration_seen(id, read.as_ref());
        Ok(())
    }

    async fn rename(&mut self, id: RegistrationId, registration: &Registration) -> Outcome {
        let name = self.any_name();
        let connection = self.browser.connection();
        let answer = registration.rename(connection, &name).await;
        let mut ledger = self.books.ledger();
        match answer {
            Ok(renamed) => ledger.reregistered(id, renamed),
            Err(error) if Refused::is_unauthorized(&error) => ledger.registration_seen(id, None),
            Err(error) => {
                ledger.perhaps_reregistered(id);
                return Err(error.into());
            }
        }
        Ok(())
    }

    async fn remove(&mut self, id: RegistrationId, registration: &Registration) -> Outcome {
        let answer = registration.remove(self.browser.connection()).await;
        let mut ledger = self.books.ledger();
        match answer {
            Ok(()) => ledger.unregistered(id),
            Err(error) if Refused::is_unauthorized(&error) => ledger.registration_seen(id, None),
            Err(error) => {
                ledger.perhaps_reregistered(id);
                return Err(error.into());
            }
        }
        Ok(())
    }

    fn any_name(&mut self) -> String {
        format!("program {:08x}", self.rng.u32(..))
    }
}
