//! Clients that registered themselves, and what they were told of it.

use doorward_tests::load::relying_party::Registration;

use super::entries::Standing;
use super::{Kind, Ledger};

/// A registration of the ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct RegistrationId(u64);

/// A client that registered itself.
#[derive(Debug)]
pub(super) struct Registered {
    pub(super) registration: Registration,
    pub(super) standing: Standing,
}

impl Ledger {
    /// A client registered itself.
    pub(crate) fn registered(&mut self, registration: Registration) -> RegistrationId {
        self.keep_token(&registration);
        let id = RegistrationId(self.number());
        let registered = Registered {
            registration,
            standing: Standing::Living,
        };
        self.registrations.insert(id, registered);
        id
    }

    /// It changed what it is registered with.
    pub(crate) fn reregistered(&mut self, id: RegistrationId, registration: Registration) {
        self.keep_token(&registration);
        if let Some(registered) = self.registrations.get_mut(&id) {
            registered.registration = registration;
        }
    }

    /// It ended its registration.
    pub(crate) fn unregistered(&mut self, id: RegistrationId) {
        self.registration_stands(id, Standing::Ended);
    }

    /// It sent a change, and no answer came.
    pub(crate) fn perhaps_reregistered(&mut self, id: RegistrationId) {
        self.registration_stands(id, Standing::InDoubt);
    }

    /// What it manages its registration with, while that stands.
    pub(crate) fn registration(&self, id: RegistrationId) -> Option<Registration> {
        let registered = self.registrations.get(&id)?;
        let stands = registered.standing == Standing::Living;
        stands.then(|| registered.registration.clone())
    }

    /// The registration was read, or not any more.
    pub(crate) fn registration_seen(&mut self, id: RegistrationId, read: Option<&Registration>) {
        let Some(registered) = self.registrations.get(&id) else {
            return;
        };
        let known = &registered.registration.name;
        let (kind, what) = match (registered.standing, read) {
            (Standing::Living, None) => (Kind::Lost, "is gone".to_owned()),
            (Standing::Living, Some(read)) if read.name != *known => {
                let old = format!("is called {} and not {known}", read.name);
                (Kind::Lost, old)
            }
            (Standing::Ended, Some(_)) => {
                (Kind::Revived, "is back after it was removed".to_owned())
            }
            _ => return,
        };
        self.fault(kind, format!("{id:?} {what}"));
    }

    fn registration_stands(&mut self, id: RegistrationId, standing: Standing) {
        if let Some(registered) = self.registrations.get_mut(&id) {
            registered.standing = standing;
        }
    }

    fn keep_token(&mut self, registration: &Registration) {
        let token = &registration.access_token;
        self.secrets.add("registration access token", token);
    }
}
