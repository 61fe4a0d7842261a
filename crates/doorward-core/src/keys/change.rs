//! What a step does to keys: the same for a step of the schedule and for an order of the operator.

use super::due::{Due, Key, holder, next};
use super::life::{Life, NotPossible, Stage};
use super::schedule::{ANNOUNCED, HANDOVER, KEY_SET_CACHED, REVOKED_SINCE, Schedule};
use crate::jose::Algorithm;
use crate::time::Timestamp;

/// A change to the keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// A new key.
    Make {
        /// For which algorithm.
        algorithm: Algorithm,
        /// How it lives.
        life: Life,
    },
    /// A key lives on like this.
    Live {
        /// Which key.
        kid: String,
        /// How.
        life: Life,
    },
    /// Nothing is left of a key.
    Forget(String),
}

/// What an operator wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// A next key for an algorithm is published now, and takes its place as soon as the schedule allows.
    Rotate(Algorithm),
    /// A key that waits becomes active now, without waiting for anybody else to know it.
    Activate(String),
    /// A key signs no more: the next one takes its place. One that has never signed is withdrawn.
    Retire(String),
    /// A key is bad: nobody trusts what it signed any more, and the next one or a new one takes its place at once.
    Revoke(String),
}

/// Why an order is not carried out.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OrderRefused {
    /// There is no such key.
    #[error("there is no signing key {0}; `doorward keys list` shows those there are")]
    Unknown(String),
    /// A next key is there already.
    #[error(
        "the next key for {algorithm}, {kid}, is there already and takes its place as `doorward keys status` \
         shows; `doorward keys activate {kid}` does not wait for that"
    )]
    Waiting {
        /// For which algorithm.
        algorithm: Algorithm,
        /// The key that waits.
        kid: String,
    },
    /// Nobody can have fetched the key yet.
    #[error(
        "it is published for less than the {} s that applications may keep the key set; try again \
         {} s later", KEY_SET_CACHED.as_secs(), .0
    )]
    TooEarly(u64),
    /// There is no key to take its place.
    #[error(
        "there is no next key for {0} that could take its place: `doorward keys rotate --algorithm {0}` \
         publishes one"
    )]
    NoSuccessor(Algorithm),
    /// Its life does not admit it.
    #[error("{kid}: {reason}")]
    NotPossible {
        /// Which key.
        kid: String,
        /// Why.
        reason: NotPossible,
    },
}

impl Change {
    /// Whether it says anew what becomes of the same key.
    fn is_after(&self, earlier: &Self) -> bool {
        match (self, earlier) {
            (Self::Live { kid, .. }, Self::Live { kid: other, .. }) => kid == other,
            _ => false,
        }
    }
}

impl Due {
    /// The changes that make this step, all of them or none.
    pub fn changes(
        &self,
        keys: &[Key],
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<Vec<Change>, OrderRefused> {
        match self {
            Self::Begin(algorithm) => Ok(vec![make(*algorithm, Life::at_once(now))]),
            Self::Publish { algorithm, at } => Ok(vec![make(*algorithm, Life::pending(*at))]),
            Self::Succeed(kid) => Ok(vec![activate(find(keys, kid)?, now)?]),
            Self::HandOver { from, to, at, .. } => {
                hand_over(find(keys, from)?, find(keys, to)?, schedule, *at)
            }
            Self::Forget(kid) => Ok(vec![Change::Forget(kid.clone())]),
        }
    }
}

impl Order {
    /// The changes that carry out all `orders`, one after the other, all of them or none. A key that several change has the last of these.
    pub fn all(
        orders: &[Self],
        keys: &[Key],
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<Vec<Change>, OrderRefused> {
        let (mut keys, mut all) = (keys.to_vec(), Vec::new());
        for order in orders {
            let changes = order.changes(&keys, schedule, now)?;
            keys = after(&keys, &changes);
            all.retain(|earlier: &Change| changes.iter().all(|change| !change.is_after(earlier)));
            all.extend(changes);
        }
        Ok(all)
    }

    /// The changes that carry it out, all of them or none.
    pub fn changes(
        &self,
        keys: &[Key],
        schedule: &Schedule,
        now: Timestamp,
    ) -> Result<Vec<Change>, OrderRefused> {
        match self {
            Self::Rotate(algorithm) => rotate(*algorithm, keys, now),
            Self::Activate(kid) => {
                let key = find(keys, kid)?;
                known(key, now)?;
                take_office(key, keys, schedule, now.plus(HANDOVER))
            }
            Self::Retire(kid) => retire(find(keys, kid)?, keys, schedule, now),
            Self::Revoke(kid) => revoke(find(keys, kid)?, keys, now),
        }
    }
}

fn rotate(algorithm: Algorithm, keys: &[Key], now: Timestamp) -> Result<Vec<Change>, OrderRefused> {
    if let Some(waiting) = next(algorithm, keys) {
        let kid = waiting.kid.clone();
        return Err(OrderRefused::Waiting { algorithm, kid });
    }
    Ok(vec![match holder(algorithm, keys) {
        Some(_) => make(algorithm, Life::pending(now.plus(ANNOUNCED))),
        None => make(algorithm, Life::at_once(now)),
    }])
}

fn retire(
    key: &Key,
    keys: &[Key],
    schedule: &Schedule,
    now: Timestamp,
) -> Result<Vec<Change>, OrderRefused> {
    if key.life.waits() {
        return Ok(vec![live(key, key.life.revoked(now))?]);
    }
    if !key.life.holds_office() {
        return Ok(vec![live(key, key.life.retired(now, schedule))?]);
    }
    let successor = next(key.algorithm, keys).ok_or(OrderRefused::NoSuccessor(key.algorithm))?;
    known(successor, now)?;
    hand_over(key, successor, schedule, now.plus(HANDOVER))
}

fn revoke(key: &Key, keys: &[Key], now: Timestamp) -> Result<Vec<Change>, OrderRefused> {
    // At once on every node, also where the clock is behind ours.
    let (stage, now) = (key.life.stage(now), now.minus(REVOKED_SINCE));
    let mut changes = vec![live(key, key.life.revoked(now))?];
    if stage != Stage::Active && !key.life.holds_office() {
        return Ok(changes);
    }
    let others: Vec<Key> = keys
        .iter()
        .filter(|other| other.kid != key.kid)
        .cloned()
        .collect();
    let coming =
        holder(key.algorithm, &others).filter(|other| other.life.stage(now) < Stage::Active);
    changes.push(match (coming, next(key.algorithm, &others)) {
        // It was about to take over.
        (Some(coming), _) => live(coming, Ok(coming.life.hastened(now)))?,
        (None, Some(waiting)) => live(waiting, Ok(waiting.life.hastened(now)))?,
        (None, None) => make(key.algorithm, Life::at_once(now)),
    });
    Ok(changes)
}

/// The key takes the place of whoever has it.
fn take_office(
    key: &Key,
    keys: &[Key],
    schedule: &Schedule,
    at: Timestamp,
) -> Result<Vec<Change>, OrderRefused> {
    match holder(key.algorithm, keys) {
        Some(holder) if holder.kid != key.kid => hand_over(holder, key, schedule, at),
        _ => Ok(vec![activate(key, at)?]),
    }
}

fn hand_over(
    from: &Key,
    to: &Key,
    schedule: &Schedule,
    at: Timestamp,
) -> Result<Vec<Change>, OrderRefused> {
    Ok(vec![
        live(from, from.life.retired(at, schedule))?,
        activate(to, at)?,
    ])
}

/// Whether everybody who honours the key set's lifetime can know the key.
fn known(key: &Key, now: Timestamp) -> Result<(), OrderRefused> {
    let known_at = key.life.moments().published_at.plus(KEY_SET_CACHED);
    // It takes over some time later.
    let missing = known_at.since(now.plus(HANDOVER));
    if missing.is_zero() {
        Ok(())
    } else {
        Err(OrderRefused::TooEarly(missing.as_secs() + 1))
    }
}

fn activate(key: &Key, at: Timestamp) -> Result<Change, OrderRefused> {
    live(key, key.life.activated(at))
}

fn live(key: &Key, life: Result<Life, NotPossible>) -> Result<Change, OrderRefused> {
    let kid = key.kid.clone();
    match life {
        Ok(life) => Ok(Change::Live { kid, life }),
        Err(reason) => Err(OrderRefused::NotPossible { kid, reason }),
    }
}

const fn make(algorithm: Algorithm, life: Life) -> Change {
    Change::Make { algorithm, life }
}

fn find<'a>(keys: &'a [Key], kid: &str) -> Result<&'a Key, OrderRefused> {
    let mut keys = keys.iter();
    keys.find(|key| key.kid == kid)
        .ok_or_else(|| OrderRefused::Unknown(kid.to_owned()))
}

/// The keys as they are after `changes`; a key that is to be made has no name yet.
pub fn after(keys: &[Key], changes: &[Change]) -> Vec<Key> {
    let mut keys = keys.to_vec();
    for change in changes {
        match change {
            Change::Make { algorithm, life } => keys.push(Key {
                kid: String::new(),
                algorithm: *algorithm,
                life: *life,
            }),
            Change::Live { kid, life } => {
                let lives = keys.iter_mut().filter(|key| key.kid == *kid);
                lives.for_each(|key| key.life = *life);
            }
            Change::Forget(kid) => keys.retain(|key| key.kid != *kid),
        }
    }
    keys
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const ALGORITHM: Algorithm = Algorithm::Es256;

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(Duration::from_mins(minutes))
    }

    fn key(kid: &str, life: Life) -> Key {
        Key {
            kid: kid.to_owned(),
            algorithm: ALGORITHM,
            life,
        }
    }

    fn order(order: &Order, keys: &[Key], now: Timestamp) -> Result<Vec<Change>, OrderRefused> {
        order.changes(keys, &Schedule::default(), now)
    }

    /// The stages at `now` of the keys after `changes`.
    fn stages(keys: &[Key], changes: &[Change], now: Timestamp) -> Vec<(String, Stage)> {
        let after = after(keys, changes).into_iter();
        after.map(|key| (key.kid, key.life.stage(now))).collect()
    }

    fn both() -> [Key; 2] {
        [
            key("a", Life::at_once(at(0))),
            key("b", Life::pending(at(100))),
        ]
    }

    fn staged(kid: &str, stage: Stage) -> (String, Stage) {
        (kid.to_owned(), stage)
    }

    #[test]
    fn the_next_key_is_made_when_it_is_wanted_and_only_one() {
        let rotate = Order::Rotate(ALGORITHM);
        let first = [key("a", Life::at_once(at(0)))];
        let life = Life::pending(at(5).plus(ANNOUNCED));
        assert_eq!(
            order(&rotate, &first, at(5)),
            Ok(vec![make(ALGORITHM, life)])
        );
        let refused = order(&rotate, &both(), at(200));
        let (algorithm, kid) = (ALGORITHM, "b".to_owned());
        assert_eq!(refused, Err(OrderRefused::Waiting { algorithm, kid }));
        let begins = vec![make(ALGORITHM, Life::at_once(at(5)))];
        assert_eq!(order(&rotate, &[], at(5)), Ok(begins));
    }

    #[test]
    fn a_key_is_activated_when_whoever_honours_the_lifetime_of_the_key_set_can_know_it() {
        let activate = Order::Activate("b".to_owned());
        let keys = [
            key("a", Life::at_once(at(0))),
            key("b", Life::pending(at(100).plus(ANNOUNCED))),
        ];
        let early = order(&activate, &keys, at(100));
        assert_eq!(early, Err(OrderRefused::TooEarly(6)));
        let changes = order(&activate, &both(), at(100)).unwrap();
        let before = [staged("a", Stage::Active), staged("b", Stage::Pending)];
        assert_eq!(stages(&both(), &changes, at(104)), before);
        let after = [staged("a", Stage::Retired), staged("b", Stage::Active)];
        assert_eq!(stages(&both(), &changes, at(105)), after);
    }

    #[test]
    fn a_key_retires_when_there_is_one_to_take_its_place() {
        let retire = |kid: &str| Order::Retire(kid.to_owned());
        let alone = [key("a", Life::at_once(at(0)))];
        let refused = order(&retire("a"), &alone, at(10));
        assert_eq!(refused, Err(OrderRefused::NoSuccessor(ALGORITHM)));
        let changes = order(&retire("a"), &both(), at(200)).unwrap();
        let after = [staged("a", Stage::Retired), staged("b", Stage::Active)];
        assert_eq!(stages(&both(), &changes, at(205)), after);
        let changes = order(&retire("b"), &both(), at(200)).unwrap();
        let after = [staged("a", Stage::Active), staged("b", Stage::Gone)];
        assert_eq!(stages(&both(), &changes, at(200)), after);
    }

    /// K02: at once, and the successor is one that applications may know already.
    #[test]
    fn a_revoked_key_is_gone_at_once_and_another_signs_at_once() {
        let revoke = |kid: &str| Order::Revoke(kid.to_owned());
        let changes = order(&revoke("a"), &both(), at(200)).unwrap();
        let after = [staged("a", Stage::Gone), staged("b", Stage::Active)];
        assert_eq!(stages(&both(), &changes, at(200)), after);

        let alone = [key("a", Life::at_once(at(0)))];
        let changes = order(&revoke("a"), &alone, at(200)).unwrap();
        let after = [staged("a", Stage::Gone), staged("", Stage::Active)];
        assert_eq!(stages(&alone, &changes, at(200)), after);

        let decided = order(&Order::Activate("b".to_owned()), &both(), at(200)).unwrap();
        let keys = super::after(&both(), &decided);
        let changes = order(&revoke("a"), &keys, at(201)).unwrap();
        let after = [staged("a", Stage::Gone), staged("b", Stage::Active)];
        assert_eq!(stages(&keys, &changes, at(201)), after);
        let changes = order(&revoke("b"), &keys, at(201)).unwrap();
        let stages = stages(&keys, &changes, at(206));
        assert_eq!(stages[1], staged("b", Stage::Gone));
        assert!(stages.iter().any(|(_, stage)| *stage == Stage::Active));
    }

    /// In the minutes in which a key that was chosen is yet to take over, both are bad, and neither is left in office.
    #[test]
    fn keys_that_are_revoked_together_do_not_follow_each_other() {
        let decided = order(&Order::Activate("b".to_owned()), &both(), at(200)).unwrap();
        let keys = after(&both(), &decided);
        let orders = ["a", "b"].map(|kid| Order::Revoke(kid.to_owned()));
        let changes = Order::all(&orders, &keys, &Schedule::default(), at(201)).unwrap();
        let of_b = |change: &&Change| matches!(change, Change::Live { kid, .. } if kid == "b");
        assert_eq!(changes.iter().filter(of_b).count(), 1);
        let after = [
            staged("a", Stage::Gone),
            staged("b", Stage::Gone),
            staged("", Stage::Active),
        ];
        assert_eq!(stages(&keys, &changes, at(201)), after);
    }

    #[test]
    fn a_key_that_signs_no_more_is_revoked_without_a_successor() {
        let changes = order(&Order::Activate("b".to_owned()), &both(), at(200)).unwrap();
        let keys = after(&both(), &changes);
        let changes = order(&Order::Revoke("a".to_owned()), &keys, at(210)).unwrap();
        assert_eq!(changes.len(), 1);
        let unknown = order(&Order::Revoke("x".to_owned()), &keys, at(210));
        assert_eq!(unknown, Err(OrderRefused::Unknown("x".to_owned())));
    }
}
