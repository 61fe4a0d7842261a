//! Answers about tokens, kept for a moment: so many, and each asked for once at a time.

use std::collections::HashMap;
use std::mem;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::secret::SecretHash;

use crate::authorized::Token;
use crate::refused::Refused;

/// What was answered about a token, or why nothing was.
pub(super) type Told = Result<Arc<Token>, Refused>;

/// Of what an answer is: a token, by its hash, and where it was used from. It may be good in one place and not in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Question {
    token: [u8; 32],
    address: Option<IpAddr>,
}

impl Question {
    pub(super) fn about(token: &str, address: Option<IpAddr>) -> Self {
        Self {
            token: *SecretHash::of(token).as_bytes(),
            address,
        }
    }
}

/// An answer, and how long it may be given again.
pub(super) struct Answer {
    pub(super) told: Told,
    had_at: Timestamp,
    until: Timestamp,
}

impl Answer {
    /// An answer that was had at `now`.
    pub(super) fn at(now: Timestamp, told: Told, kept: Duration) -> Self {
        Self {
            told,
            had_at: now,
            until: now.plus(kept),
        }
    }

    /// A clock that was set back tells nothing of how old the answer is.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        self.had_at <= now && now < self.until
    }
}

/// Where the answer to a question is. Whoever holds the lock is the one who asks.
pub(super) type Slot = Arc<tokio::sync::Mutex<Option<Answer>>>;

/// The answers of late. When there are many, those are forgotten that nobody asked for since half of the others came.
pub(super) struct Answers {
    /// How many there may be in each generation.
    most: usize,
    generations: Mutex<Generations>,
}

#[derive(Default)]
struct Generations {
    young: HashMap<Question, Slot>,
    old: HashMap<Question, Slot>,
}

impl Answers {
    /// Keeps at most so many.
    pub(super) fn at_most(most: usize) -> Self {
        Self {
            most: (most / 2).max(1),
            generations: Mutex::default(),
        }
    }

    /// Where the answer to this question is or will be.
    pub(super) fn slot(&self, question: Question) -> Slot {
        let mut generations = self
            .generations
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(slot) = generations.young.get(&question) {
            return Arc::clone(slot);
        }
        if generations.young.len() >= self.most {
            generations.old = mem::take(&mut generations.young);
        }
        let slot = generations.old.remove(&question).unwrap_or_default();
        generations.young.insert(question, Arc::clone(&slot));
        slot
    }

    #[cfg(test)]
    fn len(&self) -> usize {
        let generations = self.generations.lock().unwrap();
        generations.young.len() + generations.old.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(token: &impl ToString) -> Question {
        Question::about(&token.to_string(), None)
    }

    #[test]
    fn one_question_has_one_slot_and_another_address_makes_another_question() {
        let answers = Answers::at_most(10);
        let slot = answers.slot(question(&"a"));
        assert!(Arc::ptr_eq(&slot, &answers.slot(question(&"a"))));
        let elsewhere = Question::about("a", Some("192.0.2.1".parse().unwrap()));
        assert!(!Arc::ptr_eq(&slot, &answers.slot(elsewhere)));
    }

    #[test]
    fn the_memory_is_bounded_and_what_is_in_use_stays() {
        let answers = Answers::at_most(100);
        let kept = answers.slot(question(&"kept"));
        for other in 0..1000 {
            answers.slot(question(&other));
            assert!(
                Arc::ptr_eq(&kept, &answers.slot(question(&"kept"))),
                "{other}"
            );
            assert!(answers.len() <= 100, "{other}");
        }
    }
}
