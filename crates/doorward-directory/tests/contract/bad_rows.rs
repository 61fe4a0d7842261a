//! Rows that no release writes are reported, not guessed at.

use doorward_core::grant::GrantLifetime;
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::Life;
use doorward_directory::Failure;

use crate::support::{NOW, Store, family};

contract![
    an_impossible_person_is_reported,
    an_impossible_client_is_absent_and_the_others_stay,
    an_impossible_session_is_reported,
    an_impossible_grant_is_reported,
    an_impossible_key_is_reported,
    a_report_holds_nothing_of_the_row,
];

fn assert_bad<T: std::fmt::Debug>(found: &Result<T, Failure>, table: &str) {
    let Err(Failure::BadRow { table: named, .. }) = found else {
        panic!("{found:?}");
    };
    assert_eq!(*named, table);
}

async fn an_impossible_person_is_reported(store: Store) {
    let ada = store.person("ada").await;
    for damage in [
        "status = 'asleep'",
        "status = 'enabled', profile = '{\"name\":'",
        "profile = '{\"email_verified\":38}'",
        "profile = '{}', memberships = ' a ä '",
        "memberships = ' ', username = 'Ada Lovelace'",
    ] {
        store.meddle(&format!("UPDATE person SET {damage}")).await;
        assert_bad(&store.directory.people().person(ada.id).await, "person");
    }
}

async fn an_impossible_client_is_absent_and_the_others_stay(store: Store) {
    let (wiki, payroll) = (store.client("wiki").await, store.client("payroll").await);
    let clients = store.directory.clients();
    for document in ["", "{}", r#"{"client_id":"wiki"}"#] {
        let damage = format!("UPDATE client SET document = '{document}' WHERE id = 'payroll'");
        store.meddle(&damage).await;
        assert_eq!(store.directory.refresh().await, Ok(true));
        assert_eq!(clients.client(&payroll.client_id), None);
        assert_eq!(clients.unreadable(), ["payroll"]);
        assert_eq!(clients.client(&wiki.client_id).as_deref(), Some(&wiki));
    }
    store
        .meddle("UPDATE client SET document = (SELECT document FROM client WHERE id = 'wiki')")
        .await;
    assert_eq!(store.directory.refresh().await, Ok(true));
    assert_eq!(clients.unreadable(), ["payroll"], "it says that it is wiki");

    let late = store.another().await;
    let seen = late.clients().client(&wiki.client_id);
    assert_eq!(seen.as_deref(), Some(&wiki), "who starts later has it too");
    assert_eq!(late.clients().unreadable(), ["payroll"]);

    assert_eq!(clients.remove(&payroll.client_id, NOW).await, Ok(true));
    assert!(clients.unreadable().is_empty());
    store.client("payroll").await;
}

async fn an_impossible_session_is_reported(store: Store) {
    let session = store.session(&store.person("ada").await).await;
    store
        .meddle("UPDATE session SET authentication = '[]'")
        .await;
    let found = store.directory.sessions().with_person(session.id).await;
    assert_bad(&found, "session");
}

async fn an_impossible_grant_is_reported(store: Store) {
    let grants = store.directory.grants();
    let session = store.session(&store.person("ada").await).await;
    let grant = store.grant(&session, GrantLifetime::Session).await;
    let tokens = family(&grant);
    store
        .meddle("UPDATE refresh_token SET confirmation = '{\"jkt\":\"x\"}'")
        .await;
    assert_bad(&grants.refresh_token(tokens.id).await, "refresh_token");
    store
        .meddle("UPDATE refresh_token SET confirmation = NULL, previous_salt = id")
        .await;
    assert_bad(&grants.refresh_token(tokens.id).await, "refresh_token");
    store
        .meddle("UPDATE refresh_token SET previous_salt = current")
        .await;
    assert_bad(&grants.refresh_token(tokens.id).await, "refresh_token");
    store
        .meddle("UPDATE oauth_grant SET lifetime = 'eternal'")
        .await;
    assert_bad(&grants.with_person(grant.id).await, "oauth_grant");
}

async fn an_impossible_key_is_reported(store: Store) {
    let key = StoredKey {
        kid: "a".to_owned(),
        algorithm: Algorithm::Rs256,
        life: Life::at_once(NOW),
        created_at: NOW,
        sealed: vec![1],
    };
    store
        .directory
        .keys()
        .insert_missing(vec![key])
        .await
        .unwrap();
    for change in [
        "UPDATE signing_key SET life = '{}'",
        "UPDATE signing_key SET life = '{\"published_at\":2,\"signs_from\":1}'",
        "UPDATE signing_key SET life = NULL, algorithm = 'none'",
    ] {
        store.meddle(change).await;
        assert_bad(&store.directory.keys().all().await, "signing_key");
    }
}

async fn a_report_holds_nothing_of_the_row(store: Store) {
    let ada = store.person("ada").await;
    store
        .meddle(r#"UPDATE person SET profile = '{"email_verified":"ada@example.com"}'"#)
        .await;
    let failure = store.directory.people().person(ada.id).await.unwrap_err();
    assert!(!failure.to_string().contains("ada@"), "{failure}");
}
