//! Whether a sign-in is as strong as is demanded.

use super::{Acr, AcrLevel, AcrLevels, AcrRequest, AuthenticationDemand, Necessity};
use crate::session::Authentication;
use crate::time::Timestamp;

/// All that is demanded of the strength of a sign-in.
#[derive(Clone, Copy)]
pub(crate) struct Required<'a> {
    pub(crate) levels: &'a AcrLevels,
    /// By the client.
    pub(crate) asked: &'a AcrRequest,
    /// By the APIs that it wants to reach.
    pub(crate) demands: &'a [&'a AuthenticationDemand],
}

/// What a sign-in is worth.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Strength {
    /// It is what is demanded, and reaches this level.
    Enough(Option<Acr>),
    /// It is what is demanded, and not the best that the client wishes for and can have.
    Improvable(Option<Acr>),
    /// Another sign-in may be what is demanded.
    TooWeak,
    /// No sign-in here is.
    Unreachable,
}

impl Required<'_> {
    /// What `authentication` is worth at `now`.
    pub(crate) fn judge(&self, authentication: &Authentication, now: Timestamp) -> Strength {
        let reached = |level: &AcrLevel| self.levels.is_reached(level, authentication, now);
        let values = &self.asked.values;
        let known: Vec<&AcrLevel> = values
            .iter()
            .filter_map(|value| self.levels.named(value))
            .collect();
        let essential = self.asked.necessity == Necessity::Essential && !values.is_empty();
        if (essential && known.is_empty()) || self.demands.iter().any(|it| self.is_unknown(it)) {
            return Strength::Unreachable;
        }
        let best = known.iter().copied().find(|level| reached(level));
        let weak = |demand: &&AuthenticationDemand| self.is_weak(demand, authentication, now);
        if (essential && best.is_none()) || self.demands.iter().any(weak) {
            return Strength::TooWeak;
        }
        let is_best = best == known.first().copied();
        let told = best.or_else(|| self.levels.reached(authentication, now));
        let told = told.map(|level| level.name.clone());
        if is_best {
            Strength::Enough(told)
        } else {
            Strength::Improvable(told)
        }
    }

    /// Whether an API wants a level that there is not.
    fn is_unknown(&self, demand: &AuthenticationDemand) -> bool {
        let minimum = demand.minimum_acr.as_ref();
        minimum.is_some_and(|minimum| self.levels.named(minimum.as_str()).is_none())
    }

    fn is_weak(
        &self,
        demand: &AuthenticationDemand,
        authentication: &Authentication,
        now: Timestamp,
    ) -> bool {
        let minimum = demand.minimum_acr.as_ref();
        let minimum = minimum.and_then(|minimum| self.levels.named(minimum.as_str()));
        let is_old = demand
            .max_authentication_age
            .is_some_and(|max_age| max_age.is_exceeded(authentication, now));
        is_old || minimum.is_some_and(|level| !self.levels.is_reached(level, authentication, now))
    }
}

#[cfg(test)]
mod tests;
