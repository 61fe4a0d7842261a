//! What was found out a moment ago, so that a page of many files asks the directory once.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use doorward_core::secret::SecretHash;
use doorward_core::time::Timestamp;

/// How long it counts: whoever is signed out or revoked passes no longer than that.
const MOMENT: Duration = Duration::from_millis(900);

/// The most that is remembered.
const MOST: usize = 20_000;

/// Values by the hash of what leads to them.
pub(crate) struct Lately<V>(Mutex<HashMap<[u8; 32], Found<V>>>);

struct Found<V> {
    value: V,
    from: Timestamp,
    until: Timestamp,
}

impl<V> Default for Lately<V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<V> Found<V> {
    fn counts(&self, now: Timestamp) -> bool {
        self.from <= now && now < self.until
    }
}

impl<V: Clone> Lately<V> {
    /// What was found out a moment before `now`.
    pub(crate) fn get(&self, key: SecretHash, now: Timestamp) -> Option<V> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known.get(key.as_bytes())?;
        found.counts(now).then(|| found.value.clone())
    }

    /// Remembers what was found out as of `now`, and `ends` at the latest.
    pub(crate) fn remember(&self, key: SecretHash, value: V, now: Timestamp, ends: Timestamp) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.retain(|_, found| found.counts(now));
        }
        if known.len() < MOST {
            let until = now.plus(MOMENT).min(ends);
            let from = now;
            known.insert(*key.as_bytes(), Found { value, from, until });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_found_out_counts_for_a_moment_and_never_beyond_its_end() {
        let now = Timestamp::from_seconds(1_700_000_000);
        let later = |millis| now.plus(Duration::from_millis(millis));
        let (lately, key) = (Lately::default(), SecretHash::of("a"));
        assert_eq!(lately.get(key, now), None);
        lately.remember(key, 1, now, later(5_000));
        assert_eq!(lately.get(key, later(899)), Some(1));
        assert_eq!(lately.get(key, later(900)), None);
        assert_eq!(lately.get(key, now.minus(MOMENT)), None);
        assert_eq!(lately.get(SecretHash::of("b"), now), None);
        lately.remember(key, 2, now, later(100));
        assert_eq!(lately.get(key, later(99)), Some(2));
        assert_eq!(lately.get(key, later(100)), None);
    }

    #[test]
    fn it_remembers_no_more_than_it_may() {
        let now = Timestamp::from_seconds(1_700_000_000);
        let lately = Lately::default();
        let ends = now.plus(Duration::from_mins(1));
        for number in 0..=MOST {
            lately.remember(SecretHash::of(&number.to_string()), number, now, ends);
        }
        assert_eq!(lately.get(SecretHash::of(&MOST.to_string()), now), None);
        let later = now.plus(MOMENT);
        lately.remember(SecretHash::of("late"), 7, later, ends);
        assert_eq!(lately.get(SecretHash::of("late"), later), Some(7));
    }
}
