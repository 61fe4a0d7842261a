//! How far an event says that somebody's permission goes.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::authorization_details::{AuthorizationDetail, DetailTypeName};
use crate::consent::Permission;
use crate::grant::Grant;
use crate::resource_server::Resource;
use crate::scope::Scope;

/// What was allowed, as far as an event has room for it: what a detail says besides its type may be anybody's secret, and stays out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Extent {
    /// The scope.
    pub scope: Scope,
    /// The first of the resource servers that were named, or that details are for.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Resource>,
    /// The types of the details, each once.
    #[serde(skip_serializing_if = "BTreeSet::is_empty")]
    pub authorization_details_types: BTreeSet<DetailTypeName>,
    /// How many resource servers there were beyond those.
    #[serde(skip_serializing_if = "is_zero")]
    pub further_resources: usize,
}

/// The most resource servers that an event names. Of details a request has no more itself.
const MOST: usize = 10;

impl Extent {
    fn new<'a>(
        scope: &Scope,
        resources: &BTreeSet<Resource>,
        details: impl Iterator<Item = &'a AuthorizationDetail>,
    ) -> Self {
        Self {
            scope: scope.clone(),
            resources: resources.iter().take(MOST).cloned().collect(),
            authorization_details_types: details.map(|detail| detail.of_type.clone()).collect(),
            further_resources: resources.len().saturating_sub(MOST),
        }
    }
}

impl From<&Permission> for Extent {
    fn from(permission: &Permission) -> Self {
        let of_details = permission.authorization_details.keys().cloned();
        let resources = permission.resources.iter().cloned();
        let details = permission.details().map(|(_, detail)| detail);
        Self::new(
            &permission.scope,
            &resources.chain(of_details).collect(),
            details,
        )
    }
}

impl From<&Grant> for Extent {
    fn from(grant: &Grant) -> Self {
        let details = grant.authorization_details.iter();
        Self::new(&grant.scope, &grant.resources, details)
    }
}

#[expect(
    clippy::trivially_copy_pass_by_ref,
    reason = "serde passes a reference"
)]
const fn is_zero(count: &usize) -> bool {
    *count == 0
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::event::Event;
    use crate::identifiers::PersonId;

    fn named(count: usize) -> BTreeSet<Resource> {
        let names = (0..count).map(|at| format!("urn:api:{at:02}"));
        names.map(|name| name.parse().unwrap()).collect()
    }

    fn consent_given(extent: Extent) -> Event {
        Event::ConsentGiven {
            person: PersonId::from_bytes([1; 16]),
            client: "shop".parse().unwrap(),
            extent,
        }
    }

    /// L01, L05: an event names what was allowed, and not without end.
    #[test]
    fn an_event_names_as_many_apis_as_it_has_room_for() {
        for (asked, said, further) in [(0, 0, 0), (10, 10, 0), (12, 10, 2)] {
            let permission = Permission {
                resources: named(asked),
                ..Permission::default()
            };
            let extent = Extent::from(&permission);
            assert_eq!(extent.resources.len(), said);
            assert_eq!(extent.further_resources, further);
        }
    }

    #[test]
    fn an_extent_stands_beside_the_other_members_of_its_event() {
        let event = consent_given(Extent {
            scope: "openid".parse().unwrap(),
            resources: named(1),
            authorization_details_types: ["payment".parse().unwrap()].into(),
            further_resources: 0,
        });
        let written = serde_json::to_value(&event).unwrap();
        assert_eq!(written["scope"], "openid");
        assert_eq!(written["resources"], json!(["urn:api:00"]));
        assert_eq!(written["authorization_details_types"], json!(["payment"]));
        assert_eq!(written.get("further_resources"), None);
        assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
    }

    #[test]
    fn an_event_of_a_release_that_knew_scopes_alone_is_read() {
        let written = json!({
            "event": "consent_given",
            "person": PersonId::from_bytes([1; 16]),
            "client": "shop",
            "scope": "email openid",
        });
        let event = consent_given(Extent {
            scope: "openid email".parse().unwrap(),
            ..Extent::default()
        });
        assert_eq!(serde_json::from_value::<Event>(written).unwrap(), event);
    }
}
