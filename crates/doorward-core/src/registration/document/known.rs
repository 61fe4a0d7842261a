//! How long a document is believed, and when it is read again.

use std::time::Duration;

use super::DocumentRefused;
use crate::client::Client;
use crate::outbound::max_age;
use crate::time::Timestamp;

/// How long a document is believed that does not say.
const USUAL: Duration = Duration::from_mins(5);

/// How long it is believed at least, so that somebody can sign in meanwhile, and at most.
const BELIEVED: (Duration, Duration) = (Duration::from_mins(1), Duration::from_hours(24));

/// How much longer one is believed while nobody answers.
const GRACE: Duration = Duration::from_hours(1);

/// How long it takes until we ask again for one that was not had or is none, whoever wants to know.
const PAUSE: Duration = Duration::from_secs(10);

/// What is known of the document at one address. The client that it is of is kept elsewhere.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownDocument {
    /// How long what was read last is believed; nothing was, or its owner took it back, when absent.
    believed_until: Option<Timestamp>,
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
    /// That of a client which is kept, as of a process that has not read it yet: somebody did, and nobody knows when. What its owner
    /// took back is not believed.
    pub fn of_kept_client(client: &Client, now: Timestamp) -> Self {
        let dynamic = client.dynamic.as_ref();
        let is_gone = dynamic.is_some_and(|dynamic| dynamic.document_gone_at.is_some());
        Self {
            believed_until: (!is_gone).then_some(now),
            ..Self::default()
        }
    }

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
        let until = Some(now.plus(believed));
        *self = Self {
            believed_until: until,
            settled_until: until,
            refused: None,
        };
    }

    /// Remembers that it was not had, or is none. While nobody answers, what was read before is believed for an hour longer; what its
    /// owner took back is not, whoever answers then.
    pub fn failed(&mut self, refused: DocumentRefused, now: Timestamp) {
        if !refused.is_passing() {
            self.believed_until = None;
        }
        let is_believed = self
            .believed_until
            .is_some_and(|until| now < until.plus(GRACE));
        self.settled_until = Some(now.plus(PAUSE));
        self.refused = (!is_believed).then_some(refused);
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
