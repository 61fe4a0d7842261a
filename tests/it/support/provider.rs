//! The provider of the tests, and the browser and client that speak to it.

use std::time::Duration;

use doorward_tests::provider::TestProvider;
use doorward_tests::redis::RedisServer;

#[tokio::test]
async fn a_person_signs_in_and_the_client_learns_who_it_is() {
    let provider = TestProvider::start().await;
    let (alice, shop) = (
        provider.person("alice").await,
        provider.public_client("shop").await,
    );
    let browser = provider.browser();
    let code = browser.sign_in(&alice).await.authorize(&shop).await.code();

    let client = provider.token(&shop);
    let tokens = client.exchange(&code).await.assert_ok();
    let id_token = client.id_token(&tokens).await;
    assert_eq!(id_token.get("sub"), &alice.sub());
    assert_eq!(id_token.get("nonce").as_str(), code.nonce.as_deref());
    assert_eq!(id_token.get("iat"), provider.clock().seconds());
    let reference = client.exchange(&code).await.assert_error("invalid_grant");
    assert_eq!(provider.refusal(&reference).await.endpoint, "token");
}

#[tokio::test]
async fn a_restarted_provider_has_what_it_had() {
    let mut provider = TestProvider::start().await;
    let alice = provider.person("alice").await;
    let wiki = provider.client("wiki").await;
    let browser = provider.browser();
    let before = browser.sign_in(&alice).await.authorize(&wiki).await.code();

    provider.restart().await;

    provider.token(&wiki).exchange(&before).await.assert_ok();
    let after = browser.authorize(&wiki).await.code();
    provider.token(&wiki).exchange(&after).await.assert_ok();
}

#[tokio::test]
async fn a_second_node_knows_what_the_first_does() {
    let provider = TestProvider::start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").post().await,
    );
    let second = provider.second_node().await;
    let browser = provider.browser();
    let page = browser.authorize(&wiki).await.sign_in_page();

    browser.move_to(&second);
    let code = browser.sign_in_at(&page, &alice).await.code();

    provider.token(&wiki).exchange(&code).await.assert_ok();
    let again = provider.token(&wiki).at(&second).exchange(&code).await;
    again.assert_error("invalid_grant");
}

#[tokio::test]
async fn sessions_may_be_on_a_redis_server() {
    let Some(redis) = RedisServer::start().await else {
        return;
    };
    let provider = TestProvider::builder().sessions(&redis.url()).start().await;
    let (alice, wiki) = (
        provider.person("alice").await,
        provider.client("wiki").ask().await,
    );
    let browser = provider.browser();
    let page = browser.authorize_as(&alice, &wiki).await.consent_page();
    let code = browser.allow(&page).await.code();
    provider.clock().advance(Duration::from_secs(2));
    provider.token(&wiki).exchange(&code).await.assert_ok();
}
