//! `/register`: clients that register themselves ([RFC 7591](https://www.rfc-editor.org/rfc/rfc7591)) and manage their
//! registration ([RFC 7592](https://www.rfc-editor.org/rfc/rfc7592)).

use std::time::Duration;

use doorward_core::Clock as _;
use doorward_core::registration::RegistrationAccess;
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::clients::Added;
use doorward_directory::initial_access_tokens::InitialAccessToken;
use doorward_tests::document_server::DocumentServer;
use doorward_tests::provider::TestProvider;
use doorward_tests::token_client::Answer;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::scene::http;

async fn provider(access: RegistrationAccess) -> TestProvider {
    let builder = TestProvider::builder();
    builder
        .settings(|settings| settings.registration.access = access)
        .start()
        .await
}

/// Sends JSON, or nothing, to an address of the provider.
async fn send(
    provider: &TestProvider,
    method: Method,
    path: &str,
    token: Option<&str>,
    body: Option<&Value>,
) -> Answer {
    let mut request = http().request(method, provider.url(path));
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(body);
    }
    Answer::of(request).await
}

async fn register(provider: &TestProvider, token: Option<&str>, metadata: &Value) -> Answer {
    send(provider, Method::POST, "/register", token, Some(metadata)).await
}

fn wiki() -> Value {
    json!({ "client_name": "Wiki", "redirect_uris": ["https://wiki.example/callback"] })
}

/// A client that registered itself, as it was told.
async fn registered(provider: &TestProvider, metadata: &Value) -> Value {
    let answer = register(provider, None, metadata).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    answer.json()
}

fn text<'a>(information: &'a Value, name: &str) -> &'a str {
    information[name]
        .as_str()
        .unwrap_or_else(|| panic!("no {name}: {information}"))
}

fn path(information: &Value) -> String {
    format!("/register/{}", text(information, "client_id"))
}

/// P43: closed by default, and metadata says so (P48).
#[tokio::test]
async fn nobody_registers_where_an_operator_does() {
    let provider = TestProvider::start().await;
    let answer = register(&provider, None, &wiki()).await;
    assert_eq!(answer.status, 403, "{answer:?}");
    assert_eq!(answer.json()["error"], "access_denied");
    let metadata = send(
        &provider,
        Method::GET,
        "/.well-known/openid-configuration",
        None,
        None,
    )
    .await;
    assert_eq!(metadata.json().get("registration_endpoint"), None);
    assert!(provider.directory().clients().list().is_empty());
}

/// [RFC 7591 section 3](https://www.rfc-editor.org/rfc/rfc7591#section-3), P43.
#[tokio::test]
async fn whoever_has_an_initial_access_token_registers_as_often_as_it_says() {
    let provider = provider(RegistrationAccess::InitialAccessToken).await;
    let token = Secret::from_bytes(SecretKind::InitialAccessToken, &[7; 32]);
    let now = provider.clock().now();
    let about = InitialAccessToken {
        name: "partners".to_owned(),
        uses_left: 1,
        created_at: now,
        expires_at: now.plus(Duration::from_hours(1)),
    };
    let added = provider
        .directory()
        .initial_access_tokens()
        .add(&about, &token)
        .await;
    assert_eq!(added, Ok(Added::Added));

    let answer = register(&provider, None, &wiki()).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        answer.header("www-authenticate"),
        Some("Bearer realm=\"doorward\"")
    );
    let answer = register(&provider, Some("dw_ia_guess"), &wiki()).await;
    assert_eq!(answer.status, 401);
    // What cannot be registered uses nothing up.
    let answer = register(&provider, Some(token.reveal()), &json!({})).await;
    assert_eq!(answer.json()["error"], "invalid_redirect_uri");
    let answer = register(&provider, Some(token.reveal()), &wiki()).await;
    assert_eq!(answer.status, 201, "{answer:?}");
    let answer = register(&provider, Some(token.reveal()), &wiki()).await;
    assert_eq!(answer.status, 401, "it is used up: {answer:?}");
}

/// From registration to tokens without an operator. P17: the person is asked.
#[tokio::test]
async fn a_client_that_registered_itself_works() {
    let provider = provider(RegistrationAccess::Open).await;
    let metadata = send(
        &provider,
        Method::GET,
        "/.well-known/openid-configuration",
        None,
        None,
    )
    .await;
    let endpoint = metadata.json()["registration_endpoint"].clone();
    assert_eq!(endpoint, format!("{}/register", provider.issuer()));
    let told = registered(&provider, &wiki()).await;
    assert_eq!(told["client_secret_expires_at"], 0);
    let uri = format!("{}{}", provider.issuer(), path(&told));
    assert_eq!(told["registration_client_uri"], uri);
    assert!(text(&told, "registration_access_token").starts_with("dw_ra_"));

    let wiki = provider.registered(text(&told, "client_id"), text(&told, "client_secret"));
    let alice = provider.person("alice").await;
    let browser = provider.browser();
    browser.sign_in(&alice).await;
    let consent = browser.authorize(&wiki).await.consent_page();
    let code = browser.allow(&consent).await.code();
    provider.token(&wiki).exchange(&code).await.assert_ok();
}

/// P43: a change makes a new token.
/// [RFC 7592 section 2](https://www.rfc-editor.org/rfc/rfc7592#section-2). Stands for the registration part of
/// `oidcc-3rd_party-init-login`, and for the deletion at the end of every module with dynamic registration.
#[tokio::test]
async fn a_client_reads_changes_and_removes_its_registration() {
    let provider = provider(RegistrationAccess::Open).await;
    let mut metadata = wiki();
    metadata["initiate_login_uri"] = json!("https://wiki.example/login");
    let told = registered(&provider, &metadata).await;
    let (path, token) = (path(&told), text(&told, "registration_access_token"));
    let read = send(&provider, Method::GET, &path, Some(token), None).await;
    assert_eq!(read.status, 200);
    assert_eq!(
        read.json()["initiate_login_uri"],
        "https://wiki.example/login"
    );
    assert_eq!(read.json()["registration_access_token"], token);

    let mut changed = wiki();
    changed["client_id"] = told["client_id"].clone();
    changed["client_name"] = json!("The Wiki");
    let updated = send(&provider, Method::PUT, &path, Some(token), Some(&changed)).await;
    assert_eq!(updated.status, 200, "{updated:?}");
    let updated = updated.json();
    assert_eq!(updated["client_name"], "The Wiki");
    assert_eq!(
        updated.get("initiate_login_uri"),
        None,
        "what is left out is unset"
    );
    let rotated = text(&updated, "registration_access_token");
    assert_ne!(rotated, token);
    let old = send(&provider, Method::GET, &path, Some(token), None).await;
    assert_eq!(old.status, 401, "P43: a change makes a new token");

    let removed = send(&provider, Method::DELETE, &path, Some(rotated), None).await;
    assert_eq!(removed.status, 204);
    assert!(provider.directory().clients().list().is_empty());
    let gone = send(&provider, Method::GET, &path, Some(rotated), None).await;
    assert_eq!(gone.status, 401);
}

/// [RFC 7592 section 2.2](https://www.rfc-editor.org/rfc/rfc7592#section-2.2): whoever asks for what is there already keeps its token.
#[tokio::test]
async fn an_update_that_changes_nothing_leaves_the_token_as_it_is() {
    let provider = provider(RegistrationAccess::Open).await;
    let told = registered(&provider, &wiki()).await;
    let (path, token) = (path(&told), text(&told, "registration_access_token"));
    let mut same = wiki();
    same["client_id"] = told["client_id"].clone();
    for _ in 0..2 {
        let updated = send(&provider, Method::PUT, &path, Some(token), Some(&same)).await;
        assert_eq!(updated.status, 200, "{updated:?}");
        assert_eq!(updated.json()["registration_access_token"], token);
    }
}

/// P43: of updates that come at once with one token, at whichever node, one makes the next token, and what it asked for is there.
#[tokio::test]
async fn of_many_updates_at_once_one_counts() {
    let provider = provider(RegistrationAccess::Open).await;
    let second = provider.second_node().await;
    let told = registered(&provider, &wiki()).await;
    let token = text(&told, "registration_access_token");
    let mut updates = JoinSet::new();
    for at in 0..10 {
        let mut metadata = wiki();
        metadata["client_id"] = told["client_id"].clone();
        metadata["client_name"] = json!(format!("Wiki {at}"));
        let node = if at % 2 == 0 {
            &second
        } else {
            provider.node()
        };
        let url = format!("{}{}", node.base(), path(&told));
        let update = http().put(url).bearer_auth(token).json(&metadata);
        updates.spawn(Answer::of(update));
    }
    let mut counted = Vec::new();
    for answer in updates.join_all().await {
        match answer.status.as_u16() {
            200 => counted.push(answer.json()),
            status => assert_eq!(status, 401, "{answer:?}"),
        }
    }
    let [counted] = counted.as_slice() else {
        panic!("{counted:?}");
    };
    let next = Some(text(counted, "registration_access_token"));
    let read = send(&provider, Method::GET, &path(&told), next, None).await;
    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(read.json()["client_name"], counted["client_name"]);
}

/// P43: each change is read by every node, so a client makes thirty an hour.
#[tokio::test]
async fn a_client_changes_its_registration_so_often_an_hour() {
    let provider = provider(RegistrationAccess::Open).await;
    let told = registered(&provider, &wiki()).await;
    let (path, token) = (path(&told), text(&told, "registration_access_token"));
    let mut same = wiki();
    same["client_id"] = told["client_id"].clone();
    let update = || send(&provider, Method::PUT, &path, Some(token), Some(&same));
    for _ in 0..30 {
        assert_eq!(update().await.status, 200);
    }
    let refused = update().await;
    assert_eq!(refused.status, 429, "{refused:?}");
    assert!(refused.header("retry-after").is_some());
    let read = send(&provider, Method::GET, &path, Some(token), None).await;
    assert_eq!(read.status, 200, "reading is not limited");
    provider.clock().advance(Duration::from_hours(1));
    assert_eq!(update().await.status, 200);
}

/// [RFC 6750 section 2](https://www.rfc-editor.org/rfc/rfc6750#section-2): one token, in one header, as a bearer token.
#[tokio::test]
async fn a_token_comes_in_one_header_as_a_bearer_token() {
    let open = provider(RegistrationAccess::Open).await;
    let told = registered(&open, &wiki()).await;
    let token = text(&told, "registration_access_token");
    let bearer = format!("Bearer {token}");
    for (headers, status) in [
        (vec![&bearer, &bearer], 400),
        (vec![&format!("DPoP {token}")], 401),
        (vec![&format!("Basic {token}")], 401),
        (vec![], 401),
        (vec![&bearer], 200),
    ] {
        let mut request = http().get(open.url(&path(&told)));
        for header in &headers {
            request = request.header("authorization", *header);
        }
        let answer = Answer::of(request).await;
        assert_eq!(answer.status, status, "{headers:?}");
    }

    let closed = provider(RegistrationAccess::InitialAccessToken).await;
    let twice = http().post(closed.url("/register")).json(&wiki());
    let twice = twice.bearer_auth("a").bearer_auth("b");
    assert_eq!(Answer::of(twice).await.status, 400);
}

/// P43: a token is bound to its client, and lost when it is shown for another one.
#[tokio::test]
async fn a_token_that_is_used_for_another_client_is_used_up() {
    let provider = provider(RegistrationAccess::Open).await;
    let (mine, other) = (
        registered(&provider, &wiki()).await,
        registered(&provider, &wiki()).await,
    );
    let token = text(&mine, "registration_access_token");
    let operators = provider.client("payroll").await;
    for path in [
        path(&other),
        format!("/register/{}", operators.id()),
        "/register/nobody".to_owned(),
    ] {
        for method in [Method::GET, Method::PUT, Method::DELETE] {
            let answer = send(&provider, method, &path, Some(token), Some(&wiki())).await;
            assert_eq!(answer.status, 401, "{path}: {answer:?}");
        }
    }
    let answer = send(&provider, Method::GET, &path(&mine), Some(token), None).await;
    assert_eq!(answer.status, 401);
    let answer = send(&provider, Method::GET, &path(&mine), None, None).await;
    assert_eq!(answer.status, 401);
    assert_eq!(
        provider.directory().clients().list().len(),
        3,
        "nothing is removed"
    );
}

/// [RFC 7591 section 3.2.2](https://www.rfc-editor.org/rfc/rfc7591#section-3.2.2): whoever registers learns what is wrong.
#[tokio::test]
async fn what_cannot_be_registered_is_explained() {
    let provider = provider(RegistrationAccess::Open).await;
    for (changes, error, says) in [
        (
            json!({ "redirect_uris": ["http://wiki.example/"] }),
            "invalid_redirect_uri",
            "http://wiki.example/",
        ),
        (
            json!({ "grant_types": ["password"] }),
            "invalid_client_metadata",
            "grant_types",
        ),
        (
            json!({ "client_name": "a\u{202e}b" }),
            "invalid_client_metadata",
            "client_name",
        ),
        (json!("wiki"), "invalid_client_metadata", "JSON object"),
    ] {
        let mut metadata = wiki();
        match changes.as_object() {
            Some(changes) => metadata
                .as_object_mut()
                .expect("an object")
                .extend(changes.clone()),
            None => metadata = changes,
        }
        let answer = register(&provider, None, &metadata).await;
        assert_eq!(answer.status, 400);
        let refused = answer.json();
        assert_eq!(refused["error"], error, "{refused}");
        assert!(
            text(&refused, "error_description").contains(says),
            "{refused}"
        );
    }
    let form = http()
        .post(provider.url("/register"))
        .body("client_name=Wiki");
    let answer = Answer::of(form).await;
    assert_eq!(answer.json()["error"], "invalid_client_metadata");
    assert!(provider.directory().clients().list().is_empty());
}

/// P43: what is open is limited.
#[tokio::test]
async fn one_address_registers_so_many_an_hour() {
    let provider = TestProvider::builder()
        .settings(|settings| {
            settings.registration.access = RegistrationAccess::Open;
            settings.limits.registrations_per_address = 2;
        })
        .start()
        .await;
    for _ in 0..2 {
        registered(&provider, &wiki()).await;
    }
    let answer = register(&provider, None, &wiki()).await;
    assert_eq!(answer.status, 429);
    assert!(answer.header("retry-after").is_some());
    provider.clock().advance(Duration::from_hours(1));
    registered(&provider, &wiki()).await;
}

/// P32: whoever registers itself cannot allow itself to exchange tokens.
#[tokio::test]
async fn nobody_registers_itself_for_token_exchange() {
    let provider = provider(RegistrationAccess::Open).await;
    let exchange = "urn:ietf:params:oauth:grant-type:token-exchange";
    let mut metadata = wiki();
    metadata["grant_types"] = json!(["authorization_code", exchange]);
    let policy = json!({"resources": ["https://files.example"], "mode": "impersonation"});
    metadata["token_exchange"] = policy;
    let information = registered(&provider, &metadata).await;
    assert_eq!(information["grant_types"], json!(["authorization_code"]));
    let id = text(&information, "client_id")
        .parse()
        .expect("a client id");
    let directory = provider.directory();
    let client = directory.clients().client(&id).expect("the client");
    assert_eq!(client.token_exchange, None);
}

/// `oidcc-registration-sector-uri` and `oidcc-registration-sector-bad`. P45, F03: whoever names an address learns nothing of what is there.
/// [OpenID Connect Dynamic Client Registration section 5](https://openid.net/specs/openid-connect-registration-1_0.html#SectorIdentifierValidation).
#[tokio::test]
async fn a_sector_document_is_read_and_has_all_redirect_uris() {
    let provider = provider(RegistrationAccess::Open).await;
    let server = DocumentServer::start().await;
    let hosts = json!([
        "https://wiki.example/callback",
        "https://www.wiki.example/callback"
    ]);
    let metadata = json!({
        "redirect_uris": hosts,
        "subject_type": "pairwise",
        "sector_identifier_uri": server.url("/sector.json"),
    });
    server.publish("/sector.json", "application/json", &hosts.to_string());
    let information = registered(&provider, &metadata).await;
    assert_eq!(
        information["sector_identifier_uri"],
        metadata["sector_identifier_uri"]
    );
    let path = path(&information);
    let token = text(&information, "registration_access_token").to_owned();

    let one = json!(["https://wiki.example/callback"]).to_string();
    server.publish("/sector.json", "application/json", &one);
    let answer = register(&provider, None, &metadata).await;
    assert_eq!(
        (answer.status.as_u16(), &answer.json()["error"]),
        (400, &json!("invalid_client_metadata"))
    );
    let mut change = metadata.clone();
    change["client_id"] = information["client_id"].clone();
    let answer = send(&provider, Method::PUT, &path, Some(&token), Some(&change)).await;
    assert_eq!(
        answer.status, 400,
        "a change is judged like a registration: {answer:?}"
    );

    let mut told = Vec::new();
    server.publish("/sector.json", "text/html", "Keep out");
    told.push(register(&provider, None, &metadata).await.json());
    server.fail("/sector.json", 500);
    told.push(register(&provider, None, &metadata).await.json());
    let member = "sector_identifier_uri";
    let mut nobody = metadata.clone();
    nobody[member] = json!("https://10.0.0.1/sector.json");
    told.push(register(&provider, None, &nobody).await.json());
    for other in &told {
        assert_eq!(without_reference(other), without_reference(&told[0]));
        assert_eq!(other["error"], "invalid_client_metadata");
    }
}

/// F03: anybody can write what looks like a token.
#[tokio::test]
async fn nobody_has_a_sector_document_read_without_a_token_that_works() {
    let provider = provider(RegistrationAccess::InitialAccessToken).await;
    let server = DocumentServer::start().await;
    let metadata = json!({
        "redirect_uris": ["https://wiki.example/callback"],
        "subject_type": "pairwise",
        "sector_identifier_uri": server.url("/sector.json"),
    });
    let made_up = Secret::from_bytes(SecretKind::InitialAccessToken, &[8; 32]);
    let answer = register(&provider, Some(made_up.reveal()), &metadata).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    assert_eq!(server.asked("/sector.json"), 0);
}

/// What is wrong, in the words that are the same for all.
fn without_reference(answer: &Value) -> Option<&str> {
    let description = text(answer, "error_description");
    description.split(" (reference").next()
}
