//! Status lists: runs of indices, and what of them is dead.

use std::collections::BTreeSet;
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::consent::{Consent, Permission};
use doorward_core::grant::{Grant, GrantLifetime};
use doorward_core::identifiers::{ClientId, PersonId};
use doorward_core::jose::Audience;
use doorward_core::person::PersonStatus;
use doorward_core::status_list::{Block, Origin, RUN_LIFE, Run, RunNumber, Terms, TermsOf};
use doorward_core::time::CLOCK_TOLERANCE;
use doorward_directory::Directory;
use doorward_directory::status_lists::{Begun, Dead, LivingLists};

use crate::support::{NOW, Store, at_once};

contract![
    no_two_nodes_have_a_block_in_common,
    a_run_is_begun_once,
    no_run_begins_for_a_grant_that_is_gone,
    whatever_ends_a_grant_ends_its_runs_on_every_node,
    whatever_ends_a_person_ends_their_runs_and_nobody_elses,
    a_consent_that_is_withdrawn_ends_what_it_allowed,
    a_token_that_was_revoked_is_dead_and_its_run_is_not,
    a_list_tells_of_its_own_runs_alone,
    what_registrations_may_end_is_found_by_its_terms,
    a_run_and_its_grant_stay_until_its_last_token_is_over_by_any_clock,
];

/// A moment later.
const LATER: Timestamp = Timestamp::from_seconds(1_800_000_001);

fn terms(client: &str, of: TermsOf) -> Terms {
    Terms {
        client_id: client.parse().unwrap(),
        aud: Audience::One("urn:reports".to_owned()),
        of,
    }
}

fn of_grant(grant: &Grant, holder: &str) -> Origin {
    Origin {
        grant: Some(grant.id),
        person: None,
        terms: terms(holder, TermsOf::Grant {}),
    }
}

pub(crate) fn of_client(client: &str) -> Origin {
    let sub: ClientId = client.parse().unwrap();
    Origin {
        grant: None,
        person: None,
        terms: terms(client, TermsOf::Client { sub }),
    }
}

fn of_person(person: PersonId) -> Origin {
    Origin {
        person: Some(person),
        ..of_client("partner")
    }
}

async fn begin(directory: &Directory, number: u64, origin: &Origin) -> Begun {
    let run = Run::begin(RunNumber(number), Timestamp::from_millis(0), NOW);
    directory.status_lists().begin(&run, origin).await.unwrap()
}

/// Begins a run that nobody has.
async fn begun(directory: &Directory, number: u64, origin: &Origin) {
    assert_eq!(begin(directory, number, origin).await, Begun::Begun);
}

async fn dead(directory: &Directory, now: Timestamp) -> Vec<Dead> {
    let mut dead = directory.status_lists().dead(0, now).await.unwrap();
    dead.sort_unstable();
    dead
}

fn runs<const N: usize>(numbers: [u64; N]) -> Vec<Dead> {
    numbers.map(|number| Dead::Run(RunNumber(number))).into()
}

async fn no_two_nodes_have_a_block_in_common(store: Store) {
    let other = store.another().await;
    let blocks: Vec<_> = (0..12)
        .map(|turn| {
            let directory = if turn % 2 == 0 {
                &store.directory
            } else {
                &other
            };
            let directory = directory.clone();
            tokio::spawn(async move { directory.status_lists().block().await.unwrap() })
        })
        .collect();
    let mut taken = BTreeSet::new();
    for block in blocks {
        let mut block: Block = block.await.unwrap();
        while let Some(run) = block.take(0) {
            assert!(taken.insert(run), "{run:?} is in two blocks");
        }
    }
    assert_eq!(taken.len(), 12 * 256);

    // Blocks that were used up are forgotten, and none comes back.
    store.directory.sweep(NOW).await.unwrap();
    let mut next = store.directory.status_lists().block().await.unwrap();
    assert!(next.take(0).unwrap() > *taken.last().unwrap());
}

async fn a_run_is_begun_once(store: Store) {
    let begun = at_once(|_| {
        let directory = store.directory.clone();
        async move { begin(&directory, 1, &of_client("robot")).await == Begun::Begun }
    });
    assert_eq!(begun.await, 1);
    let again = begin(&store.directory, 1, &of_client("robot")).await;
    assert_eq!(again, Begun::Taken);
}

async fn no_run_begins_for_a_grant_that_is_gone(store: Store) {
    let ada = store.person("ada").await;
    let grant = store
        .grant(&store.session(&ada).await, GrantLifetime::Offline)
        .await;
    let people = store.directory.people();
    assert_eq!(people.remove(ada.id, NOW).await, Ok(true));
    let begun = begin(&store.directory, 0, &of_grant(&grant, "wiki")).await;
    assert_eq!(begun, Begun::GrantGone);
}

async fn whatever_ends_a_grant_ends_its_runs_on_every_node(store: Store) {
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let mut grants = Vec::new();
    for number in 0..4 {
        let lifetime = [GrantLifetime::Offline, GrantLifetime::Session][usize::from(number == 1)];
        let grant = store.grant(&session, lifetime).await;
        begun(&store.directory, number, &of_grant(&grant, "wiki")).await;
        grants.push(grant);
    }
    // Also what was exchanged dies with what it came from.
    begun(&store.directory, 9, &of_grant(&grants[0], "gateway")).await;
    let other = store.another().await;
    assert_eq!(dead(&other, LATER).await, []);

    let revoked = store.directory.grants().revoke(grants[0].id, LATER).await;
    assert_eq!(revoked, Ok(true));
    assert_eq!(dead(&other, LATER).await, runs([0, 9]));
    let sessions = store.directory.sessions();
    assert_eq!(sessions.end(session.id, LATER).await, Ok(true));
    assert_eq!(dead(&other, LATER).await, runs([0, 1, 9]));
    let expired = grants[2].expires_at;
    let found: BTreeSet<Dead> = dead(&other, expired).await.into_iter().collect();
    assert_eq!(found, runs([0, 1, 2, 3, 9]).into_iter().collect());
}

async fn whatever_ends_a_person_ends_their_runs_and_nobody_elses(store: Store) {
    let (ada, bob) = (store.person("ada").await, store.person("bob").await);
    for (first, person) in [(0, &ada), (10, &bob)] {
        let session = store.session(person).await;
        let grant = store.grant(&session, GrantLifetime::Offline).await;
        begun(&store.directory, first, &of_grant(&grant, "wiki")).await;
        begun(&store.directory, first + 1, &of_person(person.id)).await;
    }
    let people = store.directory.people();
    let disabled = people
        .set_status(ada.id, PersonStatus::Disabled, LATER)
        .await;
    assert_eq!(disabled, Ok(true));
    let found: BTreeSet<Dead> = dead(&store.directory, LATER).await.into_iter().collect();
    assert_eq!(found, runs([0, 1]).into_iter().collect());
    // Their grants go with them, and the runs stay.
    assert_eq!(people.remove(ada.id, LATER).await, Ok(true));
    assert_eq!(people.remove(bob.id, LATER).await, Ok(true));
    assert_eq!(dead(&store.directory, LATER).await, runs([0, 1, 10, 11]));
}

async fn a_consent_that_is_withdrawn_ends_what_it_allowed(store: Store) {
    let ada = store.person("ada").await;
    let grant = store
        .grant(&store.session(&ada).await, GrantLifetime::Offline)
        .await;
    begun(&store.directory, 0, &of_grant(&grant, "wiki")).await;
    begun(&store.directory, 1, &of_person(ada.id)).await;
    store.client("wiki").await;
    let consents = store.directory.consents();
    let wiki = grant.client.clone();
    assert_eq!(consents.withdraw(ada.id, &wiki).await, Ok(false));
    assert_eq!(dead(&store.directory, LATER).await, []);
    let consent = Consent {
        person: ada.id,
        client: wiki.clone(),
        permission: Permission {
            scope: "openid".parse().unwrap(),
            ..Permission::default()
        },
        given_at: NOW,
    };
    assert_eq!(consents.give(&consent).await, Ok(true));
    assert_eq!(consents.withdraw(ada.id, &wiki).await, Ok(true));
    assert_eq!(dead(&store.directory, LATER).await, runs([0]));
}

async fn a_token_that_was_revoked_is_dead_and_its_run_is_not(store: Store) {
    begun(&store.directory, 3, &of_client("robot")).await;
    let index = RunNumber(3).index(7);
    let tokens = store.directory.access_tokens();
    let until = NOW.plus(Duration::from_mins(10));
    assert_eq!(tokens.revoke("a", until, Some(index)).await, Ok(true));
    assert_eq!(tokens.revoke("b", until, None).await, Ok(true));
    let other = store.another().await;
    assert_eq!(dead(&other, LATER).await, [Dead::Token(index)]);
}

async fn a_list_tells_of_its_own_runs_alone(store: Store) {
    let ada = store.person("ada").await;
    let grant = store
        .grant(&store.session(&ada).await, GrantLifetime::Offline)
        .await;
    let lists = store.directory.status_lists();
    let epoch = Timestamp::from_millis(0);
    let none = LivingLists {
        epoch,
        numbers: None,
    };
    assert_eq!(lists.living(NOW).await, Ok(none));
    let next = RunNumber::first_of(1);
    for number in [next.0 - 1, next.0] {
        begun(&store.directory, number, &of_grant(&grant, "wiki")).await;
    }
    let tokens = store.directory.access_tokens();
    let until = NOW.plus(Duration::from_mins(10));
    let revoked = tokens.revoke("a", until, Some(next.index(0))).await;
    assert_eq!(revoked, Ok(true));
    let revoked = store.directory.grants().revoke(grant.id, NOW).await;
    assert_eq!(revoked, Ok(true));

    let both = LivingLists {
        epoch,
        numbers: Some((0, 1)),
    };
    assert_eq!(lists.living(NOW).await, Ok(both));
    assert_eq!(dead(&store.directory, LATER).await, runs([next.0 - 1]));
    let mut second = lists.dead(1, LATER).await.unwrap();
    second.sort_unstable();
    assert_eq!(second, [Dead::Run(next), Dead::Token(next.index(0))]);
    assert_eq!(lists.dead(2, LATER).await, Ok(Vec::new()));
    assert_eq!(lists.dead(u64::MAX, LATER).await, Ok(Vec::new()));
}

async fn what_registrations_may_end_is_found_by_its_terms(store: Store) {
    let ada = store.person("ada").await;
    let grant = store
        .grant(&store.session(&ada).await, GrantLifetime::Offline)
        .await;
    begun(&store.directory, 0, &of_grant(&grant, "wiki")).await;
    begun(&store.directory, 1, &of_grant(&grant, "gateway")).await;
    begun(&store.directory, 2, &of_client("robot")).await;
    begun(&store.directory, 3, &of_client("robot")).await;
    let lists = store.directory.status_lists();
    let mut shared = lists.terms(NOW).await.unwrap();
    shared.sort_by_key(|shared| shared.terms.client_id.clone());
    let found: Vec<_> = shared
        .iter()
        .map(|shared| (shared.first.as_str(), &shared.terms, shared.since))
        .collect();
    let gateway = terms("gateway", TermsOf::Grant {});
    let robot = of_client("robot").terms;
    assert_eq!(found, [("wiki", &gateway, NOW), ("robot", &robot, NOW)]);
    let mut of_robot = lists.runs_of(&shared[1]).await.unwrap();
    of_robot.sort_unstable();
    assert_eq!(of_robot, [(RunNumber(2), NOW), (RunNumber(3), NOW)]);
}

async fn a_run_and_its_grant_stay_until_its_last_token_is_over_by_any_clock(store: Store) {
    let ada = store.person("ada").await;
    let grant = store
        .grant(&store.session(&ada).await, GrantLifetime::Offline)
        .await;
    let begun_at = grant.expires_at.minus(Duration::from_secs(1));
    let run = Run::begin(RunNumber(0), Timestamp::from_millis(0), begun_at);
    let lists = store.directory.status_lists();
    let begun = lists.begin(&run, &of_grant(&grant, "wiki")).await;
    assert_eq!(begun, Ok(Begun::Begun));
    let over = begun_at.plus(RUN_LIFE + CLOCK_TOLERANCE);
    let before = over.minus(Duration::from_millis(1));
    let swept = store.directory.sweep(before).await.unwrap();
    assert_eq!((swept.status_runs, swept.grants), (0, 0));
    assert_eq!(dead(&store.directory, before).await, runs([0]));
    let swept = store.directory.sweep(over).await.unwrap();
    assert_eq!((swept.status_runs, swept.grants), (1, 1));
}
