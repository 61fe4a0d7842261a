//! Sessions: a browser in which somebody has signed in.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::identifiers::{PersonId, SessionId};
use crate::time::Timestamp;
use crate::user_agent::UserAgent;

/// How and when somebody proved who they are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Authentication {
    /// When: the `auth_time` claim.
    pub at: Timestamp,
    /// By what: the `amr` claim ([RFC 8176](https://www.rfc-editor.org/rfc/rfc8176)).
    pub methods: Vec<AuthenticationMethod>,
}

/// A way to prove who one is ([RFC 8176 section 2]).
///
/// [RFC 8176 section 2]: https://www.rfc-editor.org/rfc/rfc8176#section-2
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum AuthenticationMethod {
    /// `pwd`: a password.
    #[serde(rename = "pwd")]
    Password,
}

impl AuthenticationMethod {
    /// Every method there is.
    pub const ALL: [Self; 1] = [Self::Password];

    /// The name in tokens and settings.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "pwd",
        }
    }
}

/// A browser in which somebody has signed in.
///
/// The browser's cookie leads to its [`SessionId`] through the session store; this record is in the
/// directory, so that a session that was ended stays ended whatever the session store forgets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Its name in tokens: the `sid` claim.
    pub id: SessionId,
    /// Who signed in.
    pub person: PersonId,
    /// How and when, the last time.
    pub authentication: Authentication,
    /// When the session began.
    pub started_at: Timestamp,
    /// When it was last used, give or take a sixteenth of [`SessionLimits::idle`].
    pub seen_at: Timestamp,
    /// When it was ended, if it was.
    pub ended_at: Option<Timestamp>,
    /// Which browser it is, if it said so when somebody signed in.
    pub user_agent: Option<UserAgent>,
}

/// How long sessions last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionLimits {
    /// Without use.
    pub idle: Duration,
    /// Whatever happens.
    pub absolute: Duration,
}

impl Session {
    /// When the session ends unless it is used before.
    pub fn expires_at(&self, limits: SessionLimits) -> Timestamp {
        self.seen_at
            .plus(limits.idle)
            .min(self.started_at.plus(limits.absolute))
    }

    /// Whether it is neither ended nor expired at `now`.
    pub fn is_live(&self, limits: SessionLimits, now: Timestamp) -> bool {
        self.ended_at.is_none() && now < self.expires_at(limits)
    }

    /// Whether its use at `now` is worth writing down.
    pub fn is_stale(&self, limits: SessionLimits, now: Timestamp) -> bool {
        now.since(self.seen_at) > limits.idle / 16
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::NOW;

    const LIMITS: SessionLimits = SessionLimits {
        idle: Duration::from_hours(8),
        absolute: Duration::from_hours(24),
    };

    /// A session that began `age` ago and was last used `unused` ago.
    fn session(age: Duration, unused: Duration) -> Session {
        Session {
            id: SessionId::from_bytes([5; 16]),
            person: PersonId::from_bytes([2; 16]),
            authentication: Authentication {
                at: NOW.minus(age),
                methods: vec![AuthenticationMethod::Password],
            },
            started_at: NOW.minus(age),
            seen_at: NOW.minus(unused),
            ended_at: None,
            user_agent: None,
        }
    }

    #[test]
    fn a_session_lives_while_it_is_used_and_never_beyond_its_end() {
        let hours = Duration::from_hours;
        let just_below = |end: u64| Duration::from_millis(end * 3_600_000 - 1);
        for (age, unused, live) in [
            (hours(0), hours(0), true),
            (just_below(8), just_below(8), true),
            (hours(8), hours(8), false),
            (just_below(24), hours(0), true),
            (hours(24), hours(0), false),
        ] {
            let session = session(age, unused);
            assert_eq!(session.is_live(LIMITS, NOW), live, "{age:?} {unused:?}");
        }
    }

    #[test]
    fn an_ended_session_is_over_at_once() {
        let mut session = session(Duration::ZERO, Duration::ZERO);
        session.ended_at = Some(NOW);
        assert!(!session.is_live(LIMITS, NOW));
    }

    #[test]
    fn use_is_written_down_a_sixteenth_of_its_patience_apart() {
        let apart = LIMITS.idle / 16;
        let moment = Duration::from_millis(1);
        assert!(!session(apart, apart).is_stale(LIMITS, NOW));
        assert!(session(apart + moment, apart + moment).is_stale(LIMITS, NOW));
    }
}
