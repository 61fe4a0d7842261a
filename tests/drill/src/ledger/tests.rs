//! A check that cannot fail is none: each kind of fault is committed here and has to be found.

use std::collections::BTreeSet;

use doorward_tests::load::relying_party::{Registration, Tokens};
use url::Url;

use super::*;

const SOON: Duration = Duration::from_secs(1);

fn browser() -> Browser {
    let issuer = Url::parse("http://localhost:8000/").unwrap();
    Browser::of_issuer(([127, 0, 0, 1], 9).into(), &issuer, SOON)
}

fn tokens(refresh_token: Option<&str>) -> Tokens {
    // The payload is {"sid":"s1"}.
    Tokens {
        access_token: "an access token".to_owned(),
        id_token: Some("e30.eyJzaWQiOiJzMSJ9.e30".to_owned()),
        refresh_token: refresh_token.map(str::to_owned),
    }
}

/// A ledger in which somebody signed in and granted offline access.
struct Scene {
    ledger: Ledger,
    session: SessionId,
    grant: GrantId,
    now: Instant,
}

fn scene() -> Scene {
    let mut ledger = Ledger::default();
    let now = Instant::now();
    let session = ledger.signed_in(browser(), now);
    let grant = ledger.redeemed("code", (session, 0), &tokens(Some("rt-1")), now);
    Scene {
        ledger,
        session,
        grant,
        now,
    }
}

impl Scene {
    /// A grant that ends with the session.
    fn session_grant(&mut self) -> GrantId {
        let place = (self.session, 0);
        self.ledger
            .redeemed("another", place, &tokens(None), self.now)
    }

    #[track_caller]
    fn assert_faults(&mut self, expected: &[Kind]) {
        self.ledger.close();
        let faults = self.ledger.take_faults();
        let kinds: Vec<_> = faults.all().iter().map(|fault| fault.kind).collect();
        assert_eq!(kinds, expected, "{faults:?}");
    }
}

#[test]
fn what_goes_well_is_no_fault() {
    let mut scene = scene();
    let (grant, now) = (scene.grant, scene.now);
    scene
        .ledger
        .refreshed(grant, "rt-1", &tokens(Some("rt-2")), now);
    // The same successor again, for a client that missed the first answer.
    scene
        .ledger
        .refreshed(grant, "rt-1", &tokens(Some("rt-2")), now);
    scene.ledger.session_seen(scene.session, Seen::Works);
    scene.ledger.access_seen(grant, Seen::Works);
    scene.ledger.compare(&BTreeSet::from(["s1".to_owned()]));
    scene.assert_faults(&[]);
}

#[test]
fn a_lost_session_code_or_refresh_token_is_found() {
    let mut lost = scene();
    lost.ledger.session_seen(lost.session, Seen::Refused);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.missed(lost.session);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.code_refused(lost.now);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.refresh_refused(lost.grant, lost.now);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.access_seen(lost.grant, Seen::Refused);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.compare(&BTreeSet::new());
    lost.assert_faults(&[Kind::Lost]);
}

#[test]
fn a_code_and_a_refresh_token_that_are_spent_twice_are_found() {
    let mut spent = scene();
    let place = (spent.session, 0);
    spent
        .ledger
        .redeemed("code", place, &tokens(Some("rt-x")), spent.now);
    spent.assert_faults(&[Kind::SpentTwice]);

    let mut spent = scene();
    let (grant, now) = (spent.grant, spent.now);
    spent
        .ledger
        .refreshed(grant, "rt-1", &tokens(Some("rt-2")), now);
    spent
        .ledger
        .refreshed(grant, "rt-1", &tokens(Some("rt-3")), now);
    spent.assert_faults(&[Kind::SpentTwice]);
}

#[test]
fn a_session_and_a_grant_that_come_back_are_found() {
    let mut revived = scene();
    let granted = revived.session_grant();
    revived.ledger.signed_out(revived.session);
    revived.ledger.session_seen(revived.session, Seen::Works);
    revived.ledger.access_seen(granted, Seen::Works);
    revived.ledger.compare(&BTreeSet::from(["s1".to_owned()]));
    revived.assert_faults(&[Kind::Revived; 3]);

    let mut revived = scene();
    let (grant, now) = (revived.grant, revived.now);
    revived.ledger.revoked(grant);
    revived
        .ledger
        .refreshed(grant, "rt-1", &tokens(Some("rt-2")), now);
    revived.assert_faults(&[Kind::Revived]);
}

#[test]
fn what_stays_ended_is_no_fault_and_offline_access_outlives_the_session() {
    let mut scene = scene();
    let granted = scene.session_grant();
    scene.ledger.signed_out(scene.session);
    scene.ledger.session_seen(scene.session, Seen::Refused);
    scene.ledger.access_seen(granted, Seen::Refused);
    scene.ledger.access_seen(scene.grant, Seen::Works);
    scene.ledger.refresh_refused(granted, scene.now);
    scene.assert_faults(&[]);
}

#[test]
fn in_doubt_either_outcome_is_right() {
    for seen in [Seen::Works, Seen::Refused] {
        let mut doubt = scene();
        let granted = doubt.session_grant();
        doubt.ledger.perhaps_signed_out(doubt.session);
        doubt.ledger.perhaps_revoked(doubt.grant);
        doubt.ledger.session_seen(doubt.session, seen);
        doubt.ledger.access_seen(granted, seen);
        doubt.ledger.access_seen(doubt.grant, seen);
        doubt.assert_faults(&[]);
    }
}

#[test]
fn a_missed_refresh_is_had_again_within_the_grace_and_not_after() {
    for (later, expected) in [(GRACE / 2, vec![Kind::Lost]), (GRACE * 2, vec![])] {
        let mut doubt = scene();
        doubt
            .ledger
            .perhaps_refreshed(doubt.grant, "rt-1", doubt.now);
        doubt.ledger.refresh_refused(doubt.grant, doubt.now + later);
        doubt.assert_faults(&expected);
    }
}

#[test]
fn a_takeover_excuses_the_last_moments_and_nothing_else() {
    for (from, expected) in [(0, vec![]), (1, vec![Kind::Lost, Kind::Lost])] {
        let mut scene = scene();
        let from = scene.now + SOON * from;
        let until = from + SOON;
        scene.ledger.promise(Promise::Recent {
            from,
            until: Some(until),
        });
        scene.ledger.missed(scene.session);
        scene.ledger.code_refused(scene.now);
        scene.assert_faults(&expected);
    }
}

#[test]
fn a_store_that_forgets_must_forget_all() {
    let mut scene = scene();
    let other = scene.ledger.signed_in(browser(), scene.now);
    let promise = Promise::AllBefore(scene.now + SOON);
    scene.ledger.promise(promise);
    scene.ledger.session_seen(scene.session, Seen::Refused);
    scene.ledger.session_seen(other, Seen::Refused);
    assert_eq!(scene.ledger.faults.excused(), 2);
    scene.assert_faults(&[]);

    let kept = scene.ledger.signed_in(browser(), scene.now);
    let gone = scene.ledger.signed_in(browser(), scene.now);
    scene.ledger.session_seen(kept, Seen::Works);
    scene.ledger.session_seen(gone, Seen::Refused);
    scene.assert_faults(&[Kind::Lost]);
}

#[test]
fn what_has_ended_is_asked_about_as_well_and_what_is_forgotten_is_not() {
    let mut scene = scene();
    let node = ([127, 0, 0, 1], 9).into();
    scene.ledger.signed_out(scene.session);
    assert_eq!(scene.ledger.probes(node, scene.now).len(), 3);
    scene.ledger.forget(scene.grant);
    scene.ledger.close();
    assert_eq!(scene.ledger.probes(node, scene.now).len(), 1);
}

#[test]
fn every_token_and_cookie_is_looked_for_in_logs() {
    let mut ledger = Ledger::default();
    let session = ledger.signed_in(browser(), Instant::now());
    let token = "dw_rt_2sJ8kQvXw0ZbN4yTm7RfLcPaHg1uEoDi";
    ledger.redeemed("c", (session, 0), &tokens(Some(token)), Instant::now());
    let found = ledger.secrets().found_in(token.as_bytes());
    assert_eq!(found.first(), Some(&"refresh token"));
}

#[test]
fn a_lost_pushed_request_device_or_exchanged_token_is_found() {
    let mut lost = scene();
    lost.ledger.pushed_refused(lost.now);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.device_unknown(lost.now);
    lost.assert_faults(&[Kind::Lost]);

    let mut lost = scene();
    lost.ledger.exchanged(lost.grant, "of files", lost.now);
    lost.ledger.exchanged_seen(lost.grant, Seen::Refused);
    lost.assert_faults(&[Kind::Lost]);
}

#[test]
fn a_pushed_request_and_a_proof_that_are_good_twice_are_found_unless_the_store_may_forget() {
    for (forgetful, expected) in [(false, vec![Kind::SpentTwice; 2]), (true, vec![])] {
        let mut spent = scene();
        if forgetful {
            let promise = Promise::AllBefore(spent.now + SOON);
            spent.ledger.promise(promise);
        }
        spent.ledger.answered_twice(spent.now);
        spent.ledger.proven_twice(spent.grant, spent.now);
        spent.assert_faults(&expected);
    }
}

#[test]
fn a_token_that_is_taken_without_its_key_is_found() {
    let mut unbound = scene();
    unbound.ledger.opened_without_key(unbound.grant);
    unbound.assert_faults(&[Kind::Unbound]);
}

#[test]
fn what_was_exchanged_ends_with_its_grant() {
    for (seen, expected) in [(Seen::Refused, vec![]), (Seen::Works, vec![Kind::Revived])] {
        let mut scene = scene();
        let (grant, now) = (scene.grant, scene.now);
        scene.ledger.exchanged(grant, "of files", now);
        scene.ledger.revoked(grant);
        let asked = scene.ledger.probes(([127, 0, 0, 1], 9).into(), now);
        let exchanged = |probe: &Probe| matches!(probe, Probe::Exchanged(..));
        assert_eq!(asked.iter().filter(|probe| exchanged(probe)).count(), 1);
        scene.ledger.exchanged_seen(grant, seen);
        scene.assert_faults(&expected);
    }
    let mut revived = scene();
    revived.ledger.revoked(revived.grant);
    let (grant, now) = (revived.grant, revived.now);
    revived.ledger.exchanged(grant, "of files", now);
    revived.assert_faults(&[Kind::Revived]);
}

/// A client that registered itself under that name.
fn registration(name: &str) -> Registration {
    Registration::known("client", name, "a registration access token")
}

#[test]
fn a_registration_that_is_lost_stale_or_back_is_found() {
    type Done = fn(&mut Ledger, RegistrationId);
    let [nothing, renamed, removed, doubted]: [Done; 4] = [
        |_, _| {},
        |ledger, id| ledger.reregistered(id, registration("new")),
        |ledger, id| ledger.unregistered(id),
        |ledger, id| ledger.perhaps_reregistered(id),
    ];
    let old = Some(registration("old"));
    for (done, read, expected) in [
        (nothing, old.clone(), vec![]),
        (nothing, None, vec![Kind::Lost]),
        (renamed, Some(registration("new")), vec![]),
        (renamed, old.clone(), vec![Kind::Lost]),
        (removed, None, vec![]),
        (removed, old.clone(), vec![Kind::Revived]),
        (doubted, old, vec![]),
        (doubted, None, vec![]),
    ] {
        let mut scene = scene();
        let id = scene.ledger.registered(registration("old"));
        done(&mut scene.ledger, id);
        scene.ledger.registration_seen(id, read.as_ref());
        scene.assert_faults(&expected);
    }
}
