//! Whether a token that was shown works, and what it opens: the same on every way of checking one.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{
    ActsFor, ApiToken, ApiTokenPolicy, Cause, Hold, Owner, OwnerStanding, QuotaExceeded, Rights,
    Standing, State,
};
use crate::network::Networks;
use crate::person::{Person, PersonStatus};
use crate::resource_server::{Resource, ResourceServers};
use crate::scope::Scope;
use crate::time::Timestamp;

/// A token that was found by what opens it, with how all that it depends on stands now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundToken {
    /// The token.
    pub token: ApiToken,
    /// Until when the secret that was shown works, if a newer one has taken its place.
    pub secret_ends_at: Option<Timestamp>,
    /// Who is behind it.
    pub standing: Standing,
}

/// One use of a token.
#[derive(Clone, Copy, Debug)]
pub struct Use<'a> {
    /// Where the one who shows the token is, as far as that is known to whoever checks it.
    pub address: Option<IpAddr>,
    /// The resource servers of today.
    pub servers: &'a ResourceServers,
    /// What the operator allows.
    pub policy: &'a ApiTokenPolicy,
    /// The present time.
    pub now: Timestamp,
}

/// What a token that works opens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Working {
    /// What it may do: what it was made for, as far as its owner may do that now.
    pub scope: Scope,
    /// The resource servers where it may be shown.
    pub resources: BTreeSet<Resource>,
}

/// Why a token does not work. For operators and owners: whoever shows one learns that it is not active, and no more.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApiTokenRefused {
    /// There is none, or it is forgotten.
    #[error("the API token is unknown")]
    Unknown,
    /// It was revoked.
    #[error("the API token was revoked at {} {because}", at.rfc3339())]
    Revoked {
        /// When.
        at: Timestamp,
        /// Why.
        because: Cause,
    },
    /// It was suspended.
    #[error("the API token was suspended at {} {because}; it can be resumed", at.rfc3339())]
    Suspended {
        /// When.
        at: Timestamp,
        /// Why.
        because: Cause,
    },
    /// Its time is over.
    #[error("the API token expired at {}", .0.rfc3339())]
    Expired(Timestamp),
    /// It was rotated, and this is what opened it before.
    #[error("the API token was rotated, and what opened it before ended at {}", .0.rfc3339())]
    Rotated(Timestamp),
    /// It may have been revoked since the backup that the directory was restored from.
    #[error(
        "the API token is older than the restoration of the directory at {}: it may have been revoked since that backup, so it works \
         again when it is resumed or rotated", .0.rfc3339()
    )]
    Restored(Timestamp),
    /// Who answers for it may not sign in.
    #[error("the owner of the API token is disabled")]
    OwnerDisabled,
    /// Nobody answers for it.
    #[error("the owner of the API token is gone")]
    OwnerGone,
    /// Its service account is disabled.
    #[error("the service account of the API token is disabled")]
    AccountDisabled,
    /// All that it was made for was taken from its owner, or is gone.
    #[error("nothing that the API token was made for may be done by its owner any more")]
    NothingLeft,
    /// It works only from some networks, and nobody said where it is shown.
    #[error(
        "the API token works from some networks only, and whoever checks it did not say from where it is shown (client_ip)"
    )]
    AddressUnknown,
    /// It works only from other networks.
    #[error("the API token does not work from {0}, which is outside of its networks")]
    OutsideNetworks(IpAddr),
    /// It works only from other networks, as every token.
    #[error("no API token works from {0}, by the policy of the operator")]
    OutsidePolicy(IpAddr),
    /// It is for others.
    #[error("the API token is for other resource servers than whoever checks it")]
    ForOthers,
    /// It was used too often.
    #[error("the API token: {0}")]
    Quota(#[from] QuotaExceeded),
}

impl FoundToken {
    /// Whether the token works for this use, and what it opens. How often it was used is judged beside this, by whoever counts.
    pub fn check(&self, used: Use<'_>) -> Result<Working, ApiTokenRefused> {
        self.is_alive(used.now)?;
        self.works_from(used.address, used.policy)?;
        self.working(used.servers)
    }

    /// Whether neither time nor anybody has ended it.
    pub fn is_alive(&self, now: Timestamp) -> Result<(), ApiTokenRefused> {
        let token = &self.token;
        match &token.state {
            State::Live | State::Resumed { .. } => {}
            State::Suspended { at, because } => {
                let (at, because) = (*at, because.clone());
                return Err(ApiTokenRefused::Suspended { at, because });
            }
            State::Revoked { at, because } => {
                let (at, because) = (*at, because.clone());
                return Err(ApiTokenRefused::Revoked { at, because });
            }
        }
        if let Some(at) = token.expires_at.filter(|&at| at <= now) {
            return Err(ApiTokenRefused::Expired(at));
        }
        if let Some(at) = self.secret_ends_at.filter(|&at| at <= now) {
            return Err(ApiTokenRefused::Rotated(at));
        }
        self.standing.stands(token)
    }

    fn works_from(
        &self,
        address: Option<IpAddr>,
        policy: &ApiTokenPolicy,
    ) -> Result<(), ApiTokenRefused> {
        let (own, of_all) = (&self.token.networks, &policy.networks);
        if own.is_none() && of_all.is_none() {
            return Ok(());
        }
        let address = address.ok_or(ApiTokenRefused::AddressUnknown)?;
        let inside = |networks: &Option<Networks>| {
            networks
                .as_ref()
                .is_none_or(|networks| networks.contains(address))
        };
        if !inside(own) {
            Err(ApiTokenRefused::OutsideNetworks(address))
        } else if !inside(of_all) {
            Err(ApiTokenRefused::OutsidePolicy(address))
        } else {
            Ok(())
        }
    }

    /// What it opens, as far as its owner may do that now.
    pub fn working(&self, servers: &ResourceServers) -> Result<Working, ApiTokenRefused> {
        let token = &self.token;
        let rights = Rights::of(token.kind(), &self.standing.owner, servers);
        let scope = token.scope.intersection(&rights.scope);
        let named: BTreeSet<_> = token
            .resources
            .intersection(&rights.resources)
            .cloned()
            .collect();
        let resources: BTreeSet<_> = servers
            .reached(&scope, &named)
            .into_keys()
            .cloned()
            .collect();
        let had_scope = !token.scope.is_empty();
        if scope.is_empty() && (had_scope || resources.is_empty()) {
            return Err(ApiTokenRefused::NothingLeft);
        }
        Ok(Working { scope, resources })
    }

    /// Who answers for it.
    pub fn owner(&self) -> Option<Owner> {
        self.token.owner(self.standing.account.as_ref())
    }

    /// What it is to `person`; nothing that they may see or change when `None`.
    pub fn held_by(&self, person: &Person) -> Option<Hold> {
        let owner = self.owner().filter(|owner| owner.includes(person))?;
        Some(match (&self.token.acts_for, owner) {
            (ActsFor::Person(_), Owner::Person(_)) => Hold::Own,
            _ => Hold::AnsweredFor,
        })
    }
}

impl Standing {
    fn stands(&self, token: &ApiToken) -> Result<(), ApiTokenRefused> {
        match &self.owner {
            OwnerStanding::Gone => return Err(ApiTokenRefused::OwnerGone),
            OwnerStanding::Disabled => return Err(ApiTokenRefused::OwnerDisabled),
            OwnerStanding::Enabled(_) => {}
        }
        let account = self.account.as_ref().map(|account| account.status);
        if account == Some(PersonStatus::Disabled) {
            Err(ApiTokenRefused::AccountDisabled)
        } else if token.certain_since() <= self.restored_at {
            Err(ApiTokenRefused::Restored(self.restored_at))
        } else {
            Ok(())
        }
    }
}
