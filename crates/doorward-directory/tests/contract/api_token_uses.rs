//! How API tokens are used, what that gave rise to, and what was handed in as found.

use std::collections::BTreeMap;
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::api_token::usage::{Agent, Day, Denial, KEPT_USAGE_FOR, LastUse, NAMED, Usage};
use doorward_core::api_token::watch::{Notice, QUIET_FOR, Reaction, SignalKind};
use doorward_core::api_token::{Cause, State};
use doorward_core::identifiers::ApiTokenId;
use doorward_directory::Failure;
use doorward_directory::api_tokens::{Find, Memories, Raised};
use doorward_directory::clients::Updated;

use crate::api_tokens::of_ada;
use crate::support::{NOW, Store, at_once};

contract![
    what_is_counted_adds_up,
    counting_makes_nothing_in_memory_to_be_of_the_past,
    no_more_networks_of_a_day_are_named_than_there_is_room_for,
    the_use_of_several_tokens_is_read_at_once,
    a_token_that_is_gone_is_counted_no_more,
    days_that_are_over_are_forgotten,
    a_signal_suspends_in_the_step_in_which_it_is_written_down,
    of_signals_at_once_one_is_raised,
    the_very_same_signal_does_not_stop_a_token_again_soon,
    notices_are_told_until_they_are_dismissed,
    what_is_handed_in_waits_until_it_was_looked_at,
    what_opened_a_token_before_it_was_rotated_is_no_leak_of_it,
];

const DAY: Duration = Duration::from_hours(24);

fn used(at: Timestamp, address: &str) -> Usage {
    let mut usage = Usage::default();
    usage.count(LastUse {
        at,
        address: address.parse().ok(),
        agent: Agent::of_header(b"curl/8.5.0"),
        resource: "https://reports.example".parse().ok(),
    });
    usage
}

fn notice(token: ApiTokenId, kind: SignalKind, reaction: Reaction, at: Timestamp) -> Notice {
    Notice {
        token,
        kind,
        subject: String::new(),
        words: "it was used 80 times in a minute".to_owned(),
        reaction,
        raised_at: at,
    }
}

async fn count(store: &Store, counted: &[(ApiTokenId, Usage)]) {
    let tokens = store.directory.api_tokens();
    assert_eq!(tokens.count_uses(counted).await, Ok(true));
}

async fn usage(store: &Store, id: ApiTokenId) -> Usage {
    let tokens = store.directory.api_tokens();
    let usages = tokens.usage(&[id], NOW.minus(DAY)).await.unwrap();
    usages.get(&id).cloned().unwrap_or_default()
}

/// Something of each kind that is known of the use of a token.
pub(crate) async fn used_and_watched(store: &Store, id: ApiTokenId) {
    count(store, &[(id, used(NOW, "192.0.2.1"))]).await;
    let tokens = store.directory.api_tokens();
    let told = notice(id, SignalKind::Burst, Reaction::Tell, NOW);
    assert!(matches!(
        tokens.raise(&told).await,
        Ok(Raised::Raised { .. })
    ));
    let found = Find {
        hash: doorward_core::secret::SecretHash::of("found"),
        finder: "198.51.100.0/24".parse().ok(),
        found_at: NOW,
    };
    tokens.hand_in(&[found]).await.unwrap();
}

/// T07: figures of several nodes add up, whoever writes first.
async fn what_is_counted_adds_up(store: Store) {
    let (token, ..) = of_ada(&store).await;
    let mut first = used(NOW, "192.0.2.1");
    first.deny(Denial::OutsideNetworks, "203.0.113.5".parse().ok(), NOW);
    first.days.get_mut(&Day::of(NOW)).unwrap().peak = 7;
    let mut second = used(NOW.plus(DAY), "2001:db8::1");
    second.absorb(&used(NOW.plus(Duration::from_secs(1)), "192.0.2.2"));
    let mut sum = first.clone();
    sum.absorb(&second);
    count(&store, &[(token.id, second)]).await;
    count(&store, &[(token.id, first)]).await;
    assert_eq!(usage(&store, token.id).await, sum);
}

async fn counting_makes_nothing_in_memory_to_be_of_the_past(store: Store) {
    let (token, presented, _) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let find = || tokens.find(&presented, Memories::Fresh);
    let before = find().await.unwrap().unwrap();
    count(&store, &[(token.id, used(NOW, "192.0.2.1"))]).await;
    assert_eq!(store.directory.refresh().await, Ok(false));
    let after = find().await.unwrap().unwrap();
    assert!(std::sync::Arc::ptr_eq(&before, &after));
}

async fn no_more_networks_of_a_day_are_named_than_there_is_room_for(store: Store) {
    let (token, ..) = of_ada(&store).await;
    for part in 0..3 {
        let mut batch = Usage::default();
        for network in 0..30 {
            batch.absorb(&used(NOW, &format!("10.{part}.{network}.1")));
        }
        count(&store, &[(token.id, batch)]).await;
    }
    let usage = usage(&store, token.id).await;
    let networks = &usage.on(Day::of(NOW)).unwrap().networks;
    let uses: u64 = networks.named.values().sum();
    assert_eq!((networks.named.len(), uses + networks.others), (NAMED, 90));
    assert_eq!(usage.uses, 90);
}

async fn the_use_of_several_tokens_is_read_at_once(store: Store) {
    let ada = store.person("ada").await;
    let mut ids = Vec::new();
    for number in 0..20 {
        let acts_for = doorward_core::api_token::ActsFor::Person(ada.id);
        let (token, _) = crate::api_tokens::added(&store, acts_for, number).await;
        ids.push(token.id);
    }
    let counted: Vec<_> = ids.iter().map(|id| (*id, used(NOW, "192.0.2.1"))).collect();
    count(&store, &counted).await;
    let tokens = store.directory.api_tokens();
    let usages = tokens.usage(&ids, NOW).await.unwrap();
    assert_eq!(usages, counted.into_iter().collect::<BTreeMap<_, _>>());
    assert_eq!(tokens.usage(&[], NOW).await, Ok(BTreeMap::new()));
}

async fn a_token_that_is_gone_is_counted_no_more(store: Store) {
    let (token, ..) = of_ada(&store).await;
    let gone = ApiTokenId::from_bytes([7; 16]);
    let uses = used(NOW, "192.0.2.1");
    count(&store, &[(gone, uses.clone()), (token.id, uses)]).await;
    assert_eq!(usage(&store, gone).await, Usage::default());
    assert_eq!(usage(&store, token.id).await.uses, 1);
}

async fn days_that_are_over_are_forgotten(store: Store) {
    let (token, ..) = of_ada(&store).await;
    count(&store, &[(token.id, used(NOW, "192.0.2.1"))]).await;
    let kept = store
        .directory
        .sweep(NOW.plus(KEPT_USAGE_FOR))
        .await
        .unwrap();
    assert_eq!(kept.api_token_uses, 0);
    let swept = store.directory.sweep(NOW.plus(KEPT_USAGE_FOR + DAY)).await;
    assert_eq!(
        swept.unwrap().api_token_uses,
        3,
        "a day, a network and a program"
    );
    let usage = usage(&store, token.id).await;
    assert_eq!((usage.uses, usage.days.len()), (1, 0));
}

/// T08
async fn a_signal_suspends_in_the_step_in_which_it_is_written_down(store: Store) {
    let (token, presented, _) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let raised = notice(token.id, SignalKind::Burst, Reaction::Suspend, NOW);
    let outcome = tokens.raise(&raised).await.unwrap();
    let Raised::Raised { before, after } = outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!(*before, token);
    let because = Cause::Signal {
        words: raised.words.clone(),
    };
    assert_eq!(after.state, State::Suspended { at: NOW, because });
    let found = tokens.find(&presented, Memories::Fresh).await.unwrap();
    assert_eq!(found.unwrap().token, *after);
    assert_eq!(tokens.raised(token.id).await, Ok(vec![raised]));
}

async fn of_signals_at_once_one_is_raised(store: Store) {
    let (token, ..) = of_ada(&store).await;
    let raised = notice(token.id, SignalKind::Burst, Reaction::Suspend, NOW);
    let times = at_once(|_| {
        let (directory, raised) = (store.directory.clone(), raised.clone());
        async move {
            let outcome = directory.api_tokens().raise(&raised).await;
            matches!(outcome, Ok(Raised::Raised { .. }))
        }
    });
    assert_eq!(times.await, 1);
}

async fn the_very_same_signal_does_not_stop_a_token_again_soon(store: Store) {
    let (token, ..) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let at = |span| {
        notice(
            token.id,
            SignalKind::Burst,
            Reaction::Suspend,
            NOW.plus(span),
        )
    };
    tokens.raise(&at(Duration::ZERO)).await.unwrap();
    let resume = |token: &doorward_core::api_token::ApiToken| {
        let mut token = token.clone();
        token.state = token.state.resumed(NOW).unwrap();
        Ok::<_, Failure>(token)
    };
    let resumed = tokens.update(token.id, resume).await.unwrap();
    assert!(matches!(resumed, Updated::Updated(_)), "{resumed:?}");
    let soon = QUIET_FOR.checked_sub(Duration::from_millis(1)).unwrap();
    assert_eq!(tokens.raise(&at(soon)).await, Ok(Raised::Already));
    let state = async || tokens.by_id(token.id).await.unwrap().unwrap().token.state;
    assert_eq!(state().await, State::Resumed { at: NOW });
    let again = tokens.raise(&at(QUIET_FOR)).await;
    assert!(matches!(again, Ok(Raised::Raised { .. })));
    assert!(matches!(state().await, State::Suspended { .. }));
}

async fn notices_are_told_until_they_are_dismissed(store: Store) {
    let (token, ..) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let noted = notice(token.id, SignalKind::OverQuota, Reaction::Note, NOW);
    let told = notice(token.id, SignalKind::Burst, Reaction::Tell, NOW);
    let later = notice(
        token.id,
        SignalKind::ManyNetworks,
        Reaction::Tell,
        NOW.plus(DAY),
    );
    for notice in [&noted, &told, &later] {
        tokens.raise(notice).await.unwrap();
    }
    let notices = async || tokens.notices(&[token.id]).await.unwrap();
    assert_eq!(notices().await, [later.clone(), told]);
    tokens
        .dismiss_notices(token.id, NOW, NOW.plus(DAY))
        .await
        .unwrap();
    assert_eq!(notices().await, [later]);
    assert_eq!(tokens.raised(token.id).await.unwrap().len(), 3);
}

/// T02: what opens nothing waits like what does.
async fn what_is_handed_in_waits_until_it_was_looked_at(store: Store) {
    let (token, presented, _) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let find = |hash| Find {
        hash,
        finder: "198.51.100.0/24".parse().ok(),
        found_at: NOW,
    };
    let (opens, nothing) = (
        find(presented.hash()),
        find(doorward_core::secret::SecretHash::of("nothing")),
    );
    let both = [opens.clone(), nothing.clone()];
    tokens.hand_in(&both).await.unwrap();
    tokens.hand_in(&both).await.unwrap();
    let waiting = tokens.handed_in(NOW).await.unwrap();
    assert_eq!(waiting.len(), 2);
    for looked_at in &waiting {
        let opened = (looked_at.find == opens).then_some(token.id);
        assert_eq!(looked_at.token, opened);
        tokens.settle(&looked_at.find).await.unwrap();
    }
    assert_eq!(tokens.handed_in(NOW).await, Ok(Vec::new()));
}

async fn what_opened_a_token_before_it_was_rotated_is_no_leak_of_it(store: Store) {
    let (token, presented, _) = of_ada(&store).await;
    let tokens = store.directory.api_tokens();
    let mut rotated = token.clone();
    rotated.rotated_at = Some(NOW.plus(DAY));
    let secret = doorward_core::secret::Secret::from_bytes(token.kind().secret(), &[3; 32]);
    let ends_at = NOW.plus(2 * DAY);
    let done = tokens.rotate(&token, &rotated, &secret, ends_at).await;
    assert_eq!(done, Ok(true));
    let find = Find {
        hash: presented.hash(),
        finder: None,
        found_at: NOW,
    };
    tokens.hand_in(&[find]).await.unwrap();
    let opened = async |now| tokens.handed_in(now).await.unwrap()[0].token;
    assert_eq!(opened(NOW.plus(DAY)).await, Some(token.id));
    assert_eq!(opened(ends_at).await, None);
}
