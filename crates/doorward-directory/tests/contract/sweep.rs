//! What keeps the directory from growing.

use std::time::Duration;

use doorward_core::grant::GrantLifetime;
use doorward_core::identifiers::SessionId;
use doorward_directory::{KEPT_SESSIONS_FOR, Swept};

use crate::dynamic_clients::initial_access_token;
use crate::support::{Counter, NOW, Store, family, grant, session};

contract![
    what_nothing_asks_for_any_more_is_removed,
    a_session_stays_while_it_is_used_or_a_grant_hangs_on_it,
    initial_access_tokens_that_nobody_can_use_go,
    as_many_removals_of_clients_are_remembered_as_processes_may_miss,
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
        status_runs: 0,
        grants: 300,
        access_tokens: 0,
        sessions: 300,
        deliveries: 0,
        initial_access_tokens: 0,
        api_tokens: 0,
        api_token_uses: 0,
        key_set_fetches: 0,
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

async fn initial_access_tokens_that_nobody_can_use_go(store: Store) {
    initial_access_token(&store, "fresh", 1).await;
    initial_access_token(&store, "used-up", 0).await;
    let swept = store.directory.sweep(NOW).await.unwrap();
    assert_eq!(swept.initial_access_tokens, 1);
    let tokens = store.directory.initial_access_tokens();
    let left = tokens.list().await.unwrap();
    assert_eq!(left.len(), 1);
    assert_eq!(left[0].name, "fresh");

    let swept = store.directory.sweep(left[0].expires_at).await.unwrap();
    assert_eq!(swept.initial_access_tokens, 1);
    assert_eq!(tokens.list().await, Ok(Vec::new()));
}

async fn as_many_removals_of_clients_are_remembered_as_processes_may_miss(store: Store) {
    let late = store.another().await;
    store
        .meddle(
            "WITH RECURSIVE removed (at) AS \
             (SELECT 1 UNION ALL SELECT at + 1 FROM removed WHERE at < 1001) \
             INSERT INTO client_removal (client, revision) SELECT 'c-' || at, at FROM removed; \
             UPDATE revision SET number = 1001 WHERE name = 'clients'",
        )
        .await;
    let wiki = store.client("wiki").await;
    let _swept = store.directory.sweep(NOW).await.unwrap();
    // One is more than are remembered; who has not seen it reads all.
    store
        .meddle("INSERT INTO client_removal (client, revision) VALUES ('c-1', 1)")
        .await;
    assert_eq!(late.refresh().await, Ok(true));
    let seen = late.clients().client(&wiki.client_id);
    assert_eq!(seen.as_deref(), Some(&wiki));
}
