//! Signing keys.

use std::time::Duration;

use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{Life, Schedule, Sighting, Way};
use doorward_directory::Fence;
use doorward_directory::keys::{KeyChange, KeysChanged};

use doorward_directory::keys::Imported;

use crate::support::{NOW, Store};

contract![
    keys_are_read_as_they_were_added,
    nodes_that_start_at_once_agree_on_one_key_for_each_algorithm,
    another_process_notices_that_keys_have_changed,
    a_key_takes_the_place_of_another_in_one_step,
    of_many_nodes_that_change_keys_at_once_one_does,
    whoever_lost_the_lease_changes_nothing,
    an_algorithm_never_has_two_keys_in_office,
    a_key_of_a_release_without_moments_lives_as_its_state_says,
    a_row_that_makes_no_key_is_named_beside_the_others,
    sightings_are_put_together_as_the_rule_says,
    it_is_remembered_for_three_months_who_fetched,
    of_strangers_the_latest_are_kept,
    a_key_from_elsewhere_takes_neither_a_name_nor_a_place,
];

fn key(kid: &str, algorithm: Algorithm) -> StoredKey {
    StoredKey {
        kid: kid.to_owned(),
        algorithm,
        life: Life::at_once(NOW),
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
        life: Life::pending(NOW),
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

/// The changes by which `to` takes the place of `from` in a minute.
fn hand_over(from: &StoredKey, to: &StoredKey) -> [KeyChange; 2] {
    let at = NOW.plus(Duration::from_mins(1));
    let live = |key: &StoredKey, life: Life| KeyChange::Live {
        kid: key.kid.clone(),
        life,
    };
    [
        live(to, to.life.activated(at).unwrap()),
        live(from, from.life.retired(at, &Schedule::default()).unwrap()),
    ]
}

/// A key in office and one that waits.
async fn two_keys(store: &Store) -> (StoredKey, StoredKey) {
    let first = key("a", Algorithm::Rs256);
    let second = StoredKey {
        life: Life::pending(NOW),
        ..key("b", Algorithm::Rs256)
    };
    let keys = store.directory.keys();
    keys.insert_missing(vec![first.clone()]).await.unwrap();
    let read = keys.read().await.unwrap();
    let insert = [KeyChange::Insert(second.clone())];
    let changed = keys.change(&read, None, &insert, &[]).await;
    assert_eq!(changed, Ok(KeysChanged::Changed));
    assert_eq!(keys.all().await, Ok(vec![first.clone(), second.clone()]));
    (first, second)
}

async fn a_key_takes_the_place_of_another_in_one_step(store: Store) {
    let (first, second) = two_keys(&store).await;
    let keys = store.directory.keys();
    let read = keys.read().await.unwrap();
    let changed = keys
        .change(&read, None, &hand_over(&first, &second), &[])
        .await;
    assert_eq!(changed, Ok(KeysChanged::Changed));
    let [first, second] = &keys.all().await.unwrap()[..] else {
        panic!("two keys");
    };
    let at = Some(NOW.plus(Duration::from_mins(1)));
    assert_eq!(first.life.moments().signs_until, at);
    assert_eq!(second.life.moments().signs_from, at);

    let read = keys.read().await.unwrap();
    let forget = [KeyChange::Forget("a".to_owned())];
    let changed = keys.change(&read, None, &forget, &[]).await;
    assert_eq!(changed, Ok(KeysChanged::Changed));
    assert_eq!(keys.all().await.unwrap().len(), 1);
}

/// R07.
async fn of_many_nodes_that_change_keys_at_once_one_does(store: Store) {
    two_keys(&store).await;
    let mut nodes = Vec::new();
    for _ in 0..4 {
        let node = store.another().await;
        let read = node.keys().read().await.unwrap();
        nodes.push((node, read));
    }
    let changing: Vec<_> = nodes
        .into_iter()
        .zip(["c", "d", "e", "f"])
        .map(|((node, read), kid)| {
            let made = StoredKey {
                life: Life::pending(NOW),
                ..key(kid, Algorithm::Rs256)
            };
            tokio::spawn(async move {
                let insert = [KeyChange::Insert(made)];
                node.keys().change(&read, None, &insert, &[]).await.unwrap()
            })
        })
        .collect();
    let mut changed = 0;
    for change in changing {
        changed += usize::from(change.await.unwrap() == KeysChanged::Changed);
    }
    assert_eq!(changed, 1);
    assert_eq!(store.directory.keys().all().await.unwrap().len(), 3);
}

/// R07.
async fn whoever_lost_the_lease_changes_nothing(store: Store) {
    let (first, second) = two_keys(&store).await;
    let (directory, keys) = (&store.directory, store.directory.keys());
    let span = Duration::from_secs(30);
    assert_eq!(directory.lease("keys", "one", span, NOW).await, Ok(true));
    let read = keys.read().await.unwrap();
    let later = NOW.plus(Duration::from_mins(1));
    assert_eq!(directory.lease("keys", "two", span, later).await, Ok(true));
    let fence = |holder: &str| Fence {
        lease: "keys",
        holder: holder.to_owned(),
    };
    let steps = hand_over(&first, &second);
    let changed = keys.change(&read, Some(&fence("one")), &steps, &[]).await;
    assert_eq!(changed, Ok(KeysChanged::Overtaken));
    assert_eq!(keys.read().await.as_ref(), Ok(&read), "nothing has changed");
    let changed = keys.change(&read, Some(&fence("two")), &steps, &[]).await;
    assert_eq!(changed, Ok(KeysChanged::Changed));
}

async fn an_algorithm_never_has_two_keys_in_office(store: Store) {
    two_keys(&store).await;
    let keys = store.directory.keys();
    let read = keys.read().await.unwrap();
    let insert = [KeyChange::Insert(key("c", Algorithm::Rs256))];
    let changed = keys.change(&read, None, &insert, &[]).await;
    assert_eq!(changed, Ok(KeysChanged::Overtaken));
    assert_eq!(keys.read().await, Ok(read));
}

async fn a_key_of_a_release_without_moments_lives_as_its_state_says(store: Store) {
    let (first, second) = two_keys(&store).await;
    store.meddle("UPDATE signing_key SET life = NULL").await;
    let keys = store.directory.keys();
    assert_eq!(keys.all().await, Ok(vec![first, second]));
}

async fn a_row_that_makes_no_key_is_named_beside_the_others(store: Store) {
    let (first, second) = two_keys(&store).await;
    let kid = &first.kid;
    store
        .meddle(&format!(
            "UPDATE signing_key SET life = '[]' WHERE kid = '{kid}'"
        ))
        .await;
    let keys = store.directory.keys();
    let read = keys.read().await.unwrap();
    assert_eq!(read.keys, [second]);
    let [row] = &read.unreadable[..] else {
        panic!("{:?}", read.unreadable);
    };
    assert_eq!((&row.kid, row.algorithm), (kid, Some(first.algorithm)));
    let failure = keys.all().await.unwrap_err();
    assert_eq!(failure, row.reason);
    assert!(failure.to_string().contains(&format!("the key {kid}: ")));
}

/// Two nodes note what they saw of an application, in either order of time: the database puts it together as the rule says.
async fn sightings_are_put_together_as_the_rule_says(store: Store) {
    let keys = store.directory.keys();
    let day = |number: u64| NOW.plus(Duration::from_hours(24 * number));
    let mut expected = Vec::new();
    for before in Way::ALL {
        for after in Way::ALL {
            for (newest, seen) in [(4, 5), (4, 7), (6, 7), (6, 36)] {
                let sighting = |newest: u64, seen: u64, way: Way| Sighting {
                    application: format!("{before} {after} {:02}", expected.len()),
                    newest: day(newest),
                    seen_at: day(seen),
                    way,
                };
                let (one, other) = (sighting(5, 6, before), sighting(newest, seen, after));
                for noted in [&one, &other] {
                    keys.note_sightings(std::slice::from_ref(noted))
                        .await
                        .unwrap();
                }
                let mut both = one;
                both.absorb(&other);
                expected.push(both);
            }
        }
    }
    expected.sort_by(|one, other| one.application.cmp(&other.application));
    assert_eq!(keys.sightings().await, Ok(expected));
}

async fn it_is_remembered_for_three_months_who_fetched(store: Store) {
    let keys = store.directory.keys();
    let sighting = Sighting {
        application: "wiki".to_owned(),
        newest: NOW,
        seen_at: NOW,
        way: Way::Address,
    };
    keys.note_sightings(&[sighting]).await.unwrap();
    let day = |number: u64| NOW.plus(Duration::from_hours(24 * number));
    store.directory.sweep(day(90)).await.unwrap();
    assert_eq!(keys.sightings().await.unwrap().len(), 1);
    store.directory.sweep(day(91)).await.unwrap();
    assert_eq!(keys.sightings().await, Ok(Vec::new()));
}

async fn of_strangers_the_latest_are_kept(store: Store) {
    let keys = store.directory.keys();
    let stranger = |number: u64| Sighting {
        application: format!("{number:03} at 10.0.0.1"),
        newest: NOW,
        seen_at: NOW.plus(Duration::from_secs(number)),
        way: Way::UserAgent,
    };
    for number in 0..50 {
        keys.note_sightings(&[stranger(number)]).await.unwrap();
    }
    let kept: Vec<Sighting> = (18..50).map(stranger).collect();
    assert_eq!(keys.sightings().await, Ok(kept));
}
