//! What was acknowledged lasts, and what is closed says so.

use doorward_core::grant::GrantLifetime;
use doorward_directory::Failure;

use crate::support::{NOW, Store, at_once, family, person};

contract![
    what_was_acknowledged_is_there_after_opening_again,
    two_processes_write_to_one_directory_at_once,
    a_ready_directory_answers_a_ping,
    a_closed_directory_takes_nothing_more,
];

async fn what_was_acknowledged_is_there_after_opening_again(mut store: Store) {
    let ada = store.person("ada").await;
    let wiki = store.client("wiki").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let tokens = family(&grant);
    // Dropped, not closed, as by a process that is killed.
    store.directory = store.another().await;

    let directory = &store.directory;
    let client = directory.clients().client(&wiki.client_id);
    assert_eq!(client.as_deref(), Some(&wiki));
    let found = directory.sessions().with_person(session.id).await;
    assert_eq!(found, Ok(Some((session, ada.clone()))));
    let found = directory.grants().refresh_token(tokens.id).await;
    assert_eq!(found, Ok(Some((tokens, grant, ada))));
}

async fn two_processes_write_to_one_directory_at_once(store: Store) {
    let other = store.another().await;
    let added = at_once(|at| {
        let directory = if at % 2 == 0 {
            &store.directory
        } else {
            &other
        };
        let (directory, person) = (directory.clone(), person(&format!("person{at}")));
        async move { directory.people().add(&person, None).await.is_ok() }
    });
    assert_eq!(added.await, 50);
    for directory in [&store.directory, &other] {
        assert_eq!(directory.people().list(None, 100).await.unwrap().len(), 50);
    }
}

async fn a_ready_directory_answers_a_ping(store: Store) {
    assert_eq!(store.directory.ping().await, Ok(()));
    assert_eq!(store.directory.refresh().await, Ok(false));
}

async fn a_closed_directory_takes_nothing_more(store: Store) {
    let directory = &store.directory;
    let added = directory.people().add(&person("ada"), None).await;
    assert!(added.is_ok());
    assert_eq!(directory.close().await, Ok(()));
    assert_eq!(directory.close().await, Ok(()));

    let late = directory.people().add(&person("bob"), None).await;
    assert!(matches!(late, Err(Failure::Unavailable(_))), "{late:?}");
    assert!(directory.ping().await.is_err());
    let kept = store.another().await.people().list(None, 10).await.unwrap();
    assert_eq!(kept.len(), 1);
    assert_eq!(kept[0].created_at, NOW);
}
