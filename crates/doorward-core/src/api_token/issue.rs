//! Making a token.

use std::collections::BTreeSet;
use std::time::Duration;

use super::rights::is_own;
use super::{
    ActsFor, ApiToken, ApiTokenKind, ApiTokenPolicy, OwnerStanding, Quota, Rights, State, TokenName,
};
use crate::identifiers::ApiTokenId;
use crate::network::Networks;
use crate::resource_server::{Resource, ResourceServers};
use crate::scope::Scope;
use crate::time::Timestamp;

/// What somebody wants a token to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewApiToken {
    /// What to call it.
    pub name: TokenName,
    /// For whom it is to act.
    pub acts_for: ActsFor,
    /// What it is to do.
    pub scope: Scope,
    /// The resource servers that are named by themselves.
    pub resources: BTreeSet<Resource>,
    /// The networks that it is to work from; everywhere when absent.
    pub networks: Option<Networks>,
    /// How often it may be used.
    pub quota: Quota,
    /// How long it is to live.
    pub lifetime: Lifetime,
}

/// How long a token is to live.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Lifetime {
    /// As long as the policy says.
    #[default]
    Default,
    /// This long.
    For(Duration),
    /// Until somebody revokes it.
    Endless,
}

/// Who makes a token, or makes it anew.
#[derive(Clone, Copy, Debug)]
pub enum Issuer<'a> {
    /// An operator, or somebody who has just signed in.
    Somebody,
    /// Whoever shows this token, which can give no more than it has.
    Token(&'a ApiToken),
}

/// What is known when a token is made.
#[derive(Clone, Copy, Debug)]
pub struct Issuing<'a> {
    /// Who makes it.
    pub by: Issuer<'a>,
    /// How its owner stands.
    pub owner: &'a OwnerStanding,
    /// How many tokens that work its owner, account or project has already.
    pub held: u64,
    /// The resource servers of today.
    pub servers: &'a ResourceServers,
    /// What the operator allows.
    pub policy: &'a ApiTokenPolicy,
    /// The present time.
    pub now: Timestamp,
}

/// Why a token is not made, in words for whoever wants it.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IssueRefused {
    /// Who would answer for it may not sign in, or is gone.
    #[error("its owner is disabled or gone")]
    Owner,
    /// It would open nothing.
    #[error("a token needs at least one scope; an API key may have a resource server alone")]
    Nothing,
    /// Its owner may not have that, or nobody may.
    #[error("the scope {0} is not one that API tokens of this owner may have")]
    Scope(String),
    /// It takes none.
    #[error("{0} is not registered, or takes no API tokens")]
    Resource(Resource),
    /// It would live too long.
    #[error("a token lives at most {} days here", .0.as_secs() / 86_400)]
    TooLong(Duration),
    /// It would never expire.
    #[error("tokens that never expire are not allowed here; name a time of at most {} days", .0.as_secs() / 86_400)]
    Endless(Duration),
    /// It would have expired already.
    #[error("a token lives at least a minute")]
    TooShort,
    /// There are enough.
    #[error(
        "there are {0} tokens already, and no more are allowed; revoke those that nobody needs"
    )]
    TooMany(u32),
    /// The token that makes it has less.
    #[error("a token cannot make one with more than it has itself: {0}")]
    BeyondItself(&'static str),
}

/// The shortest life of a token.
const SHORTEST: Duration = Duration::from_mins(1);

/// A token of this `id`, if it may be.
pub fn issue(
    new: NewApiToken,
    id: ApiTokenId,
    issuing: Issuing<'_>,
) -> Result<ApiToken, IssueRefused> {
    if !matches!(issuing.owner, OwnerStanding::Enabled(_)) {
        return Err(IssueRefused::Owner);
    }
    if issuing.held >= u64::from(issuing.policy.max_tokens) {
        return Err(IssueRefused::TooMany(issuing.policy.max_tokens));
    }
    opens_something(&new)?;
    is_held(&new, issuing)?;
    let lifetime = issuing.policy.lifetime(new.lifetime)?;
    let end = lifetime.map(|lifetime| issuing.now.plus(lifetime));
    let token = ApiToken {
        id,
        name: new.name,
        acts_for: new.acts_for,
        scope: new.scope,
        resources: new.resources,
        networks: new.networks,
        quota: new.quota,
        created_at: issuing.now,
        rotated_at: None,
        expires_at: issuing.by.end(new.lifetime, end),
        state: State::Live,
    };
    issuing.by.may_give(&token)?;
    Ok(token)
}

fn opens_something(new: &NewApiToken) -> Result<(), IssueRefused> {
    let is_key = new.acts_for.kind() == ApiTokenKind::ApiKey;
    if new.scope.is_empty() && (new.resources.is_empty() || !is_key) {
        return Err(IssueRefused::Nothing);
    }
    Ok(())
}

fn is_held(new: &NewApiToken, issuing: Issuing<'_>) -> Result<(), IssueRefused> {
    let rights = Rights::of(new.acts_for.kind(), issuing.owner, issuing.servers);
    let missing = new.scope.iter().find(|token| !rights.scope.contains(token));
    if let Some(token) = missing {
        return Err(IssueRefused::Scope(token.to_owned()));
    }
    match new.resources.difference(&rights.resources).next() {
        Some(resource) => Err(IssueRefused::Resource(resource.clone())),
        None => Ok(()),
    }
}

impl ApiTokenPolicy {
    /// How long a token lives of which this is asked; without end when absent.
    pub(super) fn lifetime(&self, asked: Lifetime) -> Result<Option<Duration>, IssueRefused> {
        let lifetime = match (asked, self.max_lifetime) {
            (Lifetime::Endless, None) => return Ok(None),
            (Lifetime::Endless, Some(most)) => return Err(IssueRefused::Endless(most)),
            (Lifetime::Default, most) => most.map_or(self.default_lifetime, |most| {
                self.default_lifetime.min(most)
            }),
            (Lifetime::For(lifetime), _) => lifetime,
        };
        match self.max_lifetime {
            Some(most) if lifetime > most => Err(IssueRefused::TooLong(most)),
            _ if lifetime < SHORTEST => Err(IssueRefused::TooShort),
            _ => Ok(Some(lifetime)),
        }
    }
}

impl Issuer<'_> {
    /// When a token ends of which this lifetime was asked, if nothing else stood against `end`: where nobody said how long, one token
    /// that makes another gives it what is left of its own time.
    pub(super) fn end(self, asked: Lifetime, end: Option<Timestamp>) -> Option<Timestamp> {
        match (self, asked) {
            (Self::Token(own), Lifetime::Default) => {
                [end, own.expires_at].into_iter().flatten().min()
            }
            _ => end,
        }
    }

    /// Whether this one can make `token`: another token gives no more than it has.
    pub(super) fn may_give(self, token: &ApiToken) -> Result<(), IssueRefused> {
        let Self::Token(own) = self else {
            return Ok(());
        };
        let beyond = |what| Err(IssueRefused::BeyondItself(what));
        let outlives = match (token.expires_at, own.expires_at) {
            (_, None) => false,
            (None, Some(_)) => true,
            (Some(end), Some(own)) => end > own,
        };
        if token.acts_for != own.acts_for {
            beyond("it acts for its own owner alone")
        } else if !token.scope.is_within(&own.scope) {
            beyond("the scope")
        } else if !token.resources.is_subset(&own.resources) {
            beyond("the resource servers")
        } else if outlives {
            beyond("the time")
        } else if !is_narrower(token.networks.as_ref(), own.networks.as_ref()) {
            beyond("the networks")
        } else if !token.quota.is_within(own.quota) {
            beyond("the quota")
        } else {
            Ok(())
        }
    }
}

fn is_narrower(networks: Option<&Networks>, own: Option<&Networks>) -> bool {
    match (networks, own) {
        (_, None) => true,
        (None, Some(_)) => false,
        (Some(networks), Some(own)) => networks.is_within(own),
    }
}

/// Whether a resource server may register this scope: those of Doorward itself are taken.
pub(crate) fn may_be_registered(token: &str) -> bool {
    !is_own(token)
}
