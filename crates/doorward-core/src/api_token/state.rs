//! Whether a token was suspended or revoked, by whom and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identifiers::PersonId;
use crate::time::Timestamp;

/// Whether a token was stopped. Time stops it too, and who is behind it: that is not written down here, but found at every use.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum State {
    /// Nobody stopped it.
    #[default]
    Live,
    /// It was stopped and goes on again.
    Resumed {
        /// Since when.
        at: Timestamp,
    },
    /// It does not work until somebody resumes it.
    Suspended {
        /// Since when.
        at: Timestamp,
        /// Why.
        because: Cause,
    },
    /// It never works again.
    Revoked {
        /// Since when.
        at: Timestamp,
        /// Why.
        because: Cause,
    },
}

/// Why a token was stopped.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Cause {
    /// Its owner, or whoever manages the token's project or account, said so.
    Person {
        /// Who.
        person: PersonId,
    },
    /// An operator said so.
    Operator,
    /// An operator said so, and why.
    OperatorBecause {
        /// Why, for whoever answers for the token.
        words: String,
    },
    /// Somebody found it where it does not belong, and handed it in.
    Leak,
    /// What was seen of its use.
    Signal {
        /// What that was, in words and with its figures.
        words: String,
    },
}

impl Cause {
    /// How few may undo it.
    const fn weight(&self) -> u8 {
        match self {
            Self::Person { .. } => 0,
            Self::Signal { .. } => 1,
            Self::Leak => 2,
            Self::Operator | Self::OperatorBecause { .. } => 3,
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person { person } => write!(f, "by the person {person}"),
            Self::Operator => f.write_str("by an operator"),
            Self::OperatorBecause { words } => write!(f, "by an operator: {words}"),
            Self::Leak => f.write_str("because somebody found it and handed it in"),
            Self::Signal { words } => write!(f, "because of its use: {words}"),
        }
    }
}

/// Why a token cannot be brought into another state.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StateRefused {
    /// Nothing revives what was revoked.
    #[error("the token was revoked, which cannot be undone; make another one")]
    Revoked,
    /// Its owner does not undo what an operator did.
    #[error("the token was suspended by an operator, and an operator has to resume it")]
    ByOperator,
}

impl State {
    /// Whether nobody ever stopped it.
    pub const fn is_live(&self) -> bool {
        matches!(self, Self::Live)
    }

    /// Whether somebody ended it.
    pub const fn is_revoked(&self) -> bool {
        matches!(self, Self::Revoked { .. })
    }

    /// When it was last resumed, if that is how it is now.
    pub(crate) const fn resumed_at(&self) -> Option<Timestamp> {
        match self {
            Self::Resumed { at } => Some(*at),
            _ => None,
        }
    }

    /// Stopped for good. What was revoked before stays as it is.
    #[must_use]
    pub fn revoked(self, at: Timestamp, because: Cause) -> Self {
        match self {
            Self::Revoked { .. } => self,
            _ => Self::Revoked { at, because },
        }
    }

    /// Stopped until somebody resumes it. What was stopped before stays as it is, unless this cause is one that fewer people may undo: of a
    /// token that was found, or that an operator suspended, its owner must not be told that they did it themselves.
    #[must_use]
    pub fn suspended(self, at: Timestamp, because: Cause) -> Self {
        match &self {
            Self::Revoked { .. } => self,
            Self::Suspended { because: first, .. } if first.weight() >= because.weight() => self,
            _ => Self::Suspended { at, because },
        }
    }

    /// Works again.
    pub fn resumed(self, at: Timestamp) -> Result<Self, StateRefused> {
        match self {
            Self::Revoked { .. } => Err(StateRefused::Revoked),
            _ => Ok(Self::Resumed { at }),
        }
    }

    /// Works again because its owner says so, who undoes nothing that an operator did.
    pub fn resumed_by_owner(self, at: Timestamp) -> Result<Self, StateRefused> {
        match self {
            Self::Suspended {
                because: Cause::Operator | Cause::OperatorBecause { .. },
                ..
            } => Err(StateRefused::ByOperator),
            _ => self.resumed(at),
        }
    }
}
