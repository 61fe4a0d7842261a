//! Changes that meet: whatever comes first, nothing that was ended goes on.

use std::sync::Arc;

use doorward_core::grant::GrantLifetime;
use doorward_core::identifiers::PersonId;
use doorward_core::password::PasswordHash;
use doorward_core::person::PersonStatus;
use doorward_directory::groups::Added;
use tokio::sync::Barrier;

use crate::support::{NOW, Store, grant, person, session};

contract![
    no_grant_outlives_the_session_that_ends_while_it_is_recorded,
    no_session_outlives_the_password_that_changes_while_it_begins,
    no_session_of_somebody_outlives_their_being_disabled,
    nobody_stays_a_member_of_a_group_that_is_removed_while_they_join,
    somebody_added_while_their_group_is_removed_is_no_member_or_the_group_is_new,
    many_ends_of_many_sessions_do_not_get_stuck,
];

/// How often two changes are let loose on each other.
const ROUNDS: usize = 100;

/// Runs both at once.
async fn meet<A, B>(one: A, other: B) -> (A::Output, B::Output)
where
    A: Future<Output: Send + 'static> + Send + 'static,
    B: Future<Output: Send + 'static> + Send + 'static,
{
    let ready = Arc::new(Barrier::new(2));
    let also_ready = Arc::clone(&ready);
    let one = tokio::spawn(async move {
        ready.wait().await;
        one.await
    });
    let other = tokio::spawn(async move {
        also_ready.wait().await;
        other.await
    });
    (one.await.unwrap(), other.await.unwrap())
}

async fn no_grant_outlives_the_session_that_ends_while_it_is_recorded(store: Store) {
    let ada = store.person("ada").await;
    for _ in 0..ROUNDS {
        let session = store.session(&ada).await;
        let grant = grant(&session, GrantLifetime::Session);
        let (recording, ending) = (store.directory.clone(), store.directory.clone());
        let (recorded, id) = (grant.clone(), session.id);
        let (_, ended) = meet(
            async move { recording.grants().record(&recorded, None).await.unwrap() },
            async move { ending.sessions().end(id, NOW).await.unwrap() },
        )
        .await;
        assert!(ended);
        assert!(!store.is_live(&grant).await);
    }
}

async fn no_session_outlives_the_password_that_changes_while_it_begins(store: Store) {
    let ada = store.person("ada").await;
    let hash = |number: usize| PasswordHash::from_stored(format!("hash {number}"));
    let people = store.directory.people();
    assert!(people.set_password(ada.id, &hash(0), NOW).await.unwrap());
    for round in 0..ROUNDS {
        let session = session(&ada);
        let (beginning, changing) = (store.directory.clone(), store.directory.clone());
        let (begun, id) = (session.clone(), ada.id);
        meet(
            async move {
                let sessions = beginning.sessions();
                sessions.begin(&begun, Some(&hash(round))).await.unwrap()
            },
            async move {
                let people = changing.people();
                people
                    .set_password(id, &hash(round + 1), NOW)
                    .await
                    .unwrap()
            },
        )
        .await;
        assert!(!store.is_on(&session).await);
    }
}

async fn no_session_of_somebody_outlives_their_being_disabled(store: Store) {
    let ada = store.person("ada").await;
    for _ in 0..ROUNDS {
        let session = session(&ada);
        let (beginning, disabling) = (store.directory.clone(), store.directory.clone());
        let (begun, id) = (session.clone(), ada.id);
        meet(
            async move { beginning.sessions().begin(&begun, None).await.unwrap() },
            set_status(disabling, id, PersonStatus::Disabled),
        )
        .await;
        assert!(!store.is_on(&session).await);
        set_status(store.directory.clone(), ada.id, PersonStatus::Enabled).await;
    }
}

async fn set_status(directory: doorward_directory::Directory, id: PersonId, status: PersonStatus) {
    let changed = directory.people().set_status(id, status, NOW).await;
    assert_eq!(changed, Ok(true));
}

async fn nobody_stays_a_member_of_a_group_that_is_removed_while_they_join(store: Store) {
    let ada = store.person("ada").await;
    let staff = "staff".parse().unwrap();
    for _ in 0..ROUNDS {
        let added = store.directory.groups().add(&staff, "").await;
        assert_eq!(added, Ok(Added::Added));
        let (joining, removing) = (store.directory.clone(), store.directory.clone());
        let (joined, removed, id) = (staff.clone(), staff.clone(), ada.id);
        let _ = meet(
            async move { joining.groups().add_member(&joined, id).await.unwrap() },
            async move { assert_eq!(removing.groups().remove(&removed).await, Ok(true)) },
        )
        .await;
        let found = store.directory.people().person(ada.id).await.unwrap();
        assert!(found.unwrap().groups.is_empty());
    }
}

async fn somebody_added_while_their_group_is_removed_is_no_member_or_the_group_is_new(
    store: Store,
) {
    let staff: doorward_core::person::GroupName = "staff".parse().unwrap();
    for round in 0..ROUNDS {
        let _ = store.directory.groups().add(&staff, "").await.unwrap();
        let mut ada = person(&format!("ada{round}"));
        ada.groups.insert(staff.clone());
        let (adding, removing) = (store.directory.clone(), store.directory.clone());
        let (added, removed) = (ada.clone(), staff.clone());
        let (_, _) = meet(
            async move { adding.people().add(&added, None).await.unwrap() },
            async move { removing.groups().remove(&removed).await.unwrap() },
        )
        .await;
        let found = store.directory.people().person(ada.id).await.unwrap();
        let listed = found.is_some_and(|person| person.groups.contains(&staff));
        let members = store.directory.groups().members(&staff, None, 100).await;
        assert_eq!(members.unwrap().contains(&ada.username), listed);
    }
}

async fn many_ends_of_many_sessions_do_not_get_stuck(store: Store) {
    let ada = store.person("ada").await;
    for _ in 0..30 {
        let session = store.session(&ada).await;
        store.grant(&session, GrantLifetime::Session).await;
    }
    let ended = crate::support::at_once(|_| {
        let (directory, id) = (store.directory.clone(), ada.id);
        async move { directory.sessions().end_all_of(id, NOW).await.unwrap() == 30 }
    });
    assert_eq!(ended.await, 1);
}
