use std::time::Duration;

use doorward_core::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ConsentPolicy, DpopPolicy,
    EncryptedResponses, MutualTls, PkcePolicy, PushPolicy, RequestObjects,
};
use doorward_core::jose::Algorithm;
use doorward_core::scope::Scope;
use doorward_directory::clients::Added;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::{interval, timeout};

use super::*;
use crate::configuration::{Issuer, Span};
use crate::connections::{HEAD_TIMEOUT, MAX_HEAD};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(30);

async fn listener() -> TcpListener {
    TcpListener::bind("127.0.0.1:0").await.unwrap()
}

async fn start(data: &TempDir) -> Server {
    start_with(data, |_| {}).await
}

async fn start_with(data: &TempDir, change: impl FnOnce(&mut Configuration)) -> Server {
    let listener = listener().await;
    let mut configuration = Configuration::default();
    configuration.server.issuer = Issuer::on_localhost(listener.local_addr().unwrap().port());
    configuration.server.data = data.path().join("data");
    change(&mut configuration);
    let ambient = Ambient::default();
    Server::start(listener, &configuration, &ambient)
        .await
        .unwrap()
}

/// Sends a request on a connection of its own and reads the whole answer.
async fn fetch(address: SocketAddr, path: &str, header: &str) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    let head =
        format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{header}\r\n");
    stream.write_all(head.as_bytes()).await.unwrap();
    rest_of(&mut stream).await
}

async fn rest_of(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    timeout(PATIENCE, stream.read_to_end(&mut answer))
        .await
        .unwrap()
        .unwrap();
    String::from_utf8(answer).unwrap()
}

fn body(answer: &str) -> &str {
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    answer.split_once("\r\n\r\n").unwrap().1
}

#[tokio::test]
async fn the_first_start_makes_what_is_missing_and_the_next_finds_it() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let jwks = fetch(server.address(), "/jwks", "").await;
    let keys: serde_json::Value = serde_json::from_str(body(&jwks)).unwrap();
    assert_eq!(
        keys["keys"].as_array().unwrap().len(),
        Algorithm::USUAL.len()
    );
    server.stop().await.unwrap();

    let server = start(&data).await;
    let again = fetch(server.address(), "/jwks", "").await;
    assert_eq!(body(&again), body(&jwks));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn a_lost_key_stops_the_start_and_is_not_replaced() {
    let data = tempfile::tempdir().unwrap();
    start(&data).await.stop().await.unwrap();
    let key = data.path().join("data/key-encryption-key");
    std::fs::remove_file(&key).unwrap();

    let mut configuration = Configuration::default();
    configuration.server.data = data.path().join("data");
    let started = Server::start(listener().await, &configuration, &Ambient::default()).await;
    let refused = started.unwrap_err().to_string();
    assert!(refused.contains("put the file back"), "{refused}");
    assert!(!key.exists());
}

#[tokio::test]
async fn a_client_that_another_process_adds_is_seen_while_serving() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let file = data.path().join("data/directory.sqlite");
    let other = Directory::open_sqlite(&file).await.unwrap();
    assert_eq!(other.clients().add(&client()).await.unwrap(), Added::Added);

    let id = client().client_id;
    let seen = async {
        let mut ticks = interval(Duration::from_millis(20));
        while server.directory().clients().client(&id).is_none() {
            ticks.tick().await;
        }
    };
    timeout(PATIENCE, seen).await.unwrap();
    other.close().await.unwrap();
    server.stop().await.unwrap();
}

pub(crate) fn client() -> Client {
    Client {
        client_id: "wiki".parse().unwrap(),
        client_name: "Wiki".to_owned(),
        profile: ClientProfile::Standard,
        token_endpoint_auth_method: AuthMethod::None,
        secrets: Vec::new(),
        jwks: None,
        jwks_uri: None,
        token_endpoint_auth_signing_alg: None,
        assertion_audience: AssertionAudience::Issuer,
        redirect_uris: vec!["https://wiki.example/cb".parse().unwrap()],
        post_logout_redirect_uris: Vec::new(),
        backchannel_logout_uri: None,
        backchannel_logout_session_required: false,
        frontchannel_logout_uri: None,
        frontchannel_logout_session_required: false,
        grant_types: [].into(),
        scope: Scope::standard(),
        consent: ConsentPolicy::Trusted,
        pkce: PkcePolicy::Required,
        pushed_requests: PushPolicy::Optional,
        dpop: DpopPolicy::Optional,
        mutual_tls: MutualTls::default(),
        request_objects: RequestObjects::default(),
        encrypted_responses: EncryptedResponses::default(),
        token_exchange: None,
        id_token_signed_response_alg: Algorithm::Rs256,
        authorization_signed_response_alg: None,
        userinfo_signed_response_alg: None,
        introspection_signed_response_alg: None,
        access_token_signed_response_alg: Algorithm::Es256,
        response_modes: Vec::new(),
        default_max_age: None,
        default_acr_values: Vec::new(),
        authorization_details_types: std::collections::BTreeSet::new(),
        authorization_details_consent: ConsentPolicy::Ask,
        client_uri: None,
        logo_uri: None,
        policy_uri: None,
        tos_uri: None,
        networks: doorward_core::network::Networks::default(),
        created_at: doorward_core::Timestamp::from_seconds(0),
        sector: None,
        dynamic: None,
    }
}

#[tokio::test]
async fn stopping_does_not_wait_for_idle_connections() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let address = server.address();
    let mut idle = TcpStream::connect(address).await.unwrap();
    idle.write_all(b"GET /health/live HTTP/1.1\r\nhost: localhost\r\n\r\n")
        .await
        .unwrap();
    let mut answered = [0; 8];
    idle.read_exact(&mut answered).await.unwrap();

    // Well below the time that requests would be given to end.
    timeout(HEAD_TIMEOUT / 2, server.stop())
        .await
        .unwrap()
        .unwrap();
    rest_of(&mut idle).await;
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn a_balancer_has_the_pause_to_notice_and_loses_nothing_meanwhile() {
    let data = tempfile::tempdir().unwrap();
    let server = start_with(&data, |configuration| {
        configuration.stop.pause = Span::seconds(1);
    })
    .await;
    let address = server.address();
    let stopped = tokio::spawn(server.stop());
    let unready = async {
        while !fetch(address, "/health/ready", "")
            .await
            .contains("stopping")
        {}
    };
    timeout(PATIENCE, unready).await.unwrap();

    body(&fetch(address, "/jwks", "").await);
    assert!(!stopped.is_finished());
    timeout(PATIENCE, stopped).await.unwrap().unwrap().unwrap();
    assert!(
        TcpStream::connect(address).await.is_err(),
        "nobody listens any more"
    );
}

#[tokio::test]
async fn a_head_that_is_too_long_is_refused() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    let header = format!("x-long: {}\r\n", "x".repeat(MAX_HEAD));
    let answer = fetch(server.address(), "/health/live", &header).await;
    assert!(answer.starts_with("HTTP/1.1 431 "), "{answer}");
    let header = format!("x-long: {}\r\n", "x".repeat(MAX_HEAD / 2));
    body(&fetch(server.address(), "/health/live", &header).await);
    server.stop().await.unwrap();
}

/// What the listener for metrics says, and what it says of one family.
async fn exposed(server: &Server, family: &str) -> Vec<String> {
    let answer = fetch(server.metrics().unwrap(), "/metrics", "").await;
    let lines = body(&answer).lines();
    let of_family = lines.filter(|line| line.starts_with(family));
    of_family.map(str::to_owned).collect()
}

fn with_metrics(configuration: &mut Configuration) {
    configuration.metrics.listen = Listen::at("127.0.0.1:0".parse().unwrap());
}

/// T09, L02: requests are counted by the route, and what they bring along is in no label.
#[tokio::test]
async fn requests_are_counted_by_route_and_never_by_what_they_brought_along() {
    let data = tempfile::tempdir().unwrap();
    let server = start_with(&data, with_metrics).await;
    for path in [
        "/jwks?client_id=a-secret",
        "/sign-in/a-secret?code=a-secret",
        "/a-secret",
        "/assets/a-secret",
    ] {
        fetch(server.address(), path, "user-agent: a-secret\r\n").await;
    }
    let number = "doorward_http_request_duration_seconds_count";
    assert_eq!(exposed(&server, number).await.len(), 4);
    for counted in [
        "doorward_http_request_duration_seconds_count{route=\"/jwks\",status=\"2xx\"} 1",
        "doorward_http_request_duration_seconds_count{route=\"none\",status=\"4xx\"} 1",
        "doorward_events_total{event=\"refused\",class=\"refusal\"}",
    ] {
        assert_eq!(exposed(&server, counted).await.len(), 1, "{counted}");
    }
    let buckets = exposed(&server, "doorward_http_request_duration_seconds_bucket").await;
    let is_last = |line: &&String| line.contains("le=\"+Inf\"") && line.contains("\"/jwks\"");
    let last: Vec<_> = buckets.iter().filter(is_last).collect();
    assert!(last.len() == 1 && last[0].ends_with("} 1"), "{buckets:?}");
    assert!(!exposed(&server, "").await.join("\n").contains("a-secret"));
    server.stop().await.unwrap();
}

#[tokio::test]
async fn metrics_are_on_their_own_listener_and_only_where_they_are_wanted() {
    let data = tempfile::tempdir().unwrap();
    let server = start(&data).await;
    assert_eq!(server.metrics(), None);
    let answer = fetch(server.address(), "/metrics", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    server.stop().await.unwrap();

    let server = start_with(&data, with_metrics).await;
    let answer = fetch(server.address(), "/metrics", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    let answer = fetch(server.metrics().unwrap(), "/jwks", "").await;
    assert!(answer.starts_with("HTTP/1.1 404 "), "{answer}");
    server.stop().await.unwrap();
}
