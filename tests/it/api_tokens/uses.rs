//! How the use of tokens is counted and written down.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::Cause;
use doorward_core::api_token::usage::{Agent, Day, Denial, Usage};
use doorward_core::identifiers::ApiTokenId;
use doorward_tests::serving::eventually;

use super::stage::{Made, REPORTS, Stage, days, ip};

const HOME: &str = "192.0.2.7";

impl Stage {
    /// What is written down of the use of a token.
    pub(super) async fn usage(&self, id: ApiTokenId) -> Usage {
        let tokens = self.provider().directory().api_tokens();
        let since = Usage::first_day_kept(self.provider().clock().now()).begin();
        let usages = tokens.usage(&[id], since).await;
        usages.expect("a directory").remove(&id).unwrap_or_default()
    }

    /// Waits until so many uses of a token are written down.
    pub(super) async fn written(&self, id: ApiTokenId, uses: u64) -> Usage {
        eventually("the uses are written down", async || {
            let usage = self.usage(id).await;
            (usage.uses == uses).then_some(usage)
        })
        .await
    }

    /// Shows a token so often from there.
    pub(super) async fn shown(&self, made: &Made, from: &str, times: u32) {
        for _ in 0..times {
            let form = [
                ("token", made.secret.reveal()),
                ("client_ip", from),
                ("client_user_agent", "curl/8.5.0"),
            ];
            let api = self.provider().token(&self.api);
            let answer = api.send_to("/introspect", &form).await;
            assert_eq!(answer.status, 200, "{answer:?}");
        }
    }
}

/// T03, T07: the last use, the count of uses, and the history by day and by network.
#[tokio::test]
async fn a_use_is_written_down_with_when_from_where_with_what_and_at_which_api() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    stage.shown(&made, HOME, 1).await;
    let usage = stage.written(made.token.id, 1).await;
    let last = usage.last.expect("a last use");
    assert_eq!(last.at, stage.provider().clock().now());
    assert_eq!(last.address, Some(ip(HOME)));
    assert_eq!(last.agent, Agent::of_header(b"curl/8.5.0"));
    assert_eq!(
        last.resource.map(|resource| resource.to_string()),
        Some(REPORTS.to_owned())
    );
    let day = &usage.days[&Day::of(last.at)];
    assert_eq!(
        day.networks.named,
        [("192.0.2.0/24".parse().expect("a network"), 1)].into()
    );
}

/// T03: the owner sees it.
#[tokio::test]
async fn the_page_of_a_token_says_when_from_where_and_with_what_it_was_used() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    stage.shown(&made, HOME, 1).await;
    stage.written(made.token.id, 1).await;
    let path = format!("/api-tokens/{}", made.token.id);
    let page = stage.scene.browser.get(&path).await.page();
    for told in ["curl", "192.0.2.0/24", "Reports", "in the last 30 days"] {
        assert!(page.body.contains(told), "{told}: {page:?}");
    }
}

/// T07: at most once a minute for each token, by the provider's clock.
#[tokio::test]
async fn uses_within_a_minute_are_written_down_together() {
    let stage = Stage::new().await;
    let (made, other) = (stage.token(|_| ()).await, stage.token(|_| ()).await);
    stage.shown(&made, HOME, 1).await;
    stage.written(made.token.id, 1).await;
    stage.shown(&made, HOME, 3).await;
    // Whoever writes has come by after those uses, once this is written.
    stage.shown(&other, HOME, 1).await;
    stage.written(other.token.id, 1).await;
    assert_eq!(stage.usage(made.token.id).await.uses, 1);
    stage.provider().clock().advance(Duration::from_mins(1));
    stage.written(made.token.id, 4).await;
}

/// T07: nothing is lost when a node is stopped.
#[tokio::test]
async fn what_was_counted_is_written_down_when_the_provider_ends() {
    let mut stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    stage.shown(&made, HOME, 1).await;
    stage.written(made.token.id, 1).await;
    stage.shown(&made, HOME, 5).await;
    stage.scene.provider.restart().await;
    let usage = stage.usage(made.token.id).await;
    assert_eq!(usage.uses, 6);
}

/// T03, T07: refusals are counted by their reasons, and are no uses.
#[tokio::test]
async fn refusals_are_counted_by_reason() {
    let stage = Stage::new().await;
    let made = stage
        .token(|new| new.networks = "192.0.2.0/24".parse().ok())
        .await;
    stage.shown(&made, "198.51.100.1", 2).await;
    let now = stage.provider().clock().now();
    stage
        .change(&made.token, |token| {
            token.state = token.state.clone().suspended(now, Cause::Operator);
        })
        .await;
    stage.shown(&made, HOME, 1).await;
    let id = made.token.id;
    let denied = eventually("the refusals are written down", async || {
        stage.provider().clock().advance(Duration::from_mins(1));
        let usage = stage.usage(id).await;
        let denied = usage.days.values().next().cloned()?;
        (denied.denied(Denial::Suspended) == 1).then_some((usage, denied))
    });
    let (usage, day) = denied.await;
    assert_eq!(day.denied(Denial::OutsideNetworks), 2);
    assert_eq!((usage.uses, usage.last), (0, None));
}

/// P41: an API that a token is not for does not use it.
#[tokio::test]
async fn a_token_that_is_shown_to_another_api_was_not_used() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let other = stage.provider().client("other").await;
    let api = stage.provider().token(&other);
    let answer = api.introspect(made.secret.reveal()).await;
    assert_eq!(answer.json()["active"], false);
    let usage = eventually("the refusal is written down", async || {
        let usage = stage.usage(made.token.id).await;
        (!usage.is_empty()).then_some(usage)
    });
    let usage = usage.await;
    let day = usage.days.values().next().expect("a day");
    assert_eq!((day.denied(Denial::ForOthers), day.uses), (1, 0));
}

/// Figures of several nodes add up.
#[tokio::test]
async fn uses_at_several_nodes_add_up() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let second = stage.provider().second_node().await;
    stage.shown(&made, HOME, 1).await;
    let api = stage.provider().token(&stage.api).at(&second);
    let form = [("token", made.secret.reveal())];
    assert_eq!(
        api.send_to("/introspect", &form).await.json()["active"],
        true
    );
    stage.written(made.token.id, 2).await;
}

/// Counted or not, a token is answered for as before; a use after a long pause is on another day.
#[tokio::test]
async fn each_day_has_its_own_count() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    for uses in 1..=3 {
        stage.shown(&made, HOME, 1).await;
        stage.written(made.token.id, uses).await;
        stage.provider().clock().advance(days(1));
    }
    let usage = stage.usage(made.token.id).await;
    assert_eq!(usage.days.len(), 3);
}
