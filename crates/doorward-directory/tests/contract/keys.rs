//! Signing keys.

use doorward_core::jose::{Algorithm, KeyState, StoredKey};

use doorward_directory::keys::Imported;

use crate::support::{NOW, Store};

contract![
    keys_are_read_as_they_were_added,
    nodes_that_start_at_once_agree_on_one_key_for_each_algorithm,
    another_process_notices_that_keys_have_changed,
    a_key_from_elsewhere_takes_neither_a_name_nor_a_place,
];

fn key(kid: &str, algorithm: Algorithm) -> StoredKey {
    StoredKey {
        kid: kid.to_owned(),
        algorithm,
        state: KeyState::Active,
        created_at: NOW,
        sealed: kid.as_bytes().to_vec(),
    }
}

async fn keys_are_read_as_they_were_added(store: Store) {
    let keys = store.directory.keys();
    assert_eq!(keys.all().await, Ok(Vec::new()));
    let first = vec![key("a", Algorithm::Rs256), key("b", Algorithm::EdDsa)];
    assert_eq!(keys.insert_missing(first.clone()).await, Ok(first.clone()));
    assert_eq!(keys.all().await, Ok(first.clone()));

    let more = vec![key("c", Algorithm::Rs256), key("d", Algorithm::Es256)];
    let all = [first, vec![key("d", Algorithm::Es256)]].concat();
    assert_eq!(keys.insert_missing(more).await, Ok(all));
}

async fn a_key_from_elsewhere_takes_neither_a_name_nor_a_place(store: Store) {
    let keys = store.directory.keys();
    let made = vec![key("a", Algorithm::Rs256)];
    let _ = keys.insert_missing(made.clone()).await.unwrap();
    let pending = StoredKey {
        state: KeyState::Pending,
        ..key("b", Algorithm::Rs256)
    };
    for (import, outcome) in [
        (key("a", Algorithm::Es256), Imported::Taken),
        (key("b", Algorithm::Rs256), Imported::OtherActive),
        (pending.clone(), Imported::Imported),
        (pending.clone(), Imported::Taken),
        (key("c", Algorithm::Es384), Imported::Imported),
    ] {
        assert_eq!(keys.would_import(&import).await, Ok(outcome), "{import:?}");
        assert_eq!(keys.import(&import).await, Ok(outcome), "{import:?}");
    }
    let all = [made, vec![pending, key("c", Algorithm::Es384)]].concat();
    assert_eq!(keys.all().await, Ok(all));
}

async fn nodes_that_start_at_once_agree_on_one_key_for_each_algorithm(store: Store) {
    let mut nodes = Vec::new();
    for _ in 0..4 {
        nodes.push(store.another().await);
    }
    let nodes = nodes.into_iter().zip(["a", "b", "c", "d"]);
    let starts: Vec<_> = nodes
        .map(|(node, name)| {
            let of_node = |algorithm: Algorithm| key(&format!("{name}-{algorithm}"), algorithm);
            let made: Vec<_> = Algorithm::ALL.into_iter().map(of_node).collect();
            tokio::spawn(async move { node.keys().insert_missing(made).await.unwrap() })
        })
        .collect();
    let mut answers = Vec::new();
    for start in starts {
        answers.push(start.await.unwrap());
    }
    let agreed = store.directory.keys().all().await.unwrap();
    assert_eq!(agreed.len(), Algorithm::ALL.len());
    for answer in answers {
        assert_eq!(answer, agreed);
    }
}

async fn another_process_notices_that_keys_have_changed(store: Store) {
    let other = store.another().await;
    let (here, there) = (
        store.directory.keys().generation(),
        other.keys().generation(),
    );
    let made = vec![key("a", Algorithm::Rs256)];
    store
        .directory
        .keys()
        .insert_missing(made.clone())
        .await
        .unwrap();
    assert_ne!(store.directory.keys().generation(), here);
    assert_eq!(other.keys().generation(), there);
    assert_eq!(other.refresh().await, Ok(true));
    let noticed = other.keys().generation();
    assert_ne!(noticed, there);

    // Nothing was missing, so nothing has changed.
    other.keys().insert_missing(made).await.unwrap();
    assert_eq!(other.refresh().await, Ok(false));
    assert_eq!(other.keys().generation(), noticed);
}
