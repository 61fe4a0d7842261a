//! What an operator lets follow from a signal.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::SignalKind;
use crate::api_token::{Cause, State};
use crate::time::Timestamp;

/// What follows from a signal. Each does what those before it do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reaction {
    /// It is written down.
    Note,
    /// The owner is told.
    Tell,
    /// The token works no more until somebody resumes it.
    Suspend,
    /// The token never works again.
    Revoke,
}

/// A word that stands for no reaction.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is none of note, tell, suspend and revoke")]
pub struct NotAReaction(String);

impl Reaction {
    /// Every one, from the mildest.
    pub const ALL: [Self; 4] = [Self::Note, Self::Tell, Self::Suspend, Self::Revoke];

    /// The word in settings, tables and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Tell => "tell",
            Self::Suspend => "suspend",
            Self::Revoke => "revoke",
        }
    }

    /// What becomes of the state of a token.
    #[must_use]
    pub fn applied_to(self, state: State, at: Timestamp, because: Cause) -> State {
        match self {
            Self::Note | Self::Tell => state,
            Self::Suspend => state.suspended(at, because),
            Self::Revoke => state.revoked(at, because),
        }
    }
}

impl fmt::Display for Reaction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Reaction {
    type Err = NotAReaction;

    fn from_str(text: &str) -> Result<Self, NotAReaction> {
        let mut all = Self::ALL.into_iter();
        all.find(|reaction| reaction.as_str() == text)
            .ok_or_else(|| NotAReaction(text.to_owned()))
    }
}

/// What follows when a token is handed in as found. That it goes on is no choice.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LeakReaction {
    /// It can be resumed.
    Suspend,
    /// It never works again.
    #[default]
    Revoke,
}

/// What follows from each kind of signal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WatchPolicy {
    /// How long after its first use nothing is new about a token.
    pub learning: Duration,
    /// From [`SignalKind::NewNetwork`].
    pub new_network: Reaction,
    /// From [`SignalKind::NewAgent`].
    pub new_agent: Reaction,
    /// From [`SignalKind::Burst`].
    pub burst: Reaction,
    /// From [`SignalKind::BurstFromNewNetwork`].
    pub burst_from_new_network: Reaction,
    /// From [`SignalKind::ManyNetworks`].
    pub many_networks: Reaction,
    /// From [`SignalKind::AfterOwnerLeft`].
    pub after_owner_left: Reaction,
    /// From [`SignalKind::OutsideNetworks`].
    pub outside_networks: Reaction,
    /// From [`SignalKind::OverQuota`].
    pub over_quota: Reaction,
    /// From [`SignalKind::Leaked`].
    pub leak: LeakReaction,
}

/// Only what no honest program does stops a token; what may be a new laptop is told.
impl Default for WatchPolicy {
    fn default() -> Self {
        Self {
            learning: Duration::from_hours(3 * 24),
            new_network: Reaction::Tell,
            new_agent: Reaction::Note,
            burst: Reaction::Tell,
            burst_from_new_network: Reaction::Suspend,
            many_networks: Reaction::Tell,
            after_owner_left: Reaction::Note,
            outside_networks: Reaction::Tell,
            over_quota: Reaction::Note,
            leak: LeakReaction::Revoke,
        }
    }
}

impl WatchPolicy {
    /// What follows from signals of this kind.
    pub const fn reaction(&self, kind: SignalKind) -> Reaction {
        match kind {
            SignalKind::NewNetwork => self.new_network,
            SignalKind::NewAgent => self.new_agent,
            SignalKind::Burst => self.burst,
            SignalKind::BurstFromNewNetwork => self.burst_from_new_network,
            SignalKind::ManyNetworks => self.many_networks,
            SignalKind::AfterOwnerLeft => self.after_owner_left,
            SignalKind::OutsideNetworks => self.outside_networks,
            SignalKind::OverQuota => self.over_quota,
            SignalKind::Leaked => match self.leak {
                LeakReaction::Suspend => Reaction::Suspend,
                LeakReaction::Revoke => Reaction::Revoke,
            },
        }
    }
}
