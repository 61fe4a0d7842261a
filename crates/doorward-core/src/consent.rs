//! Consent: what a person is asked to allow a client, and what of it is remembered.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::authorization_details::{AuthorizationDetail, AuthorizationDetails, DetailConsent};
use crate::client::{Client, ConsentPolicy};
use crate::identifiers::{ClientId, PersonId};
use crate::resource_server::{Resource, ResourceServers};
use crate::scope::Scope;
use crate::time::Timestamp;

/// What a person allowed a client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Consent {
    /// Who allowed it.
    pub person: PersonId,
    /// Who was allowed.
    pub client: ClientId,
    /// All that was ever allowed and not taken back.
    pub permission: Permission,
    /// When it was last given.
    pub given_at: Timestamp,
}

/// What a person is asked to allow, or has allowed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Permission {
    /// The scope.
    pub scope: Scope,
    /// Resource servers that tokens are for although nothing names what they open there.
    pub resources: BTreeSet<Resource>,
    /// The details, by the API that each is for. The name of a type may become another API's, and what was allowed at one is not
    /// allowed at the other.
    pub authorization_details: BTreeMap<Resource, AuthorizationDetails>,
}

/// How much of what somebody allows is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// All of it.
    All,
    /// Some of it: the rest holds for the one grant.
    Part,
    /// Nothing: it holds for the one grant.
    Nothing,
}

impl Permission {
    /// What has to be asked for `scope`, `resources` that a request names and its `details`: of the resources those that neither
    /// the scope nor the details say anything about.
    pub fn asked(
        scope: Scope,
        resources: &BTreeSet<Resource>,
        details: &AuthorizationDetails,
        servers: &ResourceServers,
    ) -> Self {
        let by_scope = servers.reached(&scope, &BTreeSet::new());
        let by_details = by_api(details, servers);
        let is_silent = |resource: &&Resource| {
            !by_scope.contains_key(*resource) && !by_details.contains_key(*resource)
        };
        Self {
            resources: resources.iter().filter(is_silent).cloned().collect(),
            authorization_details: by_details,
            scope,
        }
    }

    /// Whether `client` may have this without asking anybody who has allowed it `before`.
    pub(crate) fn is_given(
        &self,
        client: &Client,
        before: Option<&Self>,
        servers: &ResourceServers,
    ) -> bool {
        let trusted = client.consent_policy() == ConsentPolicy::Trusted;
        let details = &self.authorization_details;
        let details_trusted = client.details_consent_policy() == ConsentPolicy::Trusted;
        let given = |before: &Self| {
            self.scope.is_within(&before.scope) && self.resources.is_subset(&before.resources)
        };
        let details_given = |before: &Self| {
            details.iter().all(|(at, asked)| {
                let before = before.authorization_details.get(at);
                before.is_some_and(|before| asked.are_among(before))
                    && asked
                        .iter()
                        .all(|detail| is_remembered(at, detail, servers))
            })
        };
        (trusted || before.is_some_and(given))
            && (details_trusted || details.is_empty() || before.is_some_and(details_given))
    }

    /// Each detail, with the API that it is for.
    pub fn details(&self) -> impl Iterator<Item = (&Resource, &AuthorizationDetail)> {
        let details = self.authorization_details.iter();
        details.flat_map(|(at, details)| details.iter().map(move |detail| (at, detail)))
    }

    /// What of this is remembered when somebody allows it.
    #[must_use]
    pub fn remembered(&self, servers: &ResourceServers) -> Self {
        let kept = self.authorization_details.iter().map(|(at, details)| {
            let kept = details.filtered(|detail| is_remembered(at, detail, servers));
            (at.clone(), kept)
        });
        Self {
            authorization_details: kept.filter(|(_, details)| !details.is_empty()).collect(),
            ..self.clone()
        }
    }

    /// How much of this is remembered when somebody allows it.
    pub fn memory(&self, servers: &ResourceServers) -> Memory {
        match self.remembered(servers) {
            kept if kept == Self::default() => Memory::Nothing,
            kept if kept == *self => Memory::All,
            _ => Memory::Part,
        }
    }
}

/// The details of which the API is known, by that API.
fn by_api(
    details: &AuthorizationDetails,
    servers: &ResourceServers,
) -> BTreeMap<Resource, AuthorizationDetails> {
    let mut by_api: BTreeMap<Resource, AuthorizationDetails> = BTreeMap::new();
    for detail in details.iter() {
        if let Some((server, _)) = servers.of_detail_type(&detail.of_type) {
            let details = by_api.entry(server.resource.clone()).or_default();
            details.add(detail.clone());
        }
    }
    by_api
}

/// Whether the API `at` has details of this type, and has them remembered.
fn is_remembered(at: &Resource, detail: &AuthorizationDetail, servers: &ResourceServers) -> bool {
    servers
        .of_detail_type(&detail.of_type)
        .is_some_and(|(server, of_type)| {
            server.resource == *at && of_type.consent == DetailConsent::Remembered
        })
}

#[cfg(test)]
mod tests;
