//! Hashing passwords without holding up anything else.
//!
//! As many threads as there are cores, each with its own memory and a low priority, take work from a
//! bounded queue: a flood of sign-ins waits, then is refused, and tokens go on being issued.

use std::num::NonZero;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use doorward_core::password::{HashUnusable, Hasher, Parameters, Password, PasswordHash, Verified};
use tokio::sync::oneshot;

/// How long a thread keeps its memory without work.
const IDLE: Duration = Duration::from_secs(10);

/// The threads that hash.
pub(crate) struct Passwords {
    queue: SyncSender<Job>,
}

/// More passwords are waiting than may wait.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Overloaded;

struct Job {
    work: Box<dyn FnOnce(&mut Hasher) + Send>,
}

impl Passwords {
    /// Starts a thread for each core.
    pub(crate) fn start(parameters: Parameters, queue: usize) -> Self {
        let (sender, receiver) = sync_channel(queue);
        let receiver = Arc::new(Mutex::new(receiver));
        for _ in 0..thread::available_parallelism().map_or(1, NonZero::get) {
            let receiver = Arc::clone(&receiver);
            let run = move || hash_until_closed(parameters, &receiver);
            if let Err(error) = thread::Builder::new()
                .name("password".to_owned())
                .spawn(run)
            {
                tracing::error!(%error, "a thread for hashing passwords did not start");
            }
        }
        Self { queue: sender }
    }

    /// Checks a password against its hash; without a hash the same work is done for nothing, so that nobody
    /// learns by the clock whom we know.
    pub(crate) async fn verify(
        &self,
        password: Password,
        hash: Option<PasswordHash>,
    ) -> Result<Result<Verified, HashUnusable>, Overloaded> {
        self.run(move |hasher| match &hash {
            Some(hash) => hasher.verify(&password, hash),
            None => Ok(hasher.verify_nobody(&password)),
        })
        .await
    }

    /// Hashes a password.
    pub(crate) async fn hash(
        &self,
        password: Password,
        salt: [u8; 16],
    ) -> Result<PasswordHash, Overloaded> {
        self.run(move |hasher| hasher.hash(&password, salt)).await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Hasher) -> T + Send + 'static,
    ) -> Result<T, Overloaded> {
        let (answer, answered) = oneshot::channel();
        let work = Box::new(move |hasher: &mut Hasher| {
            // Whoever gave up waiting is not hashed for.
            if !answer.is_closed() {
                let _ = answer.send(work(hasher));
            }
        });
        match self.queue.try_send(Job { work }) {
            Ok(()) => answered.await.map_err(|_| Overloaded),
            Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => Err(Overloaded),
        }
    }
}

fn hash_until_closed(parameters: Parameters, receiver: &Mutex<Receiver<Job>>) {
    lower_priority();
    let mut hasher = Hasher::new(parameters);
    loop {
        let next = receiver.lock().map(|receiver| receiver.recv_timeout(IDLE));
        match next {
            Ok(Ok(job)) => (job.work)(&mut hasher),
            // Nobody signs in: the memory that hashing needs goes back to the system.
            Ok(Err(RecvTimeoutError::Timeout)) => hasher = Hasher::new(parameters),
            Ok(Err(RecvTimeoutError::Disconnected)) | Err(_) => return,
        }
    }
}

/// Lets everything else go first; where the system does not allow that, hashing goes on as it is.
fn lower_priority() {
    if let Err(error) = rustix::process::setpriority_process(Some(rustix::thread::gettid()), 10) {
        tracing::debug!(%error, "hashing passwords keeps its priority");
    }
}
