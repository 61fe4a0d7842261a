//! `POST /revoke` ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).

use doorward_core::client::GrantType;
use doorward_tests::relying_party::RelyingParty;

use crate::scene::Scene;

async fn is_active(scene: &Scene, client: &RelyingParty, token: &str) -> bool {
    let answer = scene.provider.token(client).introspect(token).await;
    answer.json()["active"] == true
}

/// [RFC 7009 section 2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.1), P42.
#[tokio::test]
async fn a_refresh_token_that_is_given_back_takes_everything_of_its_grant_with_it() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let other = scene.tokens(&wiki, "openid").await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let client = scene.provider.token(&wiki);

    let answer = client.revoke(&refresh_token).await;
    assert_eq!((answer.status.as_u16(), answer.text.as_str()), (200, ""));
    client
        .refresh(&refresh_token)
        .await
        .assert_error("invalid_grant");
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 401);
    assert!(!is_active(&scene, &wiki, &tokens.access_token).await);
    assert_eq!(client.userinfo(&other.access_token).await.status, 200);
}

/// Who missed the answer to a refresh holds the token before.
#[tokio::test]
async fn the_token_before_the_living_one_ends_the_grant_as_well() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let first = tokens.refresh_token.expect("a refresh token");
    let client = scene.provider.token(&wiki);
    let second = client.refresh(&first).await.assert_ok().refresh_token;
    assert_eq!(client.revoke(&first).await.status, 200);
    let second = second.expect("a refresh token");
    client.refresh(&second).await.assert_error("invalid_grant");
}

#[tokio::test]
async fn an_access_token_that_is_given_back_goes_alone_on_every_node() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let client = scene.provider.token(&wiki);
    let node = scene.provider.second_node().await;

    assert_eq!(client.revoke(&tokens.access_token).await.status, 200);
    assert_eq!(client.revoke(&tokens.access_token).await.status, 200);
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 401);
    let there = scene.provider.token(&wiki).at(&node);
    assert_eq!(there.userinfo(&tokens.access_token).await.status, 401);
    assert!(!is_active(&scene, &wiki, &tokens.access_token).await);

    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let next = there.refresh(&refresh_token).await.assert_ok().access_token;
    assert_eq!(client.userinfo(&next).await.status, 200);
}

#[tokio::test]
async fn a_token_that_speaks_for_its_client_can_be_given_back() {
    let scene = Scene::new().await;
    let reports = scene.provider.client("reports").with(|client| {
        client.grant_types = [GrantType::ClientCredentials].into();
    });
    let reports = reports.await;
    let client = scene.provider.token(&reports);
    let token = client.send(&[("grant_type", "client_credentials")]).await;
    let token = token.assert_ok().access_token;
    assert!(is_active(&scene, &reports, &token).await);
    assert_eq!(client.revoke(&token).await.status, 200);
    assert!(!is_active(&scene, &reports, &token).await);
}

/// P42: own tokens only. A public client, whose name anybody may use, does not learn that a token is another's.
#[tokio::test]
async fn nobody_gives_back_the_tokens_of_others() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let wiki = provider.client("wiki").await;
    let payroll = provider.client("payroll").await;
    let public = provider.public_client("public").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    for token in [&tokens.access_token, &refresh_token] {
        let answer = provider.token(&payroll).revoke(token).await;
        answer.assert_error("invalid_grant");
        assert_eq!(provider.token(&public).revoke(token).await.status, 200);
        assert!(is_active(&scene, &wiki, token).await);
    }
}

/// P42: 200 for what is no token.
/// [RFC 7009 section 2.2](https://www.rfc-editor.org/rfc/rfc7009#section-2.2): what is no token is as gone as can be.
#[tokio::test]
async fn what_is_no_token_or_has_a_misleading_hint_is_no_error() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let client = scene.provider.token(&wiki);
    for garbage in ["x", "dw_rt_0000", "a.b.c"] {
        assert_eq!(client.revoke(garbage).await.status, 200, "{garbage}");
    }
    let tokens = scene.tokens(&wiki, "openid").await;
    let form = [
        ("token", tokens.access_token.as_str()),
        ("token_type_hint", "refresh_token"),
    ];
    assert_eq!(client.send_to("/revoke", &form).await.status, 200);
    assert_eq!(client.userinfo(&tokens.access_token).await.status, 401);
    client
        .send_to("/revoke", &[])
        .await
        .assert_error("invalid_request");
}

#[tokio::test]
async fn the_record_says_that_the_client_ended_it() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let client = scene.provider.token(&wiki);
    client.revoke(&tokens.access_token).await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    client.revoke(&refresh_token).await;
    client.revoke(&refresh_token).await;
    let events = scene.provider.recent_events().await;
    let of = |name: &str| events.iter().filter(|it| it.event.name() == name).count();
    assert_eq!(of("access_token_revoked"), 1);
    assert_eq!(of("grant_revoked"), 1);
}

/// [RFC 7009 section 2.2.1](https://www.rfc-editor.org/rfc/rfc7009#section-2.2.1), P42: what could not be written down is no success.
#[tokio::test]
async fn a_directory_that_takes_no_writes_is_told_as_such() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let client = scene.provider.token(&wiki);
    let closed = scene.provider.directory().close().await;
    closed.expect("what waited is written");
    for token in [&tokens.access_token, &refresh_token] {
        let answer = client.revoke(token).await;
        answer.assert_error("temporarily_unavailable");
        assert!(answer.header("retry-after").is_some(), "{answer:?}");
    }
}
