//! All resource servers, and whose a scope is.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;
use std::sync::Arc;

use super::{Resource, ResourceServer};
use crate::authorization_details::{DetailType, DetailTypeName};
use crate::identifiers::ClientId;
use crate::jose::Audience;
use crate::scope::Scope;

/// The resource servers of an installation.
#[derive(Clone, Debug, Default)]
pub struct ResourceServers {
    all: BTreeMap<Resource, Arc<ResourceServer>>,
    by_scope: BTreeMap<String, Arc<ResourceServer>>,
    by_detail_type: BTreeMap<DetailTypeName, Arc<ResourceServer>>,
}

impl ResourceServers {
    /// The server of this identifier.
    pub fn get(&self, resource: &Resource) -> Option<&Arc<ResourceServer>> {
        self.all.get(resource)
    }

    /// The server that this scope token belongs to.
    pub fn of_scope(&self, token: &str) -> Option<&Arc<ResourceServer>> {
        self.by_scope.get(token)
    }

    /// The server that details of this type belong to, and the type.
    pub fn of_detail_type(
        &self,
        name: &DetailTypeName,
    ) -> Option<(&Arc<ResourceServer>, &DetailType)> {
        let server = self.by_detail_type.get(name)?;
        let of_type = server.authorization_details_types.get(name)?;
        Some((server, of_type))
    }

    /// Every type of details, by name.
    pub fn detail_types(&self) -> impl Iterator<Item = &DetailTypeName> {
        self.by_detail_type.keys()
    }

    /// All of them, in the order of their identifiers.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<ResourceServer>> {
        self.all.values()
    }

    /// The servers with this address in a network of theirs.
    pub fn in_network(&self, address: IpAddr) -> impl Iterator<Item = &Arc<ResourceServer>> {
        let servers = self.iter();
        servers.filter(move |server| server.networks.contains(address))
    }

    /// A scope that `server` wants and another one has.
    pub fn taken<'a>(
        &'a self,
        server: &'a ResourceServer,
    ) -> Option<(&'a str, &'a ResourceServer)> {
        server.scopes.iter().find_map(|(token, _)| {
            let owner = self.of_scope(token)?;
            (owner.resource != server.resource).then_some((token, &**owner))
        })
    }

    /// A type of details that `server` wants and another one has.
    pub fn taken_type<'a>(
        &'a self,
        server: &'a ResourceServer,
    ) -> Option<(&'a DetailTypeName, &'a ResourceServer)> {
        server.authorization_details_types.keys().find_map(|name| {
            let (owner, _) = self.of_detail_type(name)?;
            (owner.resource != server.resource).then_some((name, &**owner))
        })
    }

    /// What a grant reaches: the servers of its scope, and those that were named.
    pub fn reached(
        &self,
        scope: &Scope,
        named: &BTreeSet<Resource>,
    ) -> BTreeMap<&Resource, &Arc<ResourceServer>> {
        let by_scope = scope.iter().filter_map(|token| self.of_scope(token));
        let by_name = named.iter().filter_map(|resource| self.get(resource));
        by_scope
            .chain(by_name)
            .map(|server| (&server.resource, server))
            .collect()
    }

    /// The server among `audience` whose tokens `asker` may ask about.
    pub fn introspected_by(
        &self,
        asker: &ClientId,
        audience: &Audience,
    ) -> Option<&Arc<ResourceServer>> {
        self.iter().find(|server| {
            server.introspected_by.contains(asker) && audience.contains(server.resource.as_str())
        })
    }
}

impl FromIterator<ResourceServer> for ResourceServers {
    /// A scope or a type of details that several servers claim is the first one's.
    fn from_iter<I: IntoIterator<Item = ResourceServer>>(servers: I) -> Self {
        let servers = servers.into_iter().map(Arc::new);
        let all: BTreeMap<_, _> = servers
            .map(|server| (server.resource.clone(), server))
            .collect();
        let mut by_scope = BTreeMap::new();
        let mut by_detail_type = BTreeMap::new();
        for server in all.values() {
            for (token, _) in server.scopes.iter() {
                by_scope
                    .entry(token.to_owned())
                    .or_insert_with(|| Arc::clone(server));
            }
            for name in server.authorization_details_types.keys() {
                by_detail_type
                    .entry(name.clone())
                    .or_insert_with(|| Arc::clone(server));
            }
        }
        Self {
            all,
            by_scope,
            by_detail_type,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource_server::tests::{files, reports};

    #[test]
    fn a_scope_is_one_servers() {
        let thief = ResourceServer {
            resource: "urn:z".parse().unwrap(),
            ..reports()
        };
        let servers: ResourceServers = [thief, files(), reports()].into_iter().collect();
        let owner = servers.of_scope("reports:read").unwrap();
        assert_eq!(owner.resource, reports().resource);
        assert!(servers.of_scope("openid").is_none());
        assert_eq!(servers.iter().count(), 3);
        let servers: ResourceServers = [reports()].into_iter().collect();
        let wanted = ResourceServer {
            resource: "urn:z".parse().unwrap(),
            ..reports()
        };
        let taken = servers.taken(&wanted);
        assert_eq!(taken, Some(("reports:read", &reports())));
        assert_eq!(servers.taken(&reports()), None);
    }

    /// [RFC 7662 section 4](https://www.rfc-editor.org/rfc/rfc7662#section-4).
    #[test]
    fn a_server_asks_about_its_own_tokens() {
        let servers: ResourceServers = [files(), reports()].into_iter().collect();
        let asked = |asker: &str, audience: &str| {
            let audience = Audience::One(audience.to_owned());
            let server = servers.introspected_by(&asker.parse().unwrap(), &audience);
            server.map(|server| server.resource.to_string())
        };
        let resource = "https://reports.example";
        assert_eq!(asked("reports-api", resource), Some(resource.to_owned()));
        assert_eq!(asked("reports-api", "urn:example:files"), None);
        assert_eq!(asked("wiki", resource), None);
    }
}
