//! Sessions.

use std::time::Duration;

use doorward_core::grant::GrantLifetime;
use doorward_core::identifiers::SessionId;
use doorward_core::person::PersonStatus;
use doorward_core::session::{Session, SessionLimits};
use doorward_directory::sessions::First;

use crate::people::hash;
use crate::support::{
    Counter, NOW, Store, at_once, authentication, client, family, grant, person, session,
};

contract![
    a_session_is_read_as_it_began,
    no_session_begins_for_somebody_gone_or_disabled,
    no_session_begins_by_a_password_that_was_changed_meanwhile,
    signing_in_again_and_use_are_recorded,
    use_never_goes_back_in_time,
    ending_revokes_what_lives_no_longer_than_the_session,
    a_session_ends_once,
    nothing_is_granted_in_a_session_that_is_over,
    all_of_somebodys_sessions_end_together,
    live_sessions_are_listed_page_by_page,
    those_that_live_are_counted_and_the_present_one_is_first,
    those_that_ended_are_counted_and_the_latest_is_first,
    the_clients_of_a_session_are_named_once,
];

async fn a_session_is_read_as_it_began(store: Store) {
    let sessions = store.directory.sessions();
    let ada = store.person("ada").await;
    let session = store.session(&ada).await;
    let found = sessions.with_person(session.id).await;
    assert_eq!(found, Ok(Some((session, ada))));
    let unknown = SessionId::generate(NOW, &Counter);
    assert_eq!(sessions.with_person(unknown).await, Ok(None));
}

async fn no_session_begins_for_somebody_gone_or_disabled(store: Store) {
    let sessions = store.directory.sessions();
    let nobody = session(&person("nobody"));
    assert_eq!(sessions.begin(&nobody, None).await, Ok(false));

    let ada = store.person("ada").await;
    let people = store.directory.people();
    let disabled = people.set_status(ada.id, PersonStatus::Disabled, NOW).await;
    assert_eq!(disabled, Ok(true));
    let hers = session(&ada);
    assert_eq!(sessions.begin(&hers, None).await, Ok(false));
    assert_eq!(sessions.with_person(hers.id).await, Ok(None));
}

async fn no_session_begins_by_a_password_that_was_changed_meanwhile(store: Store) {
    let (people, sessions) = (store.directory.people(), store.directory.sessions());
    let ada = store.person("ada").await;
    let (old, new) = (hash("1"), hash("2"));
    assert_eq!(people.set_password(ada.id, &old, NOW).await, Ok(true));
    assert_eq!(people.set_password(ada.id, &new, NOW).await, Ok(true));
    let hers = session(&ada);
    assert_eq!(sessions.begin(&hers, Some(&old)).await, Ok(false));
    assert_eq!(sessions.begin(&hers, Some(&new)).await, Ok(true));
}

async fn signing_in_again_and_use_are_recorded(store: Store) {
    let sessions = store.directory.sessions();
    let ada = store.person("ada").await;
    let mut session = store.session(&ada).await;

    let later = NOW.plus(Duration::from_mins(10));
    let fresh = authentication(later);
    let again = sessions.reauthenticated(session.id, &fresh, later).await;
    assert_eq!(again, Ok(true));
    session.authentication = fresh.clone();
    session.seen_at = later.plus(Duration::from_mins(1));
    sessions.seen(session.id, session.seen_at).await.unwrap();
    let found = sessions.with_person(session.id).await.unwrap();
    assert_eq!(found, Some((session.clone(), ada)));

    assert_eq!(sessions.end(session.id, later).await, Ok(true));
    let again = sessions.reauthenticated(session.id, &fresh, later).await;
    assert_eq!(again, Ok(false));
}

async fn use_never_goes_back_in_time(store: Store) {
    let sessions = store.directory.sessions();
    let session = store.session(&store.person("ada").await).await;
    let earlier = NOW.minus(Duration::from_secs(1));
    sessions.seen(session.id, earlier).await.unwrap();
    let (found, _) = sessions.with_person(session.id).await.unwrap().unwrap();
    assert_eq!(found.seen_at, NOW);
}

/// [OpenID Connect RP-Initiated Logout section 2](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#RPLogout)
/// and `offline_access` of [OpenID Connect Core section 11](https://openid.net/specs/openid-connect-core-1_0.html#OfflineAccess).
async fn ending_revokes_what_lives_no_longer_than_the_session(store: Store) {
    let ada = store.person("ada").await;
    let (session, elsewhere) = (store.session(&ada).await, store.session(&ada).await);
    let online = store.grant(&session, GrantLifetime::Session).await;
    let offline = store.grant(&session, GrantLifetime::Offline).await;
    let other = store.grant(&elsewhere, GrantLifetime::Session).await;
    let tokens = family(&online);

    assert_eq!(
        store.directory.sessions().end(session.id, NOW).await,
        Ok(true)
    );

    assert!(!store.is_on(&session).await);
    assert!(!store.is_live(&online).await);
    assert!(store.is_live(&offline).await);
    assert!(store.is_on(&elsewhere).await);
    assert!(store.is_live(&other).await);
    let found = store.directory.grants().refresh_token(tokens.id).await;
    let (_, of, _) = found.unwrap().unwrap();
    assert_eq!(of.revoked_at, Some(NOW));
}

async fn a_session_ends_once(store: Store) {
    let session = store.session(&store.person("ada").await).await;
    let ended = at_once(|_| {
        let directory = store.directory.clone();
        async move { directory.sessions().end(session.id, NOW).await.unwrap() }
    });
    assert_eq!(ended.await, 1);
    let unknown = SessionId::generate(NOW, &Counter);
    assert_eq!(
        store.directory.sessions().end(unknown, NOW).await,
        Ok(false)
    );
}

async fn nothing_is_granted_in_a_session_that_is_over(store: Store) {
    use doorward_directory::Recorded;

    let (directory, grants) = (&store.directory, store.directory.grants());
    let (ada, bob) = (store.person("ada").await, store.person("bob").await);
    let session = store.session(&ada).await;

    let mut stolen = grant(&session, GrantLifetime::Offline);
    stolen.person = bob.id;
    assert_eq!(
        grants.record(&stolen, None).await,
        Ok(Recorded::SessionOver)
    );

    assert_eq!(directory.sessions().end(session.id, NOW).await, Ok(true));
    let late = grant(&session, GrantLifetime::Offline);
    assert_eq!(
        grants.record(&late, Some(&family(&late))).await,
        Ok(Recorded::SessionOver)
    );
    assert_eq!(grants.with_person(late.id).await, Ok(None));
    assert_eq!(grants.refresh_token(family(&late).id).await, Ok(None));
}

async fn all_of_somebodys_sessions_end_together(store: Store) {
    let sessions = store.directory.sessions();
    let (ada, bob) = (store.person("ada").await, store.person("bob").await);
    let hers = [store.session(&ada).await, store.session(&ada).await];
    let his = store.session(&bob).await;
    let online = store.grant(&hers[0], GrantLifetime::Session).await;
    let offline = store.grant(&hers[1], GrantLifetime::Offline).await;
    assert_eq!(sessions.live_of(ada.id).await, Ok(hers.to_vec()));

    assert_eq!(sessions.end_all_of(ada.id, NOW).await, Ok(2));
    assert_eq!(sessions.end_all_of(ada.id, NOW).await, Ok(0));

    assert_eq!(sessions.live_of(ada.id).await, Ok(Vec::new()));
    assert!(!store.is_live(&online).await);
    assert!(store.is_live(&offline).await);
    assert!(store.is_on(&his).await);
}

async fn live_sessions_are_listed_page_by_page(store: Store) {
    let sessions = store.directory.sessions();
    let ada = store.person("ada").await;
    let mut live = Vec::new();
    for at in 0..4 {
        let session = store.session(&ada).await;
        if at == 1 {
            assert_eq!(sessions.end(session.id, NOW).await, Ok(true));
        } else {
            live.push((session, ada.username.clone()));
        }
    }
    let first = sessions.list_live(None, 2).await.unwrap();
    assert_eq!(first, live[..2]);
    let rest = sessions.list_live(Some(first[1].0.id), 2).await;
    assert_eq!(rest, Ok(live[2..].to_vec()));
}

async fn the_clients_of_a_session_are_named_once(store: Store) {
    let session = store.session(&store.person("ada").await).await;
    let sessions = store.directory.sessions();
    assert_eq!(sessions.clients_of(session.id).await, Ok(Vec::new()));
    for id in ["wiki", "payroll", "wiki"] {
        let mut grant = grant(&session, GrantLifetime::Session);
        grant.client = client(id).client_id;
        let _ = store.directory.grants().record(&grant, None).await.unwrap();
    }
    let expected = ["payroll", "wiki"].map(|id| id.parse().unwrap());
    assert_eq!(sessions.clients_of(session.id).await, Ok(expected.to_vec()));
}

/// How long sessions last.
const LIMITS: SessionLimits = SessionLimits {
    idle: Duration::from_hours(8),
    absolute: Duration::from_hours(24),
};

async fn those_that_live_are_counted_and_the_present_one_is_first(store: Store) {
    let sessions = store.directory.sessions();
    let (ada, bob) = (store.person("ada").await, store.person("bob").await);
    store.session(&bob).await;
    let present = store.session(&ada).await;
    let mut others = Vec::new();
    for minutes in 1..=3 {
        let mut other = store.session(&ada).await;
        other.seen_at = NOW.plus(Duration::from_mins(minutes));
        sessions.seen(other.id, other.seen_at).await.unwrap();
        others.push(other);
    }
    let over = store.session(&ada).await;
    assert_eq!(sessions.end(over.id, NOW).await, Ok(true));
    others.reverse();
    let all = [std::slice::from_ref(&present), &others[..]].concat();
    let first = |now, limit| sessions.live_beside(&present, LIMITS, now, limit);
    let expected = |rows: &[Session], further| {
        let rows = rows.to_vec();
        Ok(First { rows, further })
    };
    assert_eq!(first(NOW, 9).await, expected(&all, 0));
    assert_eq!(first(NOW, 2).await, expected(&all[..2], 2));
    let one_is_used = NOW.plus(LIMITS.idle).plus(Duration::from_secs(150));
    assert_eq!(first(one_is_used, 9).await, expected(&others[..1], 0));
    let in_time = one_is_used.plus(Duration::from_secs(29));
    assert_eq!(first(in_time, 9).await, expected(&others[..1], 0));
    let too_late = one_is_used.plus(Duration::from_secs(30));
    assert_eq!(first(too_late, 9).await, expected(&[], 0));
}

async fn those_that_ended_are_counted_and_the_latest_is_first(store: Store) {
    let sessions = store.directory.sessions();
    let ada = store.person("ada").await;
    store.session(&ada).await;
    let mut ended = Vec::new();
    for minutes in [5, 1, 3] {
        let mut session = store.session(&ada).await;
        let at = NOW.plus(Duration::from_mins(minutes));
        assert_eq!(sessions.end(session.id, at).await, Ok(true));
        session.ended_at = Some(at);
        ended.push(session);
    }
    ended.sort_by_key(|session| std::cmp::Reverse(session.ended_at));
    let first = |since, limit| sessions.ended_of(ada.id, since, limit);
    let shown = first(NOW, 2).await.unwrap();
    assert_eq!((&shown.rows[..], shown.further), (&ended[..2], 1));
    let since = NOW.plus(Duration::from_mins(3));
    let shown = first(since, 2).await.unwrap();
    assert_eq!((&shown.rows[..], shown.further), (&ended[..1], 0));
}
