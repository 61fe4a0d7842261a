//! Request objects that the browser brings the address of
//! ([RFC 9101 section 5.2](https://www.rfc-editor.org/rfc/rfc9101#section-5.2),
//! [OpenID Connect Core section 6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter)).

use std::slice;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use doorward_core::Clock as _;
use doorward_core::client::{Client, PushPolicy};
use doorward_core::registration::RegistrationAccess;
use doorward_tests::assertion_key::AssertionKey;
use doorward_tests::authorization::{AuthorizationRequest, AuthorizationResponse};
use doorward_tests::document_server::DocumentServer;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::by_itself;
use doorward_tests::serving::eventually;
use doorward_tests::token_client::Answer;
use serde_json::json;
use tokio::task::JoinSet;

use super::Bank;
use crate::scene::{Scene, http};

const PATH: &str = "/request.jwt";
const TYPE: &str = "application/oauth-authz-req+jwt";

/// The client `bank`, which registered one address.
struct Publisher {
    bank: Bank,
    server: DocumentServer,
    uri: String,
}

impl Publisher {
    async fn new() -> Self {
        Self::at(TestProvider::start().await).await
    }

    async fn at(provider: TestProvider) -> Self {
        Self::with(provider, DocumentServer::start().await, |_| ()).await
    }

    async fn with(
        provider: TestProvider,
        server: DocumentServer,
        change: impl FnOnce(&mut Client),
    ) -> Self {
        let uri = server.url(PATH);
        let bank = Bank::at(provider, |client| {
            client.request_objects.uris = vec![uri.parse().expect("an address")];
            change(client);
        });
        let bank = bank.await;
        Self { bank, server, uri }
    }

    /// Publishes what `request` asks for, signed.
    fn publish(&self, request: &AuthorizationRequest) {
        let object = self.bank.key.sign(&self.bank.claims(request));
        self.server.publish(PATH, TYPE, &object);
    }

    /// What its client is told, and why: that of a request beside which a good address stands.
    async fn refused(&self, uri: &str) -> (String, String) {
        let beside = self.bank.client.request();
        let answered = self.answered(referring(uri, &beside)).await;
        assert_eq!(answered.get("state"), beside.get("state"));
        let provider = &self.bank.scene.provider;
        let refusal = provider.refusal(&answered.reference()).await;
        assert_eq!(refusal.client.as_deref(), Some("bank"));
        (answered.error().to_owned(), refusal.reason)
    }

    async fn answered(&self, request: AuthorizationRequest) -> AuthorizationResponse {
        self.bank.scene.browser.authorize(request).await.response()
    }
}

/// `request`, and this address beside it.
fn referring(uri: &str, request: &AuthorizationRequest) -> AuthorizationRequest {
    request.clone().with("request_uri", uri)
}

/// The request that brings this address and names its client, and nothing else; its client remembers what it asked for.
fn alone(uri: &str, asked: &AuthorizationRequest) -> AuthorizationRequest {
    AuthorizationRequest {
        parameters: vec![("client_id".to_owned(), "bank".to_owned())],
        code_verifier: asked.code_verifier.clone(),
    }
    .with("request_uri", uri)
}

/// P13: what is published is proven like an object that the browser carries, and nothing beside its address counts.
#[tokio::test]
async fn what_is_in_the_object_at_the_address_counts_and_nothing_beside_it() {
    let publisher = Publisher::new().await;
    let asked = publisher.bank.client.request().without("state");
    publisher.publish(&asked);
    let brought = alone(&publisher.uri, &asked)
        .with("state", "outside")
        .with("nonce", "outside")
        .with("response_type", "token")
        .with("redirect_uri", "https://evil.example/");

    let code = publisher.bank.code(brought, &asked).await;

    let token = publisher.bank.scene.provider.token(&publisher.bank.client);
    let tokens = token.exchange(&code).await.assert_ok();
    let id_token = token.id_token(&tokens).await;
    assert_eq!(id_token.get("nonce").as_str(), asked.get("nonce"));
    assert_eq!(publisher.server.asked(PATH), 1);
}

/// P13 and P04: that it was at the registered address proves nothing.
#[tokio::test]
async fn an_object_at_the_address_that_is_not_proven_leads_to_a_page_and_nowhere_else() {
    let publisher = Publisher::new().await;
    let bank = &publisher.bank;
    let asked = bank.client.request();
    let stranger = AssertionKey::generate("ES256", "one");
    let with = |name, value| bank.key.sign(&bank.claims_with(name, value));
    for (object, reason) in [
        (
            stranger.sign(&bank.claims(&asked)),
            "the request object is refused: the token's signature is not its key's",
        ),
        (
            with("client_id", json!("shop")),
            "the request object's client_id is not the client",
        ),
        (
            with("aud", json!("https://evil.example")),
            "the request object's aud does not name the issuer",
        ),
        (
            with("exp", json!(bank.seconds() - 60)),
            "the request object is refused: the token has expired",
        ),
        (
            with("request_uri", json!(publisher.uri)),
            "the request object has the member request_uri",
        ),
        (
            "{\"client_id\":\"bank\"}".to_owned(),
            "the request object is refused: the token does not have exactly three parts",
        ),
    ] {
        publisher.server.publish(PATH, TYPE, &object);
        let brought = referring(&publisher.uri, &asked);
        let told = bank.reason(brought).await;
        assert!(told.starts_with(reason), "{told}");
    }
}

/// F04: whoever makes a link has nothing asked that no client registered.
/// [RFC 9101 section 10.4.1](https://www.rfc-editor.org/rfc/rfc9101#section-10.4.1).
#[tokio::test]
async fn no_address_is_asked_but_those_that_the_client_registered() {
    let publisher = Publisher::new().await;
    publisher.publish(&publisher.bank.client.request());
    let other = publisher.server.url("/other.jwt");
    for uri in [
        &*other,
        &format!("{}?", publisher.uri),
        &format!("{}/", publisher.uri),
        &publisher.uri.replace("127.0.0.1", "localhost"),
        "urn:example:request",
        "file:///etc/passwd",
    ] {
        let (error, reason) = publisher.refused(uri).await;
        assert_eq!(error, "invalid_request_uri", "{uri}");
        let expected = "is none of the request_uris that the client registered";
        assert!(reason.ends_with(expected), "{reason}");
    }
    // Where there is nobody to tell, the person is.
    let nobody = alone(&other, &publisher.bank.client.request());
    let told = publisher.bank.reason(nobody).await;
    assert!(told.contains("/other.jwt"), "{told}");
    assert_eq!(publisher.server.asked(PATH), 0);
    assert_eq!(publisher.server.asked("/other.jwt"), 0);
}

/// F03: what is met at the address is for the operator; no redirect, a success, the type, 64 KiB.
#[tokio::test]
async fn where_no_object_is_had_the_client_is_told_so_and_the_operator_why() {
    let publisher = Publisher::new().await;
    let server = &publisher.server;
    let object = "e30.e30.e30";
    let break_it: [(&dyn Fn(), &str); 5] = [
        (&|| server.fail(PATH, 404), "the answer has status 404"),
        (
            &|| server.redirect(PATH, "/other.jwt"),
            "the answer has status 302, and redirects are not followed",
        ),
        (
            &|| server.publish(PATH, "text/plain", object),
            "the answer is not of the type application/oauth-authz-req+jwt",
        ),
        (
            &|| server.publish(PATH, TYPE, &" ".repeat(64 * 1024 + 1)),
            "the answer is longer than 64 KiB, or cut off",
        ),
        (&|| server.hang(PATH), "no answer within 5s"),
    ];
    for (broken, expected) in break_it {
        broken();
        let (error, reason) = publisher.refused(&publisher.uri).await;
        assert_eq!(error, "invalid_request_uri", "{expected}");
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!(server.asked("/other.jwt"), 0);
    let asked = publisher.bank.client.request();
    publisher.publish(&asked);
    let brought = alone(&publisher.uri, &asked);
    publisher.bank.code(brought, &asked).await;
}

/// F01: what no operator allowed is not reached.
#[tokio::test]
async fn an_address_in_a_network_of_ones_own_is_not_asked() {
    let provider = TestProvider::builder().outbound(&[]).start().await;
    let publisher = Publisher::at(provider).await;
    publisher.publish(&publisher.bank.client.request());
    let (error, reason) = publisher.refused(&publisher.uri).await;
    assert_eq!(error, "invalid_request_uri");
    let expected = "127.0.0.1 is not reached by https";
    assert!(reason.contains(expected), "{reason}");
    assert_eq!(publisher.server.asked(PATH), 0);
}

/// [OpenID Connect Core section 6.2](https://openid.net/specs/openid-connect-core-1_0.html#RequestUriParameter): an object is asked for
/// each time, unless its server says for how long it stays; then again for a fragment that is not its hash, as often as that comes.
#[tokio::test]
async fn an_object_is_used_again_for_as_long_as_is_said_of_it_where_no_other_may_be_meant() {
    let publisher = Publisher::new().await;
    let (bank, server) = (&publisher.bank, &publisher.server);
    let asked = bank.client.request();
    let works = async |uri: &str| bank.code(alone(uri, &asked), &asked).await;
    publisher.publish(&asked);
    for times in 1..=2 {
        works(&publisher.uri).await;
        assert_eq!(server.asked(PATH), times);
    }
    let mut claims = bank.claims(&asked);
    claims["exp"] = json!(bank.seconds() + 600);
    let object = bank.key.sign(&claims);
    server.publish_for(PATH, TYPE, &object, "max-age=60");
    let plain = &publisher.uri;
    let by_hash = &format!("{plain}#{}", hash(&object));
    let other = &format!("{plain}#one");
    for (uri, times) in [
        (plain, 3),
        (plain, 3),
        (by_hash, 3),
        (other, 4),
        (other, 5),
        (by_hash, 5),
    ] {
        works(uri).await;
        assert_eq!(server.asked(PATH), times, "{uri}");
    }
    bank.scene.provider.clock().advance(Duration::from_mins(1));
    works(by_hash).await;
    assert_eq!(server.asked(PATH), 6);
}

/// P13: a stranger who opens a link with a fragment before its client means anything by it has nothing old used for it.
#[tokio::test]
async fn an_object_is_not_used_for_a_fragment_that_came_before_its_version_did() {
    let publisher = Publisher::new().await;
    let (bank, server) = (&publisher.bank, &publisher.server);
    let (old, new) = (bank.client.request(), bank.client.request());
    let signed = |asked: &AuthorizationRequest| bank.key.sign(&bank.claims(asked));
    let (old_object, new_object) = (signed(&old), signed(&new));
    for fragment in [&*hash(&new_object), "two"] {
        let uri = format!("{}#{fragment}", publisher.uri);
        for (asked, object) in [(&old, &old_object), (&new, &new_object)] {
            server.publish_for(PATH, TYPE, object, "max-age=60");
            let answered = publisher.answered(alone(&uri, asked)).await;
            assert_eq!(answered.get("state"), asked.get("state"), "{fragment}");
        }
    }
}

fn hash(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(digest(&SHA256, text.as_bytes()))
}

/// F03: however many wait for an address, one of them asks, and those who waited share what came. So nobody who opens a link again and
/// again, with whatever fragment, keeps the others waiting.
#[tokio::test]
async fn of_many_who_wait_for_an_address_one_asks_and_all_share_what_comes() {
    let publisher = Publisher::new().await;
    let (bank, server) = (&publisher.bank, &publisher.server);
    server.hang(PATH);
    let first = publisher.refused(&publisher.uri);
    let others = async {
        server.is_asked(PATH).await;
        let asked = bank.client.request();
        publisher.publish(&asked);
        let mut waiting = JoinSet::new();
        for at in 0..20 {
            let link = alone(&format!("{}#{at}", publisher.uri), &asked);
            let browser = bank.scene.provider.browser();
            waiting.spawn(async move { browser.authorize(link).await.sign_in_page() });
        }
        waiting.join_all().await;
    };
    let ((error, _), ()) = tokio::join!(first, others);
    assert_eq!(error, "invalid_request_uri");
    assert_eq!(server.asked(PATH), 2);
}

/// [FAPI 2.0 Security Profile section 5.3.2.2](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.2): a client
/// that must push its requests is not answered otherwise.
#[tokio::test]
async fn of_a_client_that_must_push_its_requests_no_address_is_asked() {
    let publisher = Publisher::new().await;
    publisher.publish(&publisher.bank.client.request());
    let must_push = |client: &mut Client| {
        client.pushed_requests = PushPolicy::Required;
    };
    let bank = &publisher.bank;
    bank.scene.change(&bank.client, must_push).await;
    let (error, reason) = publisher.refused(&publisher.uri).await;
    assert_eq!(error, "invalid_request");
    let expected = "the request refers to an object, and the client must push its requests";
    assert_eq!(reason, expected);
    assert_eq!(publisher.server.asked(PATH), 0);
}

/// F03: a server that never answers holds up the requests of its own client alone.
#[tokio::test]
async fn a_server_that_never_answers_holds_up_nobody_who_does_not_need_it() {
    let publisher = Publisher::new().await;
    let (bank, server) = (&publisher.bank, &publisher.server);
    server.hang(PATH);
    let shop = bank.scene.provider.client("shop").await;
    let waiting = publisher.refused(&publisher.uri);
    let others = async {
        server.is_asked(PATH).await;
        bank.scene.code(&shop).await;
        let object = bank.key.sign(&bank.claims(&bank.client.request()));
        let asked = bank.client.request();
        let carried = super::carrying(&object, &asked);
        bank.scene.browser.authorize(carried).await.response();
    };
    tokio::select! {
        biased;
        told = waiting => panic!("it did not wait: {told:?}"),
        () = others => {}
    }
}

/// F03: a client that registered itself, with however many servers that never answer, leaves the requests that such clients have to the
/// others.
#[tokio::test]
async fn of_a_client_with_many_servers_that_never_answer_one_is_asked_at_a_time() {
    let publisher = Publisher::new().await;
    let (bank, server) = (&publisher.bank, &publisher.server);
    let mut silent = Vec::new();
    for _ in 0..12 {
        let server = DocumentServer::start().await;
        server.hang(PATH);
        silent.push(server);
    }
    let uris: Vec<String> = silent.iter().map(|server| server.url(PATH)).collect();
    let registers = |name: &str, uris: &[String]| {
        let uris = uris.iter().map(|uri| uri.parse().expect("an address"));
        let uris = uris.collect();
        bank.scene.provider.client(name).with(|client| {
            client.jwks.clone_from(&bank.client.registered.jwks);
            client.request_objects.uris = uris;
            client.dynamic = Some(by_itself());
        })
    };
    registers("many", &uris).await;
    let shop = registers("shop", slice::from_ref(&publisher.uri)).await;
    let mut waiting = JoinSet::new();
    for uri in &uris {
        let link = alone(uri, &shop.request()).with("client_id", "many");
        let browser = bank.scene.provider.browser();
        waiting.spawn(async move { browser.authorize(link).await.page() });
    }
    let asked = || {
        silent
            .iter()
            .map(|server| server.asked(PATH))
            .sum::<usize>()
    };
    eventually("one is asked", async || (asked() > 0).then_some(())).await;

    let request = shop.request();
    let mut claims = bank.claims(&request);
    claims["iss"] = json!("shop");
    server.publish(PATH, TYPE, &bank.key.sign(&claims));
    let link = alone(&publisher.uri, &request).with("client_id", "shop");
    let known = publisher.answered(link).await;

    assert!(known.get("code").is_some(), "{known:?}");
    // Eight are all that such clients have.
    assert!(asked() < 8, "{} are asked", asked());
}

/// K06: whoever opens links of a client, steadily, keeps no key alive that it took out, and no new one out.
#[tokio::test]
async fn while_an_object_is_waited_for_keys_at_the_same_host_are_asked_for() {
    let server = DocumentServer::start().await;
    let keys = server.url("/keys").parse().expect("an address");
    let publisher = Publisher::with(TestProvider::start().await, server, |client| {
        client.jwks = None;
        client.jwks_uri = Some(keys);
    });
    let publisher = publisher.await;
    let (bank, server) = (&publisher.bank, &publisher.server);
    let carried = |key: &AssertionKey| {
        let asked = bank.client.request();
        super::carrying(&key.sign(&bank.claims(&asked)), &asked)
    };
    let publish_key = |key: &AssertionKey| {
        let keys = key.jwks().to_string();
        server.publish("/keys", "application/json", &keys);
    };
    publish_key(&bank.key);
    let known = publisher.answered(carried(&bank.key)).await;
    assert!(known.get("code").is_some(), "{known:?}");
    let new = AssertionKey::generate("ES256", "two");
    publish_key(&new);
    server.hang(PATH);
    bank.scene.provider.clock().advance(Duration::from_mins(5));
    let waiting = publisher.refused(&publisher.uri);
    let rotated = async {
        server.is_asked(PATH).await;
        let known = publisher.answered(carried(&new)).await;
        assert!(known.get("code").is_some(), "{known:?}");
        let told = bank.reason(carried(&bank.key)).await;
        let expected = "not exactly one of its signer's keys fits the token's alg and kid";
        assert!(told.ends_with(expected), "{told}");
    };
    tokio::select! {
        biased;
        told = waiting => panic!("it did not wait: {told:?}"),
        () = rotated => {}
    }
}

/// Stands for `oidcc-request-uri-signed-rs256` of the plan `oidcc-dynamic-certification-test-plan`: the client registers itself, with an
/// address whose fragment is no hash of what is there, and signs with a key that has no name.
#[tokio::test]
async fn a_client_that_registered_itself_publishes_its_requests() {
    let builder = TestProvider::builder();
    let builder =
        builder.settings(|settings| settings.registration.access = RegistrationAccess::Open);
    let scene = Scene::at(builder.start().await).await;
    let metadata = discovered(&scene).await;
    for member in [
        "request_uri_parameter_supported",
        "require_request_uri_registration",
    ] {
        assert_eq!(metadata[member], true, "{member}");
    }
    let server = DocumentServer::start().await;
    let uri = format!(
        "{}#T8ct5ZEYQvNlNBCVdR-0pfNWdYE5SgoYPjXqt1mFKyU",
        server.url(PATH)
    );
    let key = AssertionKey::generate("RS256", "one");
    let mut public = key.public();
    public.as_object_mut().expect("a key").remove("kid");
    let asked_for = json!({
        "redirect_uris": ["https://suite.example/callback"],
        "jwks": { "keys": [public] },
        "request_uris": [uri],
    });
    let told = http()
        .post(scene.provider.url("/register"))
        .json(&asked_for);
    let told = Answer::of(told).await;
    assert_eq!(told.status, 201, "{told:?}");
    let told = told.json();
    assert_eq!(told["request_uris"], json!([uri]));
    let text = |name: &str| told[name].as_str().expect("a text");
    let client = scene
        .provider
        .registered(text("client_id"), text("client_secret"));
    let request = client.request();
    let now = scene.provider.clock().now().as_seconds();
    let mut claims = json!({"iss": client.id(), "aud": scene.provider.issuer(), "exp": now + 60});
    for (name, value) in &request.parameters {
        claims[name] = json!(value);
    }
    let object = key.sign_with(&json!({"alg": "RS256"}), &claims);
    server.publish(PATH, "application/jwt", &object);

    let consent = scene
        .browser
        .authorize(referring(&uri, &request))
        .await
        .consent_page();

    let code = scene.browser.allow(&consent).await.code();
    let token = scene.provider.token(&client);
    let tokens = token.exchange(&code).await.assert_ok();
    let id_token = token.id_token(&tokens).await;
    assert_eq!(id_token.get("nonce").as_str(), request.get("nonce"));
    assert_eq!(server.asked(PATH), 1);
}

async fn discovered(scene: &Scene) -> serde_json::Value {
    let path = "/.well-known/openid-configuration";
    Answer::of(http().get(scene.provider.url(path)))
        .await
        .json()
}
