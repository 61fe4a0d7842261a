//! Access tokens that were revoked before they expired.

use std::time::Duration;

use doorward_core::grant::GrantLifetime;

use crate::support::{NOW, Store, at_once};

contract![
    a_revoked_token_is_known_everywhere_and_what_it_came_from_lives_on,
    a_token_is_revoked_once,
    a_revocation_is_forgotten_when_the_token_has_expired_by_any_clock,
];

const LIFETIME: Duration = Duration::from_mins(10);

async fn a_revoked_token_is_known_everywhere_and_what_it_came_from_lives_on(store: Store) {
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = store.grant(&session, GrantLifetime::Offline).await;
    let other = store.another().await;
    let tokens = store.directory.access_tokens();
    assert!(!tokens.standing("a").await.unwrap().revoked);

    let revoked = other.access_tokens().revoke("a", NOW.plus(LIFETIME)).await;
    assert_eq!(revoked, Ok(true));
    assert!(tokens.standing("a").await.unwrap().revoked);
    for (jti, expected) in [("a", true), ("b", false)] {
        let (standing, found, person) = tokens.with_grant(jti, grant.id).await.unwrap().unwrap();
        assert_eq!(standing.revoked, expected, "{jti}");
        assert_eq!((&found, &person), (&grant, &ada));
        assert_eq!(found.revoked_at, None);
    }
}

async fn a_token_is_revoked_once(store: Store) {
    let revoked = at_once(|_| {
        let directory = store.directory.clone();
        async move {
            let tokens = directory.access_tokens();
            tokens.revoke("a", NOW.plus(LIFETIME)).await.unwrap()
        }
    });
    assert_eq!(revoked.await, 1);
}

async fn a_revocation_is_forgotten_when_the_token_has_expired_by_any_clock(store: Store) {
    let tokens = store.directory.access_tokens();
    let expiry = NOW.plus(LIFETIME);
    assert_eq!(tokens.revoke("a", expiry).await, Ok(true));
    for (after, expected) in [(29, 0), (30, 1), (30, 0)] {
        let now = expiry.plus(Duration::from_secs(after));
        let swept = store.directory.sweep(now).await.unwrap();
        assert_eq!(swept.access_tokens, expected, "{after} s after");
        let known = tokens.standing("a").await.unwrap().revoked;
        assert_eq!(known, after < 30, "{after} s after");
    }
}
