//! The keys that clients publish at their `jwks_uri` ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)): what is
//! read there, how long it is believed, and when it is asked for again.
//!
//! A client that signs with a new key names it, and is understood at once; whoever names keys that are not there makes us ask now and
//! then, and not with every request. What is encrypted for a client names nothing: it takes whichever key was there a few minutes ago.

use std::time::Duration;

use crate::jose::{JwkSet, JwkSetRefused, KeyManagement, NeededKey};
use crate::outbound::{Document, Fetched, NotFetched};
use crate::time::Timestamp;

/// How long keys are believed without asking again.
const FRESH: Duration = Duration::from_mins(5);

/// How long keys are believed while nobody answers.
const LONGEST: Duration = Duration::from_hours(1);

/// How long it takes until we ask again, whoever wants to know.
const PAUSE: Duration = Duration::from_secs(10);

/// Why there are no keys now. There may be later, so nothing is said of whoever signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeysUnavailable {
    /// There was no answer.
    #[error("the keys at the jwks_uri cannot be had: {0}")]
    NoAnswer(String),
    /// The answer is no JWK Set.
    #[error("the keys at the jwks_uri cannot be had: {0}")]
    NotFetched(#[from] NotFetched),
    /// The answer is no JWK Set that can be used.
    #[error("the answer of the jwks_uri is refused: {0}")]
    Refused(#[from] JwkSetRefused),
    /// The answer is still waited for.
    #[error("the jwks_uri is being asked, and has not answered yet")]
    Asked,
    /// The answer has no key that what the client gets could be encrypted with.
    #[error(
        "no key of the client is for encryption with {0}: it needs one with use \"enc\", or without use, of a kind and with an alg that fit"
    )]
    NoneEncrypts(KeyManagement),
}

/// The keys that were `fetched` from a `jwks_uri`. Those that are for something else than we do with them are left out.
pub fn published(fetched: &Fetched) -> Result<JwkSet, KeysUnavailable> {
    Ok(JwkSet::published(fetched.body_of(Document::Keys)?)?)
}

/// What is known of the keys at one address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownKeys {
    /// The last ones that came, and when.
    keys: Option<(JwkSet, Timestamp)>,
    /// When they were last asked for.
    asked_at: Option<Timestamp>,
    /// What came of it, if no keys.
    failure: Option<KeysUnavailable>,
}

/// What to do for keys.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Use these.
    Use(JwkSet),
    /// Ask for them.
    Ask,
    /// Do without.
    Fail(KeysUnavailable),
}

impl KnownKeys {
    /// What to do for a key that is `needed`.
    pub fn step(&self, needed: &NeededKey, now: Timestamp) -> Step {
        if let Some(keys) = self
            .younger_than(FRESH, now)
            .filter(|keys| keys.has(needed))
        {
            return Step::Use(keys.clone());
        }
        if self.may_ask(now) {
            return Step::Ask;
        }
        self.settle(needed, now).map_or_else(Step::Fail, Step::Use)
    }

    /// What there is for it without asking again. Whoever answered us does not have the key; whoever did not may have it.
    pub fn settle(&self, needed: &NeededKey, now: Timestamp) -> Result<JwkSet, KeysUnavailable> {
        match (self.younger_than(LONGEST, now), &self.failure) {
            (Some(keys), None) => Ok(keys.clone()),
            (Some(keys), Some(_)) if keys.has(needed) => Ok(keys.clone()),
            (_, Some(failure)) => Err(failure.clone()),
            (None, None) => Err(KeysUnavailable::Asked),
        }
    }

    /// Remembers what came of asking.
    pub fn learn(&mut self, answer: Result<JwkSet, KeysUnavailable>, now: Timestamp) {
        self.asked_at = Some(now);
        match answer {
            Ok(keys) => {
                self.keys = Some((keys, now));
                self.failure = None;
            }
            Err(failure) => self.failure = Some(failure),
        }
    }

    /// When they were last asked for.
    pub const fn asked_at(&self) -> Option<Timestamp> {
        self.asked_at
    }

    fn younger_than(&self, age: Duration, now: Timestamp) -> Option<&JwkSet> {
        let (keys, at) = self.keys.as_ref()?;
        (now.since(*at) < age).then_some(keys)
    }

    fn may_ask(&self, now: Timestamp) -> bool {
        self.asked_at.is_none_or(|at| now.since(at) >= PAUSE)
    }
}

#[cfg(test)]
mod tests;
