//! Rotating, suspending, resuming and revoking.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::{ApiToken, Cause};
use doorward_core::event::{ApiTokenChange, Event};
use doorward_tests::page::Page;

use super::{READING, Stage, secret};

/// The changes of tokens that were noted, the first one first.
async fn changes(stage: &Stage) -> Vec<ApiTokenChange> {
    let events = stage.provider().recent_events().await;
    let changes = events
        .into_iter()
        .rev()
        .filter_map(|record| match record.event {
            Event::ApiTokenChanged { change, .. } => record.reference.map(|_| change),
            _ => None,
        });
    changes.collect()
}

async fn rotate(stage: &Stage, path: &str, hours: &str) -> Page {
    let form = stage.page(&format!("{path}/rotate")).await;
    let typed = [("overlap", hours)];
    stage.browser().press(&form, "rotate", &typed).await.page()
}

/// T01: what opens it now is shown once.
#[tokio::test]
async fn a_rotated_token_has_another_secret_and_the_one_before_goes_on_as_long_as_was_chosen() {
    let stage = Stage::new().await;
    let (first, id) = stage.made(&READING).await;
    let path = format!("/api-tokens/{id}");
    let page = rotate(&stage, &path, "1").await;
    let second = secret(&page);
    assert!(page.body.contains("works until"), "{page:?}");
    assert_ne!(first, second);
    assert!(stage.is_active(&first).await && stage.is_active(&second).await);
    stage.provider().clock().advance(Duration::from_hours(1));
    assert!(!stage.is_active(&first).await && stage.is_active(&second).await);

    let page = stage.browser().get(&format!("{path}/rotate")).await;
    let page = page.sign_in_page();
    let form = stage
        .browser()
        .sign_in_at(&page, &stage.scene.alice)
        .await
        .page();
    let at_once = [("overlap", "0")];
    let page = stage
        .browser()
        .press(&form, "rotate", &at_once)
        .await
        .page();
    let third = secret(&page);
    assert!(!stage.is_active(&second).await && stage.is_active(&third).await);
    let again = stage
        .browser()
        .press(&form, "rotate", &at_once)
        .await
        .page();
    assert_eq!(again.path, path, "the form works once");
    assert!(stage.is_active(&third).await);
    stage
        .provider()
        .assert_never_recorded(&[&first, &second, &third])
        .await;
    let [created, rotated, once_more] = &changes(&stage).await[..] else {
        panic!("three changes");
    };
    assert!(matches!(created, ApiTokenChange::Created { .. }));
    assert_eq!(
        (rotated, once_more),
        (&ApiTokenChange::Rotated, &ApiTokenChange::Rotated)
    );
}

#[tokio::test]
async fn no_overlap_is_longer_than_the_policy_allows() {
    let stage = Stage::with(|settings| {
        settings.api_tokens.max_overlap = Duration::from_hours(2);
    })
    .await;
    let (first, id) = stage.made(&READING).await;
    let path = format!("/api-tokens/{id}");
    let form = stage.page(&format!("{path}/rotate")).await;
    let offered = form.form_with("rotate").expect("a form").unticked;
    let offered: Vec<_> = offered.iter().map(|(_, hours)| hours.as_str()).collect();
    assert_eq!(offered, ["0", "1"]);
    let longer = [("overlap", "24")];
    let page = rotate(&stage, &path, "24").await;
    assert_eq!(
        page.status, 400,
        "nothing was chosen that is there: {longer:?}"
    );
    assert!(stage.is_active(&first).await);
}

/// T08: at the next request.
#[tokio::test]
async fn a_revoked_token_never_works_again() {
    let stage = Stage::new().await;
    let (opens, id) = stage.made(&READING).await;
    let path = format!("/api-tokens/{id}");
    let asked = stage.page(&format!("{path}/revoke")).await;
    assert!(asked.body.contains("cannot be undone"), "{asked:?}");
    assert!(stage.is_active(&opens).await, "asking does nothing");
    let page = stage.browser().press(&asked, "confirm", &[]).await.page();
    assert_eq!(page.path, path);
    assert!(page.body.contains("data-state=\"revoked\""), "{page:?}");
    assert!(page.body.contains("You stopped it yourself."), "{page:?}");
    assert!(!stage.is_active(&opens).await);
    assert_eq!(page.forms(), [], "nothing can be done about it");
    for gone in ["rotate", "resume"] {
        let back = stage.page(&format!("{path}/{gone}")).await;
        assert_eq!(back.path, path, "{gone}");
    }
    let [_, change] = &changes(&stage).await[..] else {
        panic!("two changes");
    };
    let because = Cause::Person {
        person: stage.alice,
    };
    assert_eq!(*change, ApiTokenChange::Revoked { because });
}

#[tokio::test]
async fn a_token_is_suspended_and_resumed_and_the_page_says_why_it_was() {
    let stage = Stage::new().await;
    let (opens, id) = stage.made(&READING).await;
    let path = format!("/api-tokens/{id}");
    let page = stage.page(&path).await;
    let page = stage.browser().press(&page, "suspend", &[]).await.page();
    assert!(page.body.contains("data-state=\"suspended\""), "{page:?}");
    assert!(!stage.is_active(&opens).await);
    let asked = stage.page(&format!("{path}/resume")).await;
    assert!(asked.body.contains("You stopped it yourself."), "{asked:?}");
    let page = stage.browser().press(&asked, "confirm", &[]).await.page();
    assert!(page.body.contains("data-state=\"works\""), "{page:?}");
    assert!(stage.is_active(&opens).await);
    let [_, suspended, resumed] = &changes(&stage).await[..] else {
        panic!("three changes");
    };
    let because = Cause::Person {
        person: stage.alice,
    };
    assert_eq!(*suspended, ApiTokenChange::Suspended { because });
    assert_eq!(*resumed, ApiTokenChange::Resumed);
}

/// A token that was made and then suspended for this cause.
async fn suspended(stage: &Stage, because: Cause) -> (String, String) {
    let made = stage.token(|_| ()).await;
    let now = stage.provider().clock().now();
    let suspend = |token: &mut ApiToken| {
        token.state = token.state.clone().suspended(now, because.clone());
    };
    stage.change(&made.token, suspend).await;
    let path = format!("/api-tokens/{}", made.token.id);
    (path, made.secret.reveal().to_owned())
}

/// T07: the signal in its own words.
#[tokio::test]
async fn what_a_signal_saw_is_told_in_its_words_before_the_owner_resumes_the_token() {
    let stage = Stage::new().await;
    let words = "412 uses in an hour, where <9> was the most".to_owned();
    let (path, opens) = suspended(&stage, Cause::Signal { words }).await;
    let told = "412 uses in an hour, where &lt;9&gt; was the most";
    for shown in ["/api-tokens", &path, &format!("{path}/resume")] {
        let page = stage.page(shown).await;
        assert!(page.body.contains(told), "{shown}: {page:?}");
    }
    let asked = stage.page(&format!("{path}/resume")).await;
    stage.browser().press(&asked, "confirm", &[]).await.page();
    assert!(stage.is_active(&opens).await);
}

#[tokio::test]
async fn what_an_operator_suspended_only_an_operator_resumes() {
    let stage = Stage::new().await;
    let (path, opens) = suspended(&stage, Cause::Operator).await;
    let page = stage.page(&path).await;
    assert!(page.body.contains("Ask them"), "{page:?}");
    assert!(!page.body.contains("token-resume"), "{page:?}");
    let (mine, _) = suspended(&stage, Cause::Leak).await;
    let form = stage.page(&format!("{mine}/resume")).await;
    let (_, sent) = form.pressed("confirm", &[]);
    let sent: Vec<_> = url::form_urlencoded::parse(sent.as_bytes()).collect();
    let sent: Vec<_> = sent
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let page = stage.browser().post(&format!("{path}/resume"), &sent).await;
    let page = page.page();
    assert_eq!(page.status, 400, "{page:?}");
    let refusal = stage.provider().refusal(&page.reference()).await;
    assert!(refusal.reason.contains("an operator has to"), "{refusal:?}");
    assert!(!stage.is_active(&opens).await);
}
