//! What is decided and what will come of the schedule, in the order of time.

use super::due::{Awaiting, Key, holder, publication};
use super::schedule::Schedule;
use crate::jose::Algorithm;
use crate::time::Timestamp;

/// Something that happens to a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Happening {
    /// When.
    pub at: Timestamp,
    /// The algorithm of the key.
    pub algorithm: Algorithm,
    /// Its name; none while it is not made.
    pub kid: Option<String>,
    /// What.
    pub forecast: Forecast,
}

/// What happens to a key, and how sure that is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Forecast {
    /// It is gone from the key set.
    Gone,
    /// Another one signs.
    Retires,
    /// It is published.
    Published,
    /// It signs.
    Signs,
    /// It signs if all applications know it by then.
    SignsIfKnown,
    /// It signs, whoever does not know it.
    SignsAtLatest,
}

/// What happens to `keys` from `now` on, as far as it can be foreseen: what is decided, and the next step of the schedule.
pub fn timeline(
    keys: &[Key],
    algorithms: &[Algorithm],
    schedule: &Schedule,
    now: Timestamp,
) -> Vec<Happening> {
    let decided = keys.iter().flat_map(decided);
    let foreseen = algorithms.iter().flat_map(|algorithm| {
        let awaiting = Awaiting::of(*algorithm, keys, schedule);
        awaiting.map_or_else(
            || coming(*algorithm, keys, schedule, now),
            |awaiting| waiting(*algorithm, &awaiting, now),
        )
    });
    let mut all: Vec<Happening> = decided.chain(foreseen).collect();
    all.retain(|happening| happening.at >= now);
    all.sort_by(|one, other| {
        (one.at, one.algorithm, one.forecast).cmp(&(other.at, other.algorithm, other.forecast))
    });
    all
}

fn decided(key: &Key) -> impl Iterator<Item = Happening> {
    let moments = key.life.moments();
    let set = [
        (Some(moments.published_at), Forecast::Published),
        (moments.signs_from, Forecast::Signs),
        (moments.signs_until, Forecast::Retires),
        (moments.gone_at, Forecast::Gone),
    ];
    set.into_iter().filter_map(|(at, forecast)| {
        Some(Happening {
            at: at?,
            algorithm: key.algorithm,
            kid: Some(key.kid.clone()),
            forecast,
        })
    })
}

fn waiting(algorithm: Algorithm, awaiting: &Awaiting, now: Timestamp) -> Vec<Happening> {
    let happening = |at: Timestamp, forecast| Happening {
        at: at.max(now),
        algorithm,
        kid: Some(awaiting.kid.clone()),
        forecast,
    };
    vec![
        happening(awaiting.earliest, Forecast::SignsIfKnown),
        happening(awaiting.latest, Forecast::SignsAtLatest),
    ]
}

/// The next key, which is not made yet.
fn coming(
    algorithm: Algorithm,
    keys: &[Key],
    schedule: &Schedule,
    now: Timestamp,
) -> Vec<Happening> {
    let publish = holder(algorithm, keys).and_then(|holder| publication(holder, schedule));
    let Some(publish) = publish else {
        return Vec::new();
    };
    let publish = publish.max(now);
    let earliest = publish.plus(schedule.publish_before);
    let happening = |at, forecast| Happening {
        at,
        algorithm,
        kid: None,
        forecast,
    };
    vec![
        happening(publish, Forecast::Published),
        happening(earliest, Forecast::SignsIfKnown),
        happening(
            earliest.plus(schedule.wait_for_uptake),
            Forecast::SignsAtLatest,
        ),
    ]
}

impl Forecast {
    /// What happens, in words that follow the key's name.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Published => "is published",
            Self::Signs => "signs",
            Self::SignsIfKnown => "signs, if all applications know it",
            Self::SignsAtLatest => "signs at the latest",
            Self::Retires => "signs no more",
            Self::Gone => "is gone",
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::keys::{HANDOVER, Life};

    const DAY: Duration = Duration::from_hours(24);
    const ES256: &[Algorithm] = &[Algorithm::Es256];

    fn day(number: u32) -> Timestamp {
        Timestamp::from_seconds(1_800_000_000).plus(number * DAY)
    }

    fn key(kid: &str, life: Life) -> Key {
        Key {
            kid: kid.to_owned(),
            algorithm: Algorithm::Es256,
            life,
        }
    }

    fn told(keys: &[Key], now: Timestamp) -> Vec<(Timestamp, Option<String>, Forecast)> {
        let all = timeline(keys, ES256, &Schedule::default(), now).into_iter();
        all.map(|happening| (happening.at, happening.kid, happening.forecast))
            .collect()
    }

    #[test]
    fn the_next_key_is_foreseen_before_it_is_made() {
        let keys = [key("a", Life::at_once(day(0)))];
        let foreseen = [
            (day(83), None, Forecast::Published),
            (day(90), None, Forecast::SignsIfKnown),
            (day(104), None, Forecast::SignsAtLatest),
        ];
        assert_eq!(told(&keys, day(1)), foreseen);
    }

    #[test]
    fn a_key_that_waits_is_told_of_until_it_signs() {
        let keys = [
            key("a", Life::at_once(day(0))),
            key("b", Life::pending(day(83))),
        ];
        let b = Some("b".to_owned());
        let foreseen = [
            (day(90), b.clone(), Forecast::SignsIfKnown),
            (day(104), b.clone(), Forecast::SignsAtLatest),
        ];
        assert_eq!(told(&keys, day(84)), foreseen);
        let waits = told(&keys, day(95));
        let now = (day(95), b, Forecast::SignsIfKnown);
        assert_eq!(waits.first(), Some(&now));
    }

    #[test]
    fn what_is_decided_is_told_in_the_order_of_time() {
        let schedule = Schedule::default();
        let at = day(90).plus(HANDOVER);
        let old = Life::at_once(day(0)).retired(at, &schedule).unwrap();
        let new = Life::pending(day(83)).activated(at).unwrap();
        let (a, b) = (Some("a".to_owned()), Some("b".to_owned()));
        let told = told(&[key("a", old), key("b", new)], day(90));
        let decided = [
            (at, a.clone(), Forecast::Retires),
            (at, b, Forecast::Signs),
            (at.plus(schedule.kept()), a, Forecast::Gone),
        ];
        assert_eq!(told[..3], decided);
        assert_eq!(told.len(), 6, "and the next key after b");
    }
}
