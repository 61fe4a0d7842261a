//! Resource servers.

use std::collections::BTreeSet;

use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::clients::Added;

use crate::documents::put;
use crate::support::{NOW, Store, at_once};

contract![
    a_resource_server_is_there_as_soon_as_it_was_added,
    one_of_many_gets_an_identifier,
    another_process_sees_every_change_of_a_resource_server,
];

/// A resource server with one scope, named after it.
pub(crate) fn resource_server(resource: &str) -> ResourceServer {
    ResourceServer {
        resource: resource.parse().unwrap(),
        resource_name: "Reports".to_owned(),
        scopes: [("reports:read", "Read reports")].into_iter().collect(),
        access_token_format: AccessTokenFormat::Jwt,
        access_token_lifetime: None,
        access_token_status: AccessTokenStatus::default(),
        access_token_signed_response_alg: None,
        api_tokens: None,
        introspected_by: BTreeSet::new(),
        authorization_details_types: DetailTypes::new(),
        authentication: AuthenticationDemand::default(),
        resource_documentation: None,
        resource_policy_uri: None,
        resource_tos_uri: None,
        networks: doorward_core::network::Networks::default(),
        created_at: NOW,
    }
}

async fn a_resource_server_is_there_as_soon_as_it_was_added(store: Store) {
    let doors = store.directory.resource_servers();
    let mut reports = resource_server("urn:reports");
    assert_eq!(doors.add(&reports).await, Ok(Added::Added));
    let found = |resource: &str| doors.registry().get(&resource.parse().unwrap()).cloned();
    assert_eq!(found("urn:reports").as_deref(), Some(&reports));
    assert_eq!(found("urn:files"), None);

    reports.access_token_format = AccessTokenFormat::Opaque;
    let updated = put(&doors, &reports).await.unwrap();
    assert_eq!(updated.present().as_deref(), Some(&reports));
    let owner = doors.registry().of_scope("reports:read").cloned();
    assert_eq!(owner.as_deref(), Some(&reports));
    assert_eq!(doors.remove(&reports.resource).await, Ok(true));
    assert_eq!(found("urn:reports"), None);
    assert_eq!(doors.remove(&reports.resource).await, Ok(false));
}

async fn one_of_many_gets_an_identifier(store: Store) {
    let added = at_once(|at| {
        let directory = store.directory.clone();
        let mut reports = resource_server("urn:reports");
        reports.resource_name = format!("Reports {at}");
        async move { directory.resource_servers().add(&reports).await.unwrap() == Added::Added }
    });
    assert_eq!(added.await, 1);
    assert_eq!(
        store.directory.resource_servers().registry().iter().count(),
        1
    );
}

async fn another_process_sees_every_change_of_a_resource_server(store: Store) {
    let other = store.another().await;
    let reports = resource_server("urn:reports");
    let added = store.directory.resource_servers().add(&reports).await;
    assert_eq!(added, Ok(Added::Added));
    assert_eq!(other.resource_servers().registry().iter().count(), 0);
    assert_eq!(other.refresh().await, Ok(true));
    let seen = other.resource_servers().registry();
    assert_eq!(
        seen.get(&reports.resource).map(AsRef::as_ref),
        Some(&reports)
    );
}
