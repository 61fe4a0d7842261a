//! Which resource server a token is for ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)).
//!
//! A token opens one resource server, so that none can use it at another; besides, it opens UserInfo when it has
//! `openid`. Who needs tokens for several asks for one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Resource, ResourceRefused, ResourceServer, ResourceServers};
use crate::client::Client;
use crate::error::ErrorCode;
use crate::jose::Audience;
use crate::parameters::Parameters;
use crate::scope::{OPENID, Scope};

/// What a token is for.
#[derive(Clone, Debug)]
pub struct Target {
    /// The resource server; none for a token that opens only endpoints of ours.
    pub server: Option<Arc<ResourceServer>>,
    /// `aud`.
    pub audience: Audience,
    /// What it opens there.
    pub scope: Scope,
}

/// Why a request's `resource` was refused, or its absence was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefused {
    /// It is no resource indicator.
    #[error("resource: {0}")]
    Malformed(#[from] ResourceRefused),
    /// No resource server has this name, or the client is registered for none of its scopes.
    #[error("resource {0} is not registered, or the client is registered for none of its scopes")]
    NotRegistered(Resource),
    /// It is not among what was granted.
    #[error("resource {0} is not among what was granted")]
    NotGranted(Resource),
    /// A token is for one resource server, and several are named.
    #[error("resource is given several times, and a token is for one resource server")]
    SeveralNamed,
    /// What is asked for belongs to several resource servers, and none is named.
    #[error(
        "what is asked for belongs to several resource servers ({0}), and resource does not say which"
    )]
    Several(String),
}

impl TargetRefused {
    /// The standard's code ([RFC 8707 section 2](https://www.rfc-editor.org/rfc/rfc8707#section-2)).
    pub const fn code(&self) -> ErrorCode {
        ErrorCode::InvalidTarget
    }
}

impl Resource {
    /// The resource that a token request names, if it names one
    /// ([RFC 8707 section 2.2](https://www.rfc-editor.org/rfc/rfc8707#section-2.2)).
    pub fn named(parameters: &Parameters) -> Result<Option<Self>, TargetRefused> {
        let mut named = parameters.all("resource");
        match (named.next(), named.next()) {
            (None, _) => Ok(None),
            (Some(one), None) => Ok(Some(one.parse()?)),
            (Some(_), Some(_)) => Err(TargetRefused::SeveralNamed),
        }
    }
}

impl ResourceServers {
    /// The resources that an authorization request names, each of which `client` may reach
    /// ([RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1)).
    pub fn requested(
        &self,
        parameters: &Parameters,
        client: &Client,
    ) -> Result<BTreeSet<Resource>, TargetRefused> {
        parameters
            .all("resource")
            .map(|text| {
                let resource: Resource = text.parse()?;
                self.reachable(&resource, client)?;
                Ok(resource)
            })
            .collect()
    }

    /// `scope` without what belongs to other resource servers than the `named` ones, if any are named.
    pub fn within(&self, scope: Scope, named: &BTreeSet<Resource>) -> Scope {
        let elsewhere = |token: &str| {
            let owner = self.of_scope(token);
            owner.is_some_and(|server| !named.contains(&server.resource))
        };
        if named.is_empty() {
            scope
        } else {
            scope.iter().filter(|token| !elsewhere(token)).collect()
        }
    }

    /// All that may be allowed at these servers.
    pub fn scope_of(&self, resources: &BTreeSet<Resource>) -> Scope {
        let servers = resources.iter().filter_map(|resource| self.get(resource));
        servers.fold(Scope::default(), |all, server| {
            all.union(&server.scopes.scope())
        })
    }

    /// The resources of a grant that `client` may still reach: its registration of today counts, as it does for scopes.
    pub fn still_reachable(
        &self,
        granted: &BTreeSet<Resource>,
        client: &Client,
    ) -> BTreeSet<Resource> {
        let reachable = |resource: &&Resource| self.reachable(resource, client).is_ok();
        granted.iter().filter(reachable).cloned().collect()
    }

    /// What a token with `scope` is for, of a grant that was asked for with the resources `granted`, when the token request
    /// names the resource `named`.
    pub fn target(
        &self,
        issuer: &str,
        scope: Scope,
        granted: &BTreeSet<Resource>,
        named: Option<&Resource>,
    ) -> Result<Target, TargetRefused> {
        let reached = self.reached(&scope, granted);
        if let Some(named) = named {
            let server = reached
                .get(named)
                .ok_or_else(|| TargetRefused::NotGranted(named.clone()))?;
            return Ok(Target {
                audience: Audience::One(named.to_string()),
                scope: scope.intersection(&server.scopes.scope()),
                server: Some(Arc::clone(server)),
            });
        }
        let mut reached = reached.into_values();
        match (reached.next(), reached.next()) {
            (server, None) => Ok(Target::of(issuer, server, scope)),
            (Some(one), Some(other)) => {
                let several = format!("{}, {}", one.resource, other.resource);
                Err(TargetRefused::Several(several))
            }
            (None, Some(_)) => Ok(Target::of(issuer, None, scope)),
        }
    }

    /// What a token for `client` itself is for: nobody granted anything, so what it is registered for counts.
    pub fn target_of_client(
        &self,
        issuer: &str,
        client: &Client,
        scope: Scope,
        named: Option<&Resource>,
    ) -> Result<Target, TargetRefused> {
        if let Some(named) = named {
            self.reachable(named, client)?;
        }
        let granted = named.cloned().into_iter().collect();
        self.target(issuer, scope, &granted, named)
    }

    fn reachable(&self, resource: &Resource, client: &Client) -> Result<(), TargetRefused> {
        let server = self.get(resource);
        let registered = |server: &Arc<ResourceServer>| {
            let scope = server.scopes.scope();
            !scope.intersection(&client.scope).is_empty()
        };
        if server.is_some_and(registered) {
            Ok(())
        } else {
            Err(TargetRefused::NotRegistered(resource.clone()))
        }
    }
}

impl Target {
    fn of(issuer: &str, server: Option<&Arc<ResourceServer>>, scope: Scope) -> Self {
        let issuer = issuer.to_owned();
        let audience = match server {
            None => Audience::One(issuer),
            Some(server) if scope.contains(OPENID) => {
                Audience::Many(vec![server.resource.to_string(), issuer])
            }
            Some(server) => Audience::One(server.resource.to_string()),
        };
        Self {
            server: server.cloned(),
            audience,
            scope,
        }
    }
}

#[cfg(test)]
mod tests;
