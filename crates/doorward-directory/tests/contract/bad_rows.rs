//! Rows that no release writes are reported, not guessed at.

use doorward_core::event::EventRecord;
use doorward_core::grant::GrantLifetime;
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::Life;
use doorward_directory::clients::{Added, Updated};
use doorward_directory::documents::{Document, Documents};
use doorward_directory::{Directory, Failure};

use crate::assertion_issuers::assertion_issuer;
use crate::events::refused;
use crate::resource_servers::resource_server;
use crate::sites::site;
use crate::support::{NOW, Store, family};

contract![
    an_impossible_person_is_reported,
    an_impossible_client_is_absent_and_the_others_stay,
    an_impossible_resource_server_is_absent_and_the_others_stay,
    an_impossible_assertion_issuer_is_absent_and_the_others_stay,
    an_impossible_site_is_absent_and_the_others_stay,
    an_impossible_session_is_reported,
    an_impossible_grant_is_reported,
    an_impossible_key_is_reported,
    an_impossible_event_is_passed_over_and_counted,
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

/// Where documents of one kind are.
struct Kind<D: Document> {
    table: &'static str,
    column: &'static str,
    door: fn(&Directory) -> Documents<'_, D>,
    names: fn(&D::Registry) -> Vec<String>,
}

/// Damages `bad`: it is absent and `good` is not, and nodes go on following changes.
async fn damage_one_of_two<D: Document>(store: Store, kind: Kind<D>, good: D, bad: D) {
    let documents = (kind.door)(&store.directory);
    for document in [&good, &bad] {
        assert_eq!(documents.add(document).await, Ok(Added::Added));
    }
    let (good_name, bad_name) = (good.name().to_string(), bad.name().to_string());
    let of_another = serde_json::to_string(&good).unwrap();
    let Kind { table, column, .. } = kind;
    for text in ["", "{}", &of_another] {
        let damage =
            format!("UPDATE {table} SET document = '{text}' WHERE {column} = '{bad_name}'");
        let bump = "UPDATE revision SET number = number + 1 WHERE name = 'clients'";
        store.meddle(&format!("{damage}; {bump}")).await;
        assert_eq!(store.directory.refresh().await, Ok(true));
        assert_eq!(documents.unreadable(), [bad_name.as_str()]);
        assert_eq!((kind.names)(&documents.registry()), [good_name.as_str()]);
    }
    let updated = documents.update::<Failure>(bad.name(), |it| Ok(it.clone()));
    assert_eq!(updated.await, Ok(Updated::Absent));

    let late = store.another().await;
    assert_eq!((kind.door)(&late).unreadable(), [bad_name.as_str()]);
    let wiki = store.client("wiki").await;
    assert_eq!(late.refresh().await, Ok(true), "it goes on");
    assert!(late.clients().client(&wiki.client_id).is_some());

    assert_eq!(documents.remove(bad.name()).await, Ok(true));
    assert!(documents.unreadable().is_empty());
    assert_eq!(documents.add(&bad).await, Ok(Added::Added));
    assert_eq!((kind.names)(&documents.registry()), [good_name, bad_name]);
}

async fn an_impossible_resource_server_is_absent_and_the_others_stay(store: Store) {
    let kind = Kind {
        table: "resource_server",
        column: "resource",
        door: Directory::resource_servers,
        names: |all| all.iter().map(|it| it.resource.to_string()).collect(),
    };
    let (good, bad) = (resource_server("urn:files"), resource_server("urn:reports"));
    damage_one_of_two(store, kind, good, bad).await;
}

async fn an_impossible_assertion_issuer_is_absent_and_the_others_stay(store: Store) {
    let kind = Kind {
        table: "assertion_issuer",
        column: "name",
        door: Directory::assertion_issuers,
        names: |all| all.iter().map(|it| it.name.to_string()).collect(),
    };
    let (good, bad) = (assertion_issuer("cluster"), assertion_issuer("platform"));
    damage_one_of_two(store, kind, good, bad).await;
}

/// Nothing passes at a site whose rules cannot be read.
async fn an_impossible_site_is_absent_and_the_others_stay(store: Store) {
    let kind = Kind {
        table: "site",
        column: "host",
        door: Directory::sites,
        names: |all| all.iter().map(|it| it.host.to_string()).collect(),
    };
    let (good, bad) = (site("a.example"), site("b.example"));
    damage_one_of_two(store, kind, good, bad).await;
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

async fn an_impossible_event_is_passed_over_and_counted(store: Store) {
    let events = store.directory.events();
    let records = ["old", "bad", "new"].map(|reason| refused(NOW, None, reason));
    let [old, _, new] = records.clone();
    let wanted = |record: &EventRecord| record.id == old.id || record.id == new.id;
    events.record(records.to_vec()).await.unwrap();
    for damage in [
        r#"body = '{"event":"of a later release"}'"#,
        "body = ''",
        "body = '{}', reference = 'x'",
    ] {
        let second = "(SELECT MIN(number) + 1 FROM event)";
        let damage = format!("UPDATE event SET {damage} WHERE number = {second}");
        store.meddle(&damage).await;
        let found = events.matching(9, wanted).await.unwrap();
        assert_eq!(found.events, [new.clone(), old.clone()], "{damage}");
        assert_eq!(found.unreadable, 1, "{damage}");
    }
    let last = events.matching(1, |_| true).await.unwrap();
    assert_eq!(
        (last.events, last.unreadable),
        (vec![new], 0),
        "it is behind"
    );
    assert_bad(&events.recent(3).await, "event");
}

async fn a_report_holds_nothing_of_the_row(store: Store) {
    let ada = store.person("ada").await;
    store
        .meddle(r#"UPDATE person SET profile = '{"email_verified":"ada@example.com"}'"#)
        .await;
    let failure = store.directory.people().person(ada.id).await.unwrap_err();
    assert!(!failure.to_string().contains("ada@"), "{failure}");
}
