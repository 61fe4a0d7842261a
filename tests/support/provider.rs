//! A provider in the test's own process, with a clock that the test moves.

use std::env;
use std::fmt::Display;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use doorward_core::Clock;
use doorward_core::acr::AcrLevels;
use doorward_core::api_token::ApiTokenPolicy;
use doorward_core::client::{ClientSecrets, MutualTlsSupport};
use doorward_core::dpop::NoncePolicy;
use doorward_core::event::{Event, EventRecord, Reference};
use doorward_core::password::{Parameters, PasswordPolicy};
use doorward_core::registration::{ClientDocumentPolicy, RegistrationAccess, RegistrationPolicy};
use doorward_core::session::SessionLimits;
use doorward_core::token::refresh::{RefreshLimits, RotationPolicy};
use doorward_directory::Directory;
use doorward_sessions::Location;
use doorward_web::{Limits, MutualTls, Settings, TokenLifetimes, TrustedProxies};
use ipnet::IpNet;
use tempfile::TempDir;

use crate::clock::TestClock;
use crate::dpop_key::{DpopKey, Prover};
use crate::keys::ROOT_KEY;
use crate::node::{Node, Plan, address, listener};
use crate::observed::Observation;
use crate::people::{self, TestPerson};
use crate::postgres::Schema;
use crate::relying_party::{Registration, RelyingParty};
use crate::token_client::TokenClient;
use crate::user_agent::UserAgent;

/// A provider of one test, at an address of its own. Dropping it ends it.
#[derive(Debug)]
pub struct TestProvider {
    node: Option<Node>,
    listener: TcpListener,
    plan: Plan,
    folder: TempDir,
}

/// How a provider under test is set up.
#[derive(Debug)]
pub struct Builder {
    settings: Settings,
    directory: Option<String>,
    sessions: String,
    clock: TestClock,
    issuer: Option<String>,
    outbound: Vec<IpNet>,
}

impl Builder {
    /// Changes what the operator decided.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut Settings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// Keeps the directory there: `embedded`, which is the default, or the URL of a PostgreSQL database.
    #[must_use]
    pub fn directory(mut self, location: &str) -> Self {
        self.directory = Some(location.to_owned());
        self
    }

    /// Keeps sessions there: `embedded`, which is the default, or the URL of a Redis server.
    #[must_use]
    pub fn sessions(mut self, location: &str) -> Self {
        location.clone_into(&mut self.sessions);
        self
    }

    /// Is known by this address, as behind a proxy. Its browsers and token clients still find it.
    #[must_use]
    pub fn issuer(mut self, issuer: &str) -> Self {
        self.issuer = Some(issuer.to_owned());
        self
    }

    /// Makes requests of its own to these networks only, besides the public internet; to this machine, unless told otherwise.
    #[must_use]
    pub fn outbound(mut self, networks: &[&str]) -> Self {
        let networks = networks.iter().map(|network| network.parse());
        self.outbound = networks.collect::<Result<_, _>>().expect("networks");
        self
    }

    /// Begins at another time.
    #[must_use]
    pub fn clock(mut self, clock: TestClock) -> Self {
        self.clock = clock;
        self
    }

    /// Starts the provider.
    pub async fn start(self) -> TestProvider {
        let folder = TempDir::new().expect("a temporary folder");
        let listener = listener();
        let directory = match self.directory {
            None => default_directory().await,
            Some(directory) => directory,
        };
        let directory = doorward_directory::Location::parse(&directory, folder.path());
        let sessions = Location::parse(&self.sessions, folder.path());
        let plan = Plan {
            issuer: self
                .issuer
                .unwrap_or_else(|| format!("http://{}", address(&listener))),
            settings: self.settings,
            directory: directory.expect("the place of a directory"),
            sessions: sessions.expect("the place of a session store"),
            clock: Arc::new(self.clock),
            observation: Observation::default(),
            outbound: self.outbound,
        };
        let node = Node::start(&plan, &listener).await;
        TestProvider {
            node: Some(node),
            listener,
            plan,
            folder,
        }
    }
}

/// A file; or where `DOORWARD_TEST_DIRECTORY` is `postgres`, a schema of PostgreSQL, so that every test can be run on that.
async fn default_directory() -> String {
    if env::var("DOORWARD_TEST_DIRECTORY").is_ok_and(|chosen| chosen == "postgres") {
        let schema = Schema::new().await;
        return schema.expect("DOORWARD_TEST_POSTGRES is set").url();
    }
    "embedded".to_owned()
}

/// The cheapest hashes, limits that no ordinary test meets, and the lifetimes of a new installation.
fn settings() -> Settings {
    const DAY: Duration = Duration::from_hours(24);
    Settings {
        acr_levels: AcrLevels::default(),
        registration: RegistrationPolicy {
            access: RegistrationAccess::Closed,
            scope: "openid profile email offline_access"
                .parse()
                .expect("scopes"),
            authorization_details_types: std::collections::BTreeSet::new(),
            unused: Duration::from_hours(30 * 24),
            mutual_tls: MutualTlsSupport::Off,
            signatures: Vec::new(),
            documents: ClientDocumentPolicy::default(),
        },
        session: SessionLimits {
            idle: DAY,
            absolute: 14 * DAY,
        },
        tokens: TokenLifetimes {
            code: Duration::from_mins(1),
            access_token: Duration::from_mins(10),
            id_token: Duration::from_mins(10),
            refresh: RefreshLimits {
                idle: 30 * DAY,
                grace: Duration::from_mins(1),
                rotation: RotationPolicy::EachUse,
            },
            refresh_absolute: 365 * DAY,
            status_list_ttl: Duration::from_secs(15),
        },
        api_tokens: ApiTokenPolicy::default(),
        dpop_nonce: NoncePolicy::Optional,
        password: Parameters::FLOOR,
        password_policy: PasswordPolicy::default(),
        limits: Limits {
            failed_sign_ins_per_address: 10_000,
            attempts_per_account: 10_000,
            interactions_per_address: 10_000,
            registrations_per_address: 20,
            hash_queue: 1_000,
        },
        trusted_proxies: TrustedProxies::default(),
        mutual_tls: MutualTls::default(),
    }
}

impl TestProvider {
    /// A provider with ordinary settings.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    /// A provider that is to be set up first.
    pub fn builder() -> Builder {
        Builder {
            settings: settings(),
            directory: None,
            sessions: "embedded".to_owned(),
            clock: TestClock::default(),
            issuer: None,
            outbound: Vec::new(),
        }
        .outbound(&["127.0.0.0/8"])
    }

    /// The issuer, `http://127.0.0.1:PORT`.
    pub fn issuer(&self) -> &str {
        &self.plan.issuer
    }

    /// What makes secrets of clients that the provider knows again.
    pub fn client_secrets(&self) -> ClientSecrets {
        ClientSecrets::of(&ROOT_KEY)
    }

    /// The address of a path at the issuer.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.plan.issuer)
    }

    /// The clock of every node.
    pub fn clock(&self) -> &TestClock {
        &self.plan.clock
    }

    /// The same clock, for somebody else who lives by it.
    pub fn time(&self) -> Arc<TestClock> {
        Arc::clone(&self.plan.clock)
    }

    /// The folder with all that the provider keeps in files.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The first node.
    pub fn node(&self) -> &Node {
        self.node.as_ref().expect("the provider runs")
    }

    /// What all nodes ask of the session store.
    pub fn sessions(&self) -> &Observation {
        &self.plan.observation
    }

    /// What lasts.
    pub fn directory(&self) -> &Directory {
        self.node().directory()
    }

    /// Ends the provider and starts it again, at the same address and with what it kept.
    pub async fn restart(&mut self) {
        if let Some(node) = self.node.take() {
            node.stop().await;
        }
        let node = Node::start(&self.plan, &self.listener).await;
        self.node = Some(node);
    }

    /// Starts another node of the same issuer, with the same directory and sessions.
    pub async fn second_node(&self) -> Node {
        Node::start(&self.plan, &listener()).await
    }

    /// A browser that was never here.
    pub fn browser(&self) -> UserAgent {
        UserAgent::new(self.issuer(), &self.node().base())
    }

    /// Adds somebody of whom every standard claim is known.
    pub async fn person(&self, username: &str) -> TestPerson {
        people::add(self.directory(), username, self.clock().now()).await
    }

    /// Registers a client, once awaited: a trusted, confidential one unless told otherwise.
    pub fn client(&self, id: &str) -> Registration<'_> {
        Registration::new(self.directory(), id, self.clock().now())
    }

    /// A client that is registered already, however it came to be.
    pub fn registered(&self, id: &str, secret: &str) -> RelyingParty {
        let client = id.parse().ok();
        let client = client.and_then(|id| self.directory().clients().client(&id));
        RelyingParty {
            registered: client.expect("the client is registered").as_ref().clone(),
            secret: Some(secret.to_owned()),
        }
    }

    /// Registers a public client.
    pub async fn public_client(&self, id: &str) -> RelyingParty {
        self.client(id).public().await
    }

    /// The token endpoint, as `client` uses it.
    pub fn token(&self, client: &RelyingParty) -> TokenClient {
        TokenClient::new(self.issuer(), &self.node().base(), client)
    }

    /// The same, as `client` uses it which proves to hold `key`.
    pub fn proving(&self, client: &RelyingParty, key: &DpopKey) -> TokenClient {
        self.token(client).proving(Prover {
            key: key.clone(),
            clock: Arc::clone(&self.plan.clock),
            nonce: None,
        })
    }

    /// The events of the request of this reference.
    pub async fn events(&self, reference: &str) -> Vec<EventRecord> {
        let reference: Reference = reference.parse().expect("a reference");
        let events = self.directory().events();
        events.flush().await;
        let found = events.by_reference(&reference).await;
        found.expect("the directory reads events")
    }

    /// Why the request of this reference was refused. Panics unless that is written down exactly once.
    pub async fn refusal(&self, reference: &str) -> Refusal {
        let events = self.events(reference).await;
        let refused = events.into_iter().filter_map(|record| match record.event {
            Event::Refused {
                endpoint,
                error,
                reason,
                client,
            } => Some(Refusal {
                endpoint,
                error,
                reason,
                client,
            }),
            _ => None,
        });
        let [refusal] = <[_; 1]>::try_from(refused.collect::<Vec<_>>())
            .unwrap_or_else(|all| panic!("{reference} was refused {} times", all.len()));
        refusal
    }

    /// The last events, newest first.
    pub async fn recent_events(&self) -> Vec<EventRecord> {
        let events = self.directory().events();
        events.flush().await;
        let found = events.recent(10_000).await;
        found.expect("the directory reads events")
    }

    /// Fails if any of these texts is in an event.
    pub async fn assert_never_recorded(&self, secrets: &[&str]) {
        let recorded = format!("{:?}", self.recent_events().await);
        for secret in secrets {
            assert!(!recorded.contains(secret), "{secret} is in the events");
        }
    }
}

/// A refusal, as an operator reads it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Where.
    pub endpoint: String,
    /// The standard's error code, or the page's.
    pub error: String,
    /// Exactly why.
    pub reason: String,
    /// The client, when one was named.
    pub client: Option<String>,
}

/// The reference in an `error_description`. Panics when there is none.
pub(crate) fn reference_in(description: impl Display) -> String {
    let description = description.to_string();
    let after = description.split_once("(reference ");
    let reference = after.and_then(|(_, after)| after.strip_suffix(')'));
    let reference = reference.unwrap_or_else(|| panic!("no reference in {description:?}"));
    reference.to_owned()
}
