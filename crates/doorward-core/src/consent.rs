//! Consent: what a person is asked to allow a client, and what of it is remembered.

use std::collections::BTreeSet;

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
    /// The details.
    pub authorization_details: AuthorizationDetails,
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
        let by_details = servers.of_details(details);
        let is_silent = |resource: &&Resource| {
            !by_scope.contains_key(*resource) && !by_details.contains(*resource)
        };
        Self {
            resources: resources.iter().filter(is_silent).cloned().collect(),
            authorization_details: details.clone(),
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
            details.are_among(&before.authorization_details)
                && details.iter().all(|detail| is_remembered(detail, servers))
        };
        (trusted || before.is_some_and(given))
            && (details_trusted || details.is_empty() || before.is_some_and(details_given))
    }

    /// What of this is remembered when somebody allows it.
    #[must_use]
    pub fn remembered(&self, servers: &ResourceServers) -> Self {
        let details = &self.authorization_details;
        Self {
            authorization_details: details.filtered(|detail| is_remembered(detail, servers)),
            ..self.clone()
        }
    }
}

fn is_remembered(detail: &AuthorizationDetail, servers: &ResourceServers) -> bool {
    servers
        .of_detail_type(&detail.of_type)
        .is_some_and(|(_, of_type)| of_type.consent == DetailConsent::Remembered)
}

#[cfg(test)]
mod tests;
