//! Types above bytes: what is stored is JSON, sealed.

use std::sync::Arc;
use std::time::Duration;

use doorward_core::random::Random;
use doorward_core::seal::{Sealer, Unsealable};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{Backend, Inserted, Key, Unavailable};

/// Stores values of any type on any backend, so that nobody who reads the backend learns anything.
///
/// Each value is sealed with AES-256-GCM beside its key: moved to another key it does not open.
/// Cheap to clone.
#[derive(Clone)]
pub struct Store {
    backend: Arc<dyn Backend>,
    sealer: Arc<Sealer>,
    random: Arc<dyn Random>,
}

/// Why the store did not do what it was asked. None of it is ever the caller's fault.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The backend does not answer.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// What is stored does not open.
    #[error("a stored {kind} is unreadable: {reason}")]
    Sealed {
        /// The kind of entry.
        kind: &'static str,
        /// Why.
        reason: Unsealable,
    },
    /// What is stored opens and is of another type, or is to be stored and has no JSON form.
    #[error("a {kind} is not what it should be: {reason}")]
    Form {
        /// The kind of entry.
        kind: &'static str,
        /// Why.
        reason: serde_json::Error,
    },
    /// A new random secret leads to an entry that is there already.
    #[error("a new {kind} has a secret that was given out before")]
    Taken {
        /// The kind of entry.
        kind: &'static str,
    },
}

impl Store {
    /// The store on `backend`, with nonces from `random`.
    pub fn new(backend: Arc<dyn Backend>, sealer: Sealer, random: Arc<dyn Random>) -> Self {
        Self {
            backend,
            sealer: Arc::new(sealer),
            random,
        }
    }

    /// What something is to be stored under that a text leads to which is short enough to be guessed: who reads the backend
    /// could try all of them against a mere hash.
    pub(crate) fn name(&self, text: &str) -> String {
        self.sealer.name(text)
    }

    /// Stores `value` under `secret` for `ttl`, unless there is an entry already.
    pub async fn insert<T: Serialize>(
        &self,
        kind: &'static str,
        secret: &str,
        value: &T,
        ttl: Duration,
    ) -> Result<Inserted, StoreError> {
        let key = Key::of(kind, secret);
        let value = self.seal(&key, value)?;
        Ok(self.backend.insert(&key, value, ttl).await?)
    }

    /// The value that `secret` leads to.
    pub async fn get<T: DeserializeOwned>(
        &self,
        kind: &'static str,
        secret: &str,
    ) -> Result<Option<T>, StoreError> {
        let key = Key::of(kind, secret);
        self.unseal(&key, self.backend.get(&key).await?)
    }

    /// Puts `value` in place of the present one and returns that one; does nothing when there is none.
    ///
    /// Of any number of racing callers exactly one is handed the original.
    pub async fn replace<T: Serialize, U: DeserializeOwned>(
        &self,
        kind: &'static str,
        secret: &str,
        value: &T,
        ttl: Duration,
    ) -> Result<Option<U>, StoreError> {
        let key = Key::of(kind, secret);
        let value = self.seal(&key, value)?;
        self.unseal(&key, self.backend.replace(&key, value, ttl).await?)
    }

    /// Removes the value or counter that `secret` leads to, if there is one.
    pub async fn remove(&self, kind: &'static str, secret: &str) -> Result<(), StoreError> {
        Ok(self.backend.remove(&Key::of(kind, secret)).await?)
    }

    /// Adds one to a counter and returns the new count; the counter is gone `ttl` after its first use.
    pub async fn add(
        &self,
        kind: &'static str,
        secret: &str,
        ttl: Duration,
    ) -> Result<u64, StoreError> {
        Ok(self.backend.add(&Key::of(kind, secret), ttl).await?)
    }

    fn seal<T: Serialize>(&self, key: &Key, value: &T) -> Result<Vec<u8>, StoreError> {
        let plain = serde_json::to_vec(value).map_err(|reason| form(key, reason))?;
        Ok(self.sealer.seal(&*self.random, &key.to_bytes(), &plain))
    }

    fn unseal<T: DeserializeOwned>(
        &self,
        key: &Key,
        sealed: Option<Vec<u8>>,
    ) -> Result<Option<T>, StoreError> {
        let Some(sealed) = sealed else {
            return Ok(None);
        };
        let plain = self
            .sealer
            .open(&key.to_bytes(), &sealed)
            .map_err(|reason| StoreError::Sealed {
                kind: key.kind(),
                reason,
            })?;
        serde_json::from_slice(&plain)
            .map(Some)
            .map_err(|reason| form(key, reason))
    }
}

fn form(key: &Key, reason: serde_json::Error) -> StoreError {
    StoreError::Form {
        kind: key.kind(),
        reason,
    }
}
