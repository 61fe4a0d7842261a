//! Two nodes on one PostgreSQL and one Redis, in this process, with one clock that the test moves.

use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use doorward::ambient::ReferenceClock;
use doorward::cli::{Input, Surroundings};
use doorward::configuration::{Environment, Sources};
use doorward::provider::Ambient;
use doorward::server::Server;
use doorward_core::Clock as _;
use doorward_core::acr::AuthenticationDemand;
use doorward_core::authorization_details::DetailTypes;
use doorward_core::resource_server::{AccessTokenFormat, AccessTokenStatus, ResourceServer};
use doorward_directory::clients::Added;
use doorward_tests::clock::{SystemRandom, TestClock};
use doorward_tests::postgres::Schema;
use doorward_tests::redis::RedisServer;
use doorward_tests::relying_party::{Registration, RelyingParty};
use doorward_tests::serving::eventually;
use doorward_tests::user_agent::http_client;
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

const FORM: &str = "application/x-www-form-urlencoded";

/// The nodes, and what they need.
pub(super) struct Stage {
    pub(super) clock: Arc<TestClock>,
    pub(super) nodes: Vec<Server>,
    pub(super) http: reqwest::Client,
    folder: TempDir,
    _redis: RedisServer,
}

impl Stage {
    /// Two nodes that reach the directory at these URLs, with `settings`. `None` where a server is missing.
    pub(super) async fn start(directories: [String; 2], settings: &str) -> Option<Self> {
        let redis = RedisServer::start().await?;
        let folder = TempDir::new().expect("a temporary folder");
        let clock = Arc::new(TestClock::default());
        let mut nodes = Vec::new();
        let mut issuer = None;
        for (at, directory) in directories.into_iter().enumerate() {
            let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
            let address = listener.local_addr().expect("an address");
            let issuer = issuer.get_or_insert_with(|| format!("http://{address}"));
            let file = folder.path().join(format!("node-{at}.toml"));
            let text = format!(
                "issuer = \"{issuer}\"\ndata = \"{}\"\ndirectory = \"{directory}\"\nsessions = \"{}\"\n{settings}",
                folder.path().join("data").display(),
                redis.url(),
            );
            std::fs::write(&file, text).expect("the folder is writable");
            let sources = Sources {
                file: Some(file),
                ..Sources::default()
            };
            let loaded = sources.load().expect("the settings are fine");
            let ambient = Ambient {
                clock: clock.clone(),
                random: Arc::new(SystemRandom),
                reference: ReferenceClock::None,
                environment: Environment::default(),
            };
            let node = Server::start(listener, &loaded.configuration, &ambient).await;
            nodes.push(node.expect("a node starts"));
        }
        Some(Self {
            clock,
            nodes,
            http: http_client(),
            folder,
            _redis: redis,
        })
    }

    /// The same on a schema of the test's own.
    pub(super) async fn on_postgres(settings: &str) -> Option<Self> {
        let url = Schema::new().await?.url();
        Self::start([url.clone(), url], settings).await
    }

    /// The address of a page of a node.
    pub(super) fn url(&self, node: usize, path: &str) -> String {
        format!("http://{}{path}", self.nodes[node].address())
    }

    /// The key set that a node publishes.
    pub(super) async fn jwks(&self, node: usize, query: &str) -> Value {
        let answer = self
            .http
            .get(self.url(node, &format!("/jwks{query}")))
            .send();
        let answer = answer.await.expect("an answer");
        answer.json().await.expect("a JWK Set")
    }

    /// An API, and a program that may use it.
    pub(super) async fn api(&self, name: &str) -> RelyingParty {
        let directory = self.nodes[0].directory();
        let server = ResourceServer {
            resource: resource(name).parse().expect("a resource"),
            resource_name: name.to_owned(),
            scopes: [(&*format!("{name}:use"), "Use it")].into_iter().collect(),
            access_token_format: AccessTokenFormat::Jwt,
            access_token_lifetime: None,
            access_token_status: AccessTokenStatus::Untold,
            access_token_signed_response_alg: Some(doorward_core::jose::Algorithm::Es256),
            api_tokens: None,
            introspected_by: [name.parse().expect("a client id")].into(),
            authorization_details_types: DetailTypes::new(),
            authentication: AuthenticationDemand::default(),
            resource_documentation: None,
            resource_policy_uri: None,
            resource_tos_uri: None,
            networks: doorward_core::network::Networks::default(),
            created_at: self.clock.now(),
        };
        let added = directory.resource_servers().add(&server).await;
        assert_eq!(added, Ok(Added::Added));
        let program = Registration::new(directory, name, self.clock.now());
        let program = program.scope(&format!("{name}:use")).await;
        for node in &self.nodes {
            let known = async || {
                node.directory()
                    .clients()
                    .client(&program.registered.client_id)
            };
            eventually("the program is known", known).await;
        }
        program
    }

    /// An access token for the API of this program, from a node; or the error.
    pub(super) async fn token(
        &self,
        node: usize,
        program: &RelyingParty,
    ) -> Result<String, String> {
        let answer = ask(&self.http, &self.url(node, "/token"), program).await;
        match answer["access_token"].as_str() {
            Some(token) => Ok(token.to_owned()),
            None => Err(answer["error"].as_str().unwrap_or("no error").to_owned()),
        }
    }

    /// Whether a node says that a token works, asked by the program.
    pub(super) async fn is_active(&self, node: usize, program: &RelyingParty, token: &str) -> bool {
        let answer = self
            .http
            .post(self.url(node, "/introspect"))
            .basic_auth(program.id(), program.secret.as_ref())
            .header(CONTENT_TYPE, FORM)
            .body(format!("token={token}"))
            .send();
        let answer: Value = answer.await.expect("an answer").json().await.expect("JSON");
        answer["active"].as_bool().expect("active says yes or no")
    }

    /// What a command prints that an operator types beside the first node, at the time of the clock. Panics when it is refused.
    pub(super) async fn doorward(&self, line: &str) -> String {
        let (output, errors) = self.typed(line, ReferenceClock::None).await;
        assert_eq!(errors, "", "{line}");
        output
    }

    /// What a command prints whose clock is held against this one, and what it complains of.
    pub(super) async fn typed(&self, line: &str, reference: ReferenceClock) -> (String, String) {
        let (output, errors) = (Paper::default(), Paper::default());
        let surroundings = Surroundings {
            environment: Environment::default(),
            clock: self.clock.clone(),
            random: Arc::new(SystemRandom),
            reference,
            input: Input::Pipe(Box::new(io::empty())),
            output: Box::new(output.clone()),
            errors: Box::new(errors.clone()),
        };
        let file = self.folder.path().join("node-0.toml");
        let file = file.to_str().expect("a path in UTF-8");
        let words = ["doorward", "--config", file].into_iter();
        Box::pin(doorward::cli::run(
            words.chain(line.split(' ')),
            surroundings,
        ))
        .await;
        (output.text(), errors.text())
    }

    /// The same, answered in JSON.
    pub(super) async fn doorward_json(&self, line: &str) -> Value {
        let printed = self.doorward(&format!("{line} --json")).await;
        serde_json::from_str(&printed).expect("JSON")
    }

    /// Lets time pass.
    pub(super) fn advance(&self, span: Duration) {
        self.clock.advance(span);
    }
}

/// Programs that get tokens from both nodes in turn, as fast as they come, until it is dropped.
pub(super) struct Load(JoinSet<()>);

impl Stage {
    /// Puts load on the nodes; who is refused once says so and ends the test.
    pub(super) fn load(&self, program: &RelyingParty) -> Load {
        let mut load = JoinSet::new();
        for first in [0, 1] {
            let endpoints = [self.url(first, "/token"), self.url(1 - first, "/token")];
            let (http, program) = (self.http.clone(), program.clone());
            load.spawn(async move {
                for endpoint in endpoints.iter().cycle() {
                    let answer = ask(&http, endpoint, &program).await;
                    assert!(answer["access_token"].is_string(), "{answer}");
                }
            });
        }
        Load(load)
    }
}

impl Load {
    /// Proves that nobody was refused.
    pub(super) fn end(mut self) {
        if let Some(ended) = self.0.try_join_next() {
            ended.expect("every request was answered with a token");
        }
    }
}

/// Asks a token endpoint for an access token for the program's API.
async fn ask(http: &reqwest::Client, endpoint: &str, program: &RelyingParty) -> Value {
    let answer = http
        .post(endpoint)
        .basic_auth(program.id(), program.secret.as_ref())
        .header(CONTENT_TYPE, FORM)
        .body(format!(
            "grant_type=client_credentials&resource={}",
            resource(program.id())
        ))
        .send();
    let answer = answer.await.expect("an answer");
    answer.json().await.expect("JSON")
}

/// The identifier of an API.
pub(super) fn resource(name: &str) -> String {
    format!("https://{name}.example")
}

/// The key that signed a token.
pub(super) fn signer(token: &str) -> String {
    let header = josekit::jwt::decode_header(token).expect("a JWS");
    let kid = header.claim("kid").and_then(Value::as_str);
    kid.expect("a kid").to_owned()
}

/// What a command wrote.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Paper {
    fn text(&self) -> String {
        let written = self.0.lock().expect("nobody panicked while writing");
        String::from_utf8(written.clone()).expect("UTF-8")
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut written = self.0.lock().expect("nobody panicked while writing");
        written.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
