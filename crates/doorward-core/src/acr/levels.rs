//! The levels of an installation, weakest first.

use std::collections::BTreeSet;

use super::Acr;
use crate::authorization::MaxAge;
use crate::session::{Authentication, AuthenticationMethod};
use crate::time::Timestamp;

/// The level of a new installation, which a password reaches.
const PASSWORD: &str = "urn:doorward:acr:password";

/// What a level demands of a sign-in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcrLevel {
    /// Its name.
    pub name: Acr,
    /// What somebody must have proven, all of it.
    pub methods: BTreeSet<AuthenticationMethod>,
    /// How long ago that may be; any time within the session when absent.
    pub max_age: Option<MaxAge>,
}

/// The levels that an operator names, weakest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AcrLevels(Vec<AcrLevel>);

/// Why some levels are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LevelsRefused {
    /// There is none.
    #[error("there is no level")]
    None,
    /// Two have one name.
    #[error("two levels have one name")]
    Twice,
}

impl AcrLevels {
    /// These levels, weakest first.
    pub fn new(levels: Vec<AcrLevel>) -> Result<Self, LevelsRefused> {
        let names: BTreeSet<&Acr> = levels.iter().map(|level| &level.name).collect();
        if names.is_empty() {
            Err(LevelsRefused::None)
        } else if names.len() < levels.len() {
            Err(LevelsRefused::Twice)
        } else {
            Ok(Self(levels))
        }
    }

    /// Each of them, weakest first.
    pub fn iter(&self) -> impl Iterator<Item = &AcrLevel> {
        self.0.iter()
    }

    /// The level of this name.
    pub fn named(&self, name: &str) -> Option<&AcrLevel> {
        self.0.iter().find(|level| level.name.as_str() == name)
    }

    /// The strongest level that `authentication` reaches at `now`.
    pub fn reached(&self, authentication: &Authentication, now: Timestamp) -> Option<&AcrLevel> {
        let mut strongest_first = self.0.iter().rev();
        strongest_first.find(|level| level.is_met(authentication, now))
    }

    /// Whether `authentication` reaches `level` at `now`: what reaches a stronger one reaches it too.
    pub(super) fn is_reached(
        &self,
        level: &AcrLevel,
        authentication: &Authentication,
        now: Timestamp,
    ) -> bool {
        let at_least = self.0.iter().skip_while(|other| other.name != level.name);
        at_least
            .into_iter()
            .any(|level| level.is_met(authentication, now))
    }
}

impl Default for AcrLevels {
    fn default() -> Self {
        Self(vec![AcrLevel {
            name: Acr(PASSWORD.to_owned()),
            methods: [AuthenticationMethod::Password].into(),
            max_age: None,
        }])
    }
}

impl AcrLevel {
    fn is_met(&self, authentication: &Authentication, now: Timestamp) -> bool {
        let proven = |method| authentication.methods.contains(method);
        let is_old = |max_age: MaxAge| max_age.is_exceeded(authentication, now);
        self.methods.iter().all(proven) && !self.max_age.is_some_and(is_old)
    }
}
