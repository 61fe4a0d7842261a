//! `POST /introspect` ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).

use std::time::Duration;

use doorward_core::Clock;
use doorward_core::jose::Algorithm;
use doorward_core::person::PersonStatus;
use doorward_tests::id_token::IdToken;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Answer;
use serde_json::{Value, json};

use crate::scene::Scene;

const INACTIVE: &str = r#"{"active":false}"#;

async fn introspect(scene: &Scene, asker: &RelyingParty, token: &str) -> Answer {
    let answer = scene.provider.token(asker).introspect(token).await;
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer
}

#[tokio::test]
async fn a_client_learns_what_its_access_token_stands_for() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "openid email").await.access_token;
    let mut told = introspect(&scene, &wiki, &token).await.json();
    assert!(
        told.as_object_mut()
            .and_then(|told| told.remove("jti"))
            .is_some()
    );
    let now = scene.provider.clock().seconds();
    assert_eq!(
        told,
        json!({
            "active": true,
            "iss": scene.provider.issuer(),
            "aud": scene.provider.issuer(),
            "sub": scene.alice.sub(),
            "client_id": "wiki",
            "scope": "email openid",
            "iat": now,
            "exp": now + 600,
            "token_type": "Bearer",
            "auth_time": now,
            "acr": "urn:doorward:acr:password",
            "amr": ["pwd"],
        })
    );
}

#[tokio::test]
async fn a_client_learns_what_its_refresh_token_and_a_token_for_itself_stand_for() {
    let scene = Scene::new().await;
    let wiki = scene
        .provider
        .client("wiki")
        .scope("openid offline_access reports:read");
    let wiki = wiki.await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let told = introspect(&scene, &wiki, &refresh_token).await.json();
    assert_eq!(told["active"], true);
    assert_eq!(told["sub"], scene.alice.sub());
    assert_eq!(told["scope"], "offline_access openid");
    assert_eq!(told.get("token_type"), None);

    let client = scene.provider.token(&wiki);
    let own = client.send(&[("grant_type", "client_credentials")]).await;
    let own = own.assert_ok().access_token;
    let told = introspect(&scene, &wiki, &own).await.json();
    assert_eq!(told["active"], true);
    assert_eq!(told["sub"], "wiki");
    assert_eq!(told["scope"], "reports:read");
    assert_eq!(told.get("auth_time"), None);
}

/// P41: whatever does not work, or is not the asker's, gets the one answer that says nothing.
#[tokio::test]
async fn all_else_gets_exactly_the_answer_that_says_nothing() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let wiki = provider.client("wiki").await;
    let payroll = provider.client("payroll").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let refresh_token = tokens.refresh_token.clone().expect("a refresh token");
    let id_token = tokens.id_token.clone().expect("an ID token");
    for foreign in [&tokens.access_token, &refresh_token] {
        assert_eq!(introspect(&scene, &payroll, foreign).await.text, INACTIVE);
    }
    let cut = &tokens.access_token[..tokens.access_token.len() - 1];
    for garbage in ["x", cut, &id_token, "dw_rt_0000"] {
        assert_eq!(introspect(&scene, &wiki, garbage).await.text, INACTIVE);
    }

    let client = provider.token(&wiki);
    client.refresh(&refresh_token).await.assert_ok();
    assert_eq!(
        introspect(&scene, &wiki, &refresh_token).await.text,
        INACTIVE
    );

    provider.clock().advance(Duration::from_secs(601));
    assert_eq!(
        introspect(&scene, &wiki, &tokens.access_token).await.text,
        INACTIVE
    );
}

#[tokio::test]
async fn a_disabled_person_has_no_working_token() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let tokens = scene.tokens(&wiki, "openid offline_access").await;
    let now = scene.provider.clock().now();
    let people = scene.provider.directory().people();
    let disabled = people.set_status(scene.alice.id, PersonStatus::Disabled, now);
    disabled.await.expect("the directory keeps people");
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    for token in [&tokens.access_token, &refresh_token] {
        assert_eq!(introspect(&scene, &wiki, token).await.text, INACTIVE);
    }
}

#[tokio::test]
async fn a_client_that_may_have_no_tokens_for_itself_any_more_has_none() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let client = scene.provider.token(&wiki);
    let own = client.send(&[("grant_type", "client_credentials")]).await;
    let own = own.assert_ok().access_token;
    scene
        .change(&wiki, |client| {
            client
                .grant_types
                .retain(|it| it.as_str() != "client_credentials");
        })
        .await;
    assert_eq!(introspect(&scene, &wiki, &own).await.text, INACTIVE);
}

/// P41: a public client may not ask.
#[tokio::test]
async fn who_asks_has_to_prove_who_they_are() {
    let scene = Scene::new().await;
    let provider = &scene.provider;
    let wiki = provider.client("wiki").await;
    let public = provider.public_client("public").await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let answer = provider.token(&public).introspect(&token).await;
    let reference = answer.assert_error("invalid_client");
    let refusal = provider.refusal(&reference).await;
    assert_eq!(refusal.endpoint, "introspection");
    assert!(
        refusal.reason.contains("a public client"),
        "{}",
        refusal.reason
    );

    let stranger = RelyingParty {
        secret: Some("wrong".to_owned()),
        ..wiki.clone()
    };
    let answer = provider.token(&stranger).introspect(&token).await;
    answer.assert_error("invalid_client");
    let nothing = provider.token(&wiki).send_to("/introspect", &[]).await;
    nothing.assert_error("invalid_request");
    let twice = [("token", token.as_str()), ("token", "x")];
    let twice = provider.token(&wiki).send_to("/introspect", &twice).await;
    twice.assert_error("invalid_request");
}

/// P41: a signed answer says no more than a plain one.
/// [RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5).
#[tokio::test]
async fn whoever_wants_a_signature_gets_one() {
    let scene = Scene::new().await;
    let wiki = scene.provider.client("wiki").await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let client = scene.provider.token(&wiki);
    let jwks = client.get("/jwks").await.json();
    let payroll = scene.provider.client("payroll").await;
    let foreign = scene.tokens(&payroll, "openid").await.access_token;
    for (token, active) in [(token.as_str(), true), ("x", false), (&foreign, false)] {
        let signed = client.introspect_as(token, "application/token-introspection+jwt");
        let answer = signed.await;
        let content_type = answer.header("content-type");
        assert_eq!(content_type, Some("application/token-introspection+jwt"));
        let verified = IdToken::verify(&answer.text, &jwks);
        assert_eq!(verified.header["typ"], "token-introspection+jwt");
        assert_eq!(verified.header["alg"], "RS256");
        assert_eq!(verified.claims["iss"], scene.provider.issuer());
        assert_eq!(verified.claims["aud"], "wiki");
        assert_eq!(verified.claims["iat"], scene.provider.clock().seconds());
        let told = &verified.claims["token_introspection"];
        assert_eq!(told["active"], active);
        assert_eq!(*told == json!({ "active": false }), !active, "{told}");
        assert_eq!(verified.claims.len(), 4, "{:?}", verified.claims);
    }
    let plain = client.introspect(&token).await.json();
    assert_eq!(plain["active"], Value::Bool(true));
}

/// [RFC 9701 section 6](https://www.rfc-editor.org/rfc/rfc9701#section-6).
#[tokio::test]
async fn the_signature_is_the_one_that_the_asker_registered() {
    let scene = Scene::new().await;
    for algorithm in Algorithm::ALL {
        let id = algorithm.as_str().to_lowercase();
        let client = scene.provider.client(&id);
        let client =
            client.with(|client| client.introspection_signed_response_alg = Some(algorithm));
        let client = client.await;
        let token = scene.provider.token(&client);
        let jwks = token.get("/jwks").await.json();
        let answer = token.introspect_as("x", "application/token-introspection+jwt");
        let verified = IdToken::verify(&answer.await.text, &jwks);
        assert_eq!(verified.header["alg"], algorithm.as_str());
    }
}
