//! Secrets that are good for one redemption, such as Authorization Codes ([RFC 6749 section 4.1.2]).
//!
//! [RFC 6749 section 4.1.2]: https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2

use std::marker::PhantomData;
use std::time::Duration;

use doorward_core::identifiers::GrantId;
use doorward_core::secret::Secret;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::{Inserted, Store, StoreError};

/// What a code stands for: it knows the grant that tokens from it belong to.
pub trait NamesGrant {
    /// The grant.
    fn grant(&self) -> GrantId;
}

/// The codes of one kind. A redeemed code leaves a tombstone that names its grant, so that whoever
/// sees it again can revoke everything that came from it.
#[derive(Clone)]
pub struct Codes<C> {
    store: Store,
    kind: &'static str,
    holds: PhantomData<fn() -> C>,
}

/// What the store knows of a code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redeemed<C> {
    /// This is its first redemption; of racing ones, only one hears this.
    Fresh(C),
    /// It was redeemed before, for this grant.
    Replayed(GrantId),
    /// There is none, or no longer.
    Unknown,
}

#[derive(Serialize, Deserialize)]
enum State<C> {
    Live(C),
    Spent(GrantId),
}

impl<C: NamesGrant + Serialize + DeserializeOwned> Codes<C> {
    /// The codes that `store` keeps as entries of this kind.
    pub fn new(store: Store, kind: &'static str) -> Self {
        Self {
            store,
            kind,
            holds: PhantomData,
        }
    }

    /// Makes `code` stand for `meaning`, for `ttl`.
    pub async fn issue(&self, code: &Secret, meaning: &C, ttl: Duration) -> Result<(), StoreError> {
        let state = State::Live(meaning);
        match self
            .store
            .insert(self.kind, code.reveal(), &state, ttl)
            .await?
        {
            Inserted::New => Ok(()),
            Inserted::AlreadyThere => Err(StoreError::Taken { kind: self.kind }),
        }
    }

    /// Redeems `code`, and remembers that for as long as `tombstone`, which should be longer than
    /// the code itself would have lived.
    pub async fn redeem(
        &self,
        code: &Secret,
        tombstone: Duration,
    ) -> Result<Redeemed<C>, StoreError> {
        let grant = match self.store.get(self.kind, code.reveal()).await? {
            Some(State::Live::<C>(meaning)) => meaning.grant(),
            Some(State::Spent(grant)) => return Ok(Redeemed::Replayed(grant)),
            None => return Ok(Redeemed::Unknown),
        };
        let spent = State::<C>::Spent(grant);
        let former = self
            .store
            .replace(self.kind, code.reveal(), &spent, tombstone)
            .await?;
        Ok(match former {
            Some(State::Live(meaning)) => Redeemed::Fresh(meaning),
            Some(State::Spent(grant)) => Redeemed::Replayed(grant),
            None => Redeemed::Unknown,
        })
    }
}
