//! A proof is used once ([RFC 9449 section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1)); rule P38.

use doorward_tests::token_client::{Answer, TokenClient};
use reqwest::header::HeaderMap;
use tokio::task::JoinSet;

use super::Bound;
use crate::scene::Scene;

const REPLAYED: &str = "the DPoP proof was used before";

async fn shows(token: &TokenClient, form: &[(&str, &str)], proof: &str) -> Answer {
    let mut headers = HeaderMap::new();
    headers.insert("dpop", proof.parse().expect("a header"));
    token.raw(form, headers).await
}

/// P38: a proof counts once.
#[tokio::test]
async fn a_proof_opens_the_userinfo_endpoint_once_on_all_nodes() {
    let Some((scene, _redis)) = Scene::on_redis().await else {
        return;
    };
    let bound = Bound::at(scene).await;
    let second = bound.scene.provider.second_node().await;
    let token = bound.tokens("openid").await.access_token;
    let proof = bound.telling(&token).sign();
    let told = bound
        .asks("DPoP", &token, std::slice::from_ref(&proof))
        .await;
    assert_eq!(told.status, 200, "{told:?}");
    let mut racing = JoinSet::new();
    for base in [bound.scene.provider.node().base(), second.base()] {
        let request = crate::scene::http().get(format!("{base}/userinfo"));
        let request = request.header("authorization", format!("DPoP {token}"));
        let request = request.header("dpop", &proof);
        racing.spawn(Answer::of(request));
    }
    for answer in racing.join_all().await {
        assert_eq!(answer.status, 401, "{answer:?}");
        assert_eq!(answer.json()["error"], "invalid_dpop_proof");
    }
}

/// A proof that was seen on its way is of no use with another token of the same key either.
#[tokio::test]
async fn a_proof_gets_tokens_once_on_all_nodes() {
    let bound = Bound::new().await;
    let provider = &bound.scene.provider;
    let second = provider.second_node().await;
    let refresh_token = bound.tokens("openid offline_access").await.refresh_token;
    let refresh_token = refresh_token.expect("a refresh token");
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", "app"),
        ("refresh_token", refresh_token.as_str()),
    ];
    let bare = provider.token(&bound.app);
    let proof = bound.proof("POST", "/token").sign();
    let next = shows(&bare, &form, &proof).await.assert_bound();
    let next = next.refresh_token.expect("a refresh token");
    let again = [form[0], form[1], ("refresh_token", next.as_str())];
    let reference = shows(&bare, &again, &proof).await;
    let reference = reference.assert_error("invalid_dpop_proof");
    assert_eq!(provider.refusal(&reference).await.reason, REPLAYED);
    let there = shows(&bare.at(&second), &again, &proof).await;
    there.assert_error("invalid_dpop_proof");
    // What was shown with it stays good.
    bound.token.refresh(&next).await.assert_bound();
}

#[tokio::test]
async fn a_proof_pushes_one_request() {
    let bound = Bound::new().await;
    let request = bound.app.request();
    let form: Vec<(&str, &str)> = request
        .parameters
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let mut headers = HeaderMap::new();
    let proof = bound.proof("POST", "/par").sign();
    headers.insert("dpop", proof.parse().expect("a header"));
    let bare = bound.scene.provider.token(&bound.app);
    bare.raw_to("/par", &form, headers.clone())
        .await
        .assert_pushed();
    let again = bare.raw_to("/par", &form, headers).await;
    again.assert_error("invalid_dpop_proof");
}

/// Invariant: nobody without credentials, a code or a token makes the store grow.
#[tokio::test]
async fn only_a_proof_that_gets_something_is_remembered() {
    let bound = Bound::new().await;
    let tokens = bound.tokens("openid").await;
    let asked = || bound.scene.provider.sessions().asked();
    asked();
    let garbage = [("grant_type", "refresh_token"), ("refresh_token", "x")];
    let refused = bound.token.send(&garbage).await;
    refused.assert_error("invalid_grant");
    assert_eq!(bound.token.userinfo("x").await.status, 401);
    assert_eq!(asked(), [""; 0]);
    let told = bound.token.userinfo(&tokens.access_token).await;
    assert_eq!(told.status, 200);
    assert_eq!(asked(), ["insert dpop-proof"]);
}

#[tokio::test]
async fn while_no_proof_can_be_remembered_none_is_taken() {
    let bound = Bound::new().await;
    let tokens = bound.tokens("openid offline_access").await;
    let refresh_token = tokens.refresh_token.as_deref().expect("a refresh token");
    let code = bound.scene.code(&bound.app).await;
    bound.scene.provider.sessions().fail("insert dpop-proof");
    let unavailable = "temporarily_unavailable";
    let refused = bound.token.exchange(&code).await;
    refused.assert_error(unavailable);
    let refused = bound.token.refresh(refresh_token).await;
    refused.assert_error(unavailable);
    let refused = bound.token.push(&bound.app.request()).await;
    refused.assert_error(unavailable);
    let refused = bound.token.userinfo(&tokens.access_token).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    assert!(refused.header("retry-after").is_some(), "{refused:?}");
}
