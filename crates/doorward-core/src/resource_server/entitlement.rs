//! What tokens may be given for.

use std::collections::BTreeSet;

use super::{Resource, ResourceServers};
use crate::authorization_details::{AuthorizationDetails, DetailsRefused};
use crate::client::Client;
use crate::grant::Grant;
use crate::scope::Scope;

/// What tokens may be given for: what was allowed, or what a client may have by itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entitlement {
    /// The scope.
    pub scope: Scope,
    /// The resource servers that were named, by themselves or by details; the others follow from the scope.
    pub resources: BTreeSet<Resource>,
    /// The details.
    pub authorization_details: AuthorizationDetails,
}

impl Entitlement {
    /// What is left of `grant` by the registrations of today, of its `client` and of the resource servers.
    pub fn of(grant: &Grant, client: &Client, servers: &ResourceServers) -> Self {
        let details = &grant.authorization_details;
        Self {
            scope: grant.scope.intersection(&client.scope),
            resources: servers.still_reachable(&grant.resources, client),
            authorization_details: details.filtered(|detail| {
                client.authorization_details_types.contains(&detail.of_type)
                    && servers.of_detail_type(&detail.of_type).is_some()
            }),
        }
    }

    /// The same with the `requested` details alone, when a token request names any. Where several resource servers are in reach
    /// and those details are one's, the token is for that one.
    pub fn narrowed(
        self,
        requested: Option<&AuthorizationDetails>,
        servers: &ResourceServers,
    ) -> Result<Self, DetailsRefused> {
        let Some(requested) = requested else {
            return Ok(self);
        };
        let authorization_details = self.authorization_details.narrowed(requested)?;
        let named = servers.of_details(&authorization_details);
        let several = servers.reached(&self.scope, &self.resources).len() > 1;
        let (scope, resources) = if several && named.len() == 1 {
            (servers.within(self.scope, &named), named)
        } else {
            (self.scope, self.resources)
        };
        Ok(Self {
            scope,
            resources,
            authorization_details,
        })
    }
}
