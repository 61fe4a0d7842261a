//! Modules of the UserInfo endpoint
//! ([OpenID Connect Core section 5.3](https://openid.net/specs/openid-connect-core-1_0.html#UserInfo)).

use doorward_tests::token_client::Answer;
use reqwest::Method;

use super::{Plan, modules};

modules! {
    /// [RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1).
    oidcc_userinfo_get = super::get;
    /// [OpenID Connect Core section 5.3.1](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoRequest).
    oidcc_userinfo_post_header = super::post_header;
    /// [RFC 6750 section 2.2](https://www.rfc-editor.org/rfc/rfc6750#section-2.2).
    oidcc_userinfo_post_body = super::post_body;
}

async fn get(plan: Plan) {
    let tokens = plan.tokens(plan.request()).await;
    plan.userinfo(&tokens).await;
}

async fn post_header(plan: Plan) {
    let tokens = plan.tokens(plan.request()).await;
    let client = plan.provider.token(&plan.client);
    let answer = client.userinfo_by(Method::POST, &tokens.access_token).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["sub"], plan.person.sub());
}

async fn post_body(plan: Plan) {
    let tokens = plan.tokens(plan.request()).await;
    let form = format!("access_token={}", tokens.access_token);
    let posted = reqwest::Client::new()
        .post(plan.provider.url("/userinfo"))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = Answer::of(posted).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.json()["sub"], plan.person.sub());
}
