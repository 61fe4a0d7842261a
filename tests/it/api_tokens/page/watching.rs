//! What the list says of tokens.

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::api_token::Lifetime;
use doorward_core::person::PersonStatus;

use super::{READING, Stage};
use crate::api_tokens::stage::days;

/// The names of the tokens that a page lists, in order.
fn names(body: &str) -> Vec<String> {
    let names = body.split("<h3>").skip(1);
    let names = names.filter_map(|text| {
        Some(
            text.split_once("<bdi>")?
                .1
                .split_once("</bdi>")?
                .0
                .to_owned(),
        )
    });
    names.collect()
}

/// A10: a page of the list has an end, and leads to the next one.
#[tokio::test]
async fn the_list_begins_at_the_newest_and_goes_on_page_by_page() {
    let stage = Stage::new().await;
    for number in 0..45 {
        stage
            .token(|new| new.name = format!("token {number}").parse().expect("a name"))
            .await;
        stage.provider().clock().advance(Duration::from_millis(1));
    }
    let mut seen = Vec::new();
    let mut path = "/api-tokens".to_owned();
    loop {
        let page = stage.page(&path).await;
        let listed = names(&page.body);
        assert!(listed.len() <= 20, "{}", listed.len());
        seen.extend(listed);
        let Some((_, older)) = page.body.split_once("href=\"/api-tokens?after=") else {
            break;
        };
        let older = older.split('"').next().unwrap_or_default();
        path = format!("/api-tokens?after={older}");
    }
    let expected: Vec<_> = (0..45)
        .rev()
        .map(|number| format!("token {number}"))
        .collect();
    assert_eq!(seen, expected);
    let nonsense = stage.page("/api-tokens?after=nonsense").await;
    assert_eq!(nonsense.status, 400);
}

/// T03: what a token may, from where, how often and until when.
#[tokio::test]
async fn a_tokens_page_says_what_it_may_and_until_when() {
    let stage = Stage::new().await;
    let typed = [
        ("scope", "reports:write"),
        ("networks", "192.0.2.0/24"),
        ("per_minute", "5"),
        ("expiry", "30"),
    ];
    let (_, id) = stage.made(&[&READING[..], &typed].concat()).await;
    let page = stage.page(&format!("/api-tokens/{id}")).await;
    for told in [
        "<bdi>Read reports</bdi>",
        "<bdi>Write reports</bdi>",
        "<code>192.0.2.0/24</code>",
        "5 uses a minute",
        "in 30 days",
        "data-state=\"works\"",
    ] {
        assert!(page.body.contains(told), "{told}: {page:?}");
    }
    let accountants = "accountants".parse().expect("a group");
    let groups = stage.provider().directory().groups();
    let left = groups.remove_member(&accountants, stage.alice).await;
    assert_eq!(left, Ok(true));
    let page = stage.page(&format!("/api-tokens/{id}")).await;
    let withdrawn = page.body.split_once("<s>").expect("something withdrawn").1;
    assert!(
        withdrawn.starts_with("<bdi>Write reports</bdi>"),
        "{page:?}"
    );
}

/// Nobody writes to people, so the pages that they come to tell them.
#[tokio::test]
async fn people_are_told_of_tokens_that_end_within_a_week() {
    let stage = Stage::new().await;
    for life in [20, 22, 90] {
        stage
            .token(|new| new.lifetime = Lifetime::For(days(life)))
            .await;
    }
    let told = async |count: &str| {
        let mut said = Vec::new();
        for path in ["/", "/api-tokens"] {
            said.push(stage.page(path).await.body.contains(count));
        }
        said
    };
    assert_eq!(told("within 7 days").await, [false; 2]);
    let age = async |span: u64| {
        stage.provider().clock().advance(days(span));
        stage.browser().clear_cookies();
        stage.browser().sign_in(&stage.scene.alice).await;
    };
    age(14).await;
    assert_eq!(told("One API token expires within 7 days").await, [true; 2]);
    age(2).await;
    assert_eq!(told("2 API tokens expire within 7 days").await, [true; 2]);
    let list = stage.page("/api-tokens").await;
    assert_eq!(list.body.matches("data-state=\"expires-soon\"").count(), 2);
    age(10).await;
    assert_eq!(told("within 7 days").await, [false; 2]);
    let list = stage.page("/api-tokens").await;
    assert_eq!(list.body.matches("data-state=\"expired\"").count(), 2);
}

/// T04: whoever is disabled is signed out, so the page is for those who may.
#[tokio::test]
async fn whoever_may_not_sign_in_sees_no_page() {
    let stage = Stage::new().await;
    let people = stage.provider().directory().people();
    let now = stage.provider().clock().now();
    let disabled = people
        .set_status(stage.alice, PersonStatus::Disabled, now)
        .await;
    assert_eq!(disabled, Ok(true));
    stage.browser().get("/api-tokens").await.sign_in_page();
}
