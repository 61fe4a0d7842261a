//! Clients.

use std::sync::Arc;

use doorward_core::client::{Client, ConsentPolicy};
use doorward_core::consent::{Consent, Permission};
use doorward_core::grant::GrantLifetime;
use doorward_directory::clients::{Added, Updated};
use doorward_directory::{Directory, Failure};

use crate::support::{NOW, Store, at_once, client};

contract![
    a_client_is_there_as_soon_as_it_was_added,
    one_of_many_gets_a_client_id,
    what_is_not_there_is_neither_changed_nor_removed,
    no_change_is_lost_when_many_change_a_client_at_once,
    what_changes_nothing_is_not_written,
    another_process_sees_every_change_when_it_refreshes,
    a_client_that_came_and_went_and_came_again_is_seen_as_it_is,
    whoever_missed_removals_that_are_forgotten_reads_all_clients,
    an_earlier_release_changes_clients_that_a_newer_one_sees,
    the_origins_of_clients_are_known_until_they_leave_them,
    a_removed_client_keeps_nothing,
];

/// Puts `client` in place of what is there.
async fn put(directory: &Directory, client: &Client) -> Result<Updated, Failure> {
    let clients = directory.clients();
    let put = clients.update(&client.client_id, |_| Ok(client.clone()));
    put.await
}

async fn a_client_is_there_as_soon_as_it_was_added(store: Store) {
    let clients = store.directory.clients();
    let mut wiki = client("wiki");
    assert_eq!(clients.client(&wiki.client_id), None);
    assert_eq!(clients.add(&wiki).await, Ok(Added::Added));
    assert_eq!(clients.client(&wiki.client_id).as_deref(), Some(&wiki));

    wiki.consent = ConsentPolicy::Trusted;
    let updated = put(&store.directory, &wiki).await;
    assert_eq!(updated, Ok(Updated::Updated(Arc::new(wiki.clone()))));
    assert_eq!(clients.client(&wiki.client_id).as_deref(), Some(&wiki));
    let all = clients.list();
    assert_eq!(all.iter().map(AsRef::as_ref).collect::<Vec<_>>(), [&wiki]);
}

async fn one_of_many_gets_a_client_id(store: Store) {
    let added = at_once(|at| {
        let directory = store.directory.clone();
        let mut wiki = client("wiki");
        wiki.client_name = format!("Wiki {at}");
        async move { directory.clients().add(&wiki).await.unwrap() == Added::Added }
    });
    assert_eq!(added.await, 1);
    let kept = store.another().await.clients().list();
    assert_eq!(kept, store.directory.clients().list());
    assert_eq!(kept.len(), 1);
}

async fn what_is_not_there_is_neither_changed_nor_removed(store: Store) {
    let clients = store.directory.clients();
    let updated = put(&store.directory, &client("wiki")).await;
    assert_eq!(updated, Ok(Updated::Absent));
    assert_eq!(
        clients.remove(&"wiki".parse().unwrap(), NOW).await,
        Ok(false)
    );
    assert!(clients.list().is_empty());
}

async fn no_change_is_lost_when_many_change_a_client_at_once(store: Store) {
    let wiki = store.client("wiki").await;
    let (first, second) = (store.another().await, store.another().await);
    let changed = at_once(|at| {
        let directory = if at % 2 == 0 { &first } else { &second }.clone();
        let id = wiki.client_id.clone();
        async move {
            let clients = directory.clients();
            let updated = clients.update::<Failure>(&id, |present| {
                let mut client = present.clone();
                client.client_name.push('!');
                Ok(client)
            });
            matches!(updated.await, Ok(Updated::Updated(_)))
        }
    });
    let changed = changed.await;
    assert!(changed > 0);
    store.directory.refresh().await.unwrap();
    let client = store.directory.clients().client(&wiki.client_id).unwrap();
    let counted = client.client_name.matches('!').count();
    assert_eq!(counted, changed, "{}", client.client_name);
}

async fn what_changes_nothing_is_not_written(store: Store) {
    let wiki = store.client("wiki").await;
    let other = store.another().await;
    let updated = put(&store.directory, &wiki).await;
    assert_eq!(updated, Ok(Updated::Unchanged(Arc::new(wiki))));
    assert_eq!(other.refresh().await, Ok(false));
}

async fn another_process_sees_every_change_when_it_refreshes(store: Store) {
    let other = store.another().await;
    assert_eq!(other.refresh().await, Ok(false));

    let mut wiki = store.client("wiki").await;
    assert_eq!(other.clients().client(&wiki.client_id), None);
    assert_eq!(other.refresh().await, Ok(true));
    assert_eq!(
        other.clients().client(&wiki.client_id).as_deref(),
        Some(&wiki)
    );
    assert_eq!(other.refresh().await, Ok(false));

    "Encyclopedia".clone_into(&mut wiki.client_name);
    let updated = put(&other, &wiki).await;
    assert_eq!(updated, Ok(Updated::Updated(Arc::new(wiki.clone()))));
    assert_eq!(store.directory.refresh().await, Ok(true));
    let seen = store.directory.clients().client(&wiki.client_id);
    assert_eq!(seen.as_deref(), Some(&wiki));

    assert_eq!(other.clients().remove(&wiki.client_id, NOW).await, Ok(true));
    assert_eq!(store.directory.refresh().await, Ok(true));
    assert!(store.directory.clients().list().is_empty());
}

async fn a_client_that_came_and_went_and_came_again_is_seen_as_it_is(store: Store) {
    let other = store.another().await;
    let mut wiki = store.client("wiki").await;
    let clients = store.directory.clients();
    assert_eq!(clients.remove(&wiki.client_id, NOW).await, Ok(true));
    "Encyclopedia".clone_into(&mut wiki.client_name);
    assert_eq!(clients.add(&wiki).await, Ok(Added::Added));
    store.client("payroll").await;

    assert_eq!(other.refresh().await, Ok(true));
    assert_eq!(other.clients().list(), clients.list());
    let seen = other.clients().client(&wiki.client_id);
    assert_eq!(seen.as_deref(), Some(&wiki));
}

async fn whoever_missed_removals_that_are_forgotten_reads_all_clients(store: Store) {
    store.client("wiki").await;
    store.client("payroll").await;
    let late = store.another().await;
    let clients = store.directory.clients();
    let gone = "payroll".parse().unwrap();
    assert_eq!(clients.remove(&gone, NOW).await, Ok(true));
    store
        .meddle(
            "UPDATE revision SET number = (SELECT MAX(revision) FROM client_removal) \
             WHERE name = 'client_removals'; DELETE FROM client_removal",
        )
        .await;

    assert_eq!(late.refresh().await, Ok(true));
    assert_eq!(late.clients().list(), clients.list());
}

async fn an_earlier_release_changes_clients_that_a_newer_one_sees(store: Store) {
    let wiki = store.client("wiki").await;
    let renamed = Client {
        client_name: "Encyclopedia".to_owned(),
        ..wiki.clone()
    };
    let document = serde_json::to_string(&renamed).unwrap();
    // As releases write that know nothing of a client's revision.
    let as_before = format!(
        "UPDATE client SET document = '{document}' WHERE id = 'wiki'; \
         UPDATE revision SET number = number + 1 WHERE name = 'clients'"
    );
    store.meddle(&as_before).await;

    assert_eq!(store.directory.refresh().await, Ok(true));
    let clients = store.directory.clients();
    assert_eq!(clients.client(&wiki.client_id).as_deref(), Some(&renamed));
}

async fn the_origins_of_clients_are_known_until_they_leave_them(store: Store) {
    let clients = store.directory.clients();
    let mut wiki = client("wiki");
    wiki.redirect_uris = vec![
        "https://wiki.example/a".parse().unwrap(),
        "https://wiki.example/b".parse().unwrap(),
        "https://other.example/?c".parse().unwrap(),
        "com.example.app:/d".parse().unwrap(),
    ];
    assert_eq!(clients.add(&wiki).await, Ok(Added::Added));
    assert!(clients.has_origin("https://wiki.example"));
    assert!(clients.has_origin("https://other.example"));
    for stranger in ["https://wiki", "https://wiki.example/a", "com.example.app:"] {
        assert!(!clients.has_origin(stranger), "{stranger}");
    }

    wiki.redirect_uris.remove(0);
    let _updated = put(&store.directory, &wiki).await.unwrap();
    assert!(clients.has_origin("https://wiki.example"), "b is there");
    wiki.redirect_uris.remove(0);
    let _updated = put(&store.directory, &wiki).await.unwrap();
    assert!(!clients.has_origin("https://wiki.example"));
    assert!(clients.has_origin("https://other.example"));
}

async fn a_removed_client_keeps_nothing(store: Store) {
    let directory = &store.directory;
    let (ada, wiki) = (store.person("ada").await, store.client("wiki").await);
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let consent = Consent {
        person: ada.id,
        client: wiki.client_id.clone(),
        permission: Permission {
            scope: grant.scope.clone(),
            ..Permission::default()
        },
        given_at: NOW,
    };
    assert_eq!(directory.consents().give(&consent).await, Ok(true));

    assert_eq!(
        directory.clients().remove(&wiki.client_id, NOW).await,
        Ok(true)
    );
    // Whoever registers the same name next inherits nothing.
    store.client("wiki").await;

    assert!(!store.is_live(&grant).await);
    let consent = directory.consents().consent(ada.id, &wiki.client_id).await;
    assert_eq!(consent, Ok(None));
}
