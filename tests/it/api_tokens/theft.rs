//! A stolen token: what its use gives rise to, and what becomes of it.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::usage::Usage;
use doorward_core::api_token::watch::{Notice, Reaction, SignalKind};
use doorward_core::api_token::{Cause, State};
use doorward_core::event::{ApiTokenChange, Event};
use doorward_core::identifiers::ApiTokenId;
use doorward_core::person::PersonStatus;
use doorward_directory::Failure;
use doorward_directory::clients::Updated;
use doorward_tests::provider::TestProvider;
use doorward_tests::serving::eventually;

use super::stage::{Made, Stage, days};

const HOME: &str = "192.0.2.7";
const ELSEWHERE: &str = "198.51.100.9";

impl Stage {
    /// A token of Alice's that has been used from home on each of five days.
    async fn used_for_days(&self) -> Made {
        let made = self.token(|_| ()).await;
        for day in 1..=5 {
            self.shown(&made, HOME, 3).await;
            self.provider().clock().advance(Duration::from_mins(1));
            self.written(made.token.id, day * 3).await;
            self.provider().clock().advance(days(1));
        }
        made
    }

    /// Waits until a signal of this kind was raised of a token.
    async fn signalled(&self, id: ApiTokenId, kind: SignalKind) -> Notice {
        eventually(kind.as_str(), async || {
            let raised = self.raised(id).await;
            raised.into_iter().find(|notice| notice.kind == kind)
        })
        .await
    }

    async fn raised(&self, id: ApiTokenId) -> Vec<Notice> {
        let tokens = self.provider().directory().api_tokens();
        tokens.raised(id).await.expect("a directory")
    }

    async fn state(&self, id: ApiTokenId) -> State {
        let tokens = self.provider().directory().api_tokens();
        let found = tokens.by_id(id).await.expect("a directory");
        found.expect("the token").token.state
    }
}

/// T07: a thief uses a token from elsewhere, first once and then as often as possible. The owner is told of the first, and the token is
/// suspended by the second, with the reason in words.
#[tokio::test]
async fn a_stolen_token_is_suspended_and_its_owner_is_told_why() {
    let stage = Stage::new().await;
    let made = stage.used_for_days().await;
    let id = made.token.id;
    stage.shown(&made, ELSEWHERE, 1).await;
    let told = stage.signalled(id, SignalKind::NewNetwork).await;
    assert!(told.words.contains("198.51.100.0/24"), "{}", told.words);
    assert_eq!(told.reaction, Reaction::Tell);
    assert_eq!(stage.state(id).await, State::Live);

    stage.shown(&made, ELSEWHERE, 80).await;
    let suspended = stage.signalled(id, SignalKind::BurstFromNewNetwork).await;
    assert!(
        suspended.words.contains("never used more than 3 times"),
        "{}",
        suspended.words
    );
    let because = Cause::Signal {
        words: suspended.words.clone(),
    };
    let at = stage.provider().clock().now();
    assert_eq!(stage.state(id).await, State::Suspended { at, because });
    assert_eq!(stage.told(&made, Some(HOME)).await["active"], false);

    stage.scene.browser.clear_cookies();
    let page = stage.scene.browser.sign_in(&stage.scene.alice).await;
    let page = page.get(&format!("/api-tokens/{id}")).await.page();
    assert!(page.body.contains(&suspended.words), "{page:?}");
    assert!(page.body.contains("data-state=\"suspended\""), "{page:?}");

    let tokens = stage.provider().directory().api_tokens();
    let notices = tokens.notices(&[id]).await.expect("a directory");
    assert_eq!(notices.len(), 2, "{notices:?}");
    let events = stage.provider().recent_events().await;
    let signalled = events
        .iter()
        .filter(|record| matches!(record.event, Event::ApiTokenSignalled { .. }));
    assert_eq!(signalled.count(), 2);
    let suspended = events.iter().any(|record| {
        let change = ApiTokenChange::Suspended {
            because: notices
                .iter()
                .find(|notice| notice.reaction == Reaction::Suspend)
                .expect("it")
                .cause(),
        };
        matches!(&record.event, Event::ApiTokenChanged { change: found, .. } if *found == change)
    });
    assert!(suspended, "{events:?}");
    assert!(!format!("{events:?}").contains(made.secret.reveal()), "T09");
}

/// T08: what one node suspends, the others refuse with their next look at the directory.
#[tokio::test]
async fn a_token_that_one_node_suspends_is_refused_by_all() {
    let stage = Stage::new().await;
    let made = stage.used_for_days().await;
    let second = stage.provider().second_node().await;
    stage.shown(&made, ELSEWHERE, 80).await;
    stage
        .signalled(made.token.id, SignalKind::BurstFromNewNetwork)
        .await;
    second.directory().refresh().await.expect("a directory");
    let api = stage.provider().token(&stage.api).at(&second);
    let answer = api.introspect(made.secret.reveal()).await;
    assert_eq!(answer.json()["active"], false);
}

/// T07: whoever resumes a token is not undone by the very same that goes on.
#[tokio::test]
async fn a_token_that_was_resumed_is_not_suspended_by_the_very_same() {
    let mut stage = Stage::new().await;
    let made = stage.used_for_days().await;
    let id = made.token.id;
    stage.shown(&made, ELSEWHERE, 80).await;
    stage.signalled(id, SignalKind::BurstFromNewNetwork).await;
    let now = stage.provider().clock().now();
    let tokens = stage.provider().directory().api_tokens();
    let resume = |token: &doorward_core::api_token::ApiToken| {
        let mut token = token.clone();
        token.state = token.state.resumed(now).expect("it can be resumed");
        Ok::<_, Failure>(token)
    };
    let resumed = tokens.update(id, resume).await.expect("a directory");
    assert!(matches!(resumed, Updated::Updated(_)), "{resumed:?}");
    stage.shown(&made, ELSEWHERE, 200).await;
    // Whatever was counted is looked at before the provider ends.
    stage.scene.provider.restart().await;
    assert_eq!(stage.state(id).await, State::Resumed { at: now });
    assert_eq!(stage.raised(id).await.len(), 2);
}

/// T07: the policy says what follows.
#[tokio::test]
async fn the_operator_says_what_follows_from_a_signal() {
    let builder = TestProvider::builder().settings(|settings| {
        settings.api_tokens.watch.new_network = Reaction::Revoke;
    });
    let stage = Stage::of(builder).await;
    let made = stage.used_for_days().await;
    stage.shown(&made, ELSEWHERE, 1).await;
    stage.signalled(made.token.id, SignalKind::NewNetwork).await;
    let revoked = stage.state(made.token.id).await;
    assert!(matches!(revoked, State::Revoked { .. }), "{revoked:?}");
}

/// T07: a token that is new itself has no usual network yet.
#[tokio::test]
async fn a_new_token_may_be_tried_from_everywhere() {
    let mut stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    stage.shown(&made, HOME, 1).await;
    stage.written(made.token.id, 1).await;
    stage.shown(&made, ELSEWHERE, 80).await;
    stage.scene.provider.restart().await;
    assert_eq!(stage.raised(made.token.id).await, []);
    assert_eq!(stage.usage(made.token.id).await.uses, 81);
}

/// T07: refusals that say who has the token are signals from its first day.
#[tokio::test]
async fn use_outside_the_networks_and_after_the_owner_left_is_told_and_noted() {
    let stage = Stage::new().await;
    let made = stage
        .token(|new| new.networks = "192.0.2.0/24".parse().ok())
        .await;
    stage.shown(&made, ELSEWHERE, 1).await;
    let told = stage
        .signalled(made.token.id, SignalKind::OutsideNetworks)
        .await;
    assert_eq!(
        told.words,
        "it was refused 1 time today for being shown outside its networks, from 198.51.100.0/24"
    );
    let people = stage.provider().directory().people();
    let (disabled, now) = (PersonStatus::Disabled, stage.provider().clock().now());
    let left = people.set_status(stage.alice, disabled, now).await;
    assert_eq!(left, Ok(true));
    stage.shown(&made, HOME, 1).await;
    let noted = stage
        .signalled(made.token.id, SignalKind::AfterOwnerLeft)
        .await;
    assert_eq!(noted.reaction, Reaction::Note);
    let usage: Usage = stage.usage(made.token.id).await;
    assert_eq!(usage.uses, 0);
}
