//! Nonces of the provider ([RFC 9449 sections 8 and 9](https://www.rfc-editor.org/rfc/rfc9449#section-8)).

use std::time::Duration;

use doorward_core::dpop::NoncePolicy;
use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use serde_json::json;

use super::Bound;
use super::userinfo::challenges;

/// A provider whose operator demands nonces.
async fn demanding() -> Bound {
    let builder = TestProvider::builder();
    Bound::with(builder.settings(|settings| settings.dpop_nonce = NoncePolicy::Required)).await
}

/// The nonce that an answer brings.
#[track_caller]
fn nonce(answer: &Answer) -> &str {
    answer.header("dpop-nonce").expect("a nonce")
}

/// Nothing is spent by a request that is sent back.
#[tokio::test]
async fn a_client_is_sent_back_for_a_nonce_and_then_gets_what_it_asked_for() {
    let bound = demanding().await;
    let request = bound.app.request();
    let request = request.with("scope", "openid offline_access");
    let sent_back = bound.token.push(&request).await;
    let reference = sent_back.assert_error("use_dpop_nonce");
    let reason = bound.scene.provider.refusal(&reference).await.reason;
    assert!(reason.contains("dpop.nonce"), "{reason}");
    let token = bound.token.nonce(nonce(&sent_back));
    let pushed = token.push(&request).await;
    pushed.assert_pushed();
    nonce(&pushed);

    let bound = demanding().await;
    let code = bound.scene.code(bound.app.request()).await;
    let sent_back = bound.token.exchange(&code).await;
    sent_back.assert_error("use_dpop_nonce");
    let token = bound.token.nonce(nonce(&sent_back));
    let exchanged = token.exchange(&code).await;
    let tokens = exchanged.assert_bound();
    let token = token.nonce(nonce(&exchanged));
    let told = token.userinfo(&tokens.access_token).await;
    assert_eq!(told.status, 200);
}

/// [RFC 9449 section 9](https://www.rfc-editor.org/rfc/rfc9449#section-9).
#[tokio::test]
async fn the_userinfo_endpoint_sends_back_for_a_nonce() {
    let bound = demanding().await;
    let code = bound.scene.code(bound.app.request()).await;
    let sent_back = bound.token.exchange(&code).await;
    let token = bound.token.nonce(nonce(&sent_back));
    let access_token = token.exchange(&code).await.assert_bound().access_token;
    let without = bound.scene.provider.proving(&bound.app, &bound.key);
    let sent_back = without.userinfo(&access_token).await;
    assert_eq!(sent_back.status, 401, "{sent_back:?}");
    assert_eq!(sent_back.json()["error"], "use_dpop_nonce");
    let challenges = challenges(&sent_back);
    assert!(challenges[0].contains("DPoP "), "{challenges:?}");
    assert!(challenges[0].contains("error=\"use_dpop_nonce\""));
    assert_eq!(sent_back.header("cache-control"), Some("no-store"));
    let with = without.nonce(nonce(&sent_back));
    let told = with.userinfo(&access_token).await;
    assert_eq!(told.status, 200, "{told:?}");
    nonce(&told);
}

/// No node keeps anything of a nonce, and each knows those of the others.
#[tokio::test]
async fn a_nonce_of_one_node_is_good_at_another_for_five_minutes() {
    let bound = demanding().await;
    let provider = &bound.scene.provider;
    let own = [("grant_type", "client_credentials")];
    let wiki = provider.client("wiki").await;
    let second = provider.second_node().await;
    let proving = || provider.proving(&wiki, &bound.key);
    provider.sessions().asked();
    let sent_back = proving().send(&own).await;
    assert_eq!(provider.sessions().asked(), [""; 0]);
    let nonce = nonce(&sent_back).to_owned();
    provider.clock().advance(Duration::from_secs(299));
    for node in [&second, provider.node()] {
        let token = proving().nonce(&nonce).at(node);
        token.send(&own).await.assert_bound();
    }
    provider.clock().advance(Duration::from_secs(1));
    let late = proving().nonce(&nonce).at(&second).send(&own).await;
    late.assert_error("use_dpop_nonce");
    let fresh = self::nonce(&late);
    assert_ne!(fresh, nonce);
    proving().nonce(fresh).send(&own).await.assert_bound();
}

#[tokio::test]
async fn a_nonce_is_demanded_of_proofs_alone() {
    let bound = demanding().await;
    let tokens = bound.scene.tokens(&bound.app, "openid").await;
    let told = bound.scene.userinfo(&bound.app, &tokens.access_token).await;
    assert_eq!(told.status, 200);
    assert_eq!(told.header("dpop-nonce"), None);
}

/// Where none is demanded none is given, but whoever brings one that is not good gets another.
#[tokio::test]
async fn by_default_no_nonce_is_demanded() {
    let bound = Bound::new().await;
    let code = bound.scene.code(&bound.app).await;
    let foreign = bound.scene.provider.proving(&bound.app, &bound.key);
    let sent_back = foreign
        .nonce("eyJ7S_zG.eyJH0-Z.HX4w-7v")
        .exchange(&code)
        .await;
    sent_back.assert_error("use_dpop_nonce");
    let fresh = nonce(&sent_back).to_owned();
    let exchanged = bound.token.exchange(&code).await;
    let access_token = exchanged.assert_bound().access_token;
    assert_eq!(exchanged.header("dpop-nonce"), None);
    let told = bound.token.nonce(&fresh).userinfo(&access_token).await;
    assert_eq!(told.status, 200, "{told:?}");
}

/// [RFC 9449 section 11.1](https://www.rfc-editor.org/rfc/rfc9449#section-11.1): a nonce brings back our own time.
#[tokio::test]
async fn a_client_whose_clock_is_wrong_by_hours_works_with_a_nonce() {
    let bound = demanding().await;
    let wiki = bound.scene.provider.client("wiki").await;
    let own = [("grant_type", "client_credentials")];
    let sent_back = bound.scene.provider.proving(&wiki, &bound.key);
    let sent_back = sent_back.send(&own).await;
    let proof = bound.proof("POST", "/token");
    let proof = proof.claim("iat", json!(1_893_456_000 - 86_400));
    let proof = proof.claim("nonce", json!(nonce(&sent_back))).sign();
    let secret = wiki.secret.as_deref().expect("a secret");
    let mut headers = reqwest::header::HeaderMap::new();
    let basic = doorward_tests::token_client::basic(wiki.id(), secret);
    headers.insert("authorization", basic);
    headers.insert("dpop", proof.parse().expect("a header"));
    let token = bound.scene.provider.token(&wiki);
    token.raw(&own, headers).await.assert_bound();
}
