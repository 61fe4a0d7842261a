//! What a provider asks of its session store, seen from between the two.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use doorward_sessions::{Backend, Inserted, Key, Unavailable};

/// What was asked, and what is to fail. Cheap to clone.
#[derive(Clone, Debug, Default)]
pub struct Observation {
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    asked: Vec<String>,
    failing: Option<String>,
}

impl Observation {
    /// The operations since the last call, in order, each with the kind of its entry: `get session`.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state().asked)
    }

    /// Lets this operation on this kind of entry fail from now on, such as `insert session`.
    pub fn fail(&self, operation: &str) {
        self.state().failing = Some(operation.to_owned());
    }

    fn note(&self, operation: &str, key: &Key) -> Result<(), Unavailable> {
        let operation = format!("{operation} {}", key.kind());
        let mut state = self.state();
        let fails = state.failing.as_ref() == Some(&operation);
        state.asked.push(operation);
        if fails {
            return Err(Unavailable::because("the test wants it so"));
        }
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A session store whose operations are noted.
pub(crate) struct Observed {
    pub(crate) backend: Arc<dyn Backend>,
    pub(crate) observation: Observation,
}

#[async_trait]
impl Backend for Observed {
    async fn insert(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Inserted, Unavailable> {
        self.observation.note("insert", key)?;
        self.backend.insert(key, value, ttl).await
    }

    async fn get(&self, key: &Key) -> Result<Option<Vec<u8>>, Unavailable> {
        self.observation.note("get", key)?;
        self.backend.get(key).await
    }

    async fn replace(
        &self,
        key: &Key,
        value: Vec<u8>,
        ttl: Duration,
    ) -> Result<Option<Vec<u8>>, Unavailable> {
        self.observation.note("replace", key)?;
        self.backend.replace(key, value, ttl).await
    }

    async fn remove(&self, key: &Key) -> Result<(), Unavailable> {
        self.observation.note("remove", key)?;
        self.backend.remove(key).await
    }

    async fn add(&self, key: &Key, ttl: Duration) -> Result<u64, Unavailable> {
        self.observation.note("add", key)?;
        self.backend.add(key, ttl).await
    }
}
