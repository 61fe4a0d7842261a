//! Which resource server a token is for ([RFC 8707](https://www.rfc-editor.org/rfc/rfc8707)).
//!
//! A token opens one resource server, so that none can use it at another; besides, it opens UserInfo when it has
//! `openid`. Who needs tokens for several asks for one after the other.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::{Entitlement, Resource, ResourceRefused, ResourceServer, ResourceServers};
use crate::authorization_details::AuthorizationDetails;
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
    /// What it opens there in detail.
    pub authorization_details: AuthorizationDetails,
}

/// Why a request's `resource` was refused, or its absence was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetRefused {
    /// It is no resource indicator.
    #[error("resource: {0}")]
    Malformed(#[from] ResourceRefused),
    /// No resource server has this name, or the client is registered for nothing of it.
    #[error(
        "resource {0} is not registered, or the client is registered for none of its scopes and types of details"
    )]
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

    /// What a token of `entitled` is for, when the token request names the resource `named`.
    pub fn target(
        &self,
        issuer: &str,
        entitled: &Entitlement,
        named: Option<&Resource>,
    ) -> Result<Target, TargetRefused> {
        let reached = self.reached(&entitled.scope, &entitled.resources);
        if let Some(named) = named {
            let server = reached
                .get(named)
                .ok_or_else(|| TargetRefused::NotGranted(named.clone()))?;
            return Ok(Target {
                audience: Audience::One(named.to_string()),
                scope: entitled.scope.intersection(&server.scopes.scope()),
                authorization_details: server.own(&entitled.authorization_details),
                server: Some(Arc::clone(server)),
            });
        }
        let mut reached = reached.into_values();
        match (reached.next(), reached.next()) {
            (server, None) => Ok(Target::of(issuer, server, entitled)),
            (Some(one), Some(other)) => {
                let several = format!("{}, {}", one.resource, other.resource);
                Err(TargetRefused::Several(several))
            }
            (None, Some(_)) => Ok(Target::of(issuer, None, entitled)),
        }
    }

    /// What a token for `client` itself is for: nobody granted anything, so what it is registered for counts.
    pub fn target_of_client(
        &self,
        issuer: &str,
        client: &Client,
        mut entitled: Entitlement,
        named: Option<&Resource>,
    ) -> Result<Target, TargetRefused> {
        if let Some(named) = named {
            self.reachable(named, client)?;
        }
        entitled.resources.extend(named.cloned());
        self.target(issuer, &entitled, named)
    }

    /// The resource servers that `details` belong to: naming a detail is naming its resource server.
    pub fn of_details(&self, details: &AuthorizationDetails) -> BTreeSet<Resource> {
        let servers = details.iter().filter_map(|detail| {
            let (server, _) = self.of_detail_type(&detail.of_type)?;
            Some(server.resource.clone())
        });
        servers.collect()
    }

    fn reachable(&self, resource: &Resource, client: &Client) -> Result<(), TargetRefused> {
        let server = self.get(resource);
        let registered = |server: &Arc<ResourceServer>| {
            let scope = server.scopes.scope();
            let mut types = server.authorization_details_types.keys();
            !scope.intersection(&client.scope).is_empty()
                || types.any(|name| client.authorization_details_types.contains(name))
        };
        if server.is_some_and(registered) {
            Ok(())
        } else {
            Err(TargetRefused::NotRegistered(resource.clone()))
        }
    }
}

impl Target {
    fn of(issuer: &str, server: Option<&Arc<ResourceServer>>, entitled: &Entitlement) -> Self {
        let (issuer, scope) = (issuer.to_owned(), entitled.scope.clone());
        let details = server.map(|server| server.own(&entitled.authorization_details));
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
            authorization_details: details.unwrap_or_default(),
        }
    }
}

impl ResourceServer {
    /// Those of `details` that are its own.
    pub fn own(&self, details: &AuthorizationDetails) -> AuthorizationDetails {
        let types = &self.authorization_details_types;
        details.filtered(|detail| types.contains_key(&detail.of_type))
    }
}

#[cfg(test)]
mod tests;
