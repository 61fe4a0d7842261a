//! The keys that clients are encrypted for with, and what becomes of those that have none.

use std::time::Duration;

use doorward_tests::decryption_key::DecryptionKey;
use doorward_tests::key_server::{KeyServer, Publication};
use serde_json::json;

use super::{ECDH, all, reading};
use crate::scene::Scene;

/// [RFC 9700 section 4.5](https://www.rfc-editor.org/rfc/rfc9700#section-4.5): a code that nothing was given for is not used up.
#[tokio::test]
async fn without_a_key_nothing_is_given_and_nothing_is_used_up_and_the_operator_learns_why() {
    let scene = Scene::new().await;
    let rsa = DecryptionKey::generate("RSA-OAEP-256", "rsa");
    let wiki = reading(scene.provider.client("wiki"), &rsa, ECDH).await;
    let code = scene.code(wiki.request()).await;

    let answer = scene.provider.token(&wiki).exchange(&code).await;

    assert_eq!(answer.status, 503, "{answer:?}");
    let reference = answer.assert_error("temporarily_unavailable");
    let refusal = scene.provider.refusal(&reference).await;
    assert_eq!(refusal.client.as_deref(), Some("wiki"));
    let expected = "no key of the client is for encryption with ECDH-ES";
    assert!(refusal.reason.starts_with(expected), "{}", refusal.reason);
    let ec = DecryptionKey::generate("ECDH-ES", "ec");
    let jwks = json!({"keys": [rsa.public(), ec.public()]}).to_string();
    let jwks = doorward_core::jose::JwkSet::parse(jwks.as_bytes());
    let jwks = jwks.expect("a JWK Set");
    scene.change(&wiki, |client| client.jwks = Some(jwks)).await;
    let tokens = scene
        .provider
        .token(&wiki)
        .exchange(&code)
        .await
        .assert_ok();
    let sealed = tokens.id_token.expect("an ID Token");
    assert_eq!(ec.decrypt(&sealed).header.get("kid"), Some(&json!("ec")));
}

/// [OpenID Connect Core section 10.2.1](https://openid.net/specs/openid-connect-core-1_0.html#RotateEncKeys).
#[tokio::test]
async fn a_key_that_is_published_takes_the_place_of_the_one_before_within_the_time_it_is_believed()
{
    let scene = Scene::new().await;
    let (old, new) = (
        DecryptionKey::generate("ECDH-ES", "old"),
        DecryptionKey::generate("ECDH-ES", "new"),
    );
    let mut server = KeyServer::start(old.jwks()).await;
    let wiki = scene.provider.client("wiki").with(|client| {
        client.jwks_uri = Some(server.uri.parse().expect("an address"));
        client.encrypted_responses = all(ECDH);
    });
    let wiki = wiki.await;
    let sealed = async || {
        let tokens = scene.tokens(&wiki, "openid").await;
        tokens.id_token.expect("an ID Token")
    };
    old.decrypt(&sealed().await);
    server.asked().await;
    server.publish(Publication::Keys(new.jwks()));
    old.decrypt(&sealed().await);
    server.assert_not_asked();
    scene.provider.clock().advance(Duration::from_mins(6));
    new.decrypt(&sealed().await);
    server.asked().await;
}

/// Whoever answers later gets what was asked for later.
#[tokio::test]
async fn while_the_keys_cannot_be_had_the_person_is_not_sent_back_in_the_clear() {
    let scene = Scene::new().await;
    let key = DecryptionKey::generate("ECDH-ES", "reader");
    let server = KeyServer::start(key.jwks()).await;
    server.publish(Publication::Status(500));
    let wiki = scene.provider.client("wiki").with(|client| {
        client.jwks_uri = Some(server.uri.parse().expect("an address"));
        client.encrypted_responses = all(ECDH);
    });
    let wiki = wiki.await;
    let request = wiki.request().with("response_mode", "jwt");
    let page = scene.browser.authorize(request).await.page();
    assert_eq!(page.status, 503, "{page:?}");
    server.publish(Publication::Keys(key.jwks()));
    scene.provider.clock().advance(Duration::from_mins(1));
    let request = wiki.request().with("response_mode", "jwt");
    let response = scene.browser.authorize(request).await.response();
    let sealed = response.get("response").expect("a response");
    let inside = scene.opened(&wiki, &key, sealed).await;
    assert!(inside.get("code").is_string(), "{inside:?}");
}
