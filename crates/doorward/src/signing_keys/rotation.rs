//! Rotation: one node at a time takes the steps that are due, for all.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Result;
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{Due, Key, Schedule, due};
use doorward_core::random::Random;
use doorward_core::seal::Sealer;
use doorward_core::{Clock, Timestamp};
use doorward_directory::{Directory, Fence};
use doorward_web::Provider;

use super::keeper::Keeper;
use super::readers::Readers;
use super::supply::{Supply, algorithms};
use crate::ambient::ReferenceClock;
use crate::housekeeping::{every, node_name};

/// How often it is looked whether a step is due. That reads no store.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How long the node that takes the steps is left to it.
const LEASE: Duration = Duration::from_mins(1);

/// How often a key that waits for applications asks for them again.
const ASK_EVERY: Duration = Duration::from_mins(1);

/// The name of the lease.
const NAME: &str = "signing-keys";

/// What a node needs to take steps.
pub(crate) struct Rotation {
    pub(crate) provider: Arc<Provider>,
    pub(crate) directory: Directory,
    pub(crate) sealer: Arc<Sealer>,
    pub(crate) schedule: Schedule,
    pub(crate) supply: Supply,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) reference: ReferenceClock,
}

/// What became of a look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// There is nothing more to do now.
    Done,
    /// A key waits for applications, or another node takes the steps.
    Waiting,
}

impl Rotation {
    /// Takes the steps that are due, whenever it is this node's turn.
    pub(crate) async fn run(self) {
        let fence = Fence {
            lease: NAME,
            holder: node_name(&*self.random),
        };
        let mut ticks = every(LOOK_EVERY);
        let mut not_before: Option<Timestamp> = None;
        loop {
            ticks.tick().await;
            let now = self.clock.now();
            if not_before.is_some_and(|moment| now < moment) || !self.may_be_due(now) {
                continue;
            }
            not_before = match self.look(&fence, now).await {
                Ok(Look::Done) => None,
                Ok(Look::Waiting) => Some(now.plus(ASK_EVERY)),
                Err(error) => {
                    tracing::error!(
                        error = format!("{error:#}"),
                        "signing keys cannot be rotated"
                    );
                    Some(now.plus(ASK_EVERY))
                }
            };
        }
    }

    /// Whether a step would be due if all applications knew all keys, as far as this node knows.
    fn may_be_due(&self, now: Timestamp) -> bool {
        let keys = self.provider.signing_keys();
        let algorithms = self.algorithms(&keys, now);
        let steps = due(&keys, &algorithms, &self.schedule, |_| Vec::new(), now);
        !steps.is_empty()
    }

    fn algorithms(&self, keys: &[Key], now: Timestamp) -> Vec<Algorithm> {
        changing_by_themselves(&self.provider, &self.supply, keys, now)
    }

    async fn look(&self, fence: &Fence, now: Timestamp) -> Result<Look> {
        let (directory, name) = (&self.directory, &fence.holder);
        if !directory.lease(NAME, name, LEASE, now).await? {
            return Ok(Look::Waiting);
        }
        let read = directory.keys().read().await?;
        let keys: Vec<Key> = read.keys.iter().map(StoredKey::as_key).collect();
        let readers = Readers::load(directory, now).await?;
        let uptake = |key: &Key| readers.uptake(key);
        let mut algorithms = self.algorithms(&keys, now);
        algorithms.retain(|algorithm| read.is_whole(*algorithm));
        let steps = due(&keys, &algorithms, &self.schedule, uptake, now);
        let Some(step) = steps.first() else {
            return Ok(Look::Waiting);
        };
        // One after the other: each is asked of the keys as they are after the one before.
        let changes = step.changes(&keys, &self.schedule, now)?;
        let keeper = Keeper {
            directory,
            sealer: &self.sealer,
            random: &*self.random,
            reference: self.reference,
            rsa: self.supply.rsa,
        };
        let unknown_to = unknown_to(step);
        let told = keeper.carry_out(&read, Some(fence), &changes, unknown_to, now);
        if told.await?.is_some() {
            say(step);
        }
        Ok(Look::Done)
    }
}

/// The algorithms whose keys change by themselves. What follows a key in hardware, an operator brings in.
pub(crate) fn changing_by_themselves(
    provider: &Provider,
    supply: &Supply,
    keys: &[Key],
    now: Timestamp,
) -> Vec<Algorithm> {
    let waits = |algorithm| {
        let mut waiting = keys.iter().filter(|key| key.life.waits());
        waiting.any(|key| key.algorithm == algorithm)
    };
    let mut all = algorithms(&supply.algorithms, keys, now);
    all.retain(|&one| !provider.signs_in_hardware(one) || waits(one));
    all
}

fn unknown_to(step: &Due) -> &[String] {
    match step {
        Due::HandOver { without, .. } => without,
        _ => &[],
    }
}

fn say(step: &Due) {
    match step {
        Due::Begin(algorithm) => tracing::info!(%algorithm, "a signing key was made"),
        Due::Publish { algorithm, .. } => {
            tracing::info!(%algorithm, "the next signing key is published");
        }
        Due::Succeed(kid) => tracing::info!(kid, "a signing key takes the place of a bad one"),
        Due::HandOver {
            from, to, without, ..
        } if without.is_empty() => {
            tracing::info!(from, to, "the next signing key takes over");
        }
        Due::HandOver {
            from, to, without, ..
        } => {
            let unknown_to = without.join(", ");
            tracing::warn!(
                from,
                to,
                unknown_to,
                "the next signing key takes over, and applications were not seen to know it"
            );
        }
        Due::Forget(kid) => tracing::info!(kid, "a signing key is gone"),
    }
}
