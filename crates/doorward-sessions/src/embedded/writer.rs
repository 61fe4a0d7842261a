//! The one thread that changes the file: it commits whatever waits in one transaction.
//!
//! Making a commit durable costs a wait for the disk, however much is in it. While the disk works,
//! the next changes gather in the queue; so the busier the store, the less each change costs.

use std::io;
use std::iter;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use doorward_core::{Clock, Timestamp};
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::oneshot;

use super::entries::Entries;
use crate::Unavailable;

/// How many changes may wait. Beyond that the store is too slow for what is asked of it, and says so.
const QUEUE: usize = 8192;

/// How many changes one transaction holds at most.
const BATCH: usize = 256;

/// How long nothing must be asked before the thread looks for expired entries by itself.
const IDLE: Duration = Duration::from_secs(1);

/// Runs changes one after the other, and answers each when it is durable.
pub(super) struct Writer {
    /// `None` only while it is dropped.
    queue: Option<SyncSender<Box<dyn Job>>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(connection: Connection, clock: Arc<dyn Clock>) -> io::Result<Self> {
        let (queue, jobs) = sync_channel(QUEUE);
        let thread = thread::Builder::new()
            .name("sessions".to_owned())
            .spawn(move || run_until_closed(connection, &jobs, &*clock))?;
        Ok(Self {
            queue: Some(queue),
            thread: Some(thread),
        })
    }

    /// Does `work` in its turn, and returns what came of it once that is durable.
    ///
    /// Work that was begun is finished even if nobody waits for the answer any more.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Entries<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Unavailable> {
        let ended = || Unavailable::because("its writer has ended");
        let (answer, answered) = oneshot::channel();
        let job = Box::new(Task {
            work: Some(work),
            outcome: Err(Unavailable::because("its turn did not come")),
            answer,
        });
        match self.queue.as_ref().ok_or_else(ended)?.try_send(job) {
            Ok(()) => answered.await.map_err(|_| ended())?,
            Err(TrySendError::Full(_)) => Err(Unavailable::because("too many changes wait")),
            Err(TrySendError::Disconnected(_)) => Err(ended()),
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has nothing left to finish.
            let _ = thread.join();
        }
    }
}

fn run_until_closed(mut connection: Connection, jobs: &Receiver<Box<dyn Job>>, clock: &dyn Clock) {
    let mut patience = IDLE;
    loop {
        patience = match jobs.recv_timeout(patience) {
            Ok(first) => {
                let waiting = iter::once(first).chain(jobs.try_iter());
                run(&mut connection, clock.now(), waiting.take(BATCH).collect());
                IDLE
            }
            Err(RecvTimeoutError::Timeout) => sweep(&connection, clock.now()),
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

/// Removes some expired entries and returns how long to wait before the next look.
fn sweep(connection: &Connection, now: Timestamp) -> Duration {
    match Entries::at(connection, now).sweep(BATCH) {
        Ok(BATCH) => Duration::ZERO,
        // A failure stands in the way of the next change too, which reports it.
        Ok(_) | Err(_) => IDLE,
    }
}

fn run(connection: &mut Connection, now: Timestamp, mut batch: Vec<Box<dyn Job>>) {
    let committed = commit(connection, now, &mut batch);
    for job in batch {
        job.answer(committed.clone());
    }
}

/// Does the work of the whole batch in one transaction, and removes two expired entries for each
/// change that can have added one: so what expires never heaps up, and no one change pays for it.
fn commit(
    connection: &mut Connection,
    now: Timestamp,
    batch: &mut [Box<dyn Job>],
) -> Result<(), Unavailable> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let entries = Entries::at(&transaction, now);
    for job in batch.iter_mut() {
        job.run(&entries);
        // SQLite undoes a statement that fails, and on some failures the whole transaction with it.
        // What came after that would be outside of any.
        if transaction.is_autocommit() {
            return Err(Unavailable::because("the transaction was undone"));
        }
    }
    entries.sweep(2 * batch.len())?;
    Ok(transaction.commit()?)
}

/// A change that waits for its turn, whatever type its answer has.
trait Job: Send {
    fn run(&mut self, entries: &Entries<'_>);

    fn answer(self: Box<Self>, committed: Result<(), Unavailable>);
}

struct Task<W, T> {
    /// `None` once its turn has come.
    work: Option<W>,
    outcome: Result<T, Unavailable>,
    answer: oneshot::Sender<Result<T, Unavailable>>,
}

impl<W, T> Job for Task<W, T>
where
    W: FnOnce(&Entries<'_>) -> rusqlite::Result<T> + Send,
    T: Send,
{
    fn run(&mut self, entries: &Entries<'_>) {
        if let Some(work) = self.work.take() {
            self.outcome = work(entries).map_err(Unavailable::from);
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), Unavailable>) {
        // Whoever asked may have gone away meanwhile.
        let _ = self.answer.send(committed.and(self.outcome));
    }
}
