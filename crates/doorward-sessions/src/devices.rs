//! Devices that wait for somebody to allow them ([RFC 8628]).
//!
//! [RFC 8628]: https://www.rfc-editor.org/rfc/rfc8628

use std::time::Duration;

use doorward_core::device_authorization::{
    DeviceAnswer, DeviceAuthorization, DeviceCodeName, Pace, UserCode,
};

use crate::{Inserted, Store, StoreError};

/// The devices of a provider.
///
/// What a device asks for never changes, and what somebody answers is inserted: of any number of answers that race, on any
/// number of nodes, the first stands, and no other replaces it. Only the pace of a client's questions is written over.
#[derive(Clone)]
pub struct Devices {
    store: Store,
}

/// The kinds of entries that there are for one device.
const AUTHORIZATION: &str = "device";
const ANSWER: &str = "device-answer";
const PACE: &str = "device-pace";

/// All that is known of a device.
#[derive(Debug)]
pub struct KnownDevice {
    /// What it asks for.
    pub authorization: Option<DeviceAuthorization>,
    /// What somebody answered.
    pub answer: Option<DeviceAnswer>,
    /// How often its client asks.
    pub pace: Option<Pace>,
}

impl Devices {
    /// The devices that `store` keeps.
    pub const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Keeps a new device for `ttl`, unless another one has its code.
    pub async fn keep(
        &self,
        code: UserCode,
        device: &DeviceAuthorization,
        ttl: Duration,
    ) -> Result<Inserted, StoreError> {
        let (name, pace) = (self.name(code), Pace::default());
        let (inserted, paced) = tokio::try_join!(
            self.store.insert(AUTHORIZATION, &name, device, ttl),
            self.store
                .insert(PACE, device.device_code.as_str(), &pace, ttl),
        )?;
        match paced {
            Inserted::New => Ok(inserted),
            Inserted::AlreadyThere => Err(StoreError::Taken { kind: PACE }),
        }
    }

    /// The device of a code that somebody entered, answered or not.
    pub async fn find(&self, code: UserCode) -> Result<Option<DeviceAuthorization>, StoreError> {
        self.store.get(AUTHORIZATION, &self.name(code)).await
    }

    /// What somebody answered to a device.
    pub async fn answer(
        &self,
        device: &DeviceCodeName,
    ) -> Result<Option<DeviceAnswer>, StoreError> {
        self.store.get(ANSWER, device.as_str()).await
    }

    /// All that is known of the device whose client asks, by both names that its Device Code makes.
    pub async fn known(
        &self,
        code: UserCode,
        device: &DeviceCodeName,
    ) -> Result<KnownDevice, StoreError> {
        let (authorization, answer, pace) = tokio::try_join!(
            self.find(code),
            self.answer(device),
            self.store.get(PACE, device.as_str()),
        )?;
        Ok(KnownDevice {
            authorization,
            answer,
            pace,
        })
    }

    /// Records what somebody answers, for `ttl`, unless somebody has answered before.
    pub async fn record(
        &self,
        device: &DeviceCodeName,
        answer: &DeviceAnswer,
        ttl: Duration,
    ) -> Result<Inserted, StoreError> {
        self.store
            .insert(ANSWER, device.as_str(), answer, ttl)
            .await
    }

    /// Remembers how often a client asks.
    pub async fn paced(
        &self,
        device: &DeviceCodeName,
        pace: &Pace,
        ttl: Duration,
    ) -> Result<(), StoreError> {
        let replaced = self
            .store
            .replace::<_, Pace>(PACE, device.as_str(), pace, ttl);
        replaced.await.map(|_before| ())
    }

    /// A user code has few bits, so nobody but us can make the name of it.
    fn name(&self, code: UserCode) -> String {
        self.store.name(&code.letters())
    }
}
