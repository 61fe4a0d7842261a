//! A signal that was raised, as it is kept for the owner of the token and for operators.

use super::{Observed, QUIET_FOR, Reaction, Signal, SignalKind, WatchPolicy};
use crate::api_token::{Cause, State};
use crate::identifiers::ApiTokenId;
use crate::time::Timestamp;

/// What a token gave rise to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The token.
    pub token: ApiTokenId,
    /// Of which kind it is.
    pub kind: SignalKind,
    /// What tells it from others of its kind.
    pub subject: String,
    /// What was seen, in words and with its figures.
    pub words: String,
    /// What followed.
    pub reaction: Reaction,
    /// When.
    pub raised_at: Timestamp,
}

impl Notice {
    /// What `signal` gives rise to.
    pub fn of(token: ApiTokenId, signal: &Signal, policy: &WatchPolicy, now: Timestamp) -> Self {
        Self {
            token,
            kind: signal.kind(),
            subject: signal.subject(),
            words: signal.to_string(),
            reaction: policy.reaction(signal.kind()),
            raised_at: now,
        }
    }

    /// What is raised of what was observed, given what was raised before: the very same only once in a day.
    pub fn of_observed(
        token: ApiTokenId,
        observed: &Observed<'_>,
        before: &[Self],
        policy: &WatchPolicy,
    ) -> Vec<Self> {
        let signals = observed.signals();
        let notices = signals
            .iter()
            .map(|signal| Self::of(token, signal, policy, observed.now));
        notices
            .filter(|notice| !before.iter().any(|before| before.silences(notice)))
            .collect()
    }

    /// Whether `later` is the very same, too soon.
    fn silences(&self, later: &Self) -> bool {
        let same = (self.kind, &self.subject) == (later.kind, &later.subject);
        same && later.raised_at.since(self.raised_at) < QUIET_FOR
    }

    /// Why the token is in another state, if it comes to one.
    pub fn cause(&self) -> Cause {
        match self.kind {
            SignalKind::Leaked => Cause::Leak,
            _ => Cause::Signal {
                words: self.words.clone(),
            },
        }
    }

    /// What becomes of the state of the token.
    #[must_use]
    pub fn applied_to(&self, state: State) -> State {
        self.reaction
            .applied_to(state, self.raised_at, self.cause())
    }
}
