//! What keeps the directory from growing.

use std::time::Duration;

use doorward_core::grant::GrantLifetime;
use doorward_core::identifiers::SessionId;
use doorward_directory::{KEPT_SESSIONS_FOR, Swept};

use crate::support::{Counter, NOW, Store, family, grant, session};

contract![
    what_nothing_asks_for_any_more_is_removed,
    a_session_stays_while_it_is_used_or_a_grant_hangs_on_it,
];

async fn what_nothing_asks_for_any_more_is_removed(store: Store) {
    let ada = store.person("ada").await;
    let mut ids = Vec::new();
    for _ in 0..300 {
        let session = store.session(&ada).await;
        let grant = store.grant(&session, GrantLifetime::Offline).await;
        ids.push((session.id, grant.id, family(&grant).id));
    }
    assert_eq!(store.directory.sweep(NOW).await, Ok(Swept::default()));

    let later = NOW.plus(KEPT_SESSIONS_FOR + Duration::from_secs(1));
    let swept = store.directory.sweep(later).await.unwrap();
    let expected = Swept {
        grants: 300,
        access_tokens: 0,
        sessions: 300,
        deliveries: 0,
        events: 0,
    };
    assert_eq!(swept, expected);
    for (session, grant, family) in ids {
        let directory = &store.directory;
        assert_eq!(directory.sessions().with_person(session).await, Ok(None));
        assert_eq!(directory.grants().with_person(grant).await, Ok(None));
        assert_eq!(directory.grants().refresh_token(family).await, Ok(None));
    }
}

async fn a_session_stays_while_it_is_used_or_a_grant_hangs_on_it(store: Store) {
    let ada = store.person("ada").await;
    let long_ago = NOW.minus(KEPT_SESSIONS_FOR * 2);
    let mut old = [session(&ada), session(&ada), session(&ada)];
    for session in &mut old {
        session.id = SessionId::generate(long_ago, &Counter);
        (session.started_at, session.seen_at) = (long_ago, long_ago);
        assert!(
            store
                .directory
                .sessions()
                .begin(session, None)
                .await
                .unwrap()
        );
    }
    let [unused, used, granted] = old;
    store.directory.sessions().seen(used.id, NOW).await.unwrap();
    let offline = grant(&granted, GrantLifetime::Offline);
    let _ = store
        .directory
        .grants()
        .record(&offline, None)
        .await
        .unwrap();

    let swept = store.directory.sweep(NOW).await.unwrap();
    assert_eq!(swept.sessions, 1);
    assert!(!store.is_on(&unused).await);
    assert!(store.is_on(&used).await);
    assert!(store.is_live(&offline).await);
}
