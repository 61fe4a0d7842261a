//! Grants and refresh tokens.

use std::time::Duration;

use doorward_core::grant::{Grant, GrantLifetime, RefreshTokenFamily, SpentRefreshToken};
use doorward_core::identifiers::{GrantId, RefreshTokenId};
use doorward_core::secret::SecretHash;
use doorward_directory::{Begun, Rotated};

use crate::support::{Counter, NOW, Store, at_once, family};

contract![
    a_grant_is_read_as_it_was_recorded,
    a_grant_is_revoked_once,
    a_revoked_or_expired_grant_begins_no_refresh_tokens,
    many_families_begin_at_once,
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

async fn a_revoked_or_expired_grant_begins_no_refresh_tokens(store: Store) {
    let grants = store.directory.grants();
    let grant = online(&store).await;
    let tokens = family(&grant);
    let late = grants.begin_refresh(&tokens, grant.expires_at).await;
    assert_eq!(late, Ok(Begun::GrantGone));
    assert_eq!(grants.revoke(grant.id, NOW).await, Ok(true));
    let revoked = grants.begin_refresh(&tokens, NOW).await;
    assert_eq!(revoked, Ok(Begun::GrantGone));
    assert_eq!(grants.refresh_token(tokens.id).await, Ok(None));
}

async fn many_families_begin_at_once(store: Store) {
    let grant = online(&store).await;
    let families: Vec<_> = (0..50).map(|_| family(&grant)).collect();
    let begun = at_once(|at| {
        let (directory, family) = (store.directory.clone(), families[at].clone());
        async move {
            let begun = directory.grants().begin_refresh(&family, NOW).await;
            begun.unwrap() == Begun::Begun
        }
    });
    assert_eq!(begun.await, 50);
    for family in families {
        let found = store.directory.grants().refresh_token(family.id).await;
        assert_eq!(found.unwrap().unwrap().0, family);
    }
}

async fn rotating_replaces_the_living_token(store: Store) {
    let grants = store.directory.grants();
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let first = store.family(&grant).await;
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
    let first = store.family(&grant).await;
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
    let first = store.family(&grant).await;
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
