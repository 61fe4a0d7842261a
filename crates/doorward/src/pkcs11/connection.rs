//! An open token: the module of its maker, a login, and a few sessions.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::object::ObjectHandle;
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use doorward_core::jose::{Algorithm, HardwareKey};

use super::Place;
use super::failed::TokenFailed;
use super::mechanism::mechanism;
use super::object::{self, PublicObject};
use super::pin::Pin;

/// An open token.
pub(super) struct Connection {
    module: Pkcs11,
    slot: Slot,
    /// Sessions that nobody uses now. One at least stays, since the login ends with the last.
    idle: Mutex<Vec<Session>>,
    /// Where keys are that were found before.
    found: Mutex<BTreeMap<String, ObjectHandle>>,
}

impl Connection {
    /// Loads the module and logs in to the token.
    pub(super) fn open(place: &Place, pin: &Pin) -> Result<Self, TokenFailed> {
        let unloadable = |error| TokenFailed::Module {
            path: place.module.clone(),
            error,
        };
        let module = Pkcs11::new(&place.module).map_err(unloadable)?;
        initialize(&module).map_err(unloadable)?;
        match log_in(&module, &place.token, pin) {
            Ok((slot, session)) => Ok(Self {
                module,
                slot,
                idle: Mutex::new(vec![session]),
                found: Mutex::default(),
            }),
            Err(failed) => {
                // Modules look for their tokens when they are initialized, and only then.
                let _ = module.finalize();
                Err(failed)
            }
        }
    }

    /// Ends all sessions, and lets the module forget everything.
    pub(super) fn close(self) {
        drop(self.idle);
        if let Err(error) = self.module.finalize() {
            tracing::debug!(%error, "the PKCS #11 module does not finalize");
        }
    }

    /// The signature of `data` with `key`.
    pub(super) fn sign(
        &self,
        key: &HardwareKey,
        algorithm: Algorithm,
        data: &[u8],
    ) -> Result<Vec<u8>, TokenFailed> {
        self.in_session(|session| {
            let handle = self.handle(session, key)?;
            Ok(session.sign(&mechanism(algorithm), handle, data)?)
        })
    }

    /// The public half of the key pair that has this label.
    pub(super) fn find(&self, label: &str) -> Result<PublicObject, TokenFailed> {
        self.in_session(|session| object::find(session, label))
    }

    /// A session in which something failed is not used again: it may be in the middle of it.
    fn in_session<T>(
        &self,
        work: impl FnOnce(&Session) -> Result<T, TokenFailed>,
    ) -> Result<T, TokenFailed> {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let session = match idle().pop() {
            Some(session) => session,
            None => self.module.open_ro_session(self.slot)?,
        };
        let done = work(&session)?;
        idle().push(session);
        Ok(done)
    }

    fn handle(&self, session: &Session, key: &HardwareKey) -> Result<ObjectHandle, TokenFailed> {
        let found = || self.found.lock().unwrap_or_else(PoisonError::into_inner);
        let name = format!("{} {}", key.id, key.label);
        if let Some(handle) = found().get(&name) {
            return Ok(*handle);
        }
        let handle = object::private(session, key)?;
        found().insert(name, handle);
        Ok(handle)
    }
}

fn initialize(module: &Pkcs11) -> Result<(), Error> {
    let arguments = CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK);
    match module.initialize(arguments) {
        Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => Ok(()),
        other => other,
    }
}

/// Opens a session with the token of this label, and logs in for all sessions.
fn log_in(module: &Pkcs11, label: &str, pin: &Pin) -> Result<(Slot, Session), TokenFailed> {
    let slot = slot(module, label)?;
    let session = module.open_ro_session(slot)?;
    match session.login(UserType::User, Some(&AuthPin::from(pin.reveal()))) {
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok((slot, session)),
        Err(Error::Pkcs11(error, _)) if is_about_the_pin(error) => {
            Err(TokenFailed::PinRefused(error))
        }
        Err(error) => Err(error.into()),
    }
}

fn slot(module: &Pkcs11, label: &str) -> Result<Slot, TokenFailed> {
    let mut present = Vec::new();
    for slot in module.get_slots_with_token()? {
        // A slot that is empty by now has no label.
        let Ok(token) = module.get_token_info(slot) else {
            continue;
        };
        if token.label() == label {
            return Ok(slot);
        }
        present.push(format!("{:?}", token.label()));
    }
    Err(TokenFailed::NoToken {
        wanted: label.to_owned(),
        present: if present.is_empty() {
            "none".to_owned()
        } else {
            present.join(", ")
        },
    })
}

const fn is_about_the_pin(error: RvError) -> bool {
    matches!(
        error,
        RvError::PinIncorrect
            | RvError::PinInvalid
            | RvError::PinLenRange
            | RvError::PinExpired
            | RvError::PinLocked
    )
}
