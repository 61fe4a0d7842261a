//! Moving house: from each kind of database into each.

use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::authorization_details::AuthorizationDetails;
use doorward_core::consent::{Consent, Permission};
use doorward_core::event::{Event, EventRecord, RevocationCause};
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::identifiers::{ArchiveId, EventId, GrantId};
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{Life, Sighting, Way};
use doorward_core::person::{Person, Profile};
use doorward_core::seal::SealedRoot;
use doorward_core::status_list::{Run, StatusIndex};
use doorward_directory::clients;
use doorward_directory::people::Added;
use doorward_directory::status_lists::Begun;
use doorward_directory::transfer::{Batch, NoArrival, TableTally, Tally, Unreadable};
use doorward_directory::{Directory, Failure, Recorded};

use crate::access_tokens::{opaque, token};
use crate::api_tokens::one_of_a_service_account;
use crate::assertion_issuers::assertion_issuer;
use crate::dynamic_clients::initial_access_token;
use crate::logout_deliveries::told;
use crate::resource_servers::resource_server;
use crate::sites::site;
use crate::status_lists::of_client;
use crate::support::{Counter, NOW, Store, authorization_details, client, grant, person, postgres};

/// Makes a test of each behaviour for each pair of backends. A new pair is one line here.
macro_rules! moves {
    ($($behaviour:ident),+ $(,)?) => {
        moves!(sqlite_to_sqlite: sqlite, sqlite; $($behaviour)+);
        moves!(sqlite_to_postgres: sqlite, postgres; $($behaviour)+);
        moves!(postgres_to_sqlite: postgres, sqlite; $($behaviour)+);
    };
    ($pair:ident: $from:ident, $to:ident; $($behaviour:ident)+) => {
        mod $pair {
            $(
                #[tokio::test(flavor = "multi_thread")]
                async fn $behaviour() {
                    let (from, to) = (super::$from().await, super::$to().await);
                    if let (Some(from), Some(to)) = (from, to) {
                        super::$behaviour(from, to).await;
                    }
                }
            )+
        }
    };
}

async fn sqlite() -> Option<Store> {
    Some(crate::support::sqlite().await)
}

moves![
    every_row_comes_over_as_it_was,
    more_rows_than_a_batch_holds_come_over,
    events_follow_those_that_are_there,
    nothing_comes_into_an_inhabited_directory,
    what_was_interrupted_goes_on_where_it_stopped,
    a_directory_that_is_not_whole_says_so,
    a_checksum_tells_a_changed_row,
    a_view_is_of_one_moment_while_others_write,
    what_is_ended_on_the_way_is_dead_there,
    processes_that_have_it_open_read_it_anew,
    the_root_key_of_the_archive_takes_the_place_of_the_directorys_own,
    a_directory_is_given_a_root_key_where_the_archive_has_none,
];

contract![
    what_another_release_wrote_is_told_apart,
    what_an_earlier_release_wrote_comes_in_with_the_same_checksum,
    rows_that_do_not_fit_are_refused,
];

const ARCHIVE: ArchiveId = ArchiveId::from_bytes([7; 16]);

fn event(event: Event) -> EventRecord {
    EventRecord {
        id: EventId::generate(NOW, &Counter),
        at: NOW,
        reference: None,
        event,
    }
}

fn arrived() -> EventRecord {
    event(Event::Administered {
        action: "import".to_owned(),
        target: "a file".to_owned(),
    })
}

/// Every batch of a directory, as it travels.
async fn batches(directory: &Directory) -> Vec<Vec<u8>> {
    let mut departure = directory.departure().await.unwrap();
    let (mut rows, mut batches) = (0, Vec::new());
    while let Some(batch) = departure.next().await.unwrap() {
        rows += batch.rows();
        batches.push(batch.encode());
    }
    assert_eq!(rows, departure.rows());
    batches
}

/// What all rows of a directory come to.
async fn tally(directory: &Directory) -> Vec<TableTally> {
    let mut tally = Tally::default();
    for batch in batches(directory).await {
        tally.add(&Batch::decode(&batch).unwrap());
    }
    tally.tables()
}

/// Brings everything over.
async fn carry(from: &Directory, to: &Directory) {
    let mut arrival = to.arrival(ARCHIVE, NOW).await.unwrap();
    arrival.begin().await.unwrap();
    for batch in batches(from).await {
        arrival.put(Batch::decode(&batch).unwrap()).await.unwrap();
    }
    arrival.finish(0, &arrived(), NOW).await.unwrap();
}

fn key(kid: &str) -> StoredKey {
    StoredKey {
        kid: kid.to_owned(),
        algorithm: Algorithm::Es256,
        life: Life::at_once(NOW),
        created_at: NOW,
        sealed: (0..=255).cycle().take(70_000).collect(),
    }
}

/// A root key that was sealed, as far as anybody can tell.
fn root(number: u8) -> SealedRoot {
    SealedRoot {
        sealed_by: format!("{number:016x}").parse().unwrap(),
        sealed: vec![number; 60],
    }
}

/// Somebody with everything that a text can hold.
fn odd(username: &str) -> Person {
    Person {
        profile: Profile {
            name: Some("Ädá 🦀 \u{202e}\"\\\n王".to_owned()),
            nickname: Some(String::new()),
            picture: Some("x".repeat(300_000)),
            ..Profile::default()
        },
        groups: ["staff".parse().unwrap(), "admins".parse().unwrap()].into(),
        ..person(username)
    }
}

/// A row in every table, with empty texts, other scripts, large values and NULLs among them.
async fn furnish(store: &Store) {
    let directory = &store.directory;
    let ada = odd("ada");
    let added = directory.people().add(&ada, None).await.unwrap();
    assert_eq!(added, Added::Added);
    store.person("bob").await;
    let wiki = told(store, "wiki").await;
    let session = store.session(&ada).await;
    store.grant(&session, GrantLifetime::Offline).await;
    let consent = Consent {
        person: ada.id,
        client: wiki.client_id.clone(),
        permission: Permission {
            scope: "openid profile".parse().unwrap(),
            resources: ["urn:reports".parse().unwrap()].into(),
            authorization_details: [("urn:bank".parse().unwrap(), authorization_details("DE40"))]
                .into(),
        },
        given_at: NOW,
    };
    assert!(directory.consents().give(&consent).await.unwrap());
    let tokens = directory.access_tokens();
    let index = StatusIndex::at(0, 33);
    assert_eq!(tokens.revoke("a", NOW, Some(index)).await, Ok(true));
    let lists = directory.status_lists();
    let mut block = lists.block().await.unwrap();
    let run = Run::begin(block.take(0).unwrap(), block.epoch, NOW);
    let begun = lists.begin(&run, &of_client("wiki")).await;
    assert_eq!(begun, Ok(Begun::Begun));
    let token = token(7);
    let issued = tokens.issue(&token, &opaque(&wiki.client_id, NOW)).await;
    assert_eq!(issued, Ok(()));
    let clients = directory.clients();
    assert_eq!(clients.used(&wiki.client_id, NOW).await, Ok(()));
    initial_access_token(store, "a", 1).await;
    one_of_a_service_account(store, &ada).await;
    let cluster = assertion_issuer("cluster");
    let added = directory.assertion_issuers().add(&cluster).await;
    assert_eq!(added, Ok(clients::Added::Added));
    let added = directory.sites().add(&site("wiki.example")).await;
    assert_eq!(added, Ok(clients::Added::Added));
    let reports = resource_server("urn:reports");
    let added = directory.resource_servers().add(&reports).await;
    assert_eq!(added, Ok(clients::Added::Added));
    directory
        .keys()
        .insert_missing(vec![key("a")])
        .await
        .unwrap();
    directory.root_key().store_first(&root(1)).await.unwrap();
    let sighting = Sighting {
        application: "wiki".to_owned(),
        newest: NOW,
        seen_at: NOW,
        way: Way::Address,
    };
    let noted = directory.keys().note_sightings(&[sighting]).await;
    assert_eq!(noted, Ok(()));
    store
        .meddle(
            "INSERT INTO people_group (name, description) VALUES ('', ''); \
         UPDATE person SET password_hash = '', created_at = -1 WHERE username = 'bob'; \
         UPDATE refresh_token SET previous_hash = substr(current, 1, 0), previous_salt = NULL; \
         UPDATE oauth_grant SET resources = '[\"urn:reports\"]'; \
         UPDATE session SET seen_at = 9223372036854775807",
        )
        .await;
    let events = (0..3).map(|at| {
        event(Event::GrantRevoked {
            grant: GrantId::generate(NOW.plus(Duration::from_secs(at)), &Counter),
            cause: RevocationCause::Operator,
        })
    });
    directory.events().record(events.collect()).await.unwrap();
}

async fn every_row_comes_over_as_it_was(from: Store, to: Store) {
    furnish(&from).await;
    let before = tally(&from.directory).await;
    assert!(before.iter().all(|table| table.rows > 0), "{before:?}");
    let sent = batches(&from.directory).await;

    let mut arrival = to.directory.arrival(ARCHIVE, NOW).await.unwrap();
    arrival.begin().await.unwrap();
    for batch in &sent {
        arrival.put(Batch::decode(batch).unwrap()).await.unwrap();
    }
    let mut read_back = arrival.arrived().await.unwrap();
    let mut received = Vec::new();
    while let Some(batch) = read_back.next().await.unwrap() {
        received.push(batch.encode());
    }
    assert_eq!(received, sent);
    assert_eq!(tally(&to.directory).await, before);
    arrival.finish(5, &arrived(), NOW).await.unwrap();

    assert_eq!(to.directory.departure().await.unwrap().epoch(), 5);
    assert_eq!(to.directory.keys().all().await.unwrap(), [key("a")]);
    let latest = to.directory.events().recent(1).await.unwrap();
    assert!(matches!(&latest[0].event, Event::Administered { action, .. } if action == "import"));
}

async fn more_rows_than_a_batch_holds_come_over(from: Store, to: Store) {
    for at in 0..1_300 {
        from.person(&format!("person{at}")).await;
    }
    from.meddle(&format!(
        "UPDATE person SET profile = '{{\"name\":\"{}\"}}'",
        "x".repeat(1_000)
    ))
    .await;
    let sent = batches(&from.directory).await;
    assert!(sent.len() > 4, "{}", sent.len());
    assert!(sent.iter().all(|batch| batch.len() < 300_000));
    carry(&from.directory, &to.directory).await;
    let people = to.directory.people().list(None, 2_000).await.unwrap();
    assert_eq!(
        people,
        from.directory.people().list(None, 2_000).await.unwrap()
    );
}

async fn events_follow_those_that_are_there(from: Store, to: Store) {
    let of = |target: &str| {
        event(Event::Administered {
            action: "user add".to_owned(),
            target: target.to_owned(),
        })
    };
    let (here, there) = (of("here"), vec![of("one"), of("two"), of("three")]);
    to.directory
        .events()
        .record(vec![here.clone()])
        .await
        .unwrap();
    from.directory.events().record(there.clone()).await.unwrap();
    carry(&from.directory, &to.directory).await;
    let mut recent = to.directory.events().recent(10).await.unwrap();
    recent.reverse();
    assert_eq!(recent[..4], [vec![here], there].concat());
}

async fn nothing_comes_into_an_inhabited_directory(from: Store, to: Store) {
    furnish(&from).await;
    for inhabitant in [
        "INSERT INTO people_group (name, description) VALUES ('staff', '')",
        "DELETE FROM people_group; INSERT INTO client (id, document) VALUES ('wiki', '')",
        "DELETE FROM client; INSERT INTO resource_server (resource, document) VALUES ('https://api.example', '')",
        "DELETE FROM resource_server; INSERT INTO assertion_issuer (name, document) VALUES ('cluster', '')",
        "DELETE FROM assertion_issuer; INSERT INTO site (host, document) VALUES ('wiki.example', '')",
    ] {
        to.meddle(inhabitant).await;
        let refused = to.directory.arrival(ARCHIVE, NOW).await;
        assert!(matches!(refused, Err(NoArrival::Inhabited)), "{refused:?}");
    }
    to.meddle("DELETE FROM site").await;
    let mut arrival = to.directory.arrival(ARCHIVE, NOW).await.unwrap();
    // Somebody moves in between looking and beginning.
    to.directory
        .keys()
        .insert_missing(vec![key("own")])
        .await
        .unwrap();
    let ada = to.person("ada").await;
    let refused = arrival.begin().await;
    assert!(matches!(refused, Err(NoArrival::Inhabited)), "{refused:?}");
    assert_eq!(to.directory.people().person(ada.id).await, Ok(Some(ada)));
    assert_eq!(to.directory.keys().all().await.unwrap(), [key("own")]);
    assert_eq!(to.directory.unfinished_arrival().await, Ok(None));
}

async fn what_was_interrupted_goes_on_where_it_stopped(from: Store, to: Store) {
    furnish(&from).await;
    let sent = batches(&from.directory).await;
    let later = NOW.plus(Duration::from_hours(1));
    // Each batch comes in by a process of its own, which is gone afterwards.
    for (at, batch) in sent.iter().enumerate() {
        let other = to.another().await;
        let mut arrival = other.arrival(ARCHIVE, later).await.unwrap();
        assert_eq!(arrival.batches(), at as u64);
        arrival.begin().await.unwrap();
        let mut overtaken = to.directory.arrival(ARCHIVE, later).await.unwrap();
        arrival.put(Batch::decode(batch).unwrap()).await.unwrap();
        let refused = overtaken.put(Batch::decode(batch).unwrap()).await;
        assert!(matches!(refused, Err(NoArrival::Overtaken)), "{refused:?}");
        let refused = other.arrival(ArchiveId::from_bytes([8; 16]), later).await;
        assert!(matches!(refused, Err(NoArrival::Another)), "{refused:?}");
    }
    let arrival = to
        .directory
        .arrival(ARCHIVE, later.plus(Duration::from_hours(1)))
        .await
        .unwrap();
    assert_eq!(arrival.started_at(), later);
    arrival.finish(0, &arrived(), NOW).await.unwrap();
    let again = to.directory.arrival(ARCHIVE, NOW).await;
    assert!(matches!(again, Err(NoArrival::Inhabited)), "{again:?}");
    let (was, is) = (tally(&from.directory).await, tally(&to.directory).await);
    assert_eq!(was[..15], is[..15]);
}

async fn a_directory_that_is_not_whole_says_so(from: Store, to: Store) {
    furnish(&from).await;
    assert_eq!(to.directory.ping().await, Ok(()));
    let mut arrival = to.directory.arrival(ARCHIVE, NOW).await.unwrap();
    arrival.begin().await.unwrap();
    assert_eq!(to.directory.ping().await, Err(Failure::Incomplete));
    let progress = to.directory.unfinished_arrival().await.unwrap().unwrap();
    assert_eq!((progress.archive, progress.started_at), (ARCHIVE, NOW));
    arrival.finish(0, &arrived(), NOW).await.unwrap();
    assert_eq!(to.directory.ping().await, Ok(()));
}

async fn a_checksum_tells_a_changed_row(from: Store, _to: Store) {
    furnish(&from).await;
    let before = tally(&from.directory).await;
    for (at, change) in [
        "UPDATE person SET profile = '{}' WHERE username = 'bob'",
        "UPDATE people_group SET description = ' ' WHERE name = ''",
        "DELETE FROM group_member WHERE people_group = 'staff'",
        "UPDATE client SET document = document || ' '",
        "UPDATE client_use SET used_at = 1",
        "UPDATE initial_access_token SET uses_left = 0",
        "UPDATE resource_server SET document = document || ' '",
        "UPDATE assertion_issuer SET document = document || ' '",
        "UPDATE site SET document = document || ' '",
        "UPDATE consent SET given_at = given_at + 1",
        "UPDATE consent_item SET resource = NULL",
        "UPDATE session SET user_agent = NULL",
        "UPDATE oauth_grant SET resources = '[]'",
        "UPDATE refresh_token SET previous_hash = NULL",
        "UPDATE access_token SET claims = claims || ' '",
        "UPDATE revoked_access_token SET status_index = NULL",
        "UPDATE status_block SET number = number + 1",
        "UPDATE status_run SET ended = 1",
        "UPDATE logout_delivery SET attempts = 1",
        "UPDATE service_account SET document = document || ' '",
        "UPDATE api_token SET document = document || ' '",
        "UPDATE api_token_secret SET ends_at = 1",
        "UPDATE api_token_use SET uses = 99",
        "UPDATE api_token_day SET peak = 99",
        "UPDATE api_token_share SET uses = 99",
        "UPDATE api_token_notice SET words = 'other words'",
        "UPDATE found_secret SET found_at = 1",
        "UPDATE root_key SET name = 'another'",
        "UPDATE signing_key SET life = '{}'",
        "UPDATE key_set_fetch SET seen_at = 0",
        "UPDATE event SET body = '{}' WHERE number = 2",
    ]
    .into_iter()
    .enumerate()
    {
        from.meddle(change).await;
        let after = tally(&from.directory).await;
        assert_eq!(after[at].table, before[at].table);
        assert_ne!(after[at].sha256, before[at].sha256, "{change}");
        assert_eq!(after[at + 1..], before[at + 1..], "{change}");
    }
    // What is sealed is other bytes elsewhere.
    let before = tally(&from.directory).await;
    from.meddle(
        "UPDATE signing_key SET sealed = substr(sealed, 1, 1); \
         UPDATE root_key SET sealed = substr(sealed, 1, 1), sealed_by = '00ff10a9b8c7d6e5'",
    )
    .await;
    assert_eq!(tally(&from.directory).await, before);
}

/// Each of the writers adds somebody to a group: two rows, of which a view shows both or neither.
async fn a_view_is_of_one_moment_while_others_write(from: Store, to: Store) {
    let writers: Vec<_> = (0..50)
        .map(|writer| {
            let directory = from.directory.clone();
            tokio::spawn(async move {
                for at in 0..10 {
                    let mut member = person(&format!("person{writer}-{at}"));
                    member.groups = ["staff".parse().unwrap()].into();
                    let added = directory.people().add(&member, None).await.unwrap();
                    assert_eq!(added, Added::Added);
                }
            })
        })
        .collect();
    let mut seen = Vec::new();
    while !writers.iter().all(tokio::task::JoinHandle::is_finished) || seen.is_empty() {
        let tally = tally(&from.directory).await;
        assert_eq!(tally[0].rows, tally[2].rows, "as many members as people");
        seen.push(tally[0].rows);
    }
    for writer in writers {
        writer.await.unwrap();
    }
    assert!(seen.is_sorted());
    assert_eq!(tally(&from.directory).await[0].rows, 500);
    carry(&from.directory, &to.directory).await;
    let staff = "staff".parse().unwrap();
    let groups = to.directory.groups();
    let members = groups.members(&staff, None, 1_000).await.unwrap();
    assert_eq!(members.len(), 500);
}

/// Brings everything over and ends at `at` what is alive; how much that was, by table.
async fn bring_back(from: &Directory, to: &Directory, at: Timestamp) -> Vec<(&'static str, u64)> {
    let mut arrival = to.arrival(ARCHIVE, at).await.unwrap();
    arrival.begin().await.unwrap();
    let mut ended = Vec::new();
    for batch in batches(from).await {
        let mut batch = Batch::decode(&batch).unwrap();
        ended.push((batch.table(), batch.end_all(at)));
        arrival.put(batch).await.unwrap();
    }
    let finished = arrival.finish(at.as_millis(), &arrived(), at).await;
    finished.unwrap();
    ended.retain(|(_, count)| *count > 0);
    ended
}

async fn what_is_ended_on_the_way_is_dead_there(from: Store, to: Store) {
    let ada = from.person("ada").await;
    let sessions = [from.session(&ada).await, from.session(&ada).await];
    let grants = [
        from.grant(&sessions[0], GrantLifetime::Session).await,
        from.grant(&sessions[0], GrantLifetime::Offline).await,
    ];
    from.directory
        .sessions()
        .end(sessions[1].id, NOW)
        .await
        .unwrap();

    let restored = NOW.plus(Duration::from_hours(1));
    let ended = bring_back(&from.directory, &to.directory, restored).await;
    assert_eq!(ended, [("session", 1), ("oauth_grant", 2)]);
    for grant in &grants {
        assert!(!to.is_live(grant).await);
        let found = to.directory.grants().with_person(grant.id).await.unwrap();
        assert_eq!(found.unwrap().0.revoked_at, Some(restored));
    }
    let ends = [Some(restored), Some(NOW)];
    for (session, end) in sessions.iter().zip(ends) {
        let found = to
            .directory
            .sessions()
            .with_person(session.id)
            .await
            .unwrap();
        assert_eq!(found.unwrap().0.ended_at, end);
    }
}

async fn processes_that_have_it_open_read_it_anew(from: Store, to: Store) {
    let other = to.another().await;
    let wiki = from.client("wiki").await;
    let generation = other.keys().generation();
    carry(&from.directory, &to.directory).await;
    for directory in [&to.directory, &other] {
        directory.refresh().await.unwrap();
        let known = directory.clients().client(&wiki.client_id);
        assert_eq!(known.as_deref(), Some(&wiki));
    }
    assert_ne!(other.keys().generation(), generation);
}

async fn the_root_key_of_the_archive_takes_the_place_of_the_directorys_own(from: Store, to: Store) {
    let (there, here) = (from.directory.root_key(), to.directory.root_key());
    there.store_first(&root(1)).await.unwrap();
    here.store_first(&root(2)).await.unwrap();
    let mut arrival = to.directory.arrival(ARCHIVE, NOW).await.unwrap();
    arrival.begin().await.unwrap();
    assert_eq!(here.present().await, Ok(None));
    for batch in batches(&from.directory).await {
        let mut batch = Batch::decode(&batch).unwrap();
        let resealed = batch.reseal(|stored| {
            assert_eq!(*stored, root(1));
            Ok::<_, Failure>(root(3))
        });
        resealed.unwrap();
        arrival.put(batch).await.unwrap();
    }
    arrival.give_root(root(4));
    arrival.finish(0, &arrived(), NOW).await.unwrap();
    assert_eq!(here.present().await, Ok(Some(root(3))));
}

async fn a_directory_is_given_a_root_key_where_the_archive_has_none(from: Store, to: Store) {
    from.person("ada").await;
    let here = to.directory.root_key();
    let mut arrival = to.directory.arrival(ARCHIVE, NOW).await.unwrap();
    arrival.begin().await.unwrap();
    for batch in batches(&from.directory).await {
        arrival.put(Batch::decode(&batch).unwrap()).await.unwrap();
    }
    arrival.give_root(root(4));
    assert_eq!(here.present().await, Ok(None), "not before it is whole");
    arrival.finish(0, &arrived(), NOW).await.unwrap();
    assert_eq!(here.present().await, Ok(Some(root(4))));
}

async fn what_another_release_wrote_is_told_apart(store: Store) {
    store.client("wiki").await;
    let bytes = batches(&store.directory).await.remove(0);
    let with = |from: &str, to: &str| {
        let at = bytes
            .windows(from.len())
            .position(|part| part == from.as_bytes());
        let mut bytes = bytes.clone();
        bytes[at.unwrap()..][..to.len()].copy_from_slice(to.as_bytes());
        Batch::decode(&bytes).map(|batch| batch.rows())
    };
    assert_eq!(with("client", "client"), Ok(1));
    let unknown = Unreadable::UnknownTable("shield".to_owned());
    assert_eq!(with("client", "shield"), Err(unknown));
    assert_eq!(
        with("document", "pamphlet"),
        Err(Unreadable::OtherColumns("client"))
    );
    for length in 0..bytes.len() {
        let cut = Batch::decode(&bytes[..length]).map(|batch| batch.rows());
        assert_eq!(cut, Err(Unreadable::Malformed), "{length}");
    }
    let longer = [&bytes[..], &[0]].concat();
    assert!(Batch::decode(&longer).is_err());
}

async fn what_an_earlier_release_wrote_comes_in_with_the_same_checksum(store: Store) {
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let grant = Grant {
        authorization_details: AuthorizationDetails::default(),
        acr: Some("urn:doorward:acr:password".parse().unwrap()),
        ..grant(&session, GrantLifetime::Offline)
    };
    let recorded = store.directory.grants().record(&grant, None).await.unwrap();
    assert_eq!(recorded, Recorded::Recorded);
    let batches = batches(&store.directory).await;
    let grants = batches.iter().map(|bytes| Batch::decode(bytes).unwrap());
    let grants = grants
        .into_iter()
        .find(|batch| batch.table() == "oauth_grant");
    let now = grants.unwrap().encode();
    // Thirteen columns, and a row of as many values; then there were ten.
    let columns = b"\x69resources\x75authorization_details\x63acr";
    let at = now.windows(columns.len()).position(|part| part == columns);
    let (head, tail) = now.split_at(at.unwrap());
    let values = b"\x62[]\x62[]\x78\x19urn:doorward:acr:password";
    let tail = tail[columns.len()..].strip_suffix(values).unwrap();
    let mut before = [head, tail].concat();
    let thirteen: Vec<_> = (0..before.len()).filter(|at| before[*at] == 0x8d).collect();
    before[thirteen[0]] = 0x8a;
    let row = thirteen.into_iter().find(|at| *at > head.len()).unwrap();
    before[row] = 0x8a;
    let read = Batch::decode(&before).unwrap();
    assert_eq!(read.encode(), now);
    let sum = |batch: &Batch| {
        let mut tally = Tally::default();
        tally.add(batch);
        tally.tables()
    };
    assert_eq!(sum(&read), sum(&Batch::decode(&now).unwrap()));
}

async fn rows_that_do_not_fit_are_refused(store: Store) {
    let elsewhere = crate::support::sqlite().await;
    let ada = elsewhere.person("ada").await;
    let session = elsewhere.session(&ada).await;
    let batches = batches(&elsewhere.directory).await;
    let [people, sessions] = &batches[..] else {
        panic!("two tables have rows");
    };
    let mut arrival = store.directory.arrival(ARCHIVE, NOW).await.unwrap();
    arrival.begin().await.unwrap();
    let early = arrival.put(Batch::decode(sessions).unwrap()).await;
    assert!(
        matches!(&early, Err(NoArrival::Misfit { table: "session", row }) if *row == session.id.to_string()),
        "{early:?}"
    );
    arrival.put(Batch::decode(people).unwrap()).await.unwrap();
    let twice = arrival.put(Batch::decode(people).unwrap()).await;
    assert!(
        matches!(&twice, Err(NoArrival::Misfit { table: "person", row }) if *row == ada.id.to_string()),
        "{twice:?}"
    );
    assert_eq!(arrival.batches(), 1);
    assert!(store.directory.clients().add(&client("wiki")).await.is_ok());
}
