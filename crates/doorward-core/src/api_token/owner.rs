//! Who answers for a token, and how they stand.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Deserialize, Serialize};

use super::ServiceAccount;
use crate::identifiers::PersonId;
use crate::person::{GroupName, Person};
use crate::time::Timestamp;

/// Who answers for a token: it ends when they do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Owner {
    /// Somebody.
    Person(PersonId),
    /// Whoever is in a group, so that it goes on when one of them leaves.
    Group(GroupName),
}

/// What a token is to somebody who may see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hold {
    /// It acts for them.
    Own,
    /// They answer for it, by themselves or with others.
    AnsweredFor,
}

impl Owner {
    /// Whether `person` answers for what this one owns.
    pub fn includes(&self, person: &Person) -> bool {
        match self {
            Self::Person(owner) => *owner == person.id,
            Self::Group(group) => person.groups.contains(group),
        }
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Person(person) => write!(f, "the person {person}"),
            Self::Group(group) => write!(f, "the group {group}"),
        }
    }
}

/// How an owner stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OwnerStanding {
    /// There is no such person or group any more.
    Gone,
    /// A person who may not sign in.
    Disabled,
    /// A person who may sign in and is in these groups, or that one group.
    Enabled(BTreeSet<GroupName>),
}

/// How all that a token depends on stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Who answers for it.
    pub owner: OwnerStanding,
    /// The service account that it acts for, if it acts for one.
    pub account: Option<ServiceAccount>,
    /// When the directory was last restored from a backup: what was revoked since that backup is not known to be.
    pub restored_at: Timestamp,
}
