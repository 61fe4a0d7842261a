//! The root key.

use doorward_core::event::{Event, EventRecord};
use doorward_core::identifiers::EventId;
use doorward_core::seal::{KeyEncryptionKey, RootKey, SealedRoot};
use doorward_directory::Failure;
use doorward_directory::root_key::Replaced;

use crate::support::{Counter, NOW, Store};

contract![
    nodes_that_start_at_once_agree_on_one_root_key,
    a_root_key_is_sealed_anew_by_whoever_knows_how_it_was,
    of_two_who_seal_it_anew_at_once_one_does,
    a_root_key_that_nobody_can_have_stored_is_a_bad_row,
];

/// A root key under a key of its own.
fn sealed() -> SealedRoot {
    KeyEncryptionKey::generate(&Counter).seal(&Counter, &RootKey::generate(&Counter))
}

fn rewrapped() -> EventRecord {
    EventRecord {
        id: EventId::generate(NOW, &Counter),
        at: NOW,
        reference: None,
        event: Event::Administered {
            action: "keys rewrap".to_owned(),
            target: "root key".to_owned(),
        },
    }
}

async fn nodes_that_start_at_once_agree_on_one_root_key(store: Store) {
    assert_eq!(store.directory.root_key().present().await, Ok(None));
    let mut starts = Vec::new();
    for _ in 0..4 {
        let (node, made) = (store.another().await, sealed());
        starts.push(tokio::spawn(async move {
            node.root_key().store_first(&made).await.unwrap()
        }));
    }
    let mut answers = Vec::new();
    for start in starts {
        answers.push(start.await.unwrap());
    }
    let agreed = store.directory.root_key().present().await.unwrap().unwrap();
    assert_eq!(answers, [(); 4].map(|()| agreed.clone()));
}

/// K01: the old seal is gone, and what was done is told.
async fn a_root_key_is_sealed_anew_by_whoever_knows_how_it_was(store: Store) {
    let (old, new) = (sealed(), sealed());
    let root = store.directory.root_key();
    assert_eq!(
        root.replace(&old, &new, &rewrapped()).await,
        Ok(Replaced::Overtaken)
    );
    root.store_first(&old).await.unwrap();
    assert_eq!(
        root.replace(&new, &old, &rewrapped()).await,
        Ok(Replaced::Overtaken)
    );
    assert_eq!(store.directory.events().recent(9).await, Ok(Vec::new()));

    let event = rewrapped();
    assert_eq!(
        root.replace(&old, &new, &event).await,
        Ok(Replaced::Replaced)
    );
    assert_eq!(root.present().await, Ok(Some(new)));
    assert_eq!(store.directory.events().recent(9).await, Ok(vec![event]));
}

async fn of_two_who_seal_it_anew_at_once_one_does(store: Store) {
    let old = sealed();
    store.directory.root_key().store_first(&old).await.unwrap();
    let mut rewraps = Vec::new();
    for _ in 0..4 {
        let (node, old, new) = (store.another().await, old.clone(), sealed());
        rewraps.push(tokio::spawn(async move {
            let replaced = node.root_key().replace(&old, &new, &rewrapped()).await;
            (replaced.unwrap(), new)
        }));
    }
    let mut done = Vec::new();
    for rewrap in rewraps {
        if let (Replaced::Replaced, new) = rewrap.await.unwrap() {
            done.push(new);
        }
    }
    assert_eq!(done.len(), 1);
    assert_eq!(store.directory.root_key().present().await, Ok(done.pop()));
    assert_eq!(store.directory.events().recent(9).await.unwrap().len(), 1);
}

async fn a_root_key_that_nobody_can_have_stored_is_a_bad_row(store: Store) {
    store
        .directory
        .root_key()
        .store_first(&sealed())
        .await
        .unwrap();
    store
        .meddle("UPDATE root_key SET sealed_by = 'nobody'")
        .await;
    let read = store.directory.root_key().present().await;
    assert!(
        matches!(
            read,
            Err(Failure::BadRow {
                table: "root_key",
                ..
            })
        ),
        "{read:?}"
    );
}
