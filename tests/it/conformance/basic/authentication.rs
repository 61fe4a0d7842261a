//! Modules of what the person is asked
//! ([OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest)).

use std::time::Duration;

use super::{Plan, modules};

modules! {
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_prompt_login = super::prompt_login;
    /// [OpenID Connect Core section 3.1.2.6](https://openid.net/specs/openid-connect-core-1_0.html#AuthError).
    oidcc_prompt_none_not_logged_in = super::prompt_none_not_logged_in;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_prompt_none_logged_in = super::prompt_none_logged_in;
    /// [OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
    oidcc_max_age_1 = super::max_age_1;
    /// [OpenID Connect Core section 2](https://openid.net/specs/openid-connect-core-1_0.html#IDToken).
    oidcc_max_age_10000 = super::max_age_10000;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_id_token_hint = super::id_token_hint;
    /// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest).
    oidcc_login_hint = super::login_hint;
}

async fn prompt_login(plan: Plan) {
    let first = plan.tokens(plan.request()).await;
    let first = plan.signed_in(&first).await;
    plan.provider.clock().advance(Duration::from_secs(1));
    let request = plan.request().with("prompt", "login");
    let page = plan.browser.authorize(request).await.sign_in_page();
    let arrived = plan.browser.sign_in_at(&page, &plan.person).await;
    let second = plan.exchange(arrived).await;
    let second = plan.signed_in(&second).await;
    assert_eq!(second.sub, first.sub);
    assert_eq!(second.auth_time, first.auth_time + 1);
}

async fn prompt_none_not_logged_in(plan: Plan) {
    let state = format!("{}-._~", "a".repeat(124));
    let request = plan.request().with("prompt", "none");
    let refused = plan.browser.authorize(request.with("state", &state)).await;
    let response = plan.callback(refused);
    assert_eq!(response.error(), "login_required");
    assert_eq!(response.get("state"), Some(&*state));
}

async fn prompt_none_logged_in(mut plan: Plan) {
    plan.client = plan.provider.client("asking").ask().await;
    let page = plan
        .browser
        .authorize_as(&plan.person, plan.request())
        .await;
    let arrived = plan.browser.allow(&page.consent_page()).await;
    let first = plan.exchange(arrived).await;
    let first = plan.signed_in(&first).await;
    plan.provider.clock().advance(Duration::from_secs(2));
    let request = plan.request().with("prompt", "none");
    let second = plan.tokens_without_asking(request).await;
    assert_eq!(plan.signed_in(&second).await, first);
}

async fn max_age_1(plan: Plan) {
    let first = plan.tokens(plan.request()).await;
    let first = plan.signed_in(&first).await;
    plan.provider.clock().advance(Duration::from_secs(2));
    let request = plan.request().with("max_age", "1");
    let page = plan.browser.authorize(request).await.sign_in_page();
    let arrived = plan.browser.sign_in_at(&page, &plan.person).await;
    let second = plan.exchange(arrived).await;
    let second = plan.signed_in(&second).await;
    assert_eq!(second.sub, first.sub);
    assert_eq!(second.auth_time, first.auth_time + 2);
}

async fn max_age_10000(plan: Plan) {
    let first = plan.tokens(plan.request().with("max_age", "15000")).await;
    let first = plan.signed_in(&first).await;
    plan.provider.clock().advance(Duration::from_secs(1));
    let request = plan.request().with("max_age", "10000");
    let second = plan.tokens_without_asking(request).await;
    assert_eq!(plan.signed_in(&second).await, first);
}

async fn id_token_hint(plan: Plan) {
    let first = plan.tokens(plan.request()).await;
    let request = plan.request().with("prompt", "none");
    let hint = first.id_token.as_deref().expect("an ID Token");
    let request = request.with("id_token_hint", hint);
    let second = plan.tokens_without_asking(request).await;
    assert_eq!(plan.signed_in(&second).await, plan.signed_in(&first).await);
}

async fn login_hint(plan: Plan) {
    let request = plan.request().with("login_hint", "buffy@suite.example");
    plan.tokens(request).await;
}
