//! Grants and refresh tokens.

use std::time::Duration;

use doorward_core::grant::{Grant, GrantLifetime, RefreshTokenFamily, SpentRefreshToken};
use doorward_core::identifiers::{GrantId, RefreshTokenId};
use doorward_core::secret::SecretHash;
use doorward_directory::{Recorded, Rotated};

use crate::support::{Counter, NOW, Store, at_once, family, grant};

contract![
    a_grant_is_read_as_it_was_recorded,
    a_grant_is_revoked_once,
    a_grant_is_recorded_once_whoever_asks_and_however_often,
    a_grant_that_was_revoked_or_whose_session_ended_is_still_recorded_already,
    rotating_replaces_the_living_token,
    one_of_many_rotations_of_one_token_succeeds,
    nothing_is_rotated_after_its_grant_was_revoked,
    grants_are_found_by_session_and_by_person,
];

async fn online(store: &Store) -> Grant {
    let session = store.session(&store.person("ada").await).await;
    store.grant(&session, GrantLifetime::Session).await
}

fn successor(family: &RefreshTokenFamily, token: &str) -> RefreshTokenFamily {
    RefreshTokenFamily {
        current: SecretHash::of(token),
        previous: Some(SpentRefreshToken {
            hash: family.current,
            salt: [7; 32],
        }),
        rotated_at: NOW.plus(Duration::from_secs(1)),
        ..family.clone()
    }
}

async fn a_grant_is_read_as_it_was_recorded(store: Store) {
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let grants = store.directory.grants();
    let found = grants.with_person(grant.id).await;
    assert_eq!(found, Ok(Some((grant, ada))));
    let unknown = GrantId::generate(NOW, &Counter);
    assert_eq!(grants.with_person(unknown).await, Ok(None));
}

/// A second use of one code or token revokes the grant, whoever notices it first.
async fn a_grant_is_revoked_once(store: Store) {
    let grant = online(&store).await;
    let revoked = at_once(|_| {
        let directory = store.directory.clone();
        async move { directory.grants().revoke(grant.id, NOW).await.unwrap() }
    });
    assert_eq!(revoked.await, 1);
    let grants = store.directory.grants();
    let (found, _) = grants.with_person(grant.id).await.unwrap().unwrap();
    assert_eq!(found.revoked_at, Some(NOW));
    let unknown = GrantId::generate(NOW, &Counter);
    assert_eq!(grants.revoke(unknown, NOW).await, Ok(false));
}

/// A code that is used twice asks twice for its grant to be recorded.
async fn a_grant_is_recorded_once_whoever_asks_and_however_often(store: Store) {
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = grant(&session, GrantLifetime::Offline);
    // Half of them come by another process, and each brings tokens of its own.
    let other = store.another().await;
    let families: Vec<_> = (0..50)
        .map(|_| RefreshTokenFamily {
            id: RefreshTokenId::generate(NOW, &Counter),
            ..family(&grant)
        })
        .collect();
    let recorded = at_once(|at| {
        let directory = if at % 2 == 0 {
            &store.directory
        } else {
            &other
        };
        let (directory, grant, family) = (directory.clone(), grant.clone(), families[at].clone());
        async move {
            let recorded = directory
                .grants()
                .record(&grant, Some(&family))
                .await
                .unwrap();
            assert_ne!(recorded, Recorded::SessionOver);
            recorded == Recorded::Recorded
        }
    });
    assert_eq!(recorded.await, 1);
    let mut begun = 0;
    for family in families {
        let found = store.directory.grants().refresh_token(family.id).await;
        begun += usize::from(found.unwrap().is_some());
    }
    assert_eq!(begun, 1);
}

/// Revoked or not, what was recorded is never recorded again, nor after its session has ended.
async fn a_grant_that_was_revoked_or_whose_session_ended_is_still_recorded_already(store: Store) {
    let directory = &store.directory;
    let session = store.session(&store.person("ada").await).await;
    let grant = store.grant(&session, GrantLifetime::Session).await;
    let again = async || directory.grants().record(&grant, None).await;
    assert_eq!(again().await, Ok(Recorded::Already));
    assert_eq!(directory.grants().revoke(grant.id, NOW).await, Ok(true));
    assert_eq!(again().await, Ok(Recorded::Already));
    assert_eq!(directory.sessions().end(session.id, NOW).await, Ok(true));
    assert_eq!(again().await, Ok(Recorded::Already));
    assert!(!store.is_live(&grant).await);
}

async fn rotating_replaces_the_living_token(store: Store) {
    let grants = store.directory.grants();
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let first = family(&grant);
    let second = successor(&first, "second");
    let rotated = grants.rotate(&first.current, &second).await;
    assert_eq!(rotated, Ok(Rotated::Rotated));
    let found = grants.refresh_token(first.id).await;
    assert_eq!(found, Ok(Some((second.clone(), grant, ada))));

    let again = grants
        .rotate(&first.current, &successor(&first, "other"))
        .await;
    assert_eq!(again, Ok(Rotated::Lost));
    let unknown = RefreshTokenFamily {
        id: RefreshTokenId::generate(NOW, &Counter),
        ..second
    };
    let lost = grants.rotate(&unknown.current, &unknown).await;
    assert_eq!(lost, Ok(Rotated::Lost));
}

/// [RFC 9700 section 4.14.2](https://www.rfc-editor.org/rfc/rfc9700#section-4.14.2).
async fn one_of_many_rotations_of_one_token_succeeds(store: Store) {
    let grant = online(&store).await;
    let first = family(&grant);
    // Half of them come by another process.
    let other = store.another().await;
    let rotated = at_once(|at| {
        let directory = if at % 2 == 0 {
            &store.directory
        } else {
            &other
        };
        let (directory, from) = (directory.clone(), first.current);
        let to = successor(&first, &format!("second {at}"));
        async move {
            let rotated = directory.grants().rotate(&from, &to).await;
            rotated.unwrap() == Rotated::Rotated
        }
    });
    assert_eq!(rotated.await, 1);
    let found = store.directory.grants().refresh_token(first.id).await;
    let (living, _, _) = found.unwrap().unwrap();
    assert_eq!(living.previous.unwrap().hash, first.current);
}

async fn nothing_is_rotated_after_its_grant_was_revoked(store: Store) {
    let grants = store.directory.grants();
    let grant = online(&store).await;
    let first = family(&grant);
    assert_eq!(grants.revoke(grant.id, NOW).await, Ok(true));
    let rotated = grants
        .rotate(&first.current, &successor(&first, "second"))
        .await;
    assert_eq!(rotated, Ok(Rotated::Lost));
}

async fn grants_are_found_by_session_and_by_person(store: Store) {
    let grants = store.directory.grants();
    let (ada, bob) = (store.person("ada").await, store.person("bob").await);
    let (one, two) = (store.session(&ada).await, store.session(&ada).await);
    let first = store.grant(&one, GrantLifetime::Session).await;
    let second = store.grant(&two, GrantLifetime::Offline).await;
    let third = store.grant(&one, GrantLifetime::Offline).await;

    let of_session = grants.of_session(one.id).await;
    assert_eq!(of_session, Ok(vec![first.clone(), third.clone()]));
    let of_person = grants.of_person(ada.id).await;
    assert_eq!(of_person, Ok(vec![first, second, third]));
    assert_eq!(grants.of_person(bob.id).await, Ok(Vec::new()));
}
