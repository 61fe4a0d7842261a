//! A connection that is made anew whenever it was lost.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::redis::{Cmd, Value};
use async_trait::async_trait;
use tokio::sync::watch;
use tokio::time::{sleep, timeout};

use super::address::Address;
use super::connection::{Connection, Dialer};
use super::fault::{Effect, Fault};

/// How long one attempt to get a connection may take, the way through sentinels included.
const ATTEMPT: Duration = Duration::from_secs(1);

/// How long nobody tries again after an attempt, whether it failed or what it brought was of no use: so a server that is down is asked no more than ten times a second,
/// and is found within a tenth of a second when it is back.
const REST: Duration = Duration::from_millis(100);

/// How long a request waits for an attempt that follows a failed one. An answer comes sooner than that where there is
/// a server, and where there is none nobody should wait long to hear so.
const DOUBT: Duration = Duration::from_millis(200);

/// A way to get a connection.
#[async_trait]
pub(super) trait Dial: Send + Sync + 'static {
    async fn dial(&self) -> Result<Connection, Fault>;
}

/// The way to one server.
pub(super) struct Direct {
    pub(super) dialer: Dialer,
    pub(super) address: Address,
}

#[async_trait]
impl Dial for Direct {
    async fn dial(&self) -> Result<Connection, Fault> {
        self.dialer.connect(&self.address).await
    }
}

/// A connection for many, which one of them makes for all when it is needed.
pub(super) struct Link {
    dial: Arc<dyn Dial>,
    state: Arc<Mutex<State>>,
}

enum State {
    /// There is none. The fault is why, where one was tried for.
    Down(Option<Fault>),
    /// Somebody is making one.
    Coming(Attempt),
    /// There is one, or was until just now.
    Up(Connection, Age),
    /// The last attempt failed just now.
    Resting(Fault),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Age {
    /// It was made just now.
    Young,
    Old,
}

#[derive(Clone)]
struct Attempt {
    outcome: watch::Receiver<Option<Result<Connection, Fault>>>,
    /// Why there is little hope for it, if there is.
    after: Option<Fault>,
}

impl Link {
    pub(super) fn new(dial: impl Dial) -> Self {
        Self {
            dial: Arc::new(dial),
            state: Arc::new(Mutex::new(State::Down(None))),
        }
    }

    /// Asks one thing.
    pub(super) async fn ask(&self, command: &Cmd) -> Result<Value, Fault> {
        self.connection().await?.ask(command).await
    }

    /// Asks for what another node of a cluster sent us here for.
    pub(super) async fn ask_redirected(&self, command: &Cmd) -> Result<Value, Fault> {
        self.connection().await?.ask_redirected(command).await
    }

    /// The connection that there is, or the one that an attempt brings.
    pub(super) async fn connection(&self) -> Result<Connection, Fault> {
        let attempt = {
            let mut state = held(&self.state);
            match state.next() {
                Next::Connection(outcome) => return outcome,
                Next::Wait(attempt) => attempt,
                Next::Begin { after } => self.begin(&mut state, after),
            }
        };
        attempt.outcome().await
    }

    /// Begins an attempt. It goes on when the one who needed it has given up, for those who come next.
    fn begin(&self, state: &mut State, after: Option<Fault>) -> Attempt {
        let (told, outcome) = watch::channel(None);
        let attempt = Attempt { outcome, after };
        *state = State::Coming(attempt.clone());
        let (dial, state) = (Arc::clone(&self.dial), Arc::clone(&self.state));
        tokio::spawn(async move {
            let outcome = timeout(ATTEMPT, dial.dial()).await;
            let outcome = outcome.unwrap_or_else(|_| Err(Fault::late(&"the session store")));
            *held(&state) = match &outcome {
                Ok(connection) => State::Up(connection.clone(), Age::Young),
                Err(fault) => State::Resting(fault.clone()),
            };
            told.send_replace(Some(outcome));
            sleep(REST).await;
            held(&state).rested();
        });
        attempt
    }
}

/// What becomes of somebody who needs a connection.
enum Next {
    Connection(Result<Connection, Fault>),
    Wait(Attempt),
    Begin { after: Option<Fault> },
}

impl State {
    fn next(&self) -> Next {
        match self {
            Self::Down(after) => Next::Begin {
                after: after.clone(),
            },
            Self::Coming(attempt) => Next::Wait(attempt.clone()),
            Self::Resting(fault) => Next::Connection(Err(fault.clone())),
            Self::Up(connection, age) => match (connection.end(), age) {
                (None, _) => Next::Connection(Ok(connection.clone())),
                (Some(end), Age::Young) => Next::Connection(Err(end.before_sending())),
                (Some(end), Age::Old) => Next::Begin {
                    // Where a server did not answer, the next connection is likely to be as silent.
                    after: (end.effect == Effect::Late).then(|| end.clone()),
                },
            },
        }
    }

    /// Nobody began another attempt meanwhile: only a state that is rested from leads to one.
    fn rested(&mut self) {
        *self = match std::mem::replace(self, Self::Down(None)) {
            Self::Up(connection, _) => Self::Up(connection, Age::Old),
            Self::Resting(fault) => Self::Down(Some(fault)),
            other => other,
        };
    }
}

impl Attempt {
    /// What comes of it, as far as there is time to wait for it.
    async fn outcome(mut self) -> Result<Connection, Fault> {
        let patience = if self.after.is_some() { DOUBT } else { ATTEMPT };
        let told = timeout(patience, self.outcome.wait_for(Option::is_some)).await;
        if let Ok(Ok(outcome)) = told
            && let Some(outcome) = outcome.clone()
        {
            return outcome;
        }
        let late = || Fault::new(Effect::Late, "connecting takes too long");
        Err(self.after.unwrap_or_else(late))
    }
}

/// The state is right at any moment, so a thread that panicked with it leaves nothing to repair.
fn held(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}
