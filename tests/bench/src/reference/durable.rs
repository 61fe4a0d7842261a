//! Tokens that are on disk before they are answered: one writer, many tokens per commit.

use std::{path::Path, sync::mpsc, thread};

use anyhow::Context;
use rusqlite::{Connection, params};
use tokio::sync::oneshot;

/// The most tokens in one transaction.
const LARGEST_COMMIT: usize = 256;

/// What a token's row holds beside its key, in bytes: about what a real grant needs.
const PAYLOAD: usize = 268;

/// The way to the writer.
pub(super) struct DurableTokens {
    writer: mpsc::Sender<Waiting>,
}

struct Waiting {
    token: String,
    stored: oneshot::Sender<()>,
}

impl DurableTokens {
    /// Creates the database and starts its writer.
    pub(super) fn create(path: &Path) -> anyhow::Result<Self> {
        let database = Connection::open(path)?;
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "FULL")?;
        // The rowid keeps the rows in the order of time, which lets a commit touch few pages.
        database.execute_batch(
            "CREATE TABLE tokens (id INTEGER PRIMARY KEY, token TEXT, payload TEXT)",
        )?;
        let (writer, queue) = mpsc::channel();
        thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || write(database, &queue))?;
        Ok(Self { writer })
    }

    /// Stores a token; it is on disk when this returns.
    pub(super) async fn store(&self, token: String) -> anyhow::Result<()> {
        let (stored, done) = oneshot::channel();
        let waiting = Waiting { token, stored };
        self.writer
            .send(waiting)
            .ok()
            .context("the writer has ended")?;
        done.await.context("the token was not stored")
    }
}

/// Commits whatever waits, until nobody can send any more.
fn write(mut database: Connection, queue: &mpsc::Receiver<Waiting>) {
    while let Ok(first) = queue.recv() {
        let others = queue.try_iter().take(LARGEST_COMMIT - 1);
        let batch: Vec<_> = std::iter::once(first).chain(others).collect();
        // A batch that fails is dropped, and with it the senders: each waiter sees that its token was not stored.
        if commit(&mut database, &batch).is_ok() {
            for waiting in batch {
                // A client that has gone needs no answer.
                let _ = waiting.stored.send(());
            }
        }
    }
}

fn commit(database: &mut Connection, batch: &[Waiting]) -> rusqlite::Result<()> {
    let payload = "x".repeat(PAYLOAD);
    let transaction = database.transaction()?;
    {
        let mut insert =
            transaction.prepare_cached("INSERT INTO tokens (token, payload) VALUES (?1, ?2)")?;
        for waiting in batch {
            insert.execute(params![waiting.token, payload])?;
        }
    }
    transaction.commit()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_token_is_on_disk_when_it_is_stored() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("tokens.db");
        let tokens = DurableTokens::create(&path).unwrap();

        tokens.store("first".to_owned()).await.unwrap();
        tokens.store("second".to_owned()).await.unwrap();

        let reader = Connection::open(&path).unwrap();
        let stored: u32 = reader
            .query_row(
                "SELECT count(*) FROM tokens WHERE token IN ('first', 'second')",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(stored, 2);
    }
}
