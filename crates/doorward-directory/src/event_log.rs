//! The queue that noted events wait in, so that no request waits for them.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use doorward_core::event::EventRecord;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::database::Database;
use crate::events;

/// The most events that wait; about 3 MB of them.
const QUEUE: usize = 8192;

/// The most events in one commit.
const BATCH: usize = 256;

/// How long a batch is gathered, so that a commit is shared by many events and costs the requests beside it little.
const GATHERING: Duration = Duration::from_millis(50);

/// How long to wait before a batch that could not be written is tried again.
const PAUSE: Duration = Duration::from_secs(1);

/// The way to the task that writes events down.
#[derive(Debug)]
pub(crate) struct EventLog {
    /// Taken to close the log: the task ends when nobody can send any more.
    queue: RwLock<Option<mpsc::Sender<Note>>>,
    task: tokio::sync::Mutex<Option<JoinHandle<()>>>,
    dropped: Arc<AtomicU64>,
}

enum Note {
    Event(Box<EventRecord>),
    Flush(oneshot::Sender<()>),
}

impl EventLog {
    pub(crate) fn start(database: Arc<dyn Database>) -> Self {
        let (queue, notes) = mpsc::channel(QUEUE);
        let dropped = Arc::<AtomicU64>::default();
        let task = tokio::spawn(write_down(database, notes, Arc::clone(&dropped)));
        Self {
            queue: RwLock::new(Some(queue)),
            task: tokio::sync::Mutex::new(Some(task)),
            dropped,
        }
    }

    pub(crate) fn note(&self, event: EventRecord) {
        let queue = self.queue.read().unwrap_or_else(PoisonError::into_inner);
        let note = Note::Event(Box::new(event));
        let noted = queue
            .as_ref()
            .is_some_and(|queue| queue.try_send(note).is_ok());
        if !noted {
            self.dropped.fetch_add(1, Ordering::Relaxed);
        }
    }

    pub(crate) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }

    pub(crate) async fn flush(&self) {
        let queue = self
            .queue
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        let (done, written) = oneshot::channel();
        if let Some(queue) = queue
            && queue.send(Note::Flush(done)).await.is_ok()
        {
            // An error means that the task has ended; then nothing waits any more.
            written.await.ok();
        }
    }

    /// Writes down what waits and takes no more.
    pub(crate) async fn close(&self) {
        self.queue
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        if let Some(task) = self.task.lock().await.take() {
            // The task neither panics nor is it aborted.
            task.await.ok();
        }
    }
}

async fn write_down(
    database: Arc<dyn Database>,
    mut notes: mpsc::Receiver<Note>,
    dropped: Arc<AtomicU64>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut lost = false;
    while let Some(first) = notes.recv().await {
        batch.push(first);
        gather(&mut notes, &mut batch).await;
        let (mut events, mut flushed) = (Vec::new(), Vec::new());
        for note in batch.drain(..) {
            match note {
                Note::Event(event) => events.push(*event),
                Note::Flush(done) => flushed.push(done),
            }
        }
        // A closed log whose database is away is not waited for batch by batch.
        if lost || !persist(&*database, &events, &notes).await {
            lost = notes.sender_strong_count() == 0;
            dropped.fetch_add(events.len() as u64, Ordering::Relaxed);
        }
        for done in flushed {
            // Who no longer waits has gone away.
            done.send(()).ok();
        }
    }
}

/// Takes what comes within a moment, but no more than a batch, and nothing beyond a wish to flush.
async fn gather(notes: &mut mpsc::Receiver<Note>, batch: &mut Vec<Note>) {
    let moment = pin!(tokio::time::sleep(GATHERING));
    let gathered = async {
        while batch.len() < BATCH && !matches!(batch.last(), Some(Note::Flush(_))) {
            match notes.recv().await {
                Some(note) => batch.push(note),
                None => return,
            }
        }
    };
    tokio::select! {
        () = gathered => {}
        () = moment => {}
    }
}

/// Tries until `events` are written down, or the log is closed and they cannot be; says whether they are.
async fn persist(
    database: &dyn Database,
    events: &[EventRecord],
    notes: &mpsc::Receiver<Note>,
) -> bool {
    if events.is_empty() {
        return true;
    }
    while events::record(database, events).await.is_err() {
        if notes.sender_strong_count() == 0 {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
    true
}
