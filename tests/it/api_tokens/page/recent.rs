//! What hands out a secret asks for a recent sign-in.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::Cause;

use super::{NEW, READING, Stage, secret};

/// More than the ten minutes that a sign-in counts.
const LATER: Duration = Duration::from_mins(11);

/// S07: on each page, and the password comes before it.
#[tokio::test]
async fn whoever_signed_in_a_while_ago_signs_in_once_more_and_comes_back() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let now = stage.provider().clock().now();
    let suspend = |token: &mut doorward_core::api_token::ApiToken| {
        token.state = token.state.clone().suspended(now, Cause::Leak);
    };
    let suspended = stage.token(|_| ()).await;
    stage.change(&suspended.token, suspend).await;
    let (rotated, resumed) = (made.token.id, suspended.token.id);
    for path in [
        NEW.to_owned(),
        format!("/api-tokens/{rotated}/rotate"),
        format!("/api-tokens/{resumed}/resume"),
    ] {
        stage.provider().clock().advance(LATER);
        assert_eq!(
            stage.page("/api-tokens").await.status,
            200,
            "the list is open"
        );
        let page = stage.browser().get(&path).await.sign_in_page();
        assert!(page.body.contains("Confirm that it is you"), "{page:?}");
        assert!(page.body.contains("value=\"alice\""), "{page:?}");
        let wrong = stage.scene.alice.with_password("not her password");
        let page = stage.browser().sign_in_at(&page, &wrong).await;
        let page = page.sign_in_page();
        let page = stage.browser().sign_in_at(&page, &stage.scene.alice).await;
        assert_eq!(page.page().path, path);
    }
}

/// S07: the form is judged by itself, and what was typed waits.
#[tokio::test]
async fn a_form_that_comes_late_makes_nothing_before_another_sign_in_and_keeps_what_was_typed() {
    let stage = Stage::new().await;
    let form = stage.page(NEW).await;
    stage.provider().clock().advance(LATER);
    let typed = [&READING[..], &[("networks", "192.0.2.0/24")]].concat();
    let page = stage.browser().press(&form, "make", &typed).await;
    let page = page.sign_in_page();
    let page = stage
        .browser()
        .sign_in_at(&page, &stage.scene.alice)
        .await
        .page();
    let kept = page.form_with("make").expect("the form again").fields;
    for (name, value) in typed {
        let pair = (name.to_owned(), value.to_owned());
        assert!(kept.contains(&pair), "{name}: {kept:?}");
    }
    let made = stage.browser().press(&page, "make", &[]).await.page();
    secret(&made);
    let empty = stage.page(NEW).await.form_with("make").expect("a form");
    assert!(empty.fields.contains(&("name".to_owned(), String::new())));
}

/// S07: rotating and resuming are judged by themselves too.
#[tokio::test]
async fn no_late_form_rotates_or_resumes_a_token() {
    let stage = Stage::new().await;
    let made = stage.token(|_| ()).await;
    let path = format!("/api-tokens/{}", made.token.id);
    let rotate = stage.page(&format!("{path}/rotate")).await;
    stage.provider().clock().advance(LATER);
    let page = stage
        .browser()
        .press(&rotate, "rotate", &[("overlap", "0")]);
    page.await.sign_in_page();
    assert!(stage.is_active(made.secret.reveal()).await);

    let page = stage.page(&path).await;
    stage.browser().press(&page, "suspend", &[]).await.page();
    let page = stage.browser().get(&format!("{path}/resume")).await;
    let page = page.sign_in_page();
    let page = stage
        .browser()
        .sign_in_at(&page, &stage.scene.alice)
        .await
        .page();
    stage.provider().clock().advance(LATER);
    let late = stage.browser().press(&page, "confirm", &[]).await;
    late.sign_in_page();
    assert!(!stage.is_active(made.secret.reveal()).await);
}

#[tokio::test]
async fn whoever_is_not_signed_in_signs_in_and_comes_to_the_page() {
    let stage = Stage::new().await;
    let stranger = stage.provider().browser();
    for path in ["/api-tokens", NEW] {
        stranger.clear_cookies();
        let page = stranger.get(path).await.sign_in_page();
        let page = stranger.sign_in_at(&page, &stage.scene.alice).await.page();
        assert_eq!(page.path, path);
    }
}

/// Somebody who does not want to prove it once more goes back to where nothing is handed out.
#[tokio::test]
async fn whoever_cancels_the_sign_in_comes_to_the_list() {
    let stage = Stage::new().await;
    stage.provider().clock().advance(LATER);
    let page = stage.browser().get(NEW).await.sign_in_page();
    let page = stage.browser().press(&page, "cancel", &[]).await.page();
    assert_eq!((page.status.as_u16(), &*page.path), (200, "/api-tokens"));
}
