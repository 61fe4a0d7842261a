//! How much one address or account may try ([RFC 6749 section 10.10](https://www.rfc-editor.org/rfc/rfc6749#section-10.10)).

use std::time::Duration;

use doorward_tests::provider::TestProvider;
use doorward_tests::user_agent::Destination;
use doorward_web::{Limits, TrustedProxies};
use tokio::task::JoinSet;

use super::assert_refused_here;

const QUARTER: Duration = Duration::from_mins(15);

async fn limited(change: impl FnOnce(&mut Limits)) -> TestProvider {
    let provider = TestProvider::builder();
    let provider = provider.settings(|settings| change(&mut settings.limits));
    provider.start().await
}

#[track_caller]
fn assert_stopped(destination: Destination) {
    let page = destination.sign_in_page();
    assert_eq!(page.status, 429, "{page:?}");
    assert!(page.body.contains("role=\"alert\""));
}

#[tokio::test]
async fn after_too_many_wrong_passwords_the_right_one_does_not_help_for_a_while() {
    let provider = limited(|limits| limits.attempts_per_account = 3).await;
    let (alice, bob) = (provider.person("alice").await, provider.person("bob").await);
    let wiki = provider.client("wiki").await;
    let wrong = alice.with_password("wrong");
    for _ in 0..3 {
        let page = provider.browser().authorize_as(&wrong, &wiki).await;
        assert_eq!(page.sign_in_page().status, 403);
    }
    assert_stopped(provider.browser().authorize_as(&alice, &wiki).await);
    let bobs = provider.browser().authorize_as(&bob, &wiki).await;
    bobs.code();

    provider.clock().advance(QUARTER);
    let alices = provider.browser().authorize_as(&alice, &wiki).await;
    alices.code();
}

/// What is forgotten is forgotten soon, not at once; hence more attempts than one round takes.
#[tokio::test]
async fn whoever_proves_it_starts_counting_anew() {
    let provider = limited(|limits| limits.attempts_per_account = 6).await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let wrong = alice.with_password("wrong");
    for _ in 0..6 {
        let browser = provider.browser();
        let page = browser.authorize_as(&wrong, &wiki).await.sign_in_page();
        browser.sign_in_at(&page, &alice).await.code();
    }
}

/// The count is of the name, so that nobody learns by it who is known.
#[tokio::test]
async fn names_of_nobody_are_limited_alike() {
    let provider = limited(|limits| limits.attempts_per_account = 1).await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let mut nobody = alice.with_password("wrong");
    nobody.username = "nobody".to_owned();
    let first = provider.browser().authorize_as(&nobody, &wiki).await;
    assert_eq!(first.sign_in_page().status, 403);
    nobody.username = " Nobody".to_owned();
    assert_stopped(provider.browser().authorize_as(&nobody, &wiki).await);
}

#[tokio::test]
async fn a_burst_does_not_slip_through() {
    let provider = limited(|limits| limits.attempts_per_account = 2).await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let wrong = alice.with_password("wrong");
    let mut attempts = JoinSet::new();
    for _ in 0..8 {
        let browser = provider.browser();
        let page = browser.authorize(&wiki).await.sign_in_page();
        let wrong = wrong.clone();
        attempts.spawn(async move { browser.sign_in_at(&page, &wrong).await.page().status });
    }
    let statuses = attempts.join_all().await;
    let tried = statuses.iter().filter(|status| **status == 403).count();
    assert_eq!(tried, 2, "{statuses:?}");
}

#[tokio::test]
async fn an_address_with_too_many_failures_is_barred_for_a_minute() {
    let provider = limited(|limits| limits.failed_sign_ins_per_address = 2).await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    for name in ["bob", "carol", "dave"] {
        let mut other = alice.clone();
        name.clone_into(&mut other.username);
        let page = provider.browser().authorize_as(&other, &wiki).await;
        assert_eq!(page.sign_in_page().status, 403);
    }
    assert_stopped(provider.browser().authorize_as(&alice, &wiki).await);
    provider.clock().advance(Duration::from_mins(1));
    let later = provider.browser().authorize_as(&alice, &wiki).await;
    later.code();
}

/// A whole company may share an address, and all of it signs in at nine.
#[tokio::test]
async fn successes_never_bar_an_address() {
    let provider = limited(|limits| limits.failed_sign_ins_per_address = 1).await;
    let wiki = provider.client("wiki").await;
    for name in ["alice", "bob", "carol", "dave"] {
        let person = provider.person(name).await;
        let browser = provider.browser();
        browser.authorize_as(&person, &wiki).await.code();
    }
}

#[tokio::test]
async fn limits_hold_across_nodes_and_restarts() {
    let mut provider = limited(|limits| limits.attempts_per_account = 2).await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let wrong = alice.with_password("wrong");
    let first = provider.browser().authorize_as(&wrong, &wiki).await;
    first.sign_in_page();
    let second = provider.second_node().await;
    let browser = provider.browser();
    browser.move_to(&second);
    browser.authorize_as(&wrong, &wiki).await.sign_in_page();
    provider.restart().await;
    assert_stopped(provider.browser().authorize_as(&alice, &wiki).await);
}

#[tokio::test]
async fn requests_left_waiting_are_limited_too() {
    let provider = limited(|limits| limits.interactions_per_address = 2).await;
    let wiki = provider.client("wiki").await;
    for _ in 0..2 {
        let page = provider.browser().authorize(&wiki).await;
        page.sign_in_page();
    }
    let shown = provider.browser().authorize(&wiki).await;
    let reason = "127.0.0.1 left too many requests waiting";
    let page = assert_refused_here(&provider, shown, 429, reason).await;
    assert!(page.header("retry-after").is_some());
    provider.clock().advance(Duration::from_mins(1));
    let later = provider.browser().authorize(&wiki).await;
    later.sign_in_page();
}

/// Nobody gets another count by claiming another address, unless a proxy that the operator trusts says so.
#[tokio::test]
async fn only_a_trusted_proxy_says_where_a_request_came_from() {
    let wrong_twice = |provider: TestProvider| async move {
        let (alice, wiki) = (
            provider.person("alice").await,
            provider.client("wiki").await,
        );
        let wrong = alice.with_password("wrong");
        let mut statuses = Vec::new();
        for address in ["192.0.2.1", "192.0.2.2"] {
            let browser = provider.browser();
            let browser = browser.with_header("x-forwarded-for", address);
            let page = browser.authorize_as(&wrong, &wiki).await.page();
            statuses.push(page.status.as_u16());
        }
        statuses
    };
    let provider = limited(|limits| limits.attempts_per_account = 1).await;
    assert_eq!(wrong_twice(provider).await, [403, 429]);

    let proxies = vec!["127.0.0.0/8".parse().expect("a network")];
    let builder = TestProvider::builder().settings(|settings| {
        settings.limits.attempts_per_account = 1;
        settings.trusted_proxies = TrustedProxies::new(proxies);
    });
    assert_eq!(wrong_twice(builder.start().await).await, [403, 403]);
}
