//! The token endpoint with a Device Code ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)).

use std::sync::Arc;
use std::time::Duration;

use doorward_core::Clock;
use doorward_tests::device::{DEVICE_CODE, Device};
use doorward_tests::dpop_key::DpopKey;
use tokio::task::JoinSet;

use super::{INTERVAL, assert_refused, television};
use crate::scene::Scene;

/// P31: who asks too often waits longer.
/// [RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5): each `slow_down` is five seconds more, for all
/// questions that follow.
#[tokio::test]
async fn a_client_that_asks_too_soon_has_to_wait_longer_each_time() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let device = token.device("openid").await;
    for (after, told) in [
        (0, "authorization_pending"),
        (5, "authorization_pending"),
        (1, "slow_down"),
        (5, "slow_down"),
        (15, "authorization_pending"),
        (10, "slow_down"),
        (20, "authorization_pending"),
    ] {
        scene.provider.clock().advance(Duration::from_secs(after));
        token.poll(&device).await.assert_undecided(told);
    }
    // Another device of the same client has a pace of its own.
    let other = token.device("openid").await;
    token
        .poll(&other)
        .await
        .assert_undecided("authorization_pending");
    // What was answered is told at once.
    scene.allow(&device).await;
    token.poll(&device).await.assert_ok();
}

/// [RFC 9449 section 5](https://www.rfc-editor.org/rfc/rfc9449#section-5): a device that proves a key gets tokens for that key
/// alone, and no proof works twice.
#[tokio::test]
async fn a_device_that_proves_a_key_gets_tokens_that_are_bound_to_it() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let key = DpopKey::generate("ES256");
    let token = scene.provider.proving(&tv, &key);
    let device = scene.allowed(&token, "openid offline_access").await;
    let tokens = token.poll(&device).await.assert_bound();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let thief = scene.provider.token(&tv);
    let refused = thief.refresh(&refresh_token).await;
    refused.assert_error("invalid_grant");
    token.refresh(&refresh_token).await.assert_bound();
}

/// Devices ask every few seconds; that is neither a refusal nor worth a line.
#[tokio::test]
async fn a_question_that_comes_too_early_leaves_no_event() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let device = token.device("openid").await;
    let before = scene.provider.recent_events().await.len();
    token
        .poll(&device)
        .await
        .assert_undecided("authorization_pending");
    token.poll(&device).await.assert_undecided("slow_down");
    assert_eq!(scene.provider.recent_events().await.len(), before);
}

/// [RFC 8628 section 3.5](https://www.rfc-editor.org/rfc/rfc8628#section-3.5).
#[tokio::test]
async fn no_is_told_and_so_is_that_nobody_answered_in_time() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let denied = token.device("openid").await;
    let asks = scene.browser.confirmation(&denied).await;
    scene.browser.press(&asks, "deny", &[]).await.device_done();
    for _ in 0..2 {
        let answer = token.poll(&denied).await;
        assert_refused(
            &scene.provider,
            answer,
            "access_denied",
            "the person said no",
        )
        .await;
    }
    let late = token.device("openid").await;
    let clock = scene.provider.clock();
    clock.advance(Duration::from_secs(599));
    token
        .poll(&late)
        .await
        .assert_undecided("authorization_pending");
    clock.advance(Duration::from_secs(1));
    let expired = "the device code has expired";
    let answer = token.poll(&late).await;
    assert_refused(&scene.provider, answer, "expired_token", expired).await;
    clock.advance(Duration::from_mins(11));
    let unknown = "the device code is unknown";
    let answer = token.poll(&late).await;
    assert_refused(&scene.provider, answer, "invalid_grant", unknown).await;
}

/// Somebody who allowed it at the last moment was told that the device is connected, and it is.
#[tokio::test]
async fn what_was_allowed_in_time_can_be_fetched_for_another_minute() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let (device, other) = (token.device("openid").await, token.device("openid").await);
    let clock = scene.provider.clock();
    clock.advance(Duration::from_secs(599));
    scene.allow(&device).await;
    scene.allow(&other).await;
    clock.advance(Duration::from_mins(1));
    token.poll(&device).await.assert_ok();
    clock.advance(Duration::from_secs(1));
    token.poll(&other).await.assert_error("expired_token");
}

/// P22, P31. A Device Code is bound to its client.
#[tokio::test]
async fn another_client_gets_nothing_and_spoils_nothing() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let other = scene.provider.client("other").await;
    let device = scene.allowed(&token, "openid").await;
    let answer = scene.provider.token(&other).poll(&device).await;
    let reason = "the device code was made for another client";
    assert_refused(&scene.provider, answer, "invalid_grant", reason).await;
    token.poll(&device).await.assert_ok();
}

/// P23. A Device Code that was used is refused.
#[tokio::test]
async fn a_device_code_works_once_and_its_second_use_revokes_what_came_of_the_first() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let device = scene.allowed(&token, "openid offline_access").await;
    let tokens = token.poll(&device).await.assert_ok();
    assert!(!scene.is_dead(&tv, &tokens.access_token).await);
    for _ in 0..2 {
        token.poll(&device).await.assert_error("invalid_grant");
        assert!(scene.is_dead(&tv, &tokens.access_token).await);
    }
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    token
        .refresh(&refresh_token)
        .await
        .assert_error("invalid_grant");
    assert_eq!(scene.happened("grant_revoked").await, 1);
}

/// P24.
#[tokio::test]
async fn of_fifty_polls_at_once_on_two_nodes_one_gets_tokens() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let second = scene.provider.second_node().await;
    let nodes = [
        Arc::new(scene.provider.token(&tv)),
        Arc::new(scene.provider.token(&tv).at(&second)),
    ];
    let device = scene.allowed(&nodes[0], "openid").await;
    let polls = (0..50).map(|at| {
        let (node, device) = (Arc::clone(&nodes[at % 2]), device.clone());
        async move { node.poll(&device).await.status.as_u16() }
    });
    let answers = polls.collect::<JoinSet<_>>().join_all().await;
    let count = |status| answers.iter().filter(|answer| **answer == status).count();
    assert_eq!((count(200), count(400)), (1, 49), "{answers:?}");
}

/// A question that writes down its pace never writes over an answer.
#[tokio::test]
async fn an_answer_that_comes_while_the_client_asks_is_not_lost() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = Arc::new(scene.provider.token(&tv));
    for _ in 0..5 {
        let device = token.device("openid").await;
        let asks = scene.browser.confirmation(&device).await;
        let mut polls: JoinSet<u16> = (0..20)
            .map(|_| {
                let (token, device) = (Arc::clone(&token), device.clone());
                async move { token.poll(&device).await.status.as_u16() }
            })
            .collect();
        let told = scene.browser.press(&asks, "allow", &[]).await;
        assert_eq!(told.device_done(), "The device is connected");
        polls.spawn({
            let (token, device) = (Arc::clone(&token), device.clone());
            async move { token.poll(&device).await.status.as_u16() }
        });
        let answers = polls.join_all().await;
        let won = answers.iter().filter(|status| **status == 200);
        assert_eq!(won.count(), 1, "{answers:?}");
    }
}

/// P31: a challenge counts here too.
/// P09.
#[tokio::test]
async fn a_challenge_must_be_met_and_none_may_be_met_without_one() {
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
    const VERIFIER: (&str, &str) = (
        "code_verifier",
        "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    );
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let challenge = [
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    let device = token.begin(&challenge).await.assert_begun();
    scene.allow(&device).await;
    let wrong = ("code_verifier", &*"a".repeat(43));
    for form in [&[][..], &[wrong]] {
        let refused = token.poll_with(&device, form).await;
        refused.assert_error("invalid_grant");
    }
    token.poll_with(&device, &[VERIFIER]).await.assert_ok();

    let plain = scene.allowed(&token, "openid").await;
    let refused = token.poll_with(&plain, &[VERIFIER]).await;
    refused.assert_error("invalid_grant");
}

/// [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
#[tokio::test]
async fn a_code_that_never_was_one_is_refused() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let missing = token.send(&[("grant_type", DEVICE_CODE)]).await;
    let reason = "device_code is missing";
    assert_refused(&scene.provider, missing, "invalid_request", reason).await;
    let device = token.device("openid").await;
    let garbage = Device {
        device_code: device.user_code.clone(),
        ..device
    };
    let reason = "the device code is none of ours: its form or checksum is wrong";
    let answer = token.poll(&garbage).await;
    assert_refused(&scene.provider, answer, "invalid_grant", reason).await;
}

/// What was allowed falls with the session, the person and the consent, as any other grant does.
#[tokio::test]
async fn nothing_comes_of_a_device_whose_person_has_gone() {
    let scene = Scene::new().await;
    let tv = television(&scene.provider).await;
    let token = scene.provider.token(&tv);
    let device = scene.allowed(&token, "openid offline_access").await;
    let sessions = scene.provider.directory().sessions();
    let now = scene.provider.clock().now();
    let ended = sessions.end_all_of(scene.alice.id, now).await;
    ended.expect("the directory ends sessions");
    scene.provider.clock().advance(INTERVAL);
    let reason = "the session of the device code was ended meanwhile";
    let answer = token.poll(&device).await;
    assert_refused(&scene.provider, answer, "invalid_grant", reason).await;
}
