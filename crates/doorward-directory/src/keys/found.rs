//! Rows of signing keys, also those that make none: one that cannot be read is no reason that the others cannot be changed.

use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::Life;

use crate::failure::Failure;
use crate::row::{Fields, Stored};

/// The state of the one key of an algorithm that signs to no set end: an index admits no other.
pub(super) const ACTIVE: &str = "active";

/// A row that makes no key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadableKey {
    /// The key's name.
    pub kid: String,
    /// What it signs with, if that can be read: whether another key may take its place cannot be known.
    pub algorithm: Option<Algorithm>,
    /// Why it cannot be read.
    pub reason: Failure,
}

/// A row.
pub(super) struct Found(pub(super) Result<StoredKey, UnreadableKey>);

impl Stored for Found {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let kid = fields.columns_of("signing_key").text()?;
        let algorithm = fields.text()?;
        let key = key(kid.clone(), &algorithm, fields);
        Ok(Self(key.map_err(|failure| UnreadableKey {
            reason: fields.bad(format_args!("the key {kid}: {failure}")),
            algorithm: algorithm.parse().ok(),
            kid,
        })))
    }
}

fn key(kid: String, algorithm: &str, fields: &mut Fields) -> Result<StoredKey, Failure> {
    let algorithm = algorithm.parse().map_err(|error| fields.bad(error))?;
    let (state, created_at) = (fields.text()?, fields.timestamp()?);
    let sealed = fields.blob()?;
    let life = match fields.optional_json()? {
        Some(moments) => Life::restored(moments),
        // Of a release whose keys had no moments.
        None if state == ACTIVE => Ok(Life::at_once(created_at)),
        None => Ok(Life::pending(created_at)),
    };
    Ok(StoredKey {
        kid,
        algorithm,
        life: life.map_err(|refused| fields.bad(refused))?,
        created_at,
        sealed,
    })
}
