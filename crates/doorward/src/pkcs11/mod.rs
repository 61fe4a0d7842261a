//! Keys in hardware: a token of [PKCS #11], which signs what it is given and never gives out its keys.
//!
//! This folder alone names cryptoki. A token may be slow, absent or taken away at any time, and a call into the module of its maker may
//! not return. So a few threads of their own call it, each at most once at a time, and whoever wants a signature waits for them
//! no longer than [`PATIENCE`].
//!
//! [PKCS #11]: https://docs.oasis-open.org/pkcs11/pkcs11-spec/v3.1/os/pkcs11-spec-v3.1-os.html

mod connection;
mod failed;
mod mechanism;
mod object;
mod pin;
mod reach;

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use doorward_core::jose::{Algorithm, HardwareKey, NoSignature, Pace, Signer};

use self::connection::Connection;
use self::object::PublicObject;
use self::reach::Reach;
use crate::configuration::Pkcs11;
pub(crate) use failed::TokenFailed;
use pin::PinFrom;

/// How long the token may take for one thing.
const PATIENCE: Duration = Duration::from_secs(5);

/// How many things it is asked for at a time.
const SESSIONS: usize = 4;

/// How many more may wait for their turn.
const QUEUE: usize = 128;

/// What leads to a token.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    module: PathBuf,
    token: String,
    pin: PinFrom,
}

impl Place {
    /// The one that is configured, if any.
    pub(crate) fn configured(settings: &Pkcs11) -> Result<Option<Self>, TokenFailed> {
        let Some(module) = settings.module.path() else {
            return Ok(None);
        };
        let token = settings.token.text().ok_or(TokenFailed::NoLabel)?;
        Ok(Some(Self {
            module: module.to_owned(),
            token: token.to_owned(),
            pin: PinFrom::configured(settings)?,
        }))
    }
}

/// What somebody wants of the token.
type Work = Box<dyn FnOnce(&Reach) + Send>;

/// A token, and the threads that talk to it. Cheap to clone; the threads end with the last one.
#[derive(Clone)]
pub(crate) struct Token {
    work: SyncSender<Work>,
}

impl Token {
    /// The token at `place`, which need not be there yet.
    pub(crate) fn at(place: Place) -> Self {
        let (work, queue) = sync_channel::<Work>(QUEUE);
        let (queue, reach) = (Arc::new(Mutex::new(queue)), Arc::new(Reach::to(place)));
        for _ in 0..SESSIONS {
            let (queue, reach) = (Arc::clone(&queue), Arc::clone(&reach));
            thread::spawn(move || serve(&queue, &reach));
        }
        Self { work }
    }

    /// What signs with `key`.
    pub(crate) fn signer(&self, key: &HardwareKey, algorithm: Algorithm) -> Box<dyn Signer> {
        Box::new(TokenSigner {
            token: self.clone(),
            key: key.clone(),
            algorithm,
        })
    }

    /// The key pair of this label.
    pub(crate) fn find(&self, label: &str) -> Result<PublicObject, TokenFailed> {
        let label = label.to_owned();
        self.ask(move |connection| connection.find(&label))
    }

    /// Has one of the threads do `work`, and waits for it.
    fn ask<T: Send + 'static>(
        &self,
        work: impl Fn(&Connection) -> Result<T, TokenFailed> + Send + 'static,
    ) -> Result<T, TokenFailed> {
        let (answer, answered) = sync_channel(1);
        // It goes when nobody waits any longer, so that nothing is done for nobody.
        let waiting = Arc::new(());
        let waited_for = Arc::downgrade(&waiting);
        let work = Box::new(move |reach: &Reach| {
            if waited_for.strong_count() > 0 {
                let _ = answer.send(reach.connected(&work));
            }
        });
        match self.work.try_send(work) {
            Ok(()) => {}
            Err(TrySendError::Full(_)) => return Err(TokenFailed::Busy),
            Err(TrySendError::Disconnected(_)) => return Err(TokenFailed::Gone),
        }
        match answered.recv_timeout(PATIENCE) {
            Ok(answer) => answer,
            Err(RecvTimeoutError::Timeout) => Err(TokenFailed::Late(PATIENCE)),
            Err(RecvTimeoutError::Disconnected) => Err(TokenFailed::Gone),
        }
    }
}

/// Does one thing after the other until nobody can want any more.
fn serve(queue: &Mutex<Receiver<Work>>, reach: &Reach) {
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        match next {
            Ok(work) => work(reach),
            Err(_) => return,
        }
    }
}

/// Signs with one key of a token.
struct TokenSigner {
    token: Token,
    key: HardwareKey,
    algorithm: Algorithm,
}

impl Signer for TokenSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, NoSignature> {
        let (key, algorithm) = (self.key.clone(), self.algorithm);
        let data = mechanism::data(algorithm, message);
        let signed = self
            .token
            .ask(move |connection| connection.sign(&key, algorithm, &data));
        Ok(signed?)
    }

    fn pace(&self) -> Pace {
        Pace::Elsewhere
    }
}
