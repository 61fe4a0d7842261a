//! An empty store, and things to put into it.

use std::collections::BTreeSet;
use std::env;
use std::hash::{BuildHasher, RandomState};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use doorward_core::Timestamp;
use doorward_core::authorization_details::AuthorizationDetails;
use doorward_core::claims::ClaimsRequest;
use doorward_core::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ConsentPolicy, DpopPolicy,
    EncryptedResponses, GrantType, MutualTls, PkcePolicy, PushPolicy, RequestObjects,
};
use doorward_core::confirmation::Confirmation;
use doorward_core::grant::{Grant, GrantLifetime, RefreshTokenFamily};
use doorward_core::identifiers::{GrantId, PersonId, RefreshTokenId, SessionId};
use doorward_core::jose::Algorithm;
use doorward_core::person::{Person, PersonStatus, Profile};
use doorward_core::random::Random;
use doorward_core::scope::Scope;
use doorward_core::secret::SecretHash;
use doorward_core::session::{Authentication, AuthenticationMethod, Session};
use doorward_core::user_agent::UserAgent;
use doorward_directory::{Directory, Location, Recorded};
use doorward_directory::{clients, people};
use tempfile::TempDir;
use tokio_postgres::NoTls;

/// When the tests happen.
pub(crate) const NOW: Timestamp = Timestamp::from_seconds(1_800_000_000);

/// A store and the way to its database.
pub(crate) struct Store {
    pub(crate) directory: Directory,
    place: Place,
}

/// Where a store's database is.
enum Place {
    File(TempDir),
    Schema(Schema),
}

/// A schema of one test's own on the server that all tests share.
struct Schema {
    url: String,
    name: String,
}

/// An empty directory in an SQLite file.
pub(crate) async fn sqlite() -> Store {
    Store::at(Place::File(tempfile::tempdir().unwrap())).await
}

/// An empty directory on the PostgreSQL server that `DOORWARD_TEST_POSTGRES` names; `None` where it names none.
pub(crate) async fn postgres() -> Option<Store> {
    let Ok(url) = env::var("DOORWARD_TEST_POSTGRES") else {
        assert!(
            env::var_os("DOORWARD_TEST_ALL").is_none(),
            "DOORWARD_TEST_POSTGRES names no server"
        );
        eprintln!("left out: DOORWARD_TEST_POSTGRES names no server; `tests/run` brings one");
        return None;
    };
    let name = format!("test_{:016x}", RandomState::new().hash_one("doorward"));
    run(&url, &format!("CREATE SCHEMA {name}")).await;
    Some(Store::at(Place::Schema(Schema { url, name })).await)
}

/// Runs statements on a connection of its own.
async fn run(url: &str, sql: &str) {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    let driven = tokio::spawn(connection);
    client.batch_execute(sql).await.unwrap();
    drop(client);
    driven.await.unwrap().unwrap();
}

impl Schema {
    /// The URL of a connection that sees this schema alone.
    fn url(&self) -> String {
        format!("{}?options=-c%20search_path%3D{}", self.url, self.name)
    }
}

impl Store {
    async fn at(place: Place) -> Self {
        Self {
            directory: open(&place).await,
            place,
        }
    }

    /// The directory as another process has it.
    pub(crate) async fn another(&self) -> Directory {
        open(&self.place).await
    }

    /// Changes the database behind the directory's back.
    pub(crate) async fn meddle(&self, sql: &str) {
        match &self.place {
            Place::File(folder) => {
                let path = folder.path().join("directory.sqlite");
                let connection = rusqlite::Connection::open(path).unwrap();
                connection.execute_batch(sql).unwrap();
            }
            Place::Schema(schema) => run(&schema.url(), sql).await,
        }
    }

    /// Somebody who is there.
    pub(crate) async fn person(&self, username: &str) -> Person {
        let person = person(username);
        let added = self.directory.people().add(&person, None).await.unwrap();
        assert_eq!(added, people::Added::Added);
        person
    }

    /// A client that is there.
    pub(crate) async fn client(&self, id: &str) -> Client {
        let client = client(id);
        let added = self.directory.clients().add(&client).await.unwrap();
        assert_eq!(added, clients::Added::Added);
        client
    }

    /// A session that has begun.
    pub(crate) async fn session(&self, person: &Person) -> Session {
        let session = session(person);
        assert!(
            self.directory
                .sessions()
                .begin(&session, None)
                .await
                .unwrap()
        );
        session
    }

    /// A grant that was recorded, to the client `wiki`, with its [`family`] of refresh tokens.
    pub(crate) async fn grant(&self, session: &Session, lifetime: GrantLifetime) -> Grant {
        let grant = grant(session, lifetime);
        let tokens = family(&grant);
        let recorded = self
            .directory
            .grants()
            .record(&grant, Some(&tokens))
            .await
            .unwrap();
        assert_eq!(recorded, Recorded::Recorded);
        grant
    }

    /// Whether the grant is there and not revoked.
    pub(crate) async fn is_live(&self, grant: &Grant) -> bool {
        let found = self.directory.grants().with_person(grant.id).await.unwrap();
        found.is_some_and(|(grant, _)| grant.revoked_at.is_none())
    }

    /// Whether the session is there and not ended.
    pub(crate) async fn is_on(&self, session: &Session) -> bool {
        let found = self.directory.sessions().with_person(session.id).await;
        found
            .unwrap()
            .is_some_and(|(session, _)| session.ended_at.is_none())
    }
}

async fn open(place: &Place) -> Directory {
    let location = match place {
        Place::File(folder) => Location::parse("embedded", folder.path()),
        Place::Schema(schema) => {
            Location::parse(&format!("{}&connections=8", schema.url()), Path::new(""))
        }
    };
    Directory::open(&location.unwrap()).await.unwrap()
}

/// Bytes that never come twice in a run.
pub(crate) struct Counter;

impl Random for Counter {
    fn fill(&self, bytes: &mut [u8]) {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        let next = NEXT.fetch_add(1, Ordering::Relaxed).to_le_bytes();
        for (byte, random) in bytes.iter_mut().rev().zip(next) {
            *byte = random;
        }
    }
}

pub(crate) fn person(username: &str) -> Person {
    Person {
        id: PersonId::generate(NOW, &Counter),
        username: username.parse().unwrap(),
        status: PersonStatus::Enabled,
        profile: Profile {
            name: Some("Ada Lovelace".to_owned()),
            email: Some("ada@example.com".to_owned()),
            ..Profile::default()
        },
        groups: BTreeSet::new(),
        created_at: NOW,
        updated_at: NOW,
    }
}

pub(crate) fn client(id: &str) -> Client {
    Client {
        client_id: id.parse().unwrap(),
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
        grant_types: BTreeSet::from([GrantType::AuthorizationCode, GrantType::RefreshToken]),
        scope: Scope::standard(),
        consent: ConsentPolicy::Ask,
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
        authorization_details_types: BTreeSet::new(),
        authorization_details_consent: ConsentPolicy::Ask,
        client_uri: None,
        logo_uri: None,
        policy_uri: None,
        tos_uri: None,
        networks: doorward_core::network::Networks::default(),
        created_at: NOW,
        sector: None,
        dynamic: None,
    }
}

pub(crate) fn authentication(at: Timestamp) -> Authentication {
    Authentication {
        at,
        methods: vec![AuthenticationMethod::Password],
    }
}

pub(crate) fn session(person: &Person) -> Session {
    Session {
        id: SessionId::generate(NOW, &Counter),
        person: person.id,
        authentication: authentication(NOW),
        started_at: NOW,
        seen_at: NOW,
        ended_at: None,
        user_agent: UserAgent::of_header(b"Firefox/140.0 (Windows)"),
    }
}

pub(crate) fn grant(session: &Session, lifetime: GrantLifetime) -> Grant {
    Grant {
        id: GrantId::generate(NOW, &Counter),
        person: session.person,
        client: "wiki".parse().unwrap(),
        session: session.id,
        scope: "openid profile".parse().unwrap(),
        resources: BTreeSet::new(),
        authorization_details: authorization_details("DE40"),
        acr: Some("urn:example:loa:1".parse().unwrap()),
        claims: ClaimsRequest::parse(r#"{"userinfo":{"email":{"essential":true}}}"#).unwrap(),
        authentication: session.authentication.clone(),
        lifetime,
        issued_at: NOW,
        expires_at: NOW.plus(Duration::from_hours(1)),
        revoked_at: None,
    }
}

/// Access to one account.
pub(crate) fn authorization_details(identifier: &str) -> AuthorizationDetails {
    let detail = serde_json::json!({
        "type": "account_information",
        "identifier": identifier,
        "actions": ["read_balance"],
    });
    serde_json::from_value(serde_json::json!([detail])).unwrap()
}

/// The key that tokens are bound to.
pub(crate) fn confirmation() -> Confirmation {
    let key = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";
    Confirmation::Jkt(key.parse().unwrap())
}

/// The refresh tokens that a grant begins with.
pub(crate) fn family(grant: &Grant) -> RefreshTokenFamily {
    RefreshTokenFamily {
        id: RefreshTokenId::from_bytes(*grant.id.as_bytes()),
        grant: grant.id,
        confirmation: Some(confirmation()),
        current: SecretHash::of("first"),
        previous: None,
        rotated_at: NOW,
        idle_expires_at: NOW.plus(Duration::from_hours(1)),
    }
}

/// Runs 50 at once and counts those that say yes.
pub(crate) async fn at_once<F>(attempt: impl Fn(usize) -> F) -> usize
where
    F: Future<Output = bool> + Send + 'static,
{
    let attempts: Vec<_> = (0..50).map(|at| tokio::spawn(attempt(at))).collect();
    let mut succeeded = 0;
    for attempt in attempts {
        succeeded += usize::from(attempt.await.unwrap());
    }
    succeeded
}
