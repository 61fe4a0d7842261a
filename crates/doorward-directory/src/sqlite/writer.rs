//! The one connection that writes, on a thread of its own, with group commit.
//!
//! Making a commit durable costs a sync of the disk, from a quarter of a millisecond to many. So the
//! commits that came in during one sync share the next: each is a savepoint of one transaction, and all are
//! answered when that transaction is on disk.

use std::sync::Mutex;
use std::sync::PoisonError;
use std::thread::JoinHandle;

use rusqlite::{Connection, ErrorCode};
use tokio::sync::{mpsc, oneshot};

use super::bind;
use crate::database::{Outcome, Rows, Statement};
use crate::failure::Failure;

/// The most commits that share a transaction.
const GROUP: usize = 256;

/// The most commits that wait for a place in one; who comes later waits to be queued.
const QUEUE: usize = 1024;

/// The way to the thread that writes.
#[derive(Debug)]
pub(super) struct Writer {
    queue: mpsc::Sender<Task>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

enum Task {
    Commit(Job),
    Close,
}

struct Job {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Result<Outcome, Failure>>,
}

impl Writer {
    pub(super) fn start(connection: Connection) -> std::io::Result<Self> {
        let (queue, tasks) = mpsc::channel(QUEUE);
        let thread = std::thread::Builder::new()
            .name("directory-writer".to_owned())
            .spawn(move || write(&connection, tasks))?;
        Ok(Self {
            queue,
            thread: Mutex::new(Some(thread)),
        })
    }

    pub(super) async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        let closed = || Failure::Unavailable("the directory is closed".to_owned());
        let (answer, outcome) = oneshot::channel();
        let job = Task::Commit(Job { statements, answer });
        self.queue.send(job).await.map_err(|_| closed())?;
        outcome.await.map_err(|_| closed())?
    }

    /// Returns when all that was queued is written and the thread has ended.
    pub(super) async fn close(&self) -> Result<(), Failure> {
        let thread = self
            .thread
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(thread) = thread else {
            return Ok(());
        };
        // A closed queue means that the thread has ended already.
        self.queue.send(Task::Close).await.ok();
        let joined = tokio::task::spawn_blocking(move || thread.join()).await;
        match joined {
            Ok(Ok(())) => Ok(()),
            _ => Err(Failure::Unavailable("the writer failed".to_owned())),
        }
    }
}

/// Writes what comes until all senders are gone or one asks to close.
fn write(connection: &Connection, mut tasks: mpsc::Receiver<Task>) {
    while let Some(first) = tasks.blocking_recv() {
        let mut group = Vec::new();
        let mut next = Some(first);
        while let Some(task) = next {
            match task {
                Task::Commit(job) => group.push(job),
                Task::Close => tasks.close(),
            }
            next = (group.len() < GROUP)
                .then(|| tasks.try_recv().ok())
                .flatten();
        }
        if !group.is_empty() {
            commit_group(connection, group);
        }
    }
    // Leaves one tidy file behind; one that is not tidied is read all the same.
    connection
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .ok();
}

/// Commits `group` in one transaction, and answers each when it is durable, or all that it is not.
fn commit_group(connection: &Connection, group: Vec<Job>) {
    let outcomes = transact(connection, &group);
    if outcomes.is_err() && !connection.is_autocommit() {
        // When even this fails, the next BEGIN does too and says so to those who wait for it.
        connection.execute_batch("ROLLBACK").ok();
    }
    // Who no longer waits for the answer has gone away; the commit stands.
    match outcomes {
        Ok(outcomes) => {
            for (job, outcome) in group.into_iter().zip(outcomes) {
                job.answer.send(Ok(outcome)).ok();
            }
        }
        Err(error) => {
            let failure = Failure::from(error);
            for job in group {
                job.answer.send(Err(failure.clone())).ok();
            }
        }
    }
}

fn transact(connection: &Connection, group: &[Job]) -> rusqlite::Result<Vec<Outcome>> {
    // IMMEDIATE waits its turn among processes here, where nothing was read yet; a lock taken later can fail at once.
    run(connection, "BEGIN IMMEDIATE")?;
    let outcomes = group.iter().map(|job| apply(connection, &job.statements));
    let outcomes = outcomes.collect::<Result<_, _>>()?;
    run(connection, "COMMIT")?;
    Ok(outcomes)
}

/// Carries out one commit's statements, or none of them.
fn apply(connection: &Connection, statements: &[Statement]) -> rusqlite::Result<Outcome> {
    if undoes_itself(statements) {
        return execute_all(connection, statements);
    }
    run(connection, "SAVEPOINT job")?;
    let outcome = execute_all(connection, statements)?;
    if !outcome.is_committed() {
        run(connection, "ROLLBACK TO job")?;
    }
    run(connection, "RELEASE job")?;
    Ok(outcome)
}

/// Whether nothing can be left of `statements` that are refused: SQLite undoes the one that a constraint stops. That saves a copy of
/// each page that is changed.
fn undoes_itself(statements: &[Statement]) -> bool {
    matches!(statements, [statement] if statement.expects == Rows::Any)
}

fn execute_all(connection: &Connection, statements: &[Statement]) -> rusqlite::Result<Outcome> {
    let mut touched = Vec::with_capacity(statements.len());
    for (at, statement) in statements.iter().enumerate() {
        let rows = match execute(connection, statement) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::ConstraintViolation) => None,
            rows => Some(rows?),
        };
        match (rows, statement.expects) {
            (Some(rows), Rows::Any) => touched.push(rows),
            (Some(rows), Rows::Exactly(expected)) if rows == expected => touched.push(rows),
            _ => return Ok(Outcome::Conflict { statement: at }),
        }
    }
    Ok(Outcome::Committed(touched))
}

fn execute(connection: &Connection, statement: &Statement) -> rusqlite::Result<usize> {
    let mut prepared = connection.prepare_cached(statement.sql)?;
    bind(&mut prepared, &statement.params)?;
    prepared.raw_execute()
}

fn run(connection: &Connection, sql: &str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.raw_execute().map(drop)
}
