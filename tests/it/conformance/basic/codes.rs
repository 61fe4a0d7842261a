//! Modules of codes used twice, and of refresh tokens.

use std::time::Duration;

use super::{Plan, modules};

modules! {
    /// [RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2).
    oidcc_codereuse = super::codereuse;
    /// [RFC 6749 section 4.1.2](https://www.rfc-editor.org/rfc/rfc6749#section-4.1.2).
    oidcc_codereuse_30seconds = super::codereuse_30seconds;
    /// [OpenID Connect Core section 12](https://openid.net/specs/openid-connect-core-1_0.html#RefreshTokens).
    oidcc_refresh_token = super::refresh_token;
}

async fn reused_after(plan: Plan, pause: Duration) {
    let arrived = plan
        .browser
        .authorize_as(&plan.person, plan.request())
        .await;
    let code = plan.callback(arrived).code();
    let client = plan.provider.token(&plan.client);
    let tokens = client.exchange(&code).await.assert_ok();
    plan.userinfo(&tokens).await;
    plan.provider.clock().advance(pause);
    client.exchange(&code).await.assert_error("invalid_grant");
    let revoked = client.userinfo(&tokens.access_token).await;
    assert_eq!(revoked.status, 401, "{revoked:?}");
}

async fn codereuse(plan: Plan) {
    reused_after(plan, Duration::ZERO).await;
}

async fn codereuse_30seconds(plan: Plan) {
    reused_after(plan, Duration::from_secs(30)).await;
}

async fn refresh_token(plan: Plan) {
    let nonce = "n".repeat(43);
    let request = plan
        .request()
        .with("scope", "openid offline_access")
        .with("prompt", "consent")
        .with("nonce", &nonce);
    let page = plan.browser.authorize_as(&plan.person, request).await;
    let arrived = plan.browser.allow(&page.consent_page()).await;
    let first = plan.exchange(arrived).await;
    let refresh_token = first.refresh_token.as_deref().expect("a refresh token");
    assert!(refresh_token.len() >= 22, "128 bits at least");

    let another = plan.provider.client("another").await;
    let another = plan.provider.token(&another);
    let stolen = another.refresh(refresh_token).await;
    stolen.assert_error("invalid_grant");

    plan.provider.clock().advance(Duration::from_secs(1));
    let client = plan.provider.token(&plan.client);
    let second = client.refresh(refresh_token).await.assert_ok();
    assert_ne!(second.access_token, first.access_token);
    let (before, after) = (plan.id_token(&first).await, plan.id_token(&second).await);
    for same in ["iss", "sub", "aud", "azp", "auth_time"] {
        assert_eq!(after.get(same), before.get(same), "{same}");
    }
    assert_eq!(
        after.get("iat").as_i64(),
        before.get("iat").as_i64().map(|iat| iat + 1)
    );
    plan.userinfo(&second).await;
}
