//! Tokens that are bound to a key or to a certificate
//! ([RFC 9449 section 7](https://www.rfc-editor.org/rfc/rfc9449#section-7)).

use axum::http::{Method, Request};
use doorward_core::dpop::DpopRefused;
use doorward_core::jose::JwtRefused;
use doorward_core::resource_server::AccessTokenFormat;
use doorward_tests::dpop_key::DpopKey;
use doorward_verify::{Refused, Verifier};
use serde_json::json;

use super::api::{Answer, Api, furnished, own_token, verifier};

async fn read(api: &Api, token: &str, proofs: &[&str]) -> Answer {
    let authorization = format!("DPoP {token}");
    let mut headers = vec![("authorization", &*authorization)];
    headers.extend(proofs.iter().map(|proof| ("dpop", *proof)));
    api.ask(Method::GET, &headers).await
}

/// P38: the proof is of the token's key, for this token and this request, new, and used once.
#[tokio::test]
async fn a_bound_token_works_with_a_new_proof_of_its_key_for_the_request() {
    for format in [AccessTokenFormat::Jwt, AccessTokenFormat::Opaque] {
        let (scene, wiki) = furnished(format).await;
        let public_url = "http://reports.example:8000/".parse().expect("a URL");
        let verifier = verifier(&scene).await.public_url(public_url).build();
        let api = Api::start(&verifier.expect("a verifier")).await;
        let key = DpopKey::generate("ES256");
        let code = scene
            .code(wiki.request().with("scope", "reports:read"))
            .await;
        let token = scene.provider.proving(&wiki, &key).exchange(&code).await;
        let token = token.assert_bound().access_token;

        let now = scene.provider.clock().seconds();
        let url = "http://reports.example:8000/reports";
        let draft = |key: &DpopKey| key.proof("GET", url, now).for_token(&token);
        let good = draft(&key).sign();
        read(&api, &token, &[&good]).await.assert_allowed();
        for bad in [
            good,
            draft(&key).claim("htm", json!("POST")).sign(),
            draft(&key).claim("htu", json!(api.url())).sign(),
            draft(&key).claim("iat", json!(now - 60)).sign(),
            draft(&key).claim("ath", json!("x")).sign(),
            draft(&key).header("typ", json!("JWT")).sign(),
        ] {
            let answer = read(&api, &token, &[&bad]).await;
            answer.assert_refused(401, "invalid_dpop_proof");
            assert!(answer.challenges[0].starts_with("DPoP "), "{answer:?}");
        }
        let [one, two] = [draft(&key).sign(), draft(&key).sign()];
        for proofs in [&[][..], &[&*one, &*two]] {
            let answer = read(&api, &token, proofs).await;
            answer.assert_refused(401, "invalid_dpop_proof");
        }
        let other = draft(&DpopKey::generate("ES256")).sign();
        let answer = read(&api, &token, &[&other]).await;
        answer.assert_refused(401, "invalid_token");
        // [RFC 9449 section 7.2](https://www.rfc-editor.org/rfc/rfc9449#section-7.2).
        api.read(&token).await.assert_refused(401, "invalid_token");
    }
}

/// A proof has one use, and layers of one verifier lie over each other: the inner one asks for the scope alone.
#[tokio::test]
async fn what_one_layer_has_let_through_the_next_one_of_the_same_verifier_does() {
    let (scene, wiki) = furnished(AccessTokenFormat::Jwt).await;
    let setup = verifier(&scene).await;
    let verifier = setup.build().expect("a verifier");
    let other = Verifier::builder(scene.provider.issuer(), "https://files.example");
    let other = other.clock(scene.provider.time()).build().expect("another");
    let key = DpopKey::generate("ES256");
    let code = scene
        .code(wiki.request().with("scope", "reports:read"))
        .await;
    let token = scene.provider.proving(&wiki, &key).exchange(&code).await;
    let token = token.assert_bound().access_token;
    let now = scene.provider.clock().seconds();
    let proof = key.proof("GET", "https://reports.example/reports", now);
    let request = Request::builder()
        .uri("/reports")
        .header("authorization", format!("DPoP {token}"))
        .header("dpop", proof.for_token(&token).sign());
    let (mut parts, ()) = request.body(()).expect("a request").into_parts();

    let authorized = verifier.authorize(&parts, "").await.expect("it is good");
    let replayed = Err(Refused::from(DpopRefused::Replayed));
    assert_eq!(verifier.authorize(&parts, "").await.map(drop), replayed);
    parts.extensions.insert(authorized);
    let decided = verifier.authorize(&parts, "reports:read").await;
    assert_eq!(decided.map(drop), Ok(()));
    let decided = verifier.authorize(&parts, "reports:write").await;
    let lacking = Refused::Scope("reports:write".to_owned());
    assert_eq!(decided.map(drop), Err(lacking));
    let elsewhere = other.authorize(&parts, "").await;
    assert_eq!(elsewhere.map(drop), Err(JwtRefused::OtherAudience.into()));
}

#[tokio::test]
async fn a_token_that_is_bound_to_no_key_is_no_dpop_token() {
    let (scene, wiki) = furnished(AccessTokenFormat::Jwt).await;
    let verifier = verifier(&scene).await.build().expect("a verifier");
    let api = Api::start(&verifier).await;
    let token = own_token(&scene, &wiki, "reports:read").await;
    let now = scene.provider.clock().seconds();
    let url = "https://reports.example/reports";
    let proof = DpopKey::generate("ES256").proof("GET", url, now);
    let proof = proof.for_token(&token).sign();
    let answer = read(&api, &token, &[&proof]).await;
    answer.assert_refused(401, "invalid_token");
}
