//! Signing keys, sealed; and who has fetched the key set.

mod change;
mod fetches;

use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::Life;

pub use self::change::{KeyChange, KeysChanged};
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::{self, Memory};
use crate::row::{self, Fields, Stored};
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
    /// How often the keys had changed when they were read, or less often.
    pub(crate) generation: i64,
}

impl Stored for StoredKey {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("signing_key");
        let (kid, algorithm) = (fields.text()?, fields.parsed()?);
        let (state, created_at) = (fields.text()?, fields.timestamp()?);
        let sealed = fields.blob()?;
        let life = match fields.optional_json()? {
            Some(moments) => Life::restored(moments),
            // Of a release whose keys had no moments.
            None if state == ACTIVE => Ok(Life::at_once(created_at)),
            None => Ok(Life::pending(created_at)),
        };
        Ok(Self {
            kid,
            algorithm,
            life: life.map_err(|refused| fields.bad(refused))?,
            created_at,
            sealed,
        })
    }
}

/// The state of the one key of an algorithm that signs to no set end: an index admits no other.
const ACTIVE: &str = "active";

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

    /// Every key, oldest first.
    pub async fn all(&self) -> Result<Vec<StoredKey>, Failure> {
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
