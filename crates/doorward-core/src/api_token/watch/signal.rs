//! What was found worth a look, and how that is said.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use super::QUIET_FOR;
use crate::api_token::usage::Agent;
use crate::network::Network;

/// Something in the use of a token that is worth a look, with its figures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Signal {
    /// It worked from a network that it never worked from.
    NewNetwork {
        /// The network.
        network: Network,
        /// From how many it worked before.
        known: usize,
    },
    /// A program used it that never did.
    NewAgent {
        /// The program.
        agent: Agent,
        /// How many used it before.
        known: usize,
    },
    /// It is used far more often than ever before.
    Burst {
        /// How often in this minute.
        uses: u64,
        /// The most in a minute on any day before.
        usual: u64,
    },
    /// The same, mostly from a network that it did not work from before today.
    BurstFromNewNetwork {
        /// The network.
        network: Network,
        /// How often in this minute.
        uses: u64,
        /// The most in a minute on any day before.
        usual: u64,
    },
    /// It is used from far more networks at once than ever before.
    ManyNetworks {
        /// From how many within about a minute.
        networks: usize,
        /// The most on any whole day before.
        usual: usize,
    },
    /// It was shown after whoever answered for it had left.
    AfterOwnerLeft {
        /// How often today.
        refusals: u64,
    },
    /// It was shown from outside its networks.
    OutsideNetworks {
        /// How often today.
        refusals: u64,
        /// One of the networks where it was shown.
        network: Option<Network>,
        /// How many more there were.
        further: usize,
    },
    /// It was used more often than its quota allows.
    OverQuota {
        /// How often too often, today.
        refusals: u64,
    },
    /// Somebody found it where it does not belong, and handed it in.
    Leaked {
        /// From where it was handed in.
        finder: Option<Network>,
    },
}

/// The kinds of signals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignalKind {
    /// [`Signal::NewNetwork`]
    NewNetwork,
    /// [`Signal::NewAgent`]
    NewAgent,
    /// [`Signal::Burst`]
    Burst,
    /// [`Signal::BurstFromNewNetwork`]
    BurstFromNewNetwork,
    /// [`Signal::ManyNetworks`]
    ManyNetworks,
    /// [`Signal::AfterOwnerLeft`]
    AfterOwnerLeft,
    /// [`Signal::OutsideNetworks`]
    OutsideNetworks,
    /// [`Signal::OverQuota`]
    OverQuota,
    /// [`Signal::Leaked`]
    Leaked,
}

/// A word that stands for no signal.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no signal")]
pub struct NotASignal(String);

impl SignalKind {
    /// Every kind.
    pub const ALL: [Self; 9] = [
        Self::NewNetwork,
        Self::NewAgent,
        Self::Burst,
        Self::BurstFromNewNetwork,
        Self::ManyNetworks,
        Self::AfterOwnerLeft,
        Self::OutsideNetworks,
        Self::OverQuota,
        Self::Leaked,
    ];

    /// The word in tables, logs and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NewNetwork => "new_network",
            Self::NewAgent => "new_agent",
            Self::Burst => "burst",
            Self::BurstFromNewNetwork => "burst_from_new_network",
            Self::ManyNetworks => "many_networks",
            Self::AfterOwnerLeft => "after_owner_left",
            Self::OutsideNetworks => "outside_networks",
            Self::OverQuota => "over_quota",
            Self::Leaked => "leaked",
        }
    }

    /// How long the same is not raised again.
    pub const fn quiet_for(self) -> Duration {
        match self {
            Self::Leaked => Duration::ZERO,
            _ => QUIET_FOR,
        }
    }
}

impl FromStr for SignalKind {
    type Err = NotASignal;

    fn from_str(text: &str) -> Result<Self, NotASignal> {
        let mut all = Self::ALL.into_iter();
        all.find(|kind| kind.as_str() == text)
            .ok_or_else(|| NotASignal(text.to_owned()))
    }
}

impl fmt::Display for SignalKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Signal {
    /// Its kind.
    pub const fn kind(&self) -> SignalKind {
        match self {
            Self::NewNetwork { .. } => SignalKind::NewNetwork,
            Self::NewAgent { .. } => SignalKind::NewAgent,
            Self::Burst { .. } => SignalKind::Burst,
            Self::BurstFromNewNetwork { .. } => SignalKind::BurstFromNewNetwork,
            Self::ManyNetworks { .. } => SignalKind::ManyNetworks,
            Self::AfterOwnerLeft { .. } => SignalKind::AfterOwnerLeft,
            Self::OutsideNetworks { .. } => SignalKind::OutsideNetworks,
            Self::OverQuota { .. } => SignalKind::OverQuota,
            Self::Leaked { .. } => SignalKind::Leaked,
        }
    }

    /// What tells it from others of its kind: the same is not raised again soon.
    pub fn subject(&self) -> String {
        match self {
            Self::NewNetwork { network, .. } | Self::BurstFromNewNetwork { network, .. } => {
                network.to_string()
            }
            Self::NewAgent { agent, .. } => agent.to_string(),
            _ => String::new(),
        }
    }
}

/// In words, with its figures.
impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NewNetwork { network, known } => write!(
                f,
                "it was used from {network}, and never before from there; until now it was used from {}",
                counted(known, "network")
            ),
            Self::NewAgent { agent, known } => write!(
                f,
                "it was used with {agent}, and never before with that; until now it was used with {}",
                counted(known, "other program")
            ),
            Self::Burst { uses, usual } => write!(
                f,
                "it was used {uses} times in a minute, and never more than {usual} times on any day before"
            ),
            Self::BurstFromNewNetwork {
                network,
                uses,
                usual,
            } => write!(
                f,
                "it was used {uses} times in a minute, most of them from {network}, from where it was never used before today; before \
                 today it was never used more than {usual} times in a minute"
            ),
            Self::ManyNetworks { networks, usual } => write!(
                f,
                "it was used from {networks} networks within a minute, and never from more than {usual} on any whole day before"
            ),
            Self::AfterOwnerLeft { refusals } => write!(
                f,
                "it was shown {} today, after whoever answered for it had left",
                counted(refusals, "time")
            ),
            Self::OutsideNetworks {
                refusals,
                network,
                further,
            } => outside(f, *refusals, *network, *further),
            Self::OverQuota { refusals } => write!(
                f,
                "it was used {} more than its quota allows today",
                counted(refusals, "time")
            ),
            Self::Leaked { finder } => {
                f.write_str("somebody found it and handed it in")?;
                match finder {
                    Some(network) => write!(f, ", from {network}"),
                    None => Ok(()),
                }
            }
        }
    }
}

fn outside(
    f: &mut fmt::Formatter<'_>,
    refusals: u64,
    network: Option<Network>,
    further: usize,
) -> fmt::Result {
    let times = counted(&refusals, "time");
    write!(
        f,
        "it was refused {times} today for being shown outside its networks"
    )?;
    match (network, further) {
        (None, _) => Ok(()),
        (Some(network), 0) => write!(f, ", from {network}"),
        (Some(network), more) => write!(f, ", from {network} and {more} more"),
    }
}

fn counted<N: fmt::Display + PartialEq + From<u8>>(number: &N, noun: &str) -> String {
    let plural = if *number == N::from(1) { "" } else { "s" };
    format!("{number} {noun}{plural}")
}
