//! `max_age`: how long ago the sign-in may be
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use std::time::Duration;

use doorward_tests::provider::TestProvider;

use super::assert_refused_there;

/// P15: no sign, fraction or overflow.
#[tokio::test]
async fn what_is_no_whole_number_of_seconds_is_refused() {
    let provider = TestProvider::start().await;
    let wiki = provider.client("wiki").await;
    for max_age in ["-1", "1.5", "x", "1e3", "9007199254740992", "+5"] {
        let request = wiki.request().with("max_age", max_age);
        let destination = provider.browser().authorize(request).await;
        let reason = "max_age is not a whole number of seconds";
        assert_refused_there(&provider, destination, "invalid_request", reason).await;
    }
}

/// P16: then the password is asked for.
#[tokio::test]
async fn a_sign_in_counts_up_to_its_greatest_age_and_not_a_moment_longer() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let request = || wiki.request().with("max_age", "60");
    provider.clock().advance(Duration::from_mins(1));
    browser.authorize(request()).await.code();
    provider.clock().advance(Duration::from_millis(1));
    let silent = browser.authorize(request().with("prompt", "none")).await;
    let reason = "prompt=none, and a sign-in is needed";
    assert_refused_there(&provider, silent, "login_required", reason).await;
    browser.authorize_as(&alice, request()).await.code();
    browser.authorize(request()).await.code();
}

#[tokio::test]
async fn zero_asks_every_time() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").await,
    );
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    for _ in 0..2 {
        let request = wiki.request().with("max_age", "0");
        browser.authorize_as(&alice, request).await.code();
    }
}

/// [OpenID Connect Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata).
#[tokio::test]
async fn a_request_that_does_not_say_gets_the_clients_default() {
    let provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let client = provider.client("wiki");
    let wiki = client
        .with(|client| client.default_max_age = Some(30))
        .await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    provider.clock().advance(Duration::from_secs(31));
    browser.authorize(&wiki).await.sign_in_page();
    let own = wiki.request().with("max_age", "3600");
    browser.authorize(own).await.code();
}
