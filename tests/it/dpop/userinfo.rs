//! Bound access tokens at the UserInfo endpoint ([RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7)).

use doorward_tests::token_client::Answer;
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE};

use super::Bound;
use crate::scene::http;

const ALGS: &str = "algs=\"ES256 PS256 EdDSA Ed25519\"";

/// The challenges of an answer, in their order.
pub(super) fn challenges(answer: &Answer) -> Vec<&str> {
    let values = answer.headers.get_all("www-authenticate").iter();
    values
        .map(|value| value.to_str().expect("a text"))
        .collect()
}

impl Bound {
    /// Asks with a token of that scheme, and these proofs.
    pub(super) async fn asks(&self, scheme: &str, token: &str, proofs: &[String]) -> Answer {
        let request = http().get(self.scene.provider.url("/userinfo"));
        let request = request.header(AUTHORIZATION, format!("{scheme} {token}"));
        let request = proofs
            .iter()
            .fold(request, |request, proof| request.header("DPoP", proof));
        Answer::of(request).await
    }

    /// A good proof for a request to the UserInfo endpoint with this token.
    pub(super) fn telling(&self, token: &str) -> doorward_tests::dpop_key::Draft {
        self.proof("GET", "/userinfo").for_token(token)
    }
}

/// Stands for `access-token-type-header-case-sensitivity`.
#[tokio::test]
async fn whoever_holds_the_key_is_told_by_get_and_by_post_and_in_any_case() {
    let bound = Bound::new().await;
    let token = bound.tokens("openid").await.access_token;
    for method in [Method::GET, Method::POST] {
        let told = bound.token.userinfo_by(method, &token).await;
        assert_eq!(told.status, 200, "{told:?}");
        assert_eq!(told.json()["sub"], bound.scene.alice.sub());
        assert_eq!(told.header("dpop-nonce"), None);
    }
    for scheme in ["DPoP", "dpop", "DPOP"] {
        let proof = bound.telling(&token).sign();
        let told = bound.asks(scheme, &token, &[proof]).await;
        assert_eq!(told.status, 200, "{scheme}");
    }
}

/// P38: it is none without its key.
/// [RFC 9449 section 7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2): whoever stole a bound token cannot use it as if
/// it were not.
#[tokio::test]
async fn a_bound_token_is_no_bearer_token() {
    let bound = Bound::new().await;
    let token = bound.tokens("openid").await.access_token;
    let in_form = http().post(bound.scene.provider.url("/userinfo"));
    let in_form = in_form.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
    for answer in [
        bound.asks("Bearer", &token, &[]).await,
        bound
            .asks("bearer", &token, &[bound.telling(&token).sign()])
            .await,
        Answer::of(in_form.body(format!("access_token={token}"))).await,
    ] {
        assert_eq!(answer.status, 401, "{answer:?}");
        assert_eq!(answer.json()["error"], "invalid_token");
        let challenges = challenges(&answer);
        assert_eq!(challenges.len(), 2, "{challenges:?}");
        assert!(challenges[0].starts_with("Bearer "), "{challenges:?}");
        assert!(challenges[0].contains("error=\"invalid_token\""));
        assert!(challenges[1].starts_with("DPoP "), "{challenges:?}");
        assert!(challenges[1].contains(ALGS), "{challenges:?}");
    }
}

#[tokio::test]
async fn a_bearer_token_is_no_bound_token() {
    let bound = Bound::new().await;
    let tokens = bound.scene.tokens(&bound.app, "openid").await;
    let token = &tokens.access_token;
    let proof = bound.telling(token).sign();
    let answer = bound.asks("DPoP", token, &[proof]).await;
    assert_eq!(answer.status, 401);
    assert_eq!(answer.json()["error"], "invalid_token");
    // As what it is it works, whatever else is sent.
    let answer = bound.asks("Bearer", token, &["x".to_owned()]).await;
    assert_eq!(answer.status, 200, "{answer:?}");
}

/// [RFC 9449 section 7.1](https://www.rfc-editor.org/rfc/rfc9449#section-7.1).
#[tokio::test]
async fn whoever_comes_without_a_token_learns_both_ways_to_bring_one() {
    let bound = Bound::new().await;
    let answer = Answer::of(http().get(bound.scene.provider.url("/userinfo"))).await;
    assert_eq!(answer.status, 401);
    let dpop = format!("DPoP realm=\"doorward\", {ALGS}");
    assert_eq!(
        challenges(&answer),
        ["Bearer realm=\"doorward\"", dpop.as_str()]
    );
}

#[tokio::test]
async fn a_token_that_died_is_refused_with_a_good_proof_too() {
    let bound = Bound::new().await;
    let token = bound.tokens("openid").await.access_token;
    let bare = bound.scene.provider.token(&bound.app);
    assert_eq!(bare.revoke(&token).await.status, 200);
    let answer = bound.token.userinfo(&token).await;
    assert_eq!(answer.status, 401);
    let challenges = challenges(&answer);
    assert_eq!(challenges.len(), 1, "{challenges:?}");
    assert!(challenges[0].starts_with("DPoP "), "{challenges:?}");
    assert!(challenges[0].contains(ALGS), "{challenges:?}");
    assert!(challenges[0].contains("error=\"invalid_token\""));
}
