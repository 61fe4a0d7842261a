//! Modules of the scopes: each opens all of its claims, at the UserInfo endpoint
//! ([OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims)).

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Plan, modules};

modules! {
    /// [OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims).
    oidcc_scope_profile = super::profile;
    /// [OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims).
    oidcc_scope_email = super::email;
    /// [OpenID Connect Core section 5.1.1](https://openid.net/specs/openid-connect-core-1_0.html#AddressClaim).
    oidcc_scope_address = super::address;
    /// [OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims).
    oidcc_scope_phone = super::phone;
    /// [OpenID Connect Core section 5.4](https://openid.net/specs/openid-connect-core-1_0.html#ScopeClaims).
    oidcc_scope_all = super::all;
    /// [OpenID Connect Core section 5.5.1](https://openid.net/specs/openid-connect-core-1_0.html#IndividualClaimsRequests).
    oidcc_claims_essential = super::claims_essential;
}

const PROFILE: [&str; 14] = [
    "name",
    "given_name",
    "family_name",
    "middle_name",
    "nickname",
    "profile",
    "picture",
    "website",
    "gender",
    "birthdate",
    "zoneinfo",
    "locale",
    "updated_at",
    "preferred_username",
];

/// Asks for the scope and compares what came with what it opens.
async fn opens(plan: &Plan, scope: &str, claims: &[&str]) -> Value {
    let request = plan.request().with("scope", &format!("openid {scope}"));
    let tokens = plan.tokens(request).await;
    let userinfo = plan.userinfo(&tokens).await;
    let came = userinfo.as_object().expect("claims").keys();
    let came: BTreeSet<&str> = came.map(String::as_str).collect();
    let expected: BTreeSet<&str> = claims.iter().copied().chain(["sub"]).collect();
    assert_eq!(came, expected);
    userinfo
}

async fn profile(plan: Plan) {
    let userinfo = opens(&plan, "profile", &PROFILE).await;
    assert!(userinfo["updated_at"].is_i64());
    assert_eq!(userinfo["birthdate"], "1980-02-29");
}

async fn email(plan: Plan) {
    let userinfo = opens(&plan, "email", &["email", "email_verified"]).await;
    assert_eq!(userinfo["email_verified"], true);
}

async fn address(plan: Plan) {
    let userinfo = opens(&plan, "address", &["address"]).await;
    assert_eq!(userinfo["address"]["country"], "Germany");
}

async fn phone(plan: Plan) {
    let claims = ["phone_number", "phone_number_verified"];
    let userinfo = opens(&plan, "phone", &claims).await;
    assert_eq!(userinfo["phone_number_verified"], true);
}

async fn all(plan: Plan) {
    let mut claims = PROFILE.to_vec();
    claims.extend(["email", "email_verified", "address"]);
    claims.extend(["phone_number", "phone_number_verified"]);
    opens(&plan, "profile email address phone", &claims).await;
}

async fn claims_essential(plan: Plan) {
    let claims = r#"{"userinfo":{"name":{"essential":true}}}"#;
    let tokens = plan.tokens(plan.request().with("claims", claims)).await;
    assert_eq!(plan.userinfo(&tokens).await["name"], "alice Maria Example");
}
