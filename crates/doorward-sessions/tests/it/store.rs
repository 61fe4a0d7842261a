//! Types above bytes.

use std::collections::HashMap;
use std::sync::Arc;

use doorward_sessions::{Backend, Embedded, Inserted, Key, Store, StoreError};
use serde::{Deserialize, Serialize};
use tempfile::TempDir;

use crate::support::{LONG, SettableClock, random, sealer};

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Interaction {
    person: String,
    step: u32,
}

fn interaction(step: u32) -> Interaction {
    Interaction {
        person: "alice@example.com".to_owned(),
        step,
    }
}

struct Fixture {
    store: Store,
    backend: Arc<dyn Backend>,
    directory: TempDir,
}

fn fixture() -> Fixture {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("sessions.sqlite");
    let backend: Arc<dyn Backend> = Arc::new(Embedded::open(&path, SettableClock::new()).unwrap());
    Fixture {
        store: Store::new(Arc::clone(&backend), sealer("session"), random()),
        backend,
        directory,
    }
}

#[tokio::test]
async fn values_keep_their_type() {
    let Fixture {
        store,
        directory: _directory,
        ..
    } = fixture();
    let absent: Option<Interaction> = store.get("ix", "secret").await.unwrap();
    assert_eq!(absent, None);
    let inserted = store.insert("ix", "secret", &interaction(1), LONG).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
    let inserted = store.insert("ix", "secret", &interaction(2), LONG).await;
    assert_eq!(inserted.unwrap(), Inserted::AlreadyThere);
    let former = store.replace("ix", "secret", &interaction(3), LONG).await;
    assert_eq!(former.unwrap(), Some(interaction(1)));
    assert_eq!(
        store.get("ix", "secret").await.unwrap(),
        Some(interaction(3))
    );
    store.remove("ix", "secret").await.unwrap();
    let former = store.replace("ix", "secret", &interaction(4), LONG).await;
    assert_eq!(former.unwrap(), None::<Interaction>);
    assert_eq!(store.add("tries", "alice", LONG).await.unwrap(), 1);
    assert_eq!(store.add("tries", "alice", LONG).await.unwrap(), 2);
}

#[tokio::test]
async fn the_files_show_neither_values_nor_secrets() {
    let Fixture {
        store, directory, ..
    } = fixture();
    let secret = "dw_ix_0123456789";
    let inserted = store.insert("ix", secret, &interaction(1), LONG).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
    let (mut files, mut kinds) = (0, 0);
    for entry in directory.path().read_dir().unwrap() {
        let bytes = std::fs::read(entry.unwrap().path()).unwrap();
        let shows = |text: &str| {
            bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
        };
        assert!(!shows("alice") && !shows("person") && !shows(secret));
        files += 1;
        kinds += usize::from(shows("ix:"));
    }
    assert!(
        files > 0 && kinds > 0,
        "the entry is in none of {files} files"
    );
}

#[tokio::test]
async fn a_value_moved_to_another_key_does_not_open() {
    let Fixture {
        store,
        backend,
        directory: _directory,
    } = fixture();
    let inserted = store.insert("ix", "mine", &interaction(1), LONG).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
    let sealed = backend.get(&Key::of("ix", "mine")).await.unwrap().unwrap();
    for (kind, secret) in [("ix", "theirs"), ("code", "mine")] {
        let moved = backend
            .insert(&Key::of(kind, secret), sealed.clone(), LONG)
            .await;
        assert_eq!(moved, Ok(Inserted::New));
        let error = store.get::<Interaction>(kind, secret).await.unwrap_err();
        assert!(matches!(error, StoreError::Sealed { .. }), "{error}");
    }
}

#[tokio::test]
async fn a_value_under_another_key_is_no_absent_one() {
    let Fixture {
        store,
        backend,
        directory: _directory,
    } = fixture();
    let inserted = store.insert("ix", "secret", &interaction(1), LONG).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
    let other = Store::new(backend, sealer("other"), random());
    let error = other.get::<Interaction>("ix", "secret").await.unwrap_err();
    assert!(
        matches!(error, StoreError::Sealed { kind: "ix", .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_value_of_another_type_is_no_absent_one() {
    let Fixture {
        store,
        directory: _directory,
        ..
    } = fixture();
    let inserted = store.insert("ix", "secret", &"a text", LONG).await;
    assert_eq!(inserted.unwrap(), Inserted::New);
    let error = store.get::<Interaction>("ix", "secret").await.unwrap_err();
    assert!(
        matches!(error, StoreError::Form { kind: "ix", .. }),
        "{error}"
    );
}

#[tokio::test]
async fn a_value_without_a_json_form_is_not_stored() {
    let Fixture {
        store,
        backend,
        directory: _directory,
    } = fixture();
    let strange = HashMap::from([((1, 2), 3)]);
    let error = store
        .insert("ix", "secret", &strange, LONG)
        .await
        .unwrap_err();
    assert!(
        matches!(error, StoreError::Form { kind: "ix", .. }),
        "{error}"
    );
    assert_eq!(backend.get(&Key::of("ix", "secret")).await, Ok(None));
}
