//! `POST /leaked-tokens`: whoever finds a token hands it in, and learns nothing.

use doorward_core::api_token::watch::{LeakReaction, SignalKind};
use doorward_core::api_token::{Cause, State};
use doorward_core::event::Event;
use doorward_core::secret::{Secret, SecretKind};
use doorward_tests::provider::TestProvider;
use doorward_tests::serving::eventually;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::stage::{Made, Stage};
use crate::scene::http;

impl Stage {
    async fn hand_in(&self, body: Value) -> Response {
        let url = self.provider().url("/leaked-tokens");
        let sent = http().post(url).json(&body).send();
        sent.await.expect("an answer")
    }

    /// Waits until a token is stopped.
    async fn stopped(&self, made: &Made) -> State {
        eventually("the token is stopped", async || {
            let tokens = self.provider().directory().api_tokens();
            let found = tokens.by_id(made.token.id).await.expect("a directory");
            let state = found.expect("the token").token.state;
            (state != State::Live).then_some(state)
        })
        .await
    }
}

/// T02: it is revoked, its owner is told, and the event says from where it was handed in.
#[tokio::test]
async fn a_token_that_is_handed_in_is_revoked_and_its_owner_is_told() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let answer = stage.hand_in(json!([made.secret.reveal()])).await;
    assert_eq!(answer.status(), 202);
    let stopped = stage.stopped(&made).await;
    let is_leak = |state: &State| {
        matches!(
            state,
            State::Revoked {
                because: Cause::Leak,
                ..
            }
        )
    };
    assert!(is_leak(&stopped), "{stopped:?}");
    assert_eq!(stage.told(&made, None).await["active"], false);
    let tokens = stage.provider().directory().api_tokens();
    let notices = tokens.notices(&[made.token.id]).await.expect("a directory");
    let [notice] = notices.as_slice() else {
        panic!("{notices:?}");
    };
    assert_eq!(notice.kind, SignalKind::Leaked);
    assert_eq!(
        notice.words,
        "somebody found it and handed it in, from 127.0.0.0/24"
    );
    let events = stage.provider().recent_events().await;
    let signalled = events.iter().find_map(|record| match &record.event {
        Event::ApiTokenSignalled { words, .. } => Some(words),
        _ => None,
    });
    assert_eq!(signalled, Some(&notice.words));
    assert!(!format!("{events:?}").contains(made.secret.reveal()), "T09");
}

#[tokio::test]
async fn a_token_that_is_handed_in_is_only_suspended_where_the_operator_says_so() {
    let builder = TestProvider::builder().settings(|settings| {
        settings.api_tokens.watch.leak = LeakReaction::Suspend;
    });
    let stage = Stage::of(builder).await;
    let made = stage.token(|_| ()).await;
    stage.hand_in(json!([made.secret.reveal()])).await;
    let stopped = stage.stopped(&made).await;
    assert!(matches!(stopped, State::Suspended { .. }), "{stopped:?}");
}

/// T02: neither the answer nor a right checksum says what there is.
#[tokio::test]
async fn whoever_hands_something_in_learns_nothing() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let none = Secret::from_bytes(SecretKind::PersonalAccessToken, &[7; 32]);
    let refresh_token = Secret::from_bytes(SecretKind::RefreshToken, &[7; 32]);
    let mut answers = Vec::new();
    for text in [
        made.secret.reveal(),
        none.reveal(),
        refresh_token.reveal(),
        "dw_pat_garbage",
        "anything",
    ] {
        let answer = stage.hand_in(json!([text])).await;
        let mut headers = answer.headers().clone();
        headers.remove("date");
        let status = answer.status();
        answers.push((status, headers, answer.text().await.expect("a body")));
    }
    for answer in &answers {
        assert_eq!(answer, &answers[0]);
    }
}

#[tokio::test]
async fn finds_come_as_a_form_or_as_scanners_send_them() {
    let stage = Stage::new().await;
    let (first, second, third) = (
        stage.token(|_| ()).await,
        stage.token(|_| ()).await,
        stage.token(|_| ()).await,
    );
    let found = json!([{
        "token": first.secret.reveal(),
        "type": "doorward_api_token",
        "url": "https://code.example/some/file",
        "source": "content",
    }]);
    assert_eq!(stage.hand_in(found).await.status(), 202);
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", second.secret.reveal())
        .append_pair("token", third.secret.reveal())
        .finish();
    let url = stage.provider().url("/leaked-tokens");
    let sent = http()
        .post(url)
        .header(CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(form)
        .send();
    let sent = sent.await.expect("an answer");
    assert_eq!(sent.status(), 202);
    for made in [&first, &second, &third] {
        stage.stopped(made).await;
    }
}

#[tokio::test]
async fn too_much_at_once_and_what_is_no_list_is_refused() {
    let stage = Stage::new().await;
    let many: Vec<_> = (0..101).map(|number| format!("text {number}")).collect();
    for body in [json!(many), json!([]), json!({}), json!([1])] {
        assert_eq!(stage.hand_in(body).await.status(), 400);
    }
}

/// N01: counted by the address that the connection, or a proxy that is believed, says.
#[tokio::test]
async fn one_address_may_hand_in_only_so_often() {
    let stage = Stage::new().await;
    for _ in 0..60 {
        assert_eq!(stage.hand_in(json!(["anything"])).await.status(), 202);
    }
    assert_eq!(stage.hand_in(json!(["anything"])).await.status(), 429);
}
