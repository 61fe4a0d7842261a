//! Clients whose `client_id` is the URL of a document that says what they are
//! ([OAuth Client ID Metadata Document](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html)).

use std::time::Duration;

use doorward_core::client::{AuthMethod, PkcePolicy};
use doorward_core::event::{Event, RegistrationChange};
use doorward_core::registration::HostPattern;
use doorward_tests::authorization::Code;
use doorward_tests::destination::Destination;
use doorward_tests::document_server::DocumentServer;
use doorward_tests::provider::TestProvider;
use doorward_tests::relying_party::RelyingParty;
use doorward_tests::token_client::Answer;
use serde_json::{Value, json};

use crate::scene::{Scene, http};

const DOCUMENT: &str = "/client.json";

/// An application that nobody registered, and its document.
struct Agent {
    scene: Scene,
    server: DocumentServer,
    client: RelyingParty,
}

impl Agent {
    /// Where documents of these hosts are read.
    async fn where_hosts_are(hosts: &[&str]) -> Self {
        let hosts: Vec<HostPattern> = hosts
            .iter()
            .map(|host| host.parse().expect("a host"))
            .collect();
        let provider = TestProvider::builder()
            .settings(|settings| settings.registration.documents.hosts = hosts)
            .start()
            .await;
        let scene = Scene::at(provider).await;
        let server = DocumentServer::start().await;
        // What the application knows of itself.
        let mut client = scene.provider.client("agent").public().await;
        client.registered.client_id = server.url(DOCUMENT).parse().expect("a client id");
        let callback = server.url("/callback").parse().expect("a redirect URI");
        client.registered.redirect_uris = vec![callback];
        let agent = Self {
            scene,
            server,
            client,
        };
        agent.publish(&json!({}));
        agent
    }

    async fn new() -> Self {
        Self::where_hosts_are(&["127.0.0.1"]).await
    }

    fn publish(&self, changes: &Value) {
        let mut document = json!({
            "client_id": self.client.id(),
            "client_name": "The agent",
            "redirect_uris": [self.client.redirect_uri()],
            "token_endpoint_auth_method": "none",
            "grant_types": ["authorization_code", "refresh_token"],
        });
        let members = document.as_object_mut().expect("an object");
        members.extend(changes.as_object().expect("an object").clone());
        let document = document.to_string();
        self.server.publish(DOCUMENT, "application/json", &document);
    }

    async fn authorize(&self) -> Destination {
        let request = self.client.request();
        let request = request
            .with("scope", "openid offline_access")
            .and("prompt", "consent");
        self.scene.browser.authorize(request).await
    }

    async fn code(&self) -> Code {
        let page = self.authorize().await.consent_page();
        self.scene.browser.allow(&page).await.code()
    }

    async fn exchange(&self, code: &Code) -> Answer {
        self.scene.provider.token(&self.client).exchange(code).await
    }

    /// The request was refused on our own page, which says nothing of the document, and the log has this reason.
    async fn assert_unknown(&self, reason: &str) {
        let page = self.authorize().await.page();
        assert_eq!(page.status, 400, "{}", page.body);
        let refusal = self.scene.provider.refusal(&page.reference()).await;
        assert!(refusal.reason.contains(reason), "{refusal:?}");
        assert!(!page.body.contains(reason), "{}", page.body);
    }

    fn is_kept(&self) -> bool {
        let clients = self.scene.provider.directory().clients();
        clients.client(&self.client.registered.client_id).is_some()
    }

    fn asked(&self) -> usize {
        self.server.asked(DOCUMENT)
    }
}

/// [Sections 3 and 4](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html#section-4), P17: the
/// person is told whose word it is.
#[tokio::test]
async fn an_application_that_nobody_registered_is_what_its_document_says() {
    let agent = Agent::new().await;
    let page = agent.authorize().await.consent_page();
    assert!(page.text_of("client-described").is_some());
    assert!(page.body.contains("<bdi>127.0.0.1</bdi>"), "{}", page.body);
    assert!(page.body.contains("The agent"), "{}", page.body);
    let code = agent.scene.browser.allow(&page).await.code();
    let tokens = agent.exchange(&code).await.assert_ok();
    let id_token = agent
        .scene
        .provider
        .token(&agent.client)
        .id_token(&tokens)
        .await;
    assert_eq!(id_token.claims["aud"], agent.client.id());
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let token = agent.scene.provider.token(&agent.client);
    token.refresh(&refresh_token).await.assert_ok();
    assert_eq!(agent.asked(), 1, "it is believed for a while");
    let kept = agent
        .scene
        .provider
        .registered(agent.client.id(), "")
        .registered;
    assert_eq!(kept.token_endpoint_auth_method, AuthMethod::None);
    assert_eq!(kept.pkce, PkcePolicy::Required);
    let events = agent.scene.provider.recent_events().await;
    let registered = Event::ClientRegistration {
        client: kept.client_id,
        change: RegistrationChange::Registered,
    };
    assert!(events.iter().any(|event| event.event == registered));
}

/// P43: off unless an operator names hosts, and metadata says so (P48).
#[tokio::test]
async fn no_document_is_read_unless_an_operator_names_its_host() {
    for (hosts, supported) in [
        (&[][..], false),
        (&["*.example"], true),
        (&["127.0.0.1"], true),
    ] {
        let agent = Agent::where_hosts_are(hosts).await;
        let url = agent
            .scene
            .provider
            .url("/.well-known/openid-configuration");
        let metadata = Answer::of(http().get(url)).await.json();
        assert_eq!(metadata["client_id_metadata_document_supported"], supported);
        if hosts != ["127.0.0.1"] {
            agent.assert_unknown("no client").await;
            assert_eq!(agent.asked(), 0);
        }
    }
}

/// F01, F03: no redirect is followed, what comes is of the right type and short, and who asked learns nothing of it. What is wrong is not asked for with every request, and believed
/// to be wrong for seconds only.
#[tokio::test]
async fn what_is_no_document_makes_no_client() {
    let agent = Agent::new().await;
    let wait = || {
        agent
            .scene
            .provider
            .clock()
            .advance(Duration::from_secs(11));
    };
    agent
        .server
        .redirect(DOCUMENT, &agent.server.url("/other.json"));
    agent.assert_unknown("has status 302").await;
    agent.assert_unknown("has status 302").await;
    assert_eq!((agent.asked(), agent.server.asked("/other.json")), (1, 0));
    wait();
    agent.server.publish(DOCUMENT, "text/html", "{}");
    agent.assert_unknown("not of the type").await;
    wait();
    let long = "x".repeat(65 * 1024);
    agent.server.publish(DOCUMENT, "application/json", &long);
    agent.assert_unknown("longer than 64 KiB").await;
    for (changes, reason) in [
        (
            json!({"client_id": "https://app.example/client.json"}),
            "another client_id",
        ),
        (json!({"client_secret": "hunter2"}), "client_secret"),
        (
            json!({"token_endpoint_auth_method": "client_secret_basic"}),
            "token_endpoint_auth_method",
        ),
        (
            json!({"redirect_uris": ["https://evil.example/"]}),
            "not at the origin",
        ),
    ] {
        wait();
        agent.publish(&changes);
        agent.assert_unknown(reason).await;
        assert!(!agent.is_kept(), "{changes}");
    }
    wait();
    agent.publish(&json!({}));
    agent.code().await;
}

/// P01: the redirect URI is one of the document's, byte for byte.
#[tokio::test]
async fn the_answer_goes_where_the_document_says_and_nowhere_else() {
    let agent = Agent::new().await;
    let elsewhere = agent.server.url("/callback/more");
    let request = agent.client.request().with("redirect_uri", &elsewhere);
    let page = agent.scene.browser.authorize(request).await.page();
    assert_eq!(page.status, 400, "{}", page.body);
}

/// The document of the day is judged by the policy of the day, also where tokens are given: what was allowed before goes no further.
#[tokio::test]
async fn a_document_is_read_again_and_what_it_says_no_longer_is_not_so_any_more() {
    let agent = Agent::new().await;
    let code = agent.code().await;
    let tokens = agent.exchange(&code).await.assert_ok();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    let token = agent.scene.provider.token(&agent.client);
    let wait = || agent.scene.provider.clock().advance(Duration::from_mins(6));

    agent.publish(&json!({"client_name": "The assistant"}));
    wait();
    let page = agent.authorize().await.consent_page();
    assert!(page.body.contains("The assistant"), "{}", page.body);
    assert_eq!(agent.asked(), 2);

    // Nobody answers for a while.
    agent.server.fail(DOCUMENT, 503);
    wait();
    let tokens = token.refresh(&refresh_token).await.assert_ok();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    assert_eq!(agent.asked(), 3);

    // Its owner takes it away.
    agent.server.fail(DOCUMENT, 404);
    wait();
    token
        .refresh(&refresh_token)
        .await
        .assert_error("invalid_client");
    agent.assert_unknown("has status 404").await;
    assert_eq!(agent.asked(), 4);
}

/// F03: who names a client that nobody knows learns as little at the endpoints that clients call.
#[tokio::test]
async fn a_server_that_is_silent_looks_like_one_without_a_document() {
    let agent = Agent::new().await;
    let token = agent.scene.provider.token(&agent.client);
    for (at, status) in [503, 429, 404].into_iter().enumerate() {
        agent.server.fail(DOCUMENT, status);
        let refused = token.refresh("unknown").await;
        refused.assert_error("invalid_client");
        assert_eq!(refused.status, 401, "{status}");
        assert_eq!(agent.asked(), at + 1);
        agent
            .scene
            .provider
            .clock()
            .advance(Duration::from_secs(11));
    }
}

/// Sign-in goes on without the application's own server: for an hour, which a restart of ours does not cut short.
#[tokio::test]
async fn an_outage_of_its_server_ends_nothing_for_an_hour() {
    let mut agent = Agent::new().await;
    let code = agent.code().await;
    let tokens = agent.exchange(&code).await.assert_ok();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    agent.server.fail(DOCUMENT, 503);
    agent.scene.provider.restart().await;
    let (token, clock) = (
        agent.scene.provider.token(&agent.client),
        agent.scene.provider.clock(),
    );
    let tokens = token.refresh(&refresh_token).await.assert_ok();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    clock.advance(Duration::from_mins(59));
    let tokens = token.refresh(&refresh_token).await.assert_ok();
    let refresh_token = tokens.refresh_token.expect("a refresh token");
    assert_eq!(agent.asked(), 3);
    clock.advance(Duration::from_mins(1));
    let refused = token.refresh(&refresh_token).await;
    refused.assert_error("temporarily_unavailable");
    agent.assert_unknown("has status 503").await;
}

/// Whoever comes with many clients that nobody knows has to wait, like whoever registers many.
#[tokio::test]
async fn one_address_does_not_bring_many_clients() {
    let agent = Agent::new().await;
    let most = 20;
    let mut last = 0;
    for number in 0..=most {
        let id = agent.server.url(&format!("/{number}.json"));
        let request = agent.client.request().with("client_id", &id);
        let page = agent.scene.browser.authorize(request).await.page();
        last = page.status.as_u16();
    }
    assert_eq!(last, 429);
    assert_eq!(agent.server.asked(&format!("/{most}.json")), 0);
}

/// An operator's registration of such a URL is the operator's, and nothing is read.
#[tokio::test]
async fn what_an_operator_registered_needs_no_document() {
    let agent = Agent::new().await;
    let registration = agent.scene.provider.client("agent").with(|client| {
        client.client_id = agent.client.registered.client_id.clone();
    });
    let client = registration.await;
    agent.scene.browser.authorize(&client).await.code();
    assert_eq!(agent.asked(), 0);
}
