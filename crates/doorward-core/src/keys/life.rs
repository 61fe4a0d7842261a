//! One key's life as a row of moments.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::schedule::Schedule;
use crate::time::Timestamp;

/// When a key was or will be published, signed and was taken back.
///
/// The moments are in order, and a moment that was set is never moved to a later one: what others were told stays true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life(Moments);

/// The moments of a [`Life`], as a store keeps them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moments {
    /// From when on the key set has it.
    pub published_at: Timestamp,
    /// From when on it signs, once that was decided.
    pub signs_from: Option<Timestamp>,
    /// From when on another one signs in its place, once that was decided.
    pub signs_until: Option<Timestamp>,
    /// From when on the key set has it no more.
    pub gone_at: Option<Timestamp>,
}

/// Where a key is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Made, and about to be published on all nodes at one moment.
    Announced,
    /// Published, not yet used.
    Pending,
    /// Signs.
    Active,
    /// Signs no more, and is published until the last token it signed has expired.
    Retired,
    /// Neither signs nor verifies.
    Gone,
}

/// A step that a key's life does not admit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotPossible {
    /// It signs, or has signed, or is about to.
    #[error("it signs from {} on; a key becomes active once", .0.as_seconds())]
    Begun(Timestamp),
    /// It has not signed, so that there is nothing to hand over.
    #[error("it has never signed")]
    NotBegun,
    /// It has handed over.
    #[error("another key signs in its place from {} on", .0.as_seconds())]
    HandedOver(Timestamp),
    /// It is not published any more.
    #[error("it is gone")]
    Gone,
    /// The moments are not in order.
    #[error("the moments of its life are not in order")]
    Order,
}

impl Life {
    /// A key that is published from `published_at` on, and waits.
    pub const fn pending(published_at: Timestamp) -> Self {
        Self(Moments {
            published_at,
            signs_from: None,
            signs_until: None,
            gone_at: None,
        })
    }

    /// A key that signs as soon as it is published: the first of its algorithm, or one that takes the place of a bad one.
    pub const fn at_once(now: Timestamp) -> Self {
        Self(Moments {
            published_at: now,
            signs_from: Some(now),
            signs_until: None,
            gone_at: None,
        })
    }

    /// What was stored; moments out of order are refused.
    pub fn restored(moments: Moments) -> Result<Self, NotPossible> {
        let Moments {
            published_at,
            signs_from,
            signs_until,
            gone_at,
        } = moments;
        let set = [Some(published_at), signs_from, signs_until, gone_at];
        let in_order = set.into_iter().flatten().is_sorted();
        if in_order && (signs_from.is_some() || signs_until.is_none()) {
            Ok(Self(moments))
        } else {
            Err(NotPossible::Order)
        }
    }

    /// Its moments, for a store.
    pub const fn moments(&self) -> Moments {
        self.0
    }

    /// Where it is at `now`.
    pub fn stage(&self, now: Timestamp) -> Stage {
        let reached = |moment: Option<Timestamp>| moment.is_some_and(|moment| moment <= now);
        if reached(self.0.gone_at) {
            Stage::Gone
        } else if reached(self.0.signs_until) {
            Stage::Retired
        } else if reached(self.0.signs_from) {
            Stage::Active
        } else if self.0.published_at <= now {
            Stage::Pending
        } else {
            Stage::Announced
        }
    }

    /// Whether the key set has it at `now`.
    pub fn is_published(&self, now: Timestamp) -> bool {
        !matches!(self.stage(now), Stage::Announced | Stage::Gone)
    }

    /// Whether it is the one whose place the next key will take: it signs, now or soon, to no set end.
    pub const fn holds_office(&self) -> bool {
        self.0.signs_from.is_some() && self.0.signs_until.is_none() && self.0.gone_at.is_none()
    }

    /// Whether it waits for a decision that it signs.
    pub const fn waits(&self) -> bool {
        self.0.signs_from.is_none() && self.0.gone_at.is_none()
    }

    /// The next moment after `now` at which its stage changes, if one is set.
    pub fn next_change(&self, now: Timestamp) -> Option<Timestamp> {
        let Moments {
            published_at,
            signs_from,
            signs_until,
            gone_at,
        } = self.0;
        let set = [Some(published_at), signs_from, signs_until, gone_at];
        set.into_iter().flatten().find(|moment| *moment > now)
    }

    /// It signs from `at` on; never before it is published.
    pub fn activated(self, at: Timestamp) -> Result<Self, NotPossible> {
        if let Some(begun) = self.0.signs_from {
            return Err(NotPossible::Begun(begun));
        }
        self.not_gone()?;
        let signs_from = Some(at.max(self.0.published_at));
        Ok(Self(Moments {
            signs_from,
            ..self.0
        }))
    }

    /// It is published and signs from `now` on, or as long as it already does: whoever it should have followed is gone.
    #[must_use]
    pub fn hastened(self, now: Timestamp) -> Self {
        let earlier = |moment: Timestamp| moment.min(now);
        Self(Moments {
            published_at: earlier(self.0.published_at),
            signs_from: Some(self.0.signs_from.map_or(now, earlier)),
            ..self.0
        })
    }

    /// Another one signs in its place from `at` on; it stays published for as long as `schedule` says.
    pub fn retired(self, at: Timestamp, schedule: &Schedule) -> Result<Self, NotPossible> {
        self.not_gone()?;
        if let Some(until) = self.0.signs_until {
            return Err(NotPossible::HandedOver(until));
        }
        let begun = self.0.signs_from.ok_or(NotPossible::NotBegun)?;
        let until = at.max(begun);
        Ok(Self(Moments {
            signs_until: Some(until),
            gone_at: Some(until.plus(schedule.kept())),
            ..self.0
        }))
    }

    /// It is gone from `at` on, whatever it was: nobody trusts it any more.
    pub fn revoked(self, at: Timestamp) -> Result<Self, NotPossible> {
        let earlier = |moment: Timestamp| moment.min(at);
        if self.0.gone_at.is_some_and(|gone| gone <= at) {
            return Err(NotPossible::Gone);
        }
        let signs_from = self.0.signs_from.map(earlier);
        Ok(Self(Moments {
            published_at: earlier(self.0.published_at),
            signs_until: signs_from.map(|_| self.0.signs_until.map_or(at, earlier)),
            signs_from,
            gone_at: Some(at),
        }))
    }

    fn not_gone(self) -> Result<(), NotPossible> {
        match self.0.gone_at {
            Some(_) if self.0.signs_until.is_none() => Err(NotPossible::Gone),
            _ => Ok(()),
        }
    }
}

impl Stage {
    /// The name in lists.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Announced => "announced",
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Retired => "retired",
            Self::Gone => "gone",
        }
    }
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    fn schedule() -> Schedule {
        Schedule {
            longest_use: Duration::from_secs(100),
            ..Schedule::default()
        }
    }

    /// K02: published, active, retired but published for as long as a token lives, gone.
    #[test]
    fn a_life_is_lived_in_order() {
        let life = Life::pending(at(10)).activated(at(20)).unwrap();
        let life = life.retired(at(30), &schedule()).unwrap();
        let gone = at(30).plus(schedule().kept());
        for (moment, stage) in [
            (at(9), Stage::Announced),
            (at(10), Stage::Pending),
            (at(19), Stage::Pending),
            (at(20), Stage::Active),
            (at(29), Stage::Active),
            (at(30), Stage::Retired),
            (at(130), Stage::Retired),
            (gone, Stage::Gone),
        ] {
            assert_eq!(life.stage(moment), stage, "{moment:?}");
            let published = !matches!(stage, Stage::Announced | Stage::Gone);
            assert_eq!(life.is_published(moment), published, "{moment:?}");
        }
        assert!(gone > at(130), "a token of the last moment has expired");
        assert_eq!(life.next_change(at(0)), Some(at(10)));
        assert_eq!(life.next_change(at(10)), Some(at(20)));
        assert_eq!(life.next_change(gone), None);
    }

    #[test]
    fn a_key_becomes_active_once_and_hands_over_once() {
        let active = Life::at_once(at(0));
        assert_eq!(active.activated(at(9)), Err(NotPossible::Begun(at(0))));
        let retired = active.retired(at(5), &schedule()).unwrap();
        let again = retired.retired(at(6), &schedule());
        assert_eq!(again, Err(NotPossible::HandedOver(at(5))));
        let pending = Life::pending(at(0));
        let refused = pending.retired(at(5), &schedule());
        assert_eq!(refused, Err(NotPossible::NotBegun));
        assert!(pending.waits() && !pending.holds_office());
        assert!(active.holds_office() && !active.waits());
        assert!(!retired.holds_office());
    }

    #[test]
    fn a_key_never_signs_before_it_is_published() {
        let life = Life::pending(at(50)).activated(at(20)).unwrap();
        assert_eq!(life.stage(at(49)), Stage::Announced);
        assert_eq!(life.stage(at(50)), Stage::Active);
    }

    #[test]
    fn a_key_that_is_revoked_is_gone_and_does_nothing_more() {
        for life in [
            Life::pending(at(0)),
            Life::pending(at(99)),
            Life::at_once(at(0)),
            Life::at_once(at(0)).retired(at(5), &schedule()).unwrap(),
            Life::pending(at(0)).activated(at(99)).unwrap(),
        ] {
            let revoked = life.revoked(at(10)).unwrap();
            assert_eq!(revoked.stage(at(10)), Stage::Gone, "{life:?}");
            assert_eq!(Life::restored(revoked.moments()), Ok(revoked));
            assert_eq!(revoked.revoked(at(11)), Err(NotPossible::Gone));
            assert!(revoked.activated(at(11)).is_err());
            assert!(revoked.retired(at(11), &schedule()).is_err());
            assert!(!revoked.holds_office() && !revoked.waits());
        }
    }

    #[test]
    fn moments_that_are_out_of_order_are_no_life() {
        let fine = Life::at_once(at(5)).retired(at(7), &schedule()).unwrap();
        assert_eq!(Life::restored(fine.moments()), Ok(fine));
        let moments = fine.moments();
        for disordered in [
            Moments {
                published_at: at(6),
                ..moments
            },
            Moments {
                signs_from: Some(at(8)),
                ..moments
            },
            Moments {
                signs_from: None,
                ..moments
            },
            Moments {
                gone_at: Some(at(6)),
                ..moments
            },
        ] {
            let refused = Life::restored(disordered);
            assert_eq!(refused, Err(NotPossible::Order), "{disordered:?}");
        }
    }

    proptest! {
        /// Whatever is done to it and whenever: stages come in order, and none comes back.
        #[test]
        fn no_stage_comes_back(
            published in 0_i64..50,
            steps in prop::collection::vec((0_u8..3, 0_i64..100), 0..6),
        ) {
            let mut life = Life::pending(at(published));
            for (step, moment) in steps {
                let next = match step {
                    0 => life.activated(at(moment)),
                    1 => life.retired(at(moment), &schedule()),
                    _ => life.revoked(at(moment)),
                };
                life = next.unwrap_or(life);
                prop_assert_eq!(Life::restored(life.moments()), Ok(life));
            }
            let stages: Vec<Stage> = (0..400).map(|moment| life.stage(at(moment))).collect();
            prop_assert!(stages.is_sorted());
        }
    }
}
