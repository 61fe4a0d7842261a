//! Consents.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_core::authorization_details::AuthorizationDetails;
use doorward_core::consent::{Consent, Permission};
use doorward_core::identifiers::PersonId;
use doorward_core::resource_server::Resource;

use crate::support::{NOW, Store, at_once, authorization_details, person};

contract![
    what_is_given_unites_with_what_was_given,
    what_no_scope_names_is_remembered_word_for_word_and_withdrawn_with_the_rest,
    a_detail_of_no_known_api_is_not_remembered,
    what_is_given_at_once_is_all_remembered,
    what_was_withdrawn_is_gone_and_nothing_else,
    nothing_is_remembered_of_whoever_is_gone,
];

fn consent(person: PersonId, client: &str, scope: &str) -> Consent {
    Consent {
        person,
        client: client.parse().unwrap(),
        permission: Permission {
            scope: scope.parse().unwrap(),
            ..Permission::default()
        },
        given_at: NOW,
    }
}

/// One detail of one API.
fn at(resource: &str, identifier: &str) -> BTreeMap<Resource, AuthorizationDetails> {
    [(resource.parse().unwrap(), authorization_details(identifier))].into()
}

async fn what_is_given_unites_with_what_was_given(store: Store) {
    let consents = store.directory.consents();
    let (ada, wiki) = (store.person("ada").await, store.client("wiki").await);
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found, Ok(None));

    let first = consent(ada.id, "wiki", "openid email");
    assert_eq!(consents.give(&first).await, Ok(true));
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found, Ok(Some(first)));

    let mut second = consent(ada.id, "wiki", "openid groups");
    second.given_at = NOW.plus(Duration::from_secs(1));
    assert_eq!(consents.give(&second).await, Ok(true));
    let found = consents.consent(ada.id, &wiki.client_id).await;
    second.permission.scope = "openid email groups".parse().unwrap();
    assert_eq!(found, Ok(Some(second)));
}

async fn what_no_scope_names_is_remembered_word_for_word_and_withdrawn_with_the_rest(store: Store) {
    let consents = store.directory.consents();
    let (ada, wiki) = (store.person("ada").await, store.client("wiki").await);
    let mut first = consent(ada.id, "wiki", "openid");
    first.permission.resources = ["urn:reports".parse().unwrap()].into();
    let mut second = consent(ada.id, "wiki", "");
    second.permission.authorization_details = at("urn:bank", "DE40");
    for given in [&first, &second, &second] {
        assert_eq!(consents.give(given).await, Ok(true));
    }
    let mut expected = first;
    expected.permission.authorization_details = at("urn:bank", "DE40");
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found, Ok(Some(expected.clone())));
    assert_eq!(consents.of_person(ada.id).await, Ok(vec![expected]));

    for (resource, identifier) in [("urn:bank", "DE41"), ("urn:other-bank", "DE40")] {
        let mut another = consent(ada.id, "wiki", "");
        another.permission.authorization_details = at(resource, identifier);
        assert_eq!(consents.give(&another).await, Ok(true));
    }
    let found = consents.consent(ada.id, &wiki.client_id).await;
    let found = found.unwrap().unwrap().permission;
    let apis: Vec<&str> = found.details().map(|(at, _)| at.as_str()).collect();
    assert_eq!(apis, ["urn:bank", "urn:bank", "urn:other-bank"]);
    assert_eq!(consents.withdraw(ada.id, &wiki.client_id).await, Ok(true));
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found, Ok(None));
    let nothing = consent(ada.id, "wiki", "");
    assert_eq!(consents.give(&nothing).await, Ok(true));
}

/// Releases before wrote details without their API.
async fn a_detail_of_no_known_api_is_not_remembered(store: Store) {
    let consents = store.directory.consents();
    let (ada, wiki) = (store.person("ada").await, store.client("wiki").await);
    let mut given = consent(ada.id, "wiki", "openid");
    given.permission.authorization_details = at("urn:bank", "DE40");
    assert_eq!(consents.give(&given).await, Ok(true));
    let before = "UPDATE consent_item SET resource = NULL";
    store.meddle(before).await;
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found, Ok(Some(consent(ada.id, "wiki", "openid"))));
    assert_eq!(consents.give(&given).await, Ok(true));
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found, Ok(Some(given)));
}

async fn what_is_given_at_once_is_all_remembered(store: Store) {
    let (ada, wiki) = (store.person("ada").await, store.client("wiki").await);
    let given = at_once(|at| {
        let directory = store.directory.clone();
        let consent = consent(ada.id, "wiki", &format!("openid scope{at}"));
        async move { directory.consents().give(&consent).await.unwrap() }
    });
    assert_eq!(given.await, 50);
    let consents = store.directory.consents();
    let found = consents.consent(ada.id, &wiki.client_id).await;
    assert_eq!(found.unwrap().unwrap().permission.scope.iter().count(), 51);
}

async fn what_was_withdrawn_is_gone_and_nothing_else(store: Store) {
    let consents = store.directory.consents();
    let ada = store.person("ada").await;
    store.client("wiki").await;
    store.client("payroll").await;
    let wiki = consent(ada.id, "wiki", "openid email");
    let payroll = consent(ada.id, "payroll", "openid groups");
    for consent in [&wiki, &payroll] {
        assert_eq!(consents.give(consent).await, Ok(true));
    }
    let all = consents.of_person(ada.id).await;
    assert_eq!(all, Ok(vec![payroll.clone(), wiki.clone()]));

    assert_eq!(consents.withdraw(ada.id, &wiki.client).await, Ok(true));
    assert_eq!(consents.withdraw(ada.id, &wiki.client).await, Ok(false));
    assert_eq!(consents.of_person(ada.id).await, Ok(vec![payroll]));
}

async fn nothing_is_remembered_of_whoever_is_gone(store: Store) {
    let consents = store.directory.consents();
    let ada = store.person("ada").await;
    store.client("wiki").await;
    for (person, client) in [(person("nobody").id, "wiki"), (ada.id, "nothing")] {
        let given = consents.give(&consent(person, client, "openid")).await;
        assert_eq!(given, Ok(false));
    }
}
