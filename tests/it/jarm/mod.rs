//! Authorization responses as JWTs ([JARM](https://openid.net/specs/oauth-v2-jarm-final.html)).
//!
//! What `fapi2-message-signing-final-test-plan` asks for with `fapi_response_mode=jarm`.

use doorward_core::jose::Algorithm;
use doorward_tests::authorization::{AuthorizationResponse, Code, ResponseMode};
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use serde_json::json;

use crate::scene::Scene;

const MODES: [(&str, ResponseMode); 4] = [
    ("jwt", ResponseMode::Query),
    ("query.jwt", ResponseMode::Query),
    ("fragment.jwt", ResponseMode::Fragment),
    ("form_post.jwt", ResponseMode::FormPost),
];

impl Scene {
    /// What a client reads in the one parameter of a response, once it has verified it.
    async fn signed(&self, client: &RelyingParty, response: &AuthorizationResponse) -> IdToken {
        let names: Vec<&str> = response.parameters.keys().map(String::as_str).collect();
        assert_eq!(names, ["response"], "{response:?}");
        let jwks = self.provider.token(client).get("/jwks").await.json();
        let jwt = response.get("response").expect("a response");
        let verified = IdToken::verify(jwt, &jwks);
        let now = self.provider.clock().seconds();
        for (claim, value) in [
            ("iss", json!(self.provider.issuer())),
            ("aud", json!(client.id())),
            ("iat", json!(now)),
        ] {
            assert_eq!(verified.get(claim), &value, "{claim}");
        }
        let lifetime = verified.get("exp").as_i64().expect("a date") - now;
        assert!((1..=600).contains(&lifetime), "{lifetime}");
        verified
    }
}

/// [JARM section 2.3](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.3). P08 and P10.
#[tokio::test]
async fn a_code_travels_signed_in_the_way_that_the_client_asks_for() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    for (asked, mode) in MODES {
        let request = wiki.request().with("response_mode", asked);
        let response = scene.browser.authorize(request.clone()).await.response();
        assert_eq!(response.mode, mode, "{asked}");

        let signed = scene.signed(&wiki, &response).await;

        assert_eq!(signed.header["alg"], "RS256", "{asked}");
        assert_eq!(signed.get("state").as_str(), request.get("state"));
        let code = Code {
            value: signed.get("code").as_str().expect("a code").to_owned(),
            redirect_uri: wiki.redirect_uri().to_owned(),
            code_verifier: request.code_verifier.clone(),
            nonce: None,
        };
        let token = scene.provider.token(&wiki);
        token.exchange(&code).await.assert_ok();
        // Nothing that is signed for the client is a hint for us.
        let hint = response.get("response").expect("a response");
        let hinting = wiki.request().with("id_token_hint", hint);
        let refused = scene.browser.authorize(hinting).await.error();
        assert_eq!(refused, "invalid_request");
    }
}

/// [JARM section 3](https://openid.net/specs/oauth-v2-jarm-final.html#section-3).
#[tokio::test]
async fn a_response_is_signed_with_the_algorithm_that_the_client_registered() {
    let scene = Scene::new().await;
    for algorithm in Algorithm::ALL {
        let id = algorithm.as_str().to_lowercase();
        let client = scene.provider.client(&id);
        let client =
            client.with(|client| client.authorization_signed_response_alg = Some(algorithm));
        let client = client.await;
        let request = client.request().with("response_mode", "jwt");
        let response = scene.browser.authorize(request).await.response();
        let signed = scene.signed(&client, &response).await;
        assert_eq!(signed.header["alg"], algorithm.as_str());
    }
}

/// [JARM section 2.1](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.1). P08: errors have `iss` too.
#[tokio::test]
async fn an_error_travels_signed_as_well() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    for (asked, mode) in MODES {
        let request = wiki.request().with("response_mode", asked);
        let request = request.with("response_type", "token");
        let response = scene.browser.authorize(request.clone()).await.response();
        assert_eq!(response.mode, mode, "{asked}");
        let signed = scene.signed(&wiki, &response).await;
        assert_eq!(signed.get("error"), "unsupported_response_type");
        assert_eq!(signed.get("state").as_str(), request.get("state"));
        let description = signed.get("error_description").as_str();
        let reference = description.and_then(|text| text.split("reference ").nth(1));
        let reference = reference.expect("a reference").trim_end_matches(')');
        let refusal = scene.provider.refusal(reference).await;
        assert_eq!(refusal.reason, "response_type \"token\" is not code");
    }
}

/// A pushed request keeps its mode, and what waits for a person too.
#[tokio::test]
async fn a_pushed_request_is_answered_signed_after_the_sign_in() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let request = wiki.request().with("response_mode", "form_post.jwt");
    let pushed = scene.provider.token(&wiki).pushed(request.clone()).await;
    let browser = scene.provider.browser();
    let page = browser.authorize(pushed.link).await.sign_in_page();
    let response = browser.sign_in_at(&page, &scene.alice).await.response();
    assert_eq!(response.mode, ResponseMode::FormPost);
    let signed = scene.signed(&wiki, &response).await;
    assert_eq!(signed.get("state").as_str(), request.get("state"));
    assert!(signed.get("code").is_string(), "{signed:?}");
}
