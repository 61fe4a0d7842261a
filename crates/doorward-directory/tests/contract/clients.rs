//! Clients.

use doorward_core::client::ConsentPolicy;
use doorward_core::consent::{Consent, Permission};
use doorward_core::grant::GrantLifetime;
use doorward_directory::clients::Added;

use crate::support::{NOW, Store, at_once, client};

contract![
    a_client_is_there_as_soon_as_it_was_added,
    one_of_many_gets_a_client_id,
    what_is_not_there_is_neither_changed_nor_removed,
    another_process_sees_every_change_when_it_refreshes,
    a_removed_client_keeps_nothing,
];

async fn a_client_is_there_as_soon_as_it_was_added(store: Store) {
    let clients = store.directory.clients();
    let mut wiki = client("wiki");
    assert_eq!(clients.client(&wiki.client_id), None);
    assert_eq!(clients.add(&wiki).await, Ok(Added::Added));
    assert_eq!(clients.client(&wiki.client_id).as_deref(), Some(&wiki));

    wiki.consent = ConsentPolicy::Trusted;
    assert_eq!(clients.update(&wiki).await, Ok(true));
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
    assert_eq!(clients.update(&client("wiki")).await, Ok(false));
    assert_eq!(
        clients.remove(&"wiki".parse().unwrap(), NOW).await,
        Ok(false)
    );
    assert!(clients.list().is_empty());
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
    assert_eq!(other.clients().update(&wiki).await, Ok(true));
    assert_eq!(store.directory.refresh().await, Ok(true));
    let seen = store.directory.clients().client(&wiki.client_id);
    assert_eq!(seen.as_deref(), Some(&wiki));

    assert_eq!(other.clients().remove(&wiki.client_id, NOW).await, Ok(true));
    assert_eq!(store.directory.refresh().await, Ok(true));
    assert!(store.directory.clients().list().is_empty());
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
