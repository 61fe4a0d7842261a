//! The root key, sealed under a key that is not here.

use doorward_core::event::EventRecord;
use doorward_core::seal::SealedRoot;

use crate::database::{Database, Outcome, Statement};
use crate::events;
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// The door to the root key.
#[derive(Clone, Copy, Debug)]
pub struct StoredRoot<'a> {
    database: &'a dyn Database,
}

/// What became of a root key that was to be sealed anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Replaced {
    /// It is sealed as was asked.
    Replaced,
    /// Another process has sealed it anew meanwhile; nothing was done.
    Overtaken,
}

impl Stored for SealedRoot {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("root_key");
        Ok(Self {
            sealed_by: fields.parsed()?,
            sealed: fields.blob()?,
        })
    }
}

impl<'a> StoredRoot<'a> {
    pub(crate) const fn new(database: &'a dyn Database) -> Self {
        Self { database }
    }

    /// What is stored, if there is a root key yet.
    pub async fn present(&self) -> Result<Option<SealedRoot>, Failure> {
        let sql = "SELECT sealed_by, sealed FROM root_key WHERE name = 'root'";
        row::first(self.database.query(sql, params![]).await?)
    }

    /// Stores `root` unless one is there, and returns the one that is there then.
    ///
    /// Of several processes that do so at once, one stores its own, and all get the same answer.
    pub async fn store_first(&self, root: &SealedRoot) -> Result<SealedRoot, Failure> {
        self.database.commit(vec![insert(root)]).await?;
        self.present().await?.ok_or_else(|| Failure::BadRow {
            table: "root_key",
            reason: "it is not there".to_owned(),
        })
    }

    /// Puts the root key as `new` seals it in place of the one that `old` is, and tells of it, in one transaction.
    pub async fn replace(
        &self,
        old: &SealedRoot,
        new: &SealedRoot,
        event: &EventRecord,
    ) -> Result<Replaced, Failure> {
        let sql = "UPDATE root_key SET sealed_by = $1, sealed = $2 \
                   WHERE name = 'root' AND sealed_by = $3 AND sealed = $4";
        let params = params![
            new.sealed_by.to_string(),
            new.sealed.as_slice(),
            old.sealed_by.to_string(),
            old.sealed.as_slice()
        ];
        let statements = vec![Statement::one(sql, params), events::insert(event)?];
        Ok(match self.database.commit(statements).await? {
            Outcome::Committed(_) => Replaced::Replaced,
            Outcome::Conflict { .. } => Replaced::Overtaken,
        })
    }
}

/// Stores `root` unless one is there.
pub(crate) fn insert(root: &SealedRoot) -> Statement {
    let sql = "INSERT INTO root_key (name, sealed_by, sealed) VALUES ('root', $1, $2) \
               ON CONFLICT DO NOTHING";
    Statement::any(
        sql,
        params![root.sealed_by.to_string(), root.sealed.as_slice()],
    )
}
