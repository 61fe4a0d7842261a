//! Randomness from a seed, so that a person has the same identifiers and secrets whenever they are made.

use std::sync::{Mutex, PoisonError};

use doorward_core::random::Random;

/// What the numbers are for; each purpose has its own.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Purpose {
    /// A person.
    Person,
    /// A session, its cookie and its forms' token.
    Session,
    /// What was granted in a session.
    Grant,
    /// A client and its secret.
    Client,
}

/// Numbers that only look random. They protect nothing: what they make is for measuring alone.
#[derive(Debug)]
pub(crate) struct Dice(Mutex<fastrand::Rng>);

impl Dice {
    /// The numbers of the thing with this number.
    pub(crate) fn of(purpose: Purpose, number: u64) -> Self {
        let seed = number.wrapping_mul(8).wrapping_add(purpose as u64);
        Self(Mutex::new(fastrand::Rng::with_seed(seed)))
    }
}

impl Random for Dice {
    fn fill(&self, bytes: &mut [u8]) {
        let mut numbers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        numbers.fill(bytes);
    }
}
