//! Tokens of others: not there at all, or there because somebody answers for them.

use doorward_core::api_token::{ActsFor, Owner};
use doorward_directory::groups::MemberAdded;
use doorward_tests::user_agent::UserAgent;

use super::{READING, Stage};

/// Mallory is signed in, and an accountant as Alice is, unless `groups` says otherwise.
async fn mallory(stage: &Stage, groups: &[&str]) -> UserAgent {
    let mallory = stage.provider().person("mallory").await;
    for group in groups {
        let group = group.parse().expect("a group");
        let door = stage.provider().directory().groups();
        let joined = door.add_member(&group, mallory.id).await;
        assert_eq!(joined, Ok(MemberAdded::Added));
    }
    let browser = stage.provider().browser();
    browser.sign_in(&mallory).await;
    browser
}

fn key(owner: Owner) -> ActsFor {
    ActsFor::Project {
        project: "website".parse().expect("a project"),
        owner,
    }
}

/// What each page of a token answers to a browser that opens it, and to one that sends its form.
async fn statuses(browser: &UserAgent, path: &str) -> Vec<u16> {
    let csrf = browser.get("/api-tokens/new").await.page();
    let csrf = csrf.form_with("make").expect("a form").fields;
    let csrf = csrf.iter().find(|(name, _)| name == "csrf");
    let csrf = csrf.map(|(_, value)| value.clone()).expect("a token");
    let mut statuses = Vec::new();
    for (page, action) in [
        ("", "suspend"),
        ("/rotate", "rotate"),
        ("/resume", "confirm"),
        ("/revoke", "confirm"),
    ] {
        let path = format!("{path}{page}");
        statuses.push(browser.get(&path).await.page().status.as_u16());
        let sent = [("csrf", &*csrf), ("action", action), ("overlap", "0")];
        statuses.push(browser.post(&path, &sent).await.page().status.as_u16());
    }
    statuses
}

/// A02: on every page and for every form, a token of somebody else is as one that never was.
#[tokio::test]
async fn tokens_of_others_are_not_there() {
    let stage = Stage::new().await;
    let (opens, id) = stage.made(&READING).await;
    let key = stage
        .token(|new| new.acts_for = key(Owner::Person(stage.alice)))
        .await;
    let mallory = mallory(&stage, &["accountants"]).await;
    let never = "00000000-0000-7000-8000-000000000000";
    for id in [&id.to_string(), &key.token.id.to_string(), never, "none"] {
        let seen = statuses(&mallory, &format!("/api-tokens/{id}")).await;
        assert_eq!(seen, [404; 8], "{id}");
    }
    let list = mallory.get("/api-tokens").await.page();
    assert!(!list.body.contains("backup"), "{list:?}");
    assert!(stage.is_active(&opens).await);
    assert!(stage.is_active(key.secret.reveal()).await);
}

/// A02: a key of a group is there for those who are in it, as long as they are.
#[tokio::test]
async fn whoever_answers_for_a_key_ends_it_but_gets_no_secret_of_it() {
    let stage = Stage::new().await;
    let accountants = || Owner::Group("accountants".parse().expect("a group"));
    let made = stage.token(|new| new.acts_for = key(accountants())).await;
    let path = format!("/api-tokens/{}", made.token.id);
    let outsider = mallory(&stage, &[]).await;
    assert_eq!(outsider.get(&path).await.page().status, 404);

    let list = stage.page("/api-tokens").await;
    let (own, answered_for) = list
        .body
        .split_once("You answer for these")
        .expect("two parts");
    assert!(
        !own.contains(&path) && answered_for.contains(&path),
        "{list:?}"
    );
    assert!(answered_for.contains("Identifies the project <bdi>website</bdi>"));
    let page = stage.page(&path).await;
    assert!(!page.body.contains("token-rotate"), "{page:?}");
    assert_eq!(stage.page(&format!("{path}/rotate")).await.status, 404);
    let page = stage.browser().press(&page, "suspend", &[]).await.page();
    assert!(page.body.contains("token-resume"), "{page:?}");
    assert!(!stage.is_active(made.secret.reveal()).await);
    let asked = stage.page(&format!("{path}/resume")).await;
    stage.browser().press(&asked, "confirm", &[]).await.page();
    assert!(stage.is_active(made.secret.reveal()).await);
    let asked = stage.page(&format!("{path}/revoke")).await;
    stage.browser().press(&asked, "confirm", &[]).await.page();
    assert!(!stage.is_active(made.secret.reveal()).await);
}
