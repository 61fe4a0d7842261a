//! Rows of another directory that come into an empty one.

use doorward_core::Timestamp;
use doorward_core::event::EventRecord;
use doorward_core::identifiers::ArchiveId;
use doorward_core::seal::SealedRoot;

use super::batch::Batch;
use super::departure::Departure;
use super::progress;
use crate::Directory;
use crate::database::{Database, Outcome, Statement};
use crate::events;
use crate::failure::Failure;
use crate::memory;
use crate::root_key;
use crate::value::params;

/// A directory that the rows of an archive come into.
#[derive(Debug)]
pub struct Arrival<'a> {
    directory: &'a Directory,
    archive: ArchiveId,
    started_at: Timestamp,
    batches: u64,
    begun: bool,
    root: Option<SealedRoot>,
}

/// Why the rows of an archive do not come in.
#[derive(Debug, thiserror::Error)]
pub enum NoArrival {
    /// Somebody lives there.
    #[error(
        "the directory has people, groups, clients or resource servers already; choose an empty one"
    )]
    Inhabited,
    /// Another archive has come in halfway.
    #[error(
        "another file has come in halfway; finish it by running its command again, or empty the directory"
    )]
    Another,
    /// Another process brings in the same archive.
    #[error("another process is bringing in the same file")]
    Overtaken,
    /// A row is there already, or refers to one that is not there.
    #[error(
        "the row {row} of the table {table} does not fit: it is there already, or what it refers to is not; \
         empty the directory and begin again"
    )]
    Misfit {
        /// Where it would be.
        table: &'static str,
        /// What tells it from the others.
        row: String,
    },
    /// The directory could not answer.
    #[error(transparent)]
    Failure(#[from] Failure),
}

impl Directory {
    /// Looks whether the rows of `archive` may come in here, or may go on to; changes nothing.
    pub async fn arrival(
        &self,
        archive: ArchiveId,
        now: Timestamp,
    ) -> Result<Arrival<'_>, NoArrival> {
        let unfinished = self.unfinished_arrival().await?;
        match unfinished {
            Some(progress) if progress.archive != archive => Err(NoArrival::Another),
            None if self.is_inhabited().await? => Err(NoArrival::Inhabited),
            _ => Ok(Arrival {
                directory: self,
                archive,
                started_at: unfinished.map_or(now, |progress| progress.started_at),
                batches: unfinished.map_or(0, |progress| progress.batches),
                begun: unfinished.is_some(),
                root: None,
            }),
        }
    }

    /// Whether there is anything that an operator has put there, or that came of it.
    async fn is_inhabited(&self) -> Result<bool, Failure> {
        for sql in [
            "SELECT id FROM person LIMIT 1",
            "SELECT name FROM people_group LIMIT 1",
            "SELECT id FROM client LIMIT 1",
            "SELECT resource FROM resource_server LIMIT 1",
            "SELECT name FROM assertion_issuer LIMIT 1",
            "SELECT host FROM site LIMIT 1",
        ] {
            if !self.database.query(sql, params![]).await?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Arrival<'_> {
    /// When it began, for the first time.
    pub const fn started_at(&self) -> Timestamp {
        self.started_at
    }

    /// Whether it goes on with what was interrupted.
    pub const fn is_resumed(&self) -> bool {
        self.begun
    }

    /// How many batches are in; the next to come follows them.
    pub const fn batches(&self) -> u64 {
        self.batches
    }

    /// Begins, unless it is to go on. The directory's own keys go: nobody has anything from them.
    pub async fn begin(&mut self) -> Result<(), NoArrival> {
        if self.begun {
            return Ok(());
        }
        let statements = progress::begin(self.archive, self.started_at);
        match self.directory.database.commit(statements).await? {
            Outcome::Committed(_) => {
                self.begun = true;
                Ok(())
            }
            Outcome::Conflict { .. } => Err(NoArrival::Inhabited),
        }
    }

    /// Writes the next rows and how far it has come, both or neither.
    pub async fn put(&mut self, batch: Batch) -> Result<(), NoArrival> {
        let (table, rows) = (batch.table(), batch.row_names());
        let mut statements = vec![progress::count(self.archive, self.batches)];
        statements.extend(batch.into_inserts());
        match self.directory.database.commit(statements).await? {
            Outcome::Committed(_) => {
                self.batches += 1;
                Ok(())
            }
            Outcome::Conflict { statement: 0 } => Err(NoArrival::Overtaken),
            Outcome::Conflict { statement } => {
                let row = rows.into_iter().nth(statement - 1).unwrap_or_default();
                Err(NoArrival::Misfit { table, row })
            }
        }
    }

    /// What has come in, read back from the directory.
    pub async fn arrived(&self) -> Result<Departure, NoArrival> {
        let progress = self.directory.unfinished_arrival().await?;
        let progress = progress.ok_or(NoArrival::Overtaken)?;
        let view = self.directory.database.snapshot().await?;
        Ok(Departure::of(view, progress.events_before).await?)
    }

    /// Gives the directory this root key when it is declared whole, unless one has come in: archives of releases that kept none
    /// have none.
    pub fn give_root(&mut self, root: SealedRoot) {
        self.root = Some(root);
    }

    /// Declares the directory whole: everything in it was given up to `epoch` or since, and `event` tells of it.
    /// Processes that have it open read anew what they keep in memory.
    pub async fn finish(
        self,
        epoch: i64,
        event: &EventRecord,
        now: Timestamp,
    ) -> Result<(), NoArrival> {
        let raise = "UPDATE revision SET number = $1 WHERE name = 'epoch'";
        let mut statements = vec![
            progress::finish(self.archive, now),
            Statement::one(raise, params![epoch]),
            memory::others_changed(),
            memory::keys_changed(),
            events::insert(event)?,
        ];
        statements.extend(self.root.as_ref().map(root_key::insert));
        match self.directory.database.commit(statements).await? {
            Outcome::Committed(_) => self.directory.refresh().await.map(drop).map_err(Into::into),
            Outcome::Conflict { .. } => Err(NoArrival::Overtaken),
        }
    }
}
