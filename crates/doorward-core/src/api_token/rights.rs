//! What an owner may let a token do.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::{ApiTokenKind, OwnerStanding};
use crate::person::GroupName;
use crate::resource_server::{Resource, ResourceServers};
use crate::scope::Scope;

/// The scope of Doorward itself to list one's own API tokens.
pub const READ_TOKENS: &str = "doorward:tokens:read";
/// The scope of Doorward itself to make, rotate and end one's own API tokens, none of which can do more than the token that does it.
pub const MANAGE_TOKENS: &str = "doorward:tokens:manage";

/// What a resource server takes API tokens for. One that takes none has none of this; one that only wants to know whose a request is
/// has it without scopes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct AcceptedApiTokens(BTreeMap<String, HeldBy>);

/// Whose API tokens may have a scope.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HeldBy {
    /// Anybody's.
    Everyone,
    /// Those of people in one of these groups, or of one of these groups itself.
    Groups(BTreeSet<GroupName>),
}

/// What an owner may let a token of one kind do now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rights {
    /// The scopes.
    pub scope: Scope,
    /// The resource servers that take API tokens.
    pub resources: BTreeSet<Resource>,
}

impl AcceptedApiTokens {
    /// Each scope, and whose tokens may have it, in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &HeldBy)> {
        self.0
            .iter()
            .map(|(token, held_by)| (token.as_str(), held_by))
    }
}

impl FromIterator<(String, HeldBy)> for AcceptedApiTokens {
    fn from_iter<I: IntoIterator<Item = (String, HeldBy)>>(scopes: I) -> Self {
        Self(scopes.into_iter().collect())
    }
}

impl HeldBy {
    fn includes(&self, groups: &BTreeSet<GroupName>) -> bool {
        match self {
            Self::Everyone => true,
            Self::Groups(allowed) => !allowed.is_disjoint(groups),
        }
    }
}

impl Rights {
    /// What an owner who stands like this may let a token of this `kind` do: at resource servers what these allow, and at Doorward itself to
    /// manage tokens, which is for people alone.
    pub fn of(kind: ApiTokenKind, owner: &OwnerStanding, servers: &ResourceServers) -> Self {
        let OwnerStanding::Enabled(groups) = owner else {
            return Self::default();
        };
        let mut rights = Self::default();
        for server in servers.iter() {
            let Some(accepted) = &server.api_tokens else {
                continue;
            };
            rights.resources.insert(server.resource.clone());
            let held = accepted.iter().filter(|(token, held_by)| {
                server.scopes.allows(token).is_some() && held_by.includes(groups)
            });
            rights.scope = rights.scope.union(&held.map(|(token, _)| token).collect());
        }
        if kind == ApiTokenKind::PersonalAccessToken {
            let own = [READ_TOKENS, MANAGE_TOKENS].into_iter().collect();
            rights.scope = rights.scope.union(&own);
        }
        rights
    }
}

/// Whether `token` is a scope of Doorward itself.
pub(crate) fn is_own(token: &str) -> bool {
    token.starts_with("doorward:")
}
