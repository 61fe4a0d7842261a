//! What is given to a client that wants it encrypted.

use doorward_core::jose::{Algorithm, ContentEncryption, Encryption, KeyManagement};
use doorward_tests::authorization::ResponseMode;
use doorward_tests::decryption_key::DecryptionKey;
use doorward_tests::logout_receiver::{LogoutReceiver, Reply};
use serde_json::json;

use super::{ECDH, reading};
use crate::scene::{Scene, logout_link};

/// [OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata):
/// each pair of algorithms that metadata lists. K05.
#[tokio::test]
async fn id_tokens_are_encrypted_with_what_the_client_registered() {
    let scene = Scene::new().await;
    for (at, alg) in KeyManagement::ALL.into_iter().enumerate() {
        let key = DecryptionKey::generate(alg.as_str(), "reader");
        for (other, enc) in ContentEncryption::ALL.into_iter().enumerate() {
            let encryption = Encryption { alg, enc };
            let registration = scene.provider.client(&format!("c{at}{other}"));
            let client = reading(registration, &key, encryption).await;

            let tokens = scene.tokens(&client, "openid").await;

            let sealed = tokens.id_token.expect("an ID Token");
            let header = key.decrypt(&sealed).header;
            let expected = [("alg", alg.as_str()), ("enc", enc.as_str())];
            for (name, value) in expected.into_iter().chain([("kid", "reader")]) {
                assert_eq!(header.get(name), Some(&json!(value)), "{alg} {enc}");
            }
            let inside = scene.opened(&client, &key, &sealed).await;
            assert_eq!(inside.get("aud"), client.id());
            assert_eq!(inside.get("sub"), &json!(scene.alice.sub()));
        }
    }
}

#[tokio::test]
async fn an_id_token_that_comes_with_a_refresh_is_encrypted_too() {
    let scene = Scene::new().await;
    let key = DecryptionKey::generate("ECDH-ES", "reader");
    let wiki = reading(scene.provider.client("wiki"), &key, ECDH).await;
    let request = wiki.request().with("scope", "openid offline_access");
    let request = request.with("prompt", "consent");
    let page = scene.browser.authorize(request.clone()).await.page();
    let allowed = scene.browser.press(&page, "allow", &[]).await.response();
    let code = allowed.get("code").expect("a code").to_owned();
    let client = scene.provider.token(&wiki);
    let code = doorward_tests::authorization::Code {
        value: code,
        redirect_uri: wiki.redirect_uri().to_owned(),
        code_verifier: request.code_verifier.clone(),
        nonce: None,
    };
    let first = client.exchange(&code).await.assert_ok();
    let refresh_token = first.refresh_token.expect("a refresh token");
    let again = client.refresh(&refresh_token).await.assert_ok();
    let sealed = again.id_token.expect("an ID Token");
    let inside = scene.opened(&wiki, &key, &sealed).await;
    assert_eq!(inside.get("sub"), &json!(scene.alice.sub()));
}

/// [OpenID Connect Core section 5.3.2](https://openid.net/specs/openid-connect-core-1_0.html#UserInfoResponse): signed first, also
/// where nothing was registered for signatures, since anybody can encrypt for a client.
#[tokio::test]
async fn userinfo_is_signed_and_then_encrypted() {
    let scene = Scene::new().await;
    let key = DecryptionKey::generate("RSA-OAEP-256", "reader");
    let encryption = Encryption {
        alg: KeyManagement::RsaOaep256,
        enc: ContentEncryption::A128CbcHs256,
    };
    for (id, registered, used) in [
        ("wiki", None, "RS256"),
        ("shop", Some(Algorithm::EdDsa), "EdDSA"),
    ] {
        let client = reading(scene.provider.client(id), &key, encryption);
        let client = client.with(|client| client.userinfo_signed_response_alg = registered);
        let client = client.await;
        let token = scene.tokens(&client, "openid email").await.access_token;
        let answer = scene.userinfo(&client, &token).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/jwt"));
        let inside = scene.opened(&client, &key, &answer.text).await;
        assert_eq!(inside.header["alg"], used);
        assert_eq!(inside.get("aud"), id);
        assert_eq!(inside.get("email"), "alice@mail.example");
    }
}

/// [JARM section 2.2](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.2).
#[tokio::test]
async fn authorization_responses_are_encrypted_whether_they_bring_a_code_or_an_error() {
    let scene = Scene::new().await;
    let key = DecryptionKey::generate("ECDH-ES", "reader");
    let wiki = reading(scene.provider.client("wiki"), &key, ECDH).await;
    for (response_type, claim) in [("code", "code"), ("token", "error")] {
        let request = wiki.request().with("response_mode", "form_post.jwt");
        let request = request.with("response_type", response_type);
        let response = scene.browser.authorize(request.clone()).await.response();
        assert_eq!(response.mode, ResponseMode::FormPost);
        let sealed = response.get("response").expect("a response");
        let inside = scene.opened(&wiki, &key, sealed).await;
        assert!(inside.get(claim).is_string(), "{inside:?}");
        assert_eq!(inside.get("state").as_str(), request.get("state"));
        assert_eq!(inside.get("aud"), "wiki");
    }
}

/// [RFC 9701 section 5](https://www.rfc-editor.org/rfc/rfc9701#section-5).
#[tokio::test]
async fn answers_about_tokens_are_encrypted_for_whoever_asks_for_a_jwt() {
    let scene = Scene::new().await;
    let key = DecryptionKey::generate("ECDH-ES", "reader");
    let wiki = reading(scene.provider.client("wiki"), &key, ECDH).await;
    let token = scene.tokens(&wiki, "openid").await.access_token;
    let client = scene.provider.token(&wiki);
    let asked = client.introspect_as(&token, "application/token-introspection+jwt");
    let answer = asked.await;
    assert_eq!(answer.status, 200, "{answer:?}");
    let inside = scene.opened(&wiki, &key, &answer.text).await;
    assert_eq!(inside.header["typ"], "token-introspection+jwt");
    assert_eq!(inside.get("token_introspection")["active"], true);
    let plain = client.introspect(&token).await.json();
    assert_eq!(plain["active"], true);
}

/// [OpenID Connect Back-Channel Logout section 2.4](https://openid.net/specs/openid-connect-backchannel-1_0.html#LogoutToken): as ID
/// Tokens are. `iss` is outside as well, by which the client knows whose token it is before it opens it.
#[tokio::test]
async fn a_logout_token_is_encrypted_as_id_tokens_are() {
    let scene = Scene::new().await;
    let mut receiver = LogoutReceiver::start([Reply::Status(200)]).await;
    let key = DecryptionKey::generate("ECDH-ES", "reader");
    let wiki = reading(scene.provider.client("wiki"), &key, ECDH).with(|client| {
        client.backchannel_logout_uri = Some(receiver.uri.parse().expect("an address"));
    });
    let wiki = wiki.await;
    scene.tokens(&wiki, "openid").await;
    let page = scene.browser.get(&logout_link(&[])).await.page();
    scene.browser.press(&page, "sign-out", &[]).await.page();

    let sealed = receiver.told().await.logout_token();

    let header = key.decrypt(&sealed).header;
    assert_eq!(header.get("iss"), Some(&json!(scene.provider.issuer())));
    let inside = scene.opened(&wiki, &key, &sealed).await;
    assert_eq!(inside.header["typ"], "logout+jwt");
    assert_eq!(inside.get("aud"), "wiki");
}

/// [OpenID Connect Core section 3.1.2.1](https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest): an encrypted ID Token is no
/// hint, since we cannot read it; the signed one inside is.
#[tokio::test]
async fn a_hint_must_be_decrypted_first() {
    let scene = Scene::new().await;
    let key = DecryptionKey::generate("ECDH-ES", "reader");
    let wiki = reading(scene.provider.client("wiki"), &key, ECDH).await;
    let sealed = scene.tokens(&wiki, "openid").await.id_token;
    let sealed = sealed.expect("an ID Token");
    let request = |hint: &str| {
        let request = wiki.request().with("prompt", "none");
        request.with("id_token_hint", hint)
    };
    let refused = scene.browser.authorize(request(&sealed)).await.error();
    assert_eq!(refused, "invalid_request");
    let inside = key.decrypt(&sealed).token;
    scene.browser.authorize(request(&inside)).await.code();
}
