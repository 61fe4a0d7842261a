//! Signing keys, sealed; and who has fetched the key set.

mod change;
pub(crate) mod fetches;
mod found;

use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::Life;

pub use self::change::{KeyChange, KeysChanged};
pub use self::found::UnreadableKey;
use self::found::{ACTIVE, Found};
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::{self, Memory};
use crate::row;
use crate::value::params;

/// The door to the keys that sign tokens.
#[derive(Clone, Copy, Debug)]
pub struct Keys<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

/// All keys, and how often they had changed by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeySet {
    /// The keys, oldest first.
    pub keys: Vec<StoredKey>,
    /// Those that are there besides and cannot be read. They are as good as absent until somebody repairs them.
    pub unreadable: Vec<UnreadableKey>,
    /// How often the keys had changed when they were read, or less often.
    pub(crate) generation: i64,
}

impl KeySet {
    /// Whether every key of `algorithm` can be read: where one cannot, it may be the one that signs.
    pub fn is_whole(&self, algorithm: Algorithm) -> bool {
        let mut unreadable = self.unreadable.iter();
        unreadable.all(|row| row.algorithm != Some(algorithm))
    }
}

/// What became of a key that was to be added.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub enum Imported {
    /// It is there now.
    Imported,
    /// Another key has its name.
    Taken,
    /// It was to sign, and another key does.
    OtherActive,
}

/// The state that a row has, for whoever reads the table.
const fn state(life: &Life) -> &'static str {
    if life.holds_office() {
        ACTIVE
    } else if life.waits() {
        "pending"
    } else {
        "retired"
    }
}

impl<'a> Keys<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// Every key, oldest first; none when one of them cannot be read.
    pub async fn all(&self) -> Result<Vec<StoredKey>, Failure> {
        let found = self.found().await?.into_iter();
        let keys = found.map(|Found(key)| key.map_err(|unreadable| unreadable.reason));
        keys.collect()
    }

    async fn found(&self) -> Result<Vec<Found>, Failure> {
        let sql = "SELECT kid, algorithm, state, created_at, sealed, life FROM signing_key \
                   ORDER BY created_at, kid";
        row::all(self.database.query(sql, params![]).await?)
    }

    /// Adds those of `keys` whose algorithm has no active key, and returns all keys there are then.
    ///
    /// Of several processes that do so at once, one adds its keys, and all get the same answer.
    pub async fn insert_missing(&self, keys: Vec<StoredKey>) -> Result<Vec<StoredKey>, Failure> {
        let active = active_algorithms(&self.all().await?);
        let missing = keys.iter().filter(|key| !active.contains(&key.algorithm));
        let mut statements = Vec::new();
        for key in missing {
            statements.push(insert_unless_active(key)?);
        }
        if !statements.is_empty() {
            statements.push(memory::keys_changed());
            self.database.commit(statements).await?;
            self.memory.refresh(self.database).await?;
        }
        self.all().await
    }

    /// Adds a key that was made elsewhere, unless another has its name, or signs in its place.
    pub async fn import(&self, key: &StoredKey) -> Result<Imported, Failure> {
        let statements = vec![insert_unless_active(key)?, memory::keys_changed()];
        let commit = self.database.commit(statements).await?;
        self.memory.refresh(self.database).await?;
        if commit.touched() == 1 {
            return Ok(Imported::Imported);
        }
        Ok(match self.would_import(key).await? {
            // The one that was in its way is gone by now.
            Imported::Imported => Imported::OtherActive,
            refused => refused,
        })
    }

    /// What would become of it.
    pub async fn would_import(&self, key: &StoredKey) -> Result<Imported, Failure> {
        let present = self.all().await?;
        let takes_place =
            key.life.holds_office() && active_algorithms(&present).contains(&key.algorithm);
        Ok(if present.iter().any(|other| other.kid == key.kid) {
            Imported::Taken
        } else if takes_place {
            Imported::OtherActive
        } else {
            Imported::Imported
        })
    }

    /// Another number whenever the keys have changed, for whoever keeps them opened. As fresh as the last
    /// [`Directory::refresh`](crate::Directory::refresh).
    pub fn generation(&self) -> u64 {
        self.memory.keys_generation()
    }
}

fn active_algorithms(keys: &[StoredKey]) -> Vec<Algorithm> {
    let active = keys.iter().filter(|key| key.life.holds_office());
    active.map(|key| key.algorithm).collect()
}

/// A key that another process brought into use meanwhile wins.
fn insert_unless_active(key: &StoredKey) -> Result<Statement, Failure> {
    let sql = "INSERT INTO signing_key (kid, algorithm, state, created_at, sealed, life) \
               VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING";
    Ok(Statement::any(sql, change::columns(key)?))
}
