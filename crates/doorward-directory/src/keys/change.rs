//! Steps in the lives of keys: all that belong together or none, and only if nobody else took one meanwhile.

use doorward_core::event::EventRecord;
use doorward_core::jose::StoredKey;
use doorward_core::keys::Life;

use super::found::Found;
use super::{KeySet, Keys, state};
use crate::database::{Outcome, Statement, Value};
use crate::events;
use crate::failure::Failure;
use crate::lease::Fence;
use crate::row::{self, Fields, Stored};
use crate::value::{json, params};

/// A step in the life of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyChange {
    /// It is there now.
    Insert(StoredKey),
    /// Its life goes on like this.
    Live {
        /// Which key.
        kid: String,
        /// How.
        life: Life,
    },
    /// Nothing is left of it.
    Forget(String),
}

/// What became of changes to the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum KeysChanged {
    /// They are carried out.
    Changed,
    /// None was: the keys have changed since they were read, or the lease is somebody else's.
    Overtaken,
}

/// How often the keys had changed.
struct Generation(i64);

impl Stored for Generation {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("revision").integer().map(Self)
    }
}

impl Keys<'_> {
    /// Every key that can be read as a [`KeySet`], which [`Keys::change`] takes for what is known of them.
    pub async fn read(&self) -> Result<KeySet, Failure> {
        // Before the keys: what changes in between is a change too many, never one that is missed.
        let sql = "SELECT number FROM revision WHERE name = 'keys'";
        let found = row::first(self.database.query(sql, params![]).await?)?;
        let Generation(generation) = found.ok_or_else(|| Failure::BadRow {
            table: "revision",
            reason: "it is not there".to_owned(),
        })?;
        let (mut keys, mut unreadable) = (Vec::new(), Vec::new());
        for Found(found) in self.found().await? {
            match found {
                Ok(key) => keys.push(key),
                Err(row) => unreadable.push(row),
            }
        }
        Ok(KeySet {
            keys,
            unreadable,
            generation,
        })
    }

    /// Carries out all `changes` and writes down their `events`, or nothing: none if the keys are not those that were `read` any more, or if whoever does it by a lease
    /// has lost it.
    pub async fn change(
        &self,
        read: &KeySet,
        fence: Option<&Fence>,
        changes: &[KeyChange],
        events: &[EventRecord],
    ) -> Result<KeysChanged, Failure> {
        let sql = "UPDATE revision SET number = number + 1 WHERE name = 'keys' AND number = $1";
        let mut statements = vec![Statement::one(sql, params![read.generation])];
        statements.extend(fence.map(Fence::statement));
        // Who leaves the office goes before who takes it: an index admits one key in it.
        let mut ordered: Vec<&KeyChange> = changes.iter().collect();
        ordered.sort_by_key(|change| takes_office(change));
        for change in ordered {
            statements.push(statement(change)?);
        }
        for event in events {
            statements.push(events::insert(event)?);
        }
        match self.database.commit(statements).await? {
            Outcome::Conflict { .. } => Ok(KeysChanged::Overtaken),
            Outcome::Committed(_) => {
                // It is done, whether this process sees it now or with its next look.
                self.memory.refresh(self.database).await.ok();
                Ok(KeysChanged::Changed)
            }
        }
    }
}

const fn takes_office(change: &KeyChange) -> bool {
    match change {
        KeyChange::Insert(key) => key.life.holds_office(),
        KeyChange::Live { life, .. } => life.holds_office(),
        KeyChange::Forget(_) => false,
    }
}

fn statement(change: &KeyChange) -> Result<Statement, Failure> {
    Ok(match change {
        KeyChange::Insert(key) => {
            let sql = "INSERT INTO signing_key (kid, algorithm, state, created_at, sealed, life) \
                       VALUES ($1, $2, $3, $4, $5, $6)";
            Statement::one(sql, columns(key)?)
        }
        KeyChange::Live { kid, life } => {
            let sql = "UPDATE signing_key SET state = $1, life = $2 WHERE kid = $3";
            let moments = json("signing_key", &life.moments())?;
            Statement::one(sql, params![state(life), moments, kid.as_str()])
        }
        KeyChange::Forget(kid) => {
            let sql = "DELETE FROM signing_key WHERE kid = $1";
            Statement::one(sql, params![kid.as_str()])
        }
    })
}

/// The values of a row, in the order in which statements name its columns.
pub(super) fn columns(key: &StoredKey) -> Result<Vec<Value>, Failure> {
    Ok(params![
        key.kid.as_str(),
        key.algorithm.as_str(),
        state(&key.life),
        key.created_at,
        key.sealed.as_slice(),
        json("signing_key", &key.life.moments())?,
    ])
}
