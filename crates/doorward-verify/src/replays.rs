//! Proofs that were used ([RFC 9449 section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)).

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use doorward_core::Timestamp;
use doorward_core::dpop::{DpopRefused, ProofUse};
use doorward_core::secret::SecretHash;

use crate::refused::Refused;

/// The proofs that were used and could be used again. There are at most so many; then none is taken until some are too old.
#[derive(Debug)]
pub(crate) struct Replays {
    most: usize,
    used: Mutex<Used>,
}

/// Names of proofs, by their hash, and until when each could be used.
#[derive(Debug)]
struct Used {
    until: HashMap<[u8; 32], Timestamp>,
    /// How many there may be before those that are too old are looked for.
    prune_at: usize,
}

/// How few are never looked through.
const FEW: usize = 1024;

impl Replays {
    /// Remembers at most so many proofs.
    pub(crate) fn at_most(most: usize) -> Self {
        let used = Used {
            until: HashMap::new(),
            prune_at: most.min(FEW),
        };
        Self {
            most,
            used: Mutex::new(used),
        }
    }

    /// Takes the one use of a proof.
    pub(crate) fn spend(&self, proof: &ProofUse, now: Timestamp) -> Result<(), Refused> {
        let name = *SecretHash::of(&proof.name).as_bytes();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        if used.until.len() >= used.prune_at {
            used.until.retain(|_, until| now < *until);
            used.prune_at = (2 * used.until.len()).clamp(FEW.min(self.most), self.most);
        }
        if used.until.contains_key(&name) {
            return Err(DpopRefused::Replayed.into());
        }
        if used.until.len() >= self.most {
            return Err(Refused::TooManyProofs);
        }
        used.until.insert(name, now.plus(proof.remembered));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const NOW: Timestamp = Timestamp::from_seconds(1_700_000_000);

    fn proof(name: &impl ToString) -> ProofUse {
        ProofUse {
            name: name.to_string(),
            remembered: Duration::from_mins(2),
        }
    }

    /// P38: a proof is used once.
    #[test]
    fn a_proof_is_taken_once_while_it_could_be_used_again() {
        let replays = Replays::at_most(10);
        assert_eq!(replays.spend(&proof(&"one"), NOW), Ok(()));
        let again = replays.spend(&proof(&"one"), NOW.plus(Duration::from_secs(119)));
        assert_eq!(again, Err(DpopRefused::Replayed.into()));
        assert_eq!(replays.spend(&proof(&"two"), NOW), Ok(()));
    }

    #[test]
    fn the_memory_is_bounded_and_a_full_one_takes_nothing_on_trust() {
        let replays = Replays::at_most(3000);
        for name in 0..3000 {
            assert_eq!(replays.spend(&proof(&name), NOW), Ok(()), "{name}");
        }
        let full = replays.spend(&proof(&"more"), NOW);
        assert_eq!(full, Err(Refused::TooManyProofs));
        let later = NOW.plus(Duration::from_mins(2));
        assert_eq!(replays.spend(&proof(&"more"), later), Ok(()));
        let used = replays.used.lock().unwrap();
        assert_eq!(used.until.len(), 1, "what is too old is forgotten");
    }
}
