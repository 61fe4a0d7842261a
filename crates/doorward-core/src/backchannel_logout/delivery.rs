//! One Logout Token on its way: what an answer means, and when to try again
//! ([OpenID Connect Back-Channel Logout section 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)).

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::identifiers::{ClientId, PersonId, SessionId};
use crate::time::Timestamp;

/// A client that is to be told that a session is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// The session. It ends once, so it and the client name the delivery.
    pub session: SessionId,
    /// The client.
    pub client: ClientId,
    /// Whose session it was.
    pub person: PersonId,
    /// When the session ended.
    pub queued_at: Timestamp,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it waits.
    pub next_attempt_at: Option<Timestamp>,
    /// How it stands.
    pub status: DeliveryStatus,
    /// When there was nothing left to do.
    pub finished_at: Option<Timestamp>,
    /// What came of the last attempt, in words.
    pub outcome: Option<String>,
}

/// How a delivery stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DeliveryStatus {
    /// It is tried, or tried again.
    Waiting,
    /// The client knows.
    Delivered,
    /// The client says that it cannot make anything of the token.
    Refused,
    /// It was given up.
    Abandoned,
}

impl DeliveryStatus {
    /// The word for it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Refused => "refused",
            Self::Abandoned => "abandoned",
        }
    }
}

/// What came back from the client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// An answer of this HTTP status.
    Status(u16),
    /// Nothing, and why.
    Nothing(String),
}

/// What follows from an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// There is nothing left to do.
    Finish(DeliveryStatus),
    /// It is tried again at this time.
    TryAt(Timestamp),
}

/// How long to wait after the first attempt; twice as long after each further one.
const FIRST_PAUSE: Duration = Duration::from_secs(10);

/// The longest time between two attempts.
const LONGEST_PAUSE: Duration = Duration::from_hours(1);

/// How long a client is tried to be told.
const PATIENCE: Duration = Duration::from_hours(24);

/// Decides what follows from the `answer` to the latest attempt, which is counted in `delivery` already.
///
/// The client has understood with 200, or with the 204 that some frameworks make of it, and will not ever with 400. Anything else, a
/// redirect among it, may be another the next time.
pub fn judge(delivery: &Delivery, answer: &Answer, now: Timestamp) -> Next {
    match answer {
        Answer::Status(200 | 204) => Next::Finish(DeliveryStatus::Delivered),
        Answer::Status(400) => Next::Finish(DeliveryStatus::Refused),
        Answer::Status(_) | Answer::Nothing(_) => {
            let next = now.plus(pause_after(delivery.attempts));
            if next.since(delivery.queued_at) > PATIENCE {
                Next::Finish(DeliveryStatus::Abandoned)
            } else {
                Next::TryAt(next)
            }
        }
    }
}

/// How long to wait after this many attempts.
fn pause_after(attempts: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::testing::NOW;

    pub(in crate::backchannel_logout) fn delivery() -> Delivery {
        Delivery {
            session: SessionId::from_bytes([5; 16]),
            client: "wiki".parse().unwrap(),
            person: PersonId::from_bytes([2; 16]),
            queued_at: NOW,
            attempts: 1,
            next_attempt_at: Some(NOW),
            status: DeliveryStatus::Waiting,
            finished_at: None,
            outcome: None,
        }
    }

    /// [OpenID Connect Back-Channel Logout section 2.8](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCResponse)
    #[test]
    fn only_what_the_client_understood_or_refused_is_finished() {
        let again = Next::TryAt(NOW.plus(Duration::from_secs(10)));
        for (answer, next) in [
            (Answer::Status(200), Next::Finish(DeliveryStatus::Delivered)),
            (Answer::Status(204), Next::Finish(DeliveryStatus::Delivered)),
            (Answer::Status(400), Next::Finish(DeliveryStatus::Refused)),
            (Answer::Status(201), again),
            (Answer::Status(302), again),
            (Answer::Status(401), again),
            (Answer::Status(404), again),
            (Answer::Status(429), again),
            (Answer::Status(501), again),
            (Answer::Status(503), again),
            (Answer::Nothing("nobody listens".to_owned()), again),
        ] {
            assert_eq!(judge(&delivery(), &answer, NOW), next, "{answer:?}");
        }
    }

    #[test]
    fn the_pauses_grow_up_to_an_hour() {
        let seconds = |attempts| pause_after(attempts).as_secs();
        let first = [1, 2, 3, 4].map(seconds);
        assert_eq!(first, [10, 20, 40, 80]);
        let late = [0, 9, 10, 11, 1000, u32::MAX].map(seconds);
        assert_eq!(late, [10, 2560, 3600, 3600, 3600, 3600]);
    }

    /// P47: for a day.
    #[test]
    fn a_client_that_never_answers_is_given_up_after_a_day() {
        let mut delivery = delivery();
        let mut now = NOW;
        let nothing = Answer::Nothing("nobody listens".to_owned());
        while let Next::TryAt(next) = judge(&delivery, &nothing, now) {
            assert!(next > now);
            (now, delivery.attempts) = (next, delivery.attempts + 1);
        }
        let last = now.since(NOW);
        assert!(
            last > Duration::from_hours(22) && last <= PATIENCE,
            "{last:?}"
        );
        assert_eq!(delivery.attempts, 32);
        let late = judge(&delivery, &Answer::Status(200), now);
        assert_eq!(late, Next::Finish(DeliveryStatus::Delivered));
    }
}
