//! Uses of tokens, counted in memory so that no check waits for the database, and written down once a minute.
//!
//! There is one count for each token that was used lately, in one of many parts with a lock each, so that checks seldom meet. What is
//! counted is lost only if the process is killed.

mod counted;

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};

use doorward_core::api_token::usage::{Denial, LastUse, Usage};
use doorward_core::identifiers::ApiTokenId;
use doorward_core::time::Timestamp;
use tokio::sync::Notify;

use counted::{Counted, Look};

/// How many parts there are.
const PARTS: usize = 64;

/// The most tokens of one part; in all a quarter of a million.
const MOST: usize = 4096;

/// The counts.
pub(crate) struct Uses {
    parts: [Mutex<Part>; PARTS],
    /// Wakes whoever looks at what was counted.
    pub(super) stirred: Notify,
}

#[derive(Default)]
struct Part {
    tokens: HashMap<ApiTokenId, Counted>,
    /// Those that wait to be looked at.
    flagged: Vec<ApiTokenId>,
}

/// A token that wants a look.
pub(super) struct Glance {
    pub(super) id: ApiTokenId,
    /// What was seen of it since its uses were last written down.
    pub(super) seen: Usage,
    /// How often it worked in the present minute.
    pub(super) in_minute: u64,
}

/// What became of a use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kept {
    /// It is counted.
    Counted,
    /// Too many tokens were used lately to remember this one.
    Overflown,
}

/// What is to be written down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Writing {
    /// Whatever was not written down for a minute.
    Due,
    /// All there is.
    All,
}

impl Default for Uses {
    fn default() -> Self {
        Self {
            parts: std::array::from_fn(|_| Mutex::default()),
            stirred: Notify::new(),
        }
    }
}

impl Uses {
    /// Counts a use that worked.
    pub(super) fn used(&self, id: ApiTokenId, used: LastUse) -> Kept {
        self.count(id, |counted| counted.used(used))
    }

    /// Counts a use that was refused.
    pub(super) fn denied(
        &self,
        id: ApiTokenId,
        denial: Denial,
        address: Option<IpAddr>,
        at: Timestamp,
    ) -> Kept {
        self.count(id, |counted| counted.denied(denial, address, at))
    }

    fn count(&self, id: ApiTokenId, count: impl FnOnce(&mut Counted) -> Look) -> Kept {
        let Some(mut part) = self.part(id) else {
            return Kept::Overflown;
        };
        let Part { tokens, flagged } = &mut *part;
        if tokens.len() >= MOST && !tokens.contains_key(&id) {
            return Kept::Overflown;
        }
        let counted = tokens.entry(id).or_default();
        if count(counted) == Look::Wanted && !counted.flagged {
            counted.flagged = true;
            flagged.push(id);
            self.stirred.notify_one();
        }
        Kept::Counted
    }

    /// Takes up to `most` tokens that want a look. Until they are [`looked_at`](Self::looked_at) they are not written down.
    pub(super) fn to_look_at(&self, most: usize) -> Vec<Glance> {
        let mut glances = Vec::new();
        for part in &self.parts {
            let mut part = lock(part);
            while glances.len() < most
                && let Some(id) = part.flagged.pop()
            {
                if let Some(counted) = part.tokens.get(&id) {
                    glances.push(Glance {
                        id,
                        seen: counted.usage.clone(),
                        in_minute: counted.in_minute(),
                    });
                }
            }
        }
        glances
    }

    /// Notes that a token was looked at, and how many uses in a minute want the next look. What came up since `seen` wants one more.
    pub(super) fn looked_at(&self, glance: &Glance, alarm_at: u64) {
        let Some(mut part) = self.part(glance.id) else {
            return;
        };
        let Part { tokens, flagged } = &mut *part;
        if let Some(counted) = tokens.get_mut(&glance.id) {
            counted.looked_at(glance.in_minute, alarm_at);
            counted.flagged = counted.has_more_than(&glance.seen);
            if counted.flagged {
                flagged.push(glance.id);
                self.stirred.notify_one();
            }
        }
    }

    /// Puts back what could not be looked at.
    pub(super) fn look_again(&self, glances: &[Glance]) {
        for glance in glances {
            if let Some(mut part) = self.part(glance.id) {
                part.flagged.push(glance.id);
            }
        }
    }

    /// Takes up to `most` counts that are to be written down, and forgets tokens that have not been used for a while.
    pub(super) fn take(
        &self,
        writing: Writing,
        most: usize,
        now: Timestamp,
    ) -> Vec<(ApiTokenId, Usage)> {
        let mut taken = Vec::new();
        for part in &self.parts {
            let mut part = lock(part);
            part.tokens.retain(|_, counted| !counted.is_idle(now));
            for (id, counted) in &mut part.tokens {
                let ready = match writing {
                    Writing::Due => counted.is_due(now),
                    Writing::All => counted.is_ripe(),
                };
                if ready && taken.len() < most {
                    taken.push((*id, counted.take(now)));
                }
            }
        }
        taken
    }

    /// Puts back what could not be written down.
    pub(super) fn put_back(&self, counts: &[(ApiTokenId, Usage)]) {
        for (id, usage) in counts {
            if let Some(mut part) = self.part(*id) {
                part.tokens.entry(*id).or_default().put_back(usage);
            }
        }
    }

    /// The part of a token, by bits of its id that are random.
    fn part(&self, id: ApiTokenId) -> Option<MutexGuard<'_, Part>> {
        let [.., last] = *id.as_bytes();
        self.parts.get(usize::from(last) % PARTS).map(lock)
    }
}

fn lock(part: &Mutex<Part>) -> MutexGuard<'_, Part> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}
