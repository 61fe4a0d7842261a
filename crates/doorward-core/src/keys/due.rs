//! What is to be written next.

use super::life::{Life, Stage};
use super::schedule::{ANNOUNCED, HANDOVER, Schedule};
use super::uptake::Uptake;
use crate::jose::Algorithm;
use crate::time::Timestamp;

/// A key as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    /// Its name in tokens.
    pub kid: String,
    /// The one algorithm it signs with.
    pub algorithm: Algorithm,
    /// Its life so far, and as far as it is decided.
    pub life: Life,
}

/// A step that is to be taken now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Due {
    /// A first key for an algorithm that none signs with: published and active at once.
    Begin(Algorithm),
    /// A key that waited takes the place of one that was revoked, at once: nobody else signs.
    Succeed(String),
    /// The next key: published from `at` on.
    Publish {
        /// For which algorithm.
        algorithm: Algorithm,
        /// From when on.
        at: Timestamp,
    },
    /// One key takes the place of another.
    HandOver {
        /// The key that signs until `at`.
        from: String,
        /// The key that signs from `at` on.
        to: String,
        /// When.
        at: Timestamp,
        /// The applications that were not seen to know the next key, though it has waited for them.
        without: Vec<String>,
    },
    /// A key is gone, and its row is of no use any more.
    Forget(String),
}

/// A key that waits to become active.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaiting {
    /// The key that waits.
    pub kid: String,
    /// The key that signs until then.
    pub from: String,
    /// It is published long enough at this moment.
    pub earliest: Timestamp,
    /// It waits for applications until this moment.
    pub latest: Timestamp,
}

impl Awaiting {
    /// The key of `keys` that is next to sign with `algorithm`, if there is one, and the key whose place it takes.
    pub fn of(algorithm: Algorithm, keys: &[Key], schedule: &Schedule) -> Option<Self> {
        let holder = holder(algorithm, keys)?;
        let next = next(algorithm, keys)?;
        let begun = holder.life.moments().signs_from;
        // A key that has just begun is not replaced because another one has waited for long.
        let since = next.life.moments().published_at.max(begun?);
        let earliest = since.plus(schedule.publish_before);
        Some(Self {
            kid: next.kid.clone(),
            from: holder.kid.clone(),
            earliest,
            latest: earliest.plus(schedule.wait_for_uptake),
        })
    }
}

/// When the schedule's next step for `algorithm` is taken at the latest: the next key is published, or signs. A moment that lies behind is that of a step
/// that nobody took.
pub fn deadline(algorithm: Algorithm, keys: &[Key], schedule: &Schedule) -> Option<Timestamp> {
    match Awaiting::of(algorithm, keys, schedule) {
        Some(awaiting) => Some(awaiting.latest),
        None => publication(holder(algorithm, keys)?, schedule),
    }
}

/// The steps to take at `now`. Asked again after they were taken, it has nothing to add.
///
/// `uptake` says what is known of the applications that need a key: it is asked only of a key that is published long enough.
pub fn due(
    keys: &[Key],
    algorithms: &[Algorithm],
    schedule: &Schedule,
    uptake: impl Fn(&Key) -> Vec<Uptake>,
    now: Timestamp,
) -> Vec<Due> {
    let gone = keys.iter().filter(|key| key.life.stage(now) == Stage::Gone);
    let forget = gone.map(|key| Due::Forget(key.kid.clone()));
    let steps = algorithms
        .iter()
        .filter_map(|algorithm| step(*algorithm, keys, schedule, &uptake, now));
    steps.chain(forget).collect()
}

fn step(
    algorithm: Algorithm,
    keys: &[Key],
    schedule: &Schedule,
    uptake: impl Fn(&Key) -> Vec<Uptake>,
    now: Timestamp,
) -> Option<Due> {
    let Some(holder) = holder(algorithm, keys) else {
        let next = next(algorithm, keys).map(|next| next.kid.clone());
        return Some(next.map_or(Due::Begin(algorithm), Due::Succeed));
    };
    let Some(awaiting) = Awaiting::of(algorithm, keys, schedule) else {
        let publish = publication(holder, schedule)?;
        let at = now.plus(ANNOUNCED);
        return (publish <= at).then_some(Due::Publish { algorithm, at });
    };
    if now < awaiting.earliest {
        return None;
    }
    let next = keys.iter().find(|key| key.kid == awaiting.kid)?;
    let behind = uptake(next).into_iter().filter(|uptake| !uptake.is_known());
    let without: Vec<String> = behind.map(|uptake| uptake.application).collect();
    (without.is_empty() || now >= awaiting.latest).then(|| Due::HandOver {
        from: awaiting.from,
        to: awaiting.kid,
        at: now.plus(HANDOVER),
        without,
    })
}

/// When the key after `holder` is to be published, if keys change by themselves.
pub(super) fn publication(holder: &Key, schedule: &Schedule) -> Option<Timestamp> {
    let signs_from = holder.life.moments().signs_from?;
    let ahead = schedule.publish_before;
    let every = schedule.rotate_every?;
    Some(signs_from.plus(every.saturating_sub(ahead)))
}

/// The key that signs with `algorithm`, now or soon, to no set end.
pub(super) fn holder(algorithm: Algorithm, keys: &[Key]) -> Option<&Key> {
    let mut of_algorithm = keys.iter().filter(|key| key.algorithm == algorithm);
    of_algorithm.find(|key| key.life.holds_office())
}

/// The key that has waited longest to sign with `algorithm`.
pub(super) fn next(algorithm: Algorithm, keys: &[Key]) -> Option<&Key> {
    let of_algorithm = keys.iter().filter(|key| key.algorithm == algorithm);
    let waiting = of_algorithm.filter(|key| key.life.waits());
    waiting.min_by_key(|key| (key.life.moments().published_at, &key.kid))
}

#[cfg(test)]
mod tests {
    use std::slice;
    use std::time::Duration;

    use super::*;
    use crate::keys::{Seen, Way};

    const DAY: Duration = Duration::from_hours(24);
    const RS256: &[Algorithm] = &[Algorithm::Rs256];

    fn day(number: u32) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(number * DAY)
    }

    fn key(kid: &str, life: Life) -> Key {
        Key {
            kid: kid.to_owned(),
            algorithm: Algorithm::Rs256,
            life,
        }
    }

    fn nobody(_: &Key) -> Vec<Uptake> {
        Vec::new()
    }

    fn one(seen: Seen) -> impl Fn(&Key) -> Vec<Uptake> {
        move |_| {
            vec![Uptake {
                application: "wiki".to_owned(),
                seen,
            }]
        }
    }

    #[test]
    fn an_algorithm_without_a_key_begins_and_is_not_begun_twice() {
        let schedule = Schedule::default();
        let all = [Algorithm::Rs256, Algorithm::Es256];
        let begin = all.map(Due::Begin);
        assert_eq!(due(&[], &all, &schedule, nobody, day(0)), begin);
        let keys = [key("a", Life::at_once(day(0)))];
        let left = due(&keys, &all, &schedule, nobody, day(0));
        assert_eq!(left, [Due::Begin(Algorithm::Es256)]);
    }

    /// K02: the next key is published ahead of its use.
    #[test]
    fn the_next_key_is_published_before_the_present_one_is_old() {
        let schedule = Schedule::default();
        let keys = [key("a", Life::at_once(day(0)))];
        let at = |now| due(&keys, RS256, &schedule, nobody, now);
        assert_eq!(at(day(82)), []);
        let publish = Due::Publish {
            algorithm: Algorithm::Rs256,
            at: day(83).plus(ANNOUNCED),
        };
        assert_eq!(at(day(83)), [publish]);
        let never = Schedule {
            rotate_every: None,
            ..schedule
        };
        assert_eq!(due(&keys, RS256, &never, nobody, day(999)), []);
    }

    #[test]
    fn a_key_takes_office_when_it_was_published_long_enough_and_everybody_knows_it() {
        let schedule = Schedule::default();
        let keys = [
            key("a", Life::at_once(day(0))),
            key("b", Life::pending(day(83))),
        ];
        let (seen_at, way) = (day(84), Way::Address);
        let knows = one(Seen::Knows { seen_at, way });
        assert_eq!(due(&keys, RS256, &schedule, &knows, day(89)), []);
        let hand_over = |now: Timestamp, without: &[&str]| Due::HandOver {
            from: "a".to_owned(),
            to: "b".to_owned(),
            at: now.plus(HANDOVER),
            without: without.iter().map(|&name| name.to_owned()).collect(),
        };
        let after = due(&keys, RS256, &schedule, &knows, day(90));
        assert_eq!(after, [hand_over(day(90), &[])]);

        let behind = one(Seen::Behind { seen_at, way });
        for unknown in [&behind as &dyn Fn(&Key) -> Vec<Uptake>, &one(Seen::Unseen)] {
            assert_eq!(due(&keys, RS256, &schedule, unknown, day(103)), []);
            let after = due(&keys, RS256, &schedule, unknown, day(104));
            assert_eq!(after, [hand_over(day(104), &["wiki"])]);
        }
    }

    #[test]
    fn once_decided_nothing_is_decided_again() {
        let schedule = Schedule::default();
        let at = day(90).plus(HANDOVER);
        let old = Life::at_once(day(0)).retired(at, &schedule).unwrap();
        let new = Life::pending(day(83)).activated(at).unwrap();
        let keys = [key("a", old), key("b", new)];
        assert_eq!(due(&keys, RS256, &schedule, nobody, day(90)), []);
        let gone = at.plus(schedule.kept());
        let forget = Due::Forget("a".to_owned());
        assert_eq!(due(&keys, RS256, &schedule, nobody, gone), [forget]);
    }

    #[test]
    fn of_two_keys_that_wait_the_second_is_not_hurried_after_the_first() {
        let schedule = Schedule::default();
        let first = Life::pending(day(10)).activated(day(20)).unwrap();
        let old = Life::at_once(day(0)).retired(day(20), &schedule).unwrap();
        let second = Life::pending(day(11));
        let keys = [key("a", old), key("b", first), key("c", second)];
        let at = |number| {
            let due = due(&keys, RS256, &schedule, nobody, day(number));
            due.iter().any(|due| matches!(due, Due::HandOver { .. }))
        };
        assert!(!at(26));
        assert!(at(27));
    }

    #[test]
    fn the_next_step_has_a_moment_by_which_it_is_taken_also_when_nobody_took_it() {
        let schedule = Schedule::default();
        let signs = key("a", Life::at_once(day(0)));
        let at = |keys: &[Key]| deadline(Algorithm::Rs256, keys, &schedule);
        assert_eq!(at(&[]), None);
        assert_eq!(at(slice::from_ref(&signs)), Some(day(83)));
        let waits = key("b", Life::pending(day(83)));
        assert_eq!(at(&[signs.clone(), waits]), Some(day(83 + 7 + 14)));
        let by_hand = Schedule {
            rotate_every: None,
            ..schedule
        };
        assert_eq!(deadline(Algorithm::Rs256, &[signs], &by_hand), None);
    }

    #[test]
    fn a_revoked_key_is_replaced_at_once_by_the_one_that_waits_or_a_new_one() {
        let schedule = Schedule::default();
        let bad = key("a", Life::at_once(day(0)).revoked(day(5)).unwrap());
        let forget = Due::Forget("a".to_owned());
        for (keys, step) in [
            (vec![bad.clone()], Due::Begin(Algorithm::Rs256)),
            (
                vec![bad, key("b", Life::pending(day(4)))],
                Due::Succeed("b".to_owned()),
            ),
        ] {
            let steps = due(&keys, RS256, &schedule, nobody, day(5));
            assert_eq!(steps, [step, forget.clone()]);
        }
    }
}
