//! The keys that clients are encrypted for with, and what becomes of those that have none.

use std::time::Duration;

use doorward_tests::decryption_key::DecryptionKey;
use doorward_tests::key_server::{KeyServer, Publication};
use doorward_tests::page::Page;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::user_agent::Destination;
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

/// A client that is answered encrypted, with a key that it publishes, and whose server does not give it.
struct Locked {
    scene: Scene,
    wiki: RelyingParty,
    key: DecryptionKey,
    server: KeyServer,
}

impl Locked {
    async fn by(publication: Publication) -> Self {
        let scene = Scene::new().await;
        let key = DecryptionKey::generate("ECDH-ES", "reader");
        let server = KeyServer::start(key.jwks()).await;
        server.publish(publication);
        let wiki = scene.provider.client("wiki").ask().with(|client| {
            client.jwks_uri = Some(server.uri.parse().expect("an address"));
            client.encrypted_responses = all(ECDH);
        });
        let wiki = wiki.await;
        Self {
            scene,
            wiki,
            key,
            server,
        }
    }

    fn provider(&self) -> &TestProvider {
        &self.scene.provider
    }

    /// The person is told that it does not work now, and the operator that the client's keys are why.
    async fn assert_locked(&self, arrived: Destination, reason: &str) -> Page {
        let page = arrived.page();
        assert_eq!(page.status, 503, "{page:?}");
        let refusal = self.provider().refusal(&page.reference()).await;
        assert_eq!(refusal.client.as_deref(), Some("wiki"));
        assert!(refusal.reason.contains("jwks_uri"), "{}", refusal.reason);
        assert!(refusal.reason.contains(reason), "{}", refusal.reason);
        page
    }

    /// The server gives the key from now on.
    fn unlock(&self) {
        self.server.publish(Publication::Keys(self.key.jwks()));
        self.provider().clock().advance(Duration::from_secs(10));
    }

    /// What the client reads.
    async fn read(&self, arrived: Destination, claim: &str) -> String {
        let response = arrived.response();
        let sealed = response.get("response").expect("a response");
        let inside = self.scene.opened(&self.wiki, &self.key, sealed).await;
        inside.get(claim).as_str().expect(claim).to_owned()
    }
}

/// P14 and P22: neither a request nor what the person did for it is used up by an answer that could not be given.
#[tokio::test]
async fn while_the_keys_cannot_be_had_nothing_is_decided_and_the_person_goes_on_when_they_can() {
    let locked = Locked::by(Publication::Status(500)).await;
    let provider = locked.provider();
    let browser = provider.browser();
    let request = locked.wiki.request().with("response_mode", "jwt");
    // Whoever has to sign in for it has done so for nothing, if that is forgotten.
    let request = request.with("prompt", "login consent");
    let pushed = provider.token(&locked.wiki).pushed(request).await;
    let page = browser.open(&pushed).await.sign_in_page();
    let alice = &locked.scene.alice;
    let consent = browser.sign_in_at(&page, alice).await.consent_page();
    for answer in ["allow", "deny"] {
        let told = browser.press(&consent, answer, &[]).await;
        locked.assert_locked(told, "status 500").await;
    }
    let consents = provider.directory().consents();
    let given = consents.of_person(alice.id).await.expect("consents");
    assert!(given.is_empty(), "{given:?}");
    locked.unlock();

    let consent = browser.get(&consent.path).await.consent_page();
    let denied = browser.press(&consent, "deny", &[]).await;

    assert_eq!(locked.read(denied, "error").await, "access_denied");
    let again = browser.open(&pushed).await.page();
    assert_eq!(again.status, 400, "it is answered now");
}

#[tokio::test]
async fn an_error_that_cannot_be_encrypted_is_told_to_the_person_and_to_the_client_later() {
    let locked = Locked::by(Publication::Status(500)).await;
    let browser = &locked.scene.browser;
    let request = locked.wiki.request().with("response_mode", "jwt");
    let wrong = request.clone().with("response_type", "token");
    let told = browser.authorize(wrong.clone()).await;
    let page = locked.assert_locked(told, "status 500").await;
    let refusal = locked.provider().refusal(&page.reference()).await;
    let expected = "so the client is not told: response_type \"token\" is not code";
    assert!(refusal.reason.ends_with(expected), "{}", refusal.reason);
    let silent = request.with("prompt", "none");
    let told = browser.authorize(silent.clone()).await;
    locked.assert_locked(told, "status 500").await;
    locked.unlock();
    let told = browser.authorize(wrong).await;
    let error = locked.read(told, "error").await;
    assert_eq!(error, "unsupported_response_type");
    let told = browser.authorize(silent).await;
    assert_eq!(locked.read(told, "error").await, "consent_required");
}

/// F03: a server that never answers costs seconds, and its own client's people alone.
#[tokio::test]
async fn a_server_of_keys_that_never_answers_costs_the_person_seconds_and_nothing_else() {
    let mut locked = Locked::by(Publication::Never).await;
    let browser = &locked.scene.browser;
    let request = locked.wiki.request().with("response_mode", "form_post.jwt");
    let consent = browser.authorize(request).await.consent_page();
    let shop = locked.provider().client("shop").await;
    let waiting = browser.press(&consent, "allow", &[]);
    let others = async {
        locked.server.asked().await;
        locked.scene.code(&shop).await;
    };
    let (told, ()) = tokio::join!(waiting, others);
    locked.assert_locked(told, "no answer within 5s").await;
    locked.unlock();
    let browser = &locked.scene.browser;
    let consent = browser.get(&consent.path).await.consent_page();
    let code = locked.read(browser.allow(&consent).await, "code").await;
    assert!(code.starts_with("dw_"), "{code}");
}
