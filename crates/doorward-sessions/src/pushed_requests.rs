//! Pushed authorization requests, until they are answered ([RFC 9126 section 4]).
//!
//! [RFC 9126 section 4]: https://www.rfc-editor.org/rfc/rfc9126#section-4

use std::time::Duration;

use doorward_core::authorization::pushed::{PushedRequest, PushedRequestName};

use crate::{Inserted, Store, StoreError};

/// The pushed requests of a provider. Each is answered once: of any number of answers that race, on any number of nodes,
/// one finds it waiting.
#[derive(Clone)]
pub struct PushedRequests {
    store: Store,
}

/// The kind of entry that pushed requests are.
const KIND: &str = "pushed-request";

impl PushedRequests {
    /// The pushed requests that `store` keeps.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a new request for `ttl`.
    pub async fn keep(
        &self,
        name: &PushedRequestName,
        request: &PushedRequest,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        let inserted = self.store.insert(KIND, name.as_str(), request, ttl);
        match inserted.await? {
            Inserted::New => Ok(()),
            Inserted::AlreadyThere => Err(StoreError::Taken { kind: KIND }),
        }
    }

    /// The request of this name, waiting or answered.
    pub async fn find(
        &self,
        name: &PushedRequestName,
    ) -> Result<Option<PushedRequest>, StoreError> {
        self.store.get(KIND, name.as_str()).await
    }

    /// Records that the client gets its answer, and returns what was there before. It is remembered for `ttl`.
    pub async fn answer(
        &self,
        name: &PushedRequestName,
        ttl: Duration,
    ) -> Result<Option<PushedRequest>, StoreError> {
        let answered = PushedRequest::Answered;
        self.store
            .replace(KIND, name.as_str(), &answered, ttl)
            .await
    }
}
