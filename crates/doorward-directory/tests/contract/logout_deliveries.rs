//! Clients that are told that a session is over.

use std::time::Duration;

use doorward_core::backchannel_logout::{Delivery, DeliveryStatus};
use doorward_core::client::Client;
use doorward_core::grant::GrantLifetime;
use doorward_core::person::PersonStatus;
use doorward_core::session::Session;
use doorward_directory::logout_deliveries::Portion;
use doorward_directory::{KEPT_DELIVERIES_FOR, KEPT_SESSIONS_FOR, Recorded, clients};

use crate::people::hash;
use crate::support::{NOW, Store, at_once, client, grant};

contract![
    the_end_of_a_session_queues_each_of_its_clients_once,
    a_client_is_told_long_after_its_grants_are_gone,
    whatever_ends_a_session_queues_its_clients,
    a_client_that_gets_a_grant_while_the_session_ends_is_told,
    one_of_many_claims_a_delivery,
    a_claimed_delivery_is_due_again_when_nothing_is_heard_of_it,
    a_claim_that_lapsed_changes_nothing,
    no_client_keeps_the_others_from_being_told,
    what_was_told_long_ago_is_swept,
    clients_that_only_browsers_tell_are_remembered_and_never_queued,
];

const ALL: Portion = Portion {
    of_one_client: 100,
    in_all: 100,
};

/// A client that is there and wants to be told.
pub(crate) async fn told(store: &Store, id: &str) -> Client {
    let uri = format!("https://{id}.example/signed-out").parse().unwrap();
    let client = Client {
        backchannel_logout_uri: Some(uri),
        ..client(id)
    };
    let added = store.directory.clients().add(&client).await.unwrap();
    assert_eq!(added, clients::Added::Added);
    client
}

/// Grants a client something in a session.
async fn allow(store: &Store, client: &str, session: &Session) {
    let mut grant = grant(session, GrantLifetime::Session);
    grant.client = client.parse().unwrap();
    let recorded = store.directory.grants().record(&grant, None).await;
    assert_eq!(recorded, Ok(Recorded::Recorded));
}

async fn due(store: &Store) -> Vec<Delivery> {
    let deliveries = store.directory.logout_deliveries();
    deliveries.due(ALL, NOW).await.unwrap()
}

/// The delivery of a session of somebody's in which `wiki` was granted something.
async fn one(store: &Store) -> Delivery {
    told(store, "wiki").await;
    let session = store.session(&store.person("ada").await).await;
    allow(store, "wiki", &session).await;
    let ended = store.directory.sessions().end(session.id, NOW).await;
    assert_eq!(ended, Ok(true));
    let [delivery] = <[_; 1]>::try_from(due(store).await).unwrap();
    delivery
}

async fn the_end_of_a_session_queues_each_of_its_clients_once(store: Store) {
    for id in ["wiki", "payroll"] {
        told(&store, id).await;
    }
    store.client("quiet").await;
    let ada = store.person("ada").await;
    let (here, elsewhere) = (store.session(&ada).await, store.session(&ada).await);
    for id in ["wiki", "payroll", "wiki", "quiet"] {
        allow(&store, id, &here).await;
    }
    allow(&store, "wiki", &elsewhere).await;
    let door = store.directory.logout_deliveries();
    assert_eq!(due(&store).await, Vec::new());
    assert_eq!(door.of_session(here.id).await, Ok(Vec::new()));

    for ended in [true, false] {
        let end = store.directory.sessions().end(here.id, NOW).await;
        assert_eq!(end, Ok(ended));
        let expected = ["payroll", "wiki"].map(|id| Delivery {
            session: here.id,
            client: id.parse().unwrap(),
            person: ada.id,
            queued_at: NOW,
            attempts: 0,
            next_attempt_at: Some(NOW),
            status: DeliveryStatus::Waiting,
            finished_at: None,
            outcome: None,
        });
        assert_eq!(due(&store).await, expected);
        assert_eq!(door.of_session(here.id).await, Ok(expected.to_vec()));
    }
    let before = NOW.minus(Duration::from_millis(1));
    assert_eq!(door.due(ALL, before).await, Ok(Vec::new()));
}

/// Grants of a session live for minutes, and sessions for weeks.
async fn a_client_is_told_long_after_its_grants_are_gone(store: Store) {
    told(&store, "wiki").await;
    let session = store.session(&store.person("ada").await).await;
    allow(&store, "wiki", &session).await;
    let later = NOW.plus(KEPT_SESSIONS_FOR);
    let swept = store.directory.sweep(later).await.unwrap();
    assert_eq!((swept.grants, swept.sessions), (1, 0));

    let ended = store.directory.sessions().end(session.id, NOW).await;
    assert_eq!(ended, Ok(true));
    assert_eq!(due(&store).await.len(), 1);
}

async fn whatever_ends_a_session_queues_its_clients(store: Store) {
    told(&store, "wiki").await;
    let (people, sessions) = (store.directory.people(), store.directory.sessions());
    let mut queued = 0;
    for way in ["all", "password", "disable", "remove"] {
        let person = store.person(way).await;
        let session = store.session(&person).await;
        allow(&store, "wiki", &session).await;
        assert_eq!(due(&store).await.len(), queued, "{way}");
        match way {
            "all" => assert_eq!(sessions.end_all_of(person.id, NOW).await, Ok(1)),
            "password" => {
                let changed = people.set_password(person.id, &hash("1"), NOW).await;
                assert_eq!(changed, Ok(true));
            }
            "disable" => {
                let disabled = PersonStatus::Disabled;
                let changed = people.set_status(person.id, disabled, NOW).await;
                assert_eq!(changed, Ok(true));
            }
            _ => assert_eq!(people.remove(person.id, NOW).await, Ok(true)),
        }
        queued += 1;
        let told = due(&store).await;
        assert_eq!(told.len(), queued, "{way}");
        let his = told.iter().find(|it| it.session == session.id);
        assert_eq!(his.map(|it| it.person), Some(person.id), "{way}");
    }
}

async fn a_client_that_gets_a_grant_while_the_session_ends_is_told(store: Store) {
    told(&store, "wiki").await;
    let ada = store.person("ada").await;
    for way in 0..40 {
        let session = store.session(&ada).await;
        let grant = grant(&session, GrantLifetime::Session);
        let (directory, id, person) = (store.directory.clone(), session.id, ada.id);
        let ending = tokio::spawn(async move {
            let sessions = directory.sessions();
            if way % 2 == 0 {
                assert_eq!(sessions.end(id, NOW).await, Ok(true));
            } else {
                assert_eq!(sessions.end_all_of(person, NOW).await, Ok(1));
            }
        });
        let recorded = store.directory.grants().record(&grant, None).await;
        ending.await.unwrap();
        let queued = store.directory.logout_deliveries().of_session(id).await;
        let is_granted = recorded == Ok(Recorded::Recorded);
        assert_eq!(queued.unwrap().len(), usize::from(is_granted), "{way}");
    }
}

async fn one_of_many_claims_a_delivery(store: Store) {
    let delivery = one(&store).await;
    let claimed = at_once(|_| {
        let (directory, delivery) = (store.directory.clone(), delivery.clone());
        async move {
            let until = NOW.plus(Duration::from_secs(30));
            let claimed = directory.logout_deliveries().claim(&delivery, until).await;
            claimed.unwrap().is_some()
        }
    });
    assert_eq!(claimed.await, 1);
}

async fn a_claimed_delivery_is_due_again_when_nothing_is_heard_of_it(store: Store) {
    let delivery = one(&store).await;
    let door = store.directory.logout_deliveries();
    let until = NOW.plus(Duration::from_secs(30));
    let claimed = door.claim(&delivery, until).await.unwrap().unwrap();
    assert_eq!(
        (claimed.attempts, claimed.next_attempt_at),
        (1, Some(until))
    );
    assert_eq!(due(&store).await, Vec::new());
    assert_eq!(door.due(ALL, until).await, Ok(vec![claimed.clone()]));

    let next = NOW.plus(Duration::from_mins(1));
    assert_eq!(door.postpone(&claimed, next, "503").await, Ok(true));
    let [again] = <[_; 1]>::try_from(door.due(ALL, next).await.unwrap()).unwrap();
    assert_eq!(again.outcome.as_deref(), Some("503"));

    let claimed = door.claim(&again, until).await.unwrap().unwrap();
    let delivered = DeliveryStatus::Delivered;
    assert_eq!(
        door.finish(&claimed, delivered, "200", next).await,
        Ok(true)
    );
    assert_eq!(
        door.due(ALL, next.plus(KEPT_DELIVERIES_FOR)).await,
        Ok(Vec::new())
    );
    let finished = Delivery {
        status: delivered,
        next_attempt_at: None,
        finished_at: Some(next),
        outcome: Some("200".to_owned()),
        ..claimed
    };
    let found = door.of_session(delivery.session).await;
    assert_eq!(found, Ok(vec![finished]));
}

async fn a_claim_that_lapsed_changes_nothing(store: Store) {
    let delivery = one(&store).await;
    let door = store.directory.logout_deliveries();
    let until = NOW.plus(Duration::from_secs(30));
    let slow = door.claim(&delivery, until).await.unwrap().unwrap();
    let later = until.plus(Duration::from_secs(30));
    let quick = door.claim(&slow, later).await.unwrap().unwrap();
    assert_eq!(door.claim(&slow, later).await, Ok(None));
    assert_eq!(door.postpone(&slow, NOW, "late").await, Ok(false));
    let abandoned = DeliveryStatus::Abandoned;
    assert_eq!(door.finish(&slow, abandoned, "late", NOW).await, Ok(false));
    let found = door.of_session(delivery.session).await;
    assert_eq!(found, Ok(vec![quick]));
}

async fn no_client_keeps_the_others_from_being_told(store: Store) {
    for id in ["dead", "wiki"] {
        told(&store, id).await;
    }
    let ada = store.person("ada").await;
    let sessions = store.directory.sessions();
    for at in 0..10 {
        let session = store.session(&ada).await;
        allow(&store, "dead", &session).await;
        let when = NOW.minus(Duration::from_secs(20 - at));
        assert_eq!(sessions.end(session.id, when).await, Ok(true));
    }
    let session = store.session(&ada).await;
    allow(&store, "wiki", &session).await;
    assert_eq!(sessions.end(session.id, NOW).await, Ok(true));

    let portion = Portion {
        of_one_client: 3,
        in_all: 2,
    };
    let door = store.directory.logout_deliveries();
    let due = door.due(portion, NOW).await.unwrap();
    let clients: Vec<&str> = due.iter().map(|it| it.client.as_str()).collect();
    assert_eq!(clients, ["dead", "wiki"]);
    let oldest = NOW.minus(Duration::from_secs(20));
    assert_eq!(due[0].queued_at, oldest);
    let portion = Portion {
        in_all: 100,
        ..portion
    };
    assert_eq!(door.due(portion, NOW).await.unwrap().len(), 4);
}

async fn what_was_told_long_ago_is_swept(store: Store) {
    let delivery = one(&store).await;
    let door = store.directory.logout_deliveries();
    let claimed = door.claim(&delivery, NOW).await.unwrap().unwrap();
    let delivered = DeliveryStatus::Delivered;
    assert_eq!(door.finish(&claimed, delivered, "200", NOW).await, Ok(true));
    let bob = store.person("bob").await;
    let forgotten = store.session(&bob).await;
    allow(&store, "wiki", &forgotten).await;

    let last = NOW.plus(KEPT_DELIVERIES_FOR);
    assert_eq!(store.directory.sweep(last).await.unwrap().deliveries, 0);
    let later = last.plus(Duration::from_secs(1));
    let swept = store.directory.sweep(later).await.unwrap();
    assert_eq!((swept.deliveries, swept.sessions), (1, 2));
    assert_eq!(door.of_session(delivery.session).await, Ok(Vec::new()));
    // The session that nobody ended is gone, and whom its end would have concerned with it.
    let left = store.another().await;
    let mut departure = left.departure().await.unwrap();
    while let Some(batch) = departure.next().await.unwrap() {
        assert_ne!(batch.table(), "logout_delivery");
    }
}

async fn clients_that_only_browsers_tell_are_remembered_and_never_queued(store: Store) {
    let wiki = told(&store, "wiki").await;
    let shop = Client {
        frontchannel_logout_uri: wiki.backchannel_logout_uri,
        ..client("shop")
    };
    let added = store.directory.clients().add(&shop).await.unwrap();
    assert_eq!(added, clients::Added::Added);
    store.client("quiet").await;
    let session = store.session(&store.person("ada").await).await;
    let door = store.directory.logout_deliveries();
    assert_eq!(door.clients_of(session.id).await, Ok(Vec::new()));
    for id in ["wiki", "shop", "quiet", "shop"] {
        allow(&store, id, &session).await;
    }
    let concerned = ["shop", "wiki"].map(|id| id.parse().unwrap());
    let later = NOW.plus(KEPT_SESSIONS_FOR);
    store.directory.sweep(later).await.unwrap();
    assert_eq!(door.clients_of(session.id).await, Ok(concerned.to_vec()));

    let ended = store.directory.sessions().end(session.id, NOW).await;
    assert_eq!(ended, Ok(true));
    assert_eq!(door.clients_of(session.id).await, Ok(concerned.to_vec()));
    for queued in [
        due(&store).await,
        door.of_session(session.id).await.unwrap(),
    ] {
        let clients: Vec<&str> = queued.iter().map(|it| it.client.as_str()).collect();
        assert_eq!(clients, ["wiki"]);
    }

    let gone = later.plus(KEPT_SESSIONS_FOR).plus(KEPT_DELIVERIES_FOR);
    store.directory.sweep(gone).await.unwrap();
    let wiki = ["wiki".parse().unwrap()];
    assert_eq!(door.clients_of(session.id).await, Ok(wiki.to_vec()));
}
