//! How long a document is believed, and when it is read again.

use std::time::Duration;

use super::DocumentRefused;
use crate::outbound::max_age;
use crate::time::Timestamp;

/// How long a document is believed that does not say.
const USUAL: Duration = Duration::from_mins(5);

/// How long it is believed at least, so that somebody can sign in meanwhile, and at most.
const BELIEVED: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(24));

/// How long one is believed while nobody answers.
const LONGEST: Duration = Duration::from_hours(1);

/// How long it takes until we ask again for one that was not had or is none, whoever wants to know.
const PAUSE: Duration = Duration::from_secs(10);

/// What is known of the document at one address. The client that it is of is kept elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownDocument {
    read_at: Option<Timestamp>,
    settled_until: Option<Timestamp>,
    refused: Option<DocumentRefused>,
}

/// What to do about a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentStep {
    /// The client is what it was when the document was read.
    Believe,
    /// Read it.
    Read,
    /// There is no such client.
    Refuse(DocumentRefused),
}

impl KnownDocument {
    /// What to do now.
    pub fn step(&self, now: Timestamp) -> DocumentStep {
        match &self.refused {
            _ if self.settled_until.is_none_or(|until| until <= now) => DocumentStep::Read,
            None => DocumentStep::Believe,
            Some(refused) => DocumentStep::Refuse(refused.clone()),
        }
    }

    /// Remembers that it was read, and how long it is believed.
    pub fn read(&mut self, believed: Duration, now: Timestamp) {
        *self = Self {
            read_at: Some(now),
            settled_until: Some(now.plus(believed)),
            refused: None,
        };
    }

    /// Remembers that it was not had, or is none. While nobody answers, what was read lately is believed.
    pub fn failed(&mut self, refused: DocumentRefused, now: Timestamp) {
        let is_recent = self.read_at.is_some_and(|at| now.since(at) < LONGEST);
        self.settled_until = Some(now.plus(PAUSE));
        self.refused = (!refused.is_passing() || !is_recent).then_some(refused);
    }

    /// Until when nothing is asked; whatever is settled no longer, or never was, is the first to be forgotten.
    pub const fn settled_until(&self) -> Option<Timestamp> {
        self.settled_until
    }
}

/// How long a document is believed that says this of it: as long as it says, within bounds
/// ([RFC 9111 section 5.2.2.1](https://www.rfc-editor.org/rfc/rfc9111#section-5.2.2.1)).
pub fn believed_for(cache_control: Option<&str>) -> Duration {
    let (least, most) = BELIEVED;
    max_age(cache_control).map_or(USUAL, |stated| stated.clamp(least, most))
}
