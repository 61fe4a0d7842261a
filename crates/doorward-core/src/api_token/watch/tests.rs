use super::*;
use crate::api_token::tests::token;
use crate::api_token::usage::{Agent, Denial, LastUse};
use crate::api_token::{Cause, State};

const NOON: Timestamp = Timestamp::from_seconds(1_700_049_600);
const DAY: Duration = Duration::from_hours(24);
const HOME: &str = "192.0.2.7";
const ELSEWHERE: &str = "198.51.100.9";

/// What `times` uses from there amount to.
fn used(usage: &mut Usage, at: Timestamp, address: &str, agent: &str, times: u64) {
    for _ in 0..times {
        usage.count(LastUse {
            at,
            address: address.parse().ok(),
            agent: Agent::of_header(agent.as_bytes()),
            resource: None,
        });
    }
}

/// A token that is used from home five times a minute at most, on each of the last ten days.
fn past() -> Usage {
    let mut past = Usage::default();
    for day in (1..=10).rev() {
        let at = NOON.minus(DAY * day);
        used(&mut past, at, HOME, "curl/8", 20);
        past.days.entry(Day::of(at)).or_default().peak = 5;
    }
    past
}

fn seen(address: &str, times: u64) -> Usage {
    let mut seen = Usage::default();
    used(&mut seen, NOON, address, "curl/8", times);
    seen
}

fn observed<'a>(past: &'a Usage, seen: &'a Usage) -> Observed<'a> {
    Observed {
        past,
        seen,
        in_minute: seen.uses,
        learning: 3 * DAY,
        now: NOON,
    }
}

fn kinds(past: &Usage, seen: &Usage) -> Vec<SignalKind> {
    let signals = observed(past, seen).signals();
    signals.iter().map(Signal::kind).collect()
}

/// T07: what a token does as ever gives rise to nothing.
#[test]
fn ordinary_use_raises_nothing() {
    assert_eq!(kinds(&past(), &seen(HOME, 30)), []);
    assert_eq!(kinds(&past(), &Usage::default()), []);
}

/// T07
#[test]
fn a_new_network_says_which_and_how_many_were_known() {
    let (past, seen) = (past(), seen(ELSEWHERE, 1));
    let signals = observed(&past, &seen).signals();
    let [signal] = signals.as_slice() else {
        panic!("{signals:?}");
    };
    assert_eq!(signal.kind(), SignalKind::NewNetwork);
    assert_eq!(
        signal.to_string(),
        "it was used from 198.51.100.0/24, and never before from there; until now it was used from 1 network"
    );
}

/// T07
#[test]
fn a_new_program_is_named_and_one_without_a_name_is_not() {
    let mut seen = Usage::default();
    used(&mut seen, NOON, HOME, "Go-http-client/2.0", 1);
    assert_eq!(kinds(&past(), &seen), [SignalKind::NewAgent]);
    let mut nameless = Usage::default();
    used(&mut nameless, NOON, HOME, "mine/1.0", 1);
    assert_eq!(kinds(&past(), &nameless), []);
}

#[test]
fn nothing_is_new_about_a_token_that_is_new_itself() {
    let mut young = Usage::default();
    used(&mut young, NOON.minus(2 * DAY), HOME, "curl/8", 5);
    assert_eq!(kinds(&young, &seen(ELSEWHERE, 500)), []);
    assert_eq!(kinds(&Usage::default(), &seen(ELSEWHERE, 500)), []);
}

#[test]
fn nothing_is_new_about_a_token_that_is_used_from_everywhere() {
    let mut past = past();
    for network in 0..16 {
        used(
            &mut past,
            NOON.minus(DAY),
            &format!("203.0.{network}.1"),
            "curl/8",
            1,
        );
    }
    assert_eq!(kinds(&past, &seen(ELSEWHERE, 1)), []);
}

/// T07: measured by the token's own past, with a floor so that small numbers say nothing.
#[test]
fn a_burst_is_many_times_what_is_usual_for_the_token() {
    assert_eq!(kinds(&past(), &seen(HOME, 59)), []);
    assert_eq!(kinds(&past(), &seen(HOME, 60)), [SignalKind::Burst]);
    let mut busy = past();
    for day in busy.days.values_mut() {
        day.peak = 100;
    }
    assert_eq!(kinds(&busy, &seen(HOME, 999)), []);
    assert_eq!(kinds(&busy, &seen(HOME, 1000)), [SignalKind::Burst]);
    assert_eq!(observed(&busy, &seen(HOME, 1)).alarm_at(), 1000);
}

/// T07: what a thief does.
#[test]
fn a_burst_from_where_the_token_was_never_used_before_today_is_another_signal() {
    let mut past = past();
    // The thief tried it this morning: that makes the network no usual one.
    used(
        &mut past,
        NOON.minus(Duration::from_hours(1)),
        ELSEWHERE,
        "curl/8",
        1,
    );
    let seen = seen(ELSEWHERE, 80);
    let signals = observed(&past, &seen).signals();
    let [signal] = signals.as_slice() else {
        panic!("{signals:?}");
    };
    assert_eq!(
        signal.to_string(),
        "it was used 80 times in a minute, most of them from 198.51.100.0/24, from where it was never used before today; before today it \
         was never used more than 5 times in a minute"
    );
}

/// T07
#[test]
fn use_from_many_networks_at_once_is_a_signal() {
    let mut seen = Usage::default();
    for network in 0..8 {
        used(&mut seen, NOON, &format!("203.0.{network}.1"), "curl/8", 1);
    }
    assert!(kinds(&past(), &seen).contains(&SignalKind::ManyNetworks));
    let mut few = Usage::default();
    for network in 0..7 {
        used(&mut few, NOON, &format!("203.0.{network}.1"), "curl/8", 1);
    }
    assert!(!kinds(&past(), &few).contains(&SignalKind::ManyNetworks));
}

/// T07: what is refused says who has the token, also when it is new.
#[test]
fn refusals_that_say_who_has_the_token_are_signals() {
    let denied = |denial| {
        let mut seen = Usage::default();
        seen.deny(denial, ELSEWHERE.parse().ok(), NOON);
        seen
    };
    for (denial, kind) in [
        (Denial::OwnerLeft, SignalKind::AfterOwnerLeft),
        (Denial::OutsideNetworks, SignalKind::OutsideNetworks),
        (Denial::OverQuota, SignalKind::OverQuota),
    ] {
        assert_eq!(kinds(&Usage::default(), &denied(denial)), [kind]);
    }
    assert_eq!(kinds(&past(), &denied(Denial::Expired)), []);
    let (past, seen) = (
        denied(Denial::OutsideNetworks),
        denied(Denial::OutsideNetworks),
    );
    let signal = observed(&past, &seen).signals().pop().unwrap();
    assert_eq!(
        signal.to_string(),
        "it was refused 2 times today for being shown outside its networks, from 198.51.100.0/24"
    );
}

#[test]
fn the_very_same_is_raised_once_a_day() {
    let (past, seen, policy) = (past(), seen(ELSEWHERE, 1), WatchPolicy::default());
    let id = token().id;
    let observed = observed(&past, &seen);
    let first = Notice::of_observed(id, &observed, &[], &policy);
    assert_eq!(first.len(), 1);
    assert_eq!(Notice::of_observed(id, &observed, &first, &policy), []);
    let tomorrow = Observed {
        now: NOON.plus(DAY),
        ..observed
    };
    assert_eq!(Notice::of_observed(id, &tomorrow, &first, &policy).len(), 1);
}

#[test]
fn a_signal_does_to_a_token_what_the_policy_says() {
    let signal = Signal::Burst { uses: 80, usual: 5 };
    let state = |burst| {
        let policy = WatchPolicy {
            burst,
            ..WatchPolicy::default()
        };
        Notice::of(token().id, &signal, &policy, NOON).applied_to(State::Live)
    };
    assert_eq!(state(Reaction::Note), State::Live);
    assert_eq!(state(Reaction::Tell), State::Live);
    let because = Cause::Signal {
        words: signal.to_string(),
    };
    let at = NOON;
    assert_eq!(
        state(Reaction::Suspend),
        State::Suspended {
            at,
            because: because.clone()
        }
    );
    assert_eq!(state(Reaction::Revoke), State::Revoked { at, because });
}

#[test]
fn words_of_signals_and_reactions_read_back() {
    for kind in SignalKind::ALL {
        assert_eq!(kind.as_str().parse(), Ok(kind));
    }
    for reaction in Reaction::ALL {
        assert_eq!(reaction.as_str().parse(), Ok(reaction));
    }
}
