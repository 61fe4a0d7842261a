//! Whoever changes keys: makes them, seals them, writes them down, and tells of it.

use anyhow::Result;
use doorward_core::Timestamp;
use doorward_core::event::{Event, EventRecord};
use doorward_core::identifiers::EventId;
use doorward_core::jose::{RsaSize, SigningKey, StoredKey};
use doorward_core::keys::{Change, Key, Life, Stage};
use doorward_core::random::Random;
use doorward_core::seal::Sealer;
use doorward_directory::keys::{KeyChange, KeySet, KeysChanged};
use doorward_directory::{Directory, Fence};
use tokio::task::spawn_blocking;

use super::clocks::ClocksApart;
use crate::ambient::ReferenceClock;

/// Whoever changes keys.
pub(crate) struct Keeper<'a> {
    pub(crate) directory: &'a Directory,
    pub(crate) sealer: &'a Sealer,
    pub(crate) random: &'a dyn Random,
    /// What the clock of this machine must agree with before a moment is written down.
    pub(crate) reference: ReferenceClock,
    /// The size of new RSA keys.
    pub(crate) rsa: RsaSize,
}

impl Keeper<'_> {
    /// Carries out all `changes` or none; says what happens to which key, or nothing if somebody else changed keys meanwhile.
    pub(crate) async fn carry_out(
        &self,
        read: &KeySet,
        fence: Option<&Fence>,
        changes: &[Change],
        unknown_to: &[String],
        now: Timestamp,
    ) -> Result<Option<Vec<Event>>> {
        if let Some(apart) = ClocksApart::found(self.directory, self.reference, now).await? {
            return Err(apart.into());
        }
        let (mut written, mut events) = (Vec::new(), Vec::new());
        for change in changes {
            let change = self.write(change, now).await?;
            events.extend(event(&change, &read.keys, unknown_to));
            written.push(change);
        }
        let records = self.records(&events, now);
        let keys = self.directory.keys();
        let outcome = keys.change(read, fence, &written, &records).await?;
        Ok((outcome == KeysChanged::Changed).then_some(events))
    }

    async fn write(&self, change: &Change, now: Timestamp) -> Result<KeyChange> {
        Ok(match change {
            Change::Make { algorithm, life } => {
                let (algorithm, rsa) = (*algorithm, self.rsa);
                let made = spawn_blocking(move || SigningKey::generate_sized(algorithm, rsa));
                let made = made.await?;
                KeyChange::Insert(made.seal(self.sealer, self.random, now, *life))
            }
            Change::Live { kid, life } => KeyChange::Live {
                kid: kid.clone(),
                life: *life,
            },
            Change::Forget(kid) => KeyChange::Forget(kid.clone()),
        })
    }

    fn records(&self, events: &[Event], at: Timestamp) -> Vec<EventRecord> {
        let records = events.iter().map(|event| EventRecord {
            id: EventId::generate(at, self.random),
            at,
            reference: None,
            event: event.clone(),
        });
        records.collect()
    }
}

/// What a change comes to, in one event.
fn event(change: &KeyChange, before: &[StoredKey], unknown_to: &[String]) -> Option<Event> {
    let (key, (stage, at)) = match change {
        KeyChange::Insert(key) => (key.as_key(), begins(&key.life)),
        KeyChange::Live { kid, life } => {
            let key = before.iter().find(|key| key.kid == *kid)?.as_key();
            let next = becomes(&key.life, life)?;
            (key, next)
        }
        KeyChange::Forget(_) => return None,
    };
    let Key { kid, algorithm, .. } = key;
    Some(Event::SigningKeyChanged {
        kid,
        algorithm,
        stage,
        at,
        unknown_to: if stage == Stage::Active {
            unknown_to.to_vec()
        } else {
            Vec::new()
        },
    })
}

fn begins(life: &Life) -> (Stage, Timestamp) {
    let moments = life.moments();
    match moments.signs_from {
        Some(at) => (Stage::Active, at),
        None => (Stage::Pending, moments.published_at),
    }
}

/// What was decided that was not decided before.
fn becomes(before: &Life, life: &Life) -> Option<(Stage, Timestamp)> {
    let (before, life) = (before.moments(), life.moments());
    let decided = [
        (Stage::Active, before.signs_from, life.signs_from),
        (Stage::Retired, before.signs_until, life.signs_until),
        (Stage::Gone, before.gone_at, life.gone_at),
    ];
    let revoked = life.gone_at.is_some() && life.gone_at == life.signs_until.or(life.gone_at);
    let mut decided = decided.into_iter().filter(|(_, old, new)| old != new);
    let next = if revoked {
        decided.next_back()
    } else {
        decided.next()
    };
    next.and_then(|(stage, _, at)| Some((stage, at?)))
}
