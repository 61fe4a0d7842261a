//! The one value that everything hangs on.

use std::ops::Deref;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use doorward_core::client::{Client, ClientSecrets};
use doorward_core::client_authentication::Addressee;
use doorward_core::discovery::{EndpointAliases, Endpoints, Metadata};
use doorward_core::dpop::Nonces;
use doorward_core::event::{Event, EventRecord, Reference};
use doorward_core::forward_auth::Caller;
use doorward_core::identifiers::{ClientId, EventId};
use doorward_core::person::Person;
use doorward_core::random::Random;
use doorward_core::registration::RegistrationAccess;
use doorward_core::scope;
use doorward_core::subject::Subjects;
use doorward_core::time::{Clock, Timestamp};
use doorward_directory::Directory;
use doorward_sessions::{Codes, Devices, PushedRequests, ReplayMarks, Store};
use tokio::sync::Notify;

use crate::client_documents::ClientDocuments;
use crate::client_keys::ClientKeys;
use crate::discovery::MetadataDocument;
use crate::forward_auth::Lately;
use crate::health::Readiness;
use crate::key_set_readers::KeySetReaders;
use crate::log;
use crate::metrics::Metrics;
use crate::outbound::Outbound;
use crate::passwords::Passwords;
use crate::request_objects::RequestObjects;
use crate::settings::Settings;
use crate::signing::Signing;
use crate::signing_keys::SigningKeys;
use crate::status_lists::{self, StatusLists};
use crate::texts::Texts;
use crate::turns::Turns;
use crate::{
    api_tokens, authorization, device_authorization, discovery, introspection, logout,
    pushed_authorization, registration, revocation, token, userinfo,
};

/// What a provider is made of.
pub struct Parts {
    /// The issuer: an origin without a slash at its end, such as `https://id.example.com`.
    pub issuer: String,
    /// What the operator decided.
    pub settings: Settings,
    /// What lasts.
    pub directory: Directory,
    /// What may expire.
    pub sessions: Store,
    /// The signing keys.
    pub signing_keys: SigningKeys,
    /// The nonces of proofs of possession, known to all nodes.
    pub nonces: Nonces,
    /// What clients call people, the same on all nodes.
    pub subjects: Subjects,
    /// What knows the secrets of clients again, the same on all nodes.
    pub client_secrets: ClientSecrets,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Requests to clients.
    pub outbound: Arc<dyn Outbound>,
}

/// An OpenID Provider: all state and all settings of one issuer.
pub struct Provider {
    pub(crate) issuer: String,
    pub(crate) token_endpoint: String,
    /// The same where connections are asked for certificates, if that is elsewhere.
    pub(crate) token_endpoint_alias: Option<String>,
    pub(crate) settings: Settings,
    pub(crate) directory: Directory,
    pub(crate) sessions: Store,
    pub(crate) codes: Codes,
    pub(crate) pushed_requests: PushedRequests,
    pub(crate) devices: Devices,
    pub(crate) replays: ReplayMarks,
    pub(crate) signing_keys: SigningKeys,
    pub(crate) key_set_readers: KeySetReaders,
    pub(crate) api_token_uses: api_tokens::Uses,
    pub(crate) status_lists: StatusLists,
    pub(crate) client_keys: ClientKeys,
    pub(crate) client_documents: ClientDocuments,
    pub(crate) request_objects: RequestObjects,
    pub(crate) turns: Turns,
    /// Who was found to hold an access token, a moment ago.
    pub(crate) token_holders: Lately<Arc<Caller>>,
    /// The people whose API tokens were brought to sites a moment ago.
    pub(crate) token_owners: Lately<Person>,
    /// Who was found to be signed in at a site, a moment ago.
    pub(crate) site_visitors: Lately<Arc<Caller>>,
    pub(crate) nonces: Nonces,
    pub(crate) subjects: Subjects,
    pub(crate) client_secrets: ClientSecrets,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Random>,
    pub(crate) outbound: Arc<dyn Outbound>,
    /// Wakes whoever tells clients that a session is over.
    pub(crate) logout_queued: Notify,
    pub(crate) passwords: Passwords,
    pub(crate) signing: Signing,
    pub(crate) metadata: MetadataDocument,
    pub(crate) draining: Arc<AtomicBool>,
    pub(crate) readiness: Readiness,
    pub(crate) metrics: Metrics,
}

impl Provider {
    /// Puts a provider together, and starts the threads that hash passwords.
    pub fn new(mut parts: Parts) -> Self {
        // Clients register for nothing that does not work.
        parts.settings.registration.mutual_tls = parts.settings.mutual_tls.support();
        parts.settings.registration.signatures = parts.signing_keys.algorithms(parts.clock.now());
        Self {
            codes: Codes::new(parts.sessions.clone()),
            pushed_requests: PushedRequests::new(parts.sessions.clone()),
            devices: Devices::new(parts.sessions.clone()),
            replays: ReplayMarks::new(parts.sessions.clone()),
            passwords: Passwords::start(parts.settings.password, parts.settings.limits.hash_queue),
            signing: Signing::default(),
            client_keys: ClientKeys::default(),
            client_documents: ClientDocuments::default(),
            request_objects: RequestObjects::default(),
            turns: Turns::default(),
            token_holders: Lately::default(),
            token_owners: Lately::default(),
            site_visitors: Lately::default(),
            token_endpoint: format!("{}{}", parts.issuer, token::TOKEN),
            token_endpoint_alias: parts.settings.mutual_tls.alias(token::TOKEN),
            metadata: MetadataDocument::new(metadata(&parts.issuer, &parts.settings)),
            draining: Arc::default(),
            readiness: Readiness::default(),
            metrics: Metrics::default(),
            signing_keys: parts.signing_keys,
            key_set_readers: KeySetReaders::default(),
            api_token_uses: api_tokens::Uses::default(),
            status_lists: StatusLists::new(&parts.issuer),
            nonces: parts.nonces,
            subjects: parts.subjects,
            client_secrets: parts.client_secrets,
            issuer: parts.issuer,
            settings: parts.settings,
            directory: parts.directory,
            sessions: parts.sessions,
            clock: parts.clock,
            random: parts.random,
            outbound: parts.outbound,
            logout_queued: Notify::new(),
        }
    }

    /// What assertions may address it as.
    pub(crate) fn addressee(&self) -> Addressee<'_> {
        Addressee {
            issuer: &self.issuer,
            token_endpoint: &self.token_endpoint,
            token_endpoint_alias: self.token_endpoint_alias.as_deref(),
        }
    }

    /// A switch that the server throws when it is about to stop: from then on it is alive but not ready.
    pub fn draining(&self) -> Arc<AtomicBool> {
        Arc::clone(&self.draining)
    }

    /// What it counts.
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// Whether the issuer is reached by TLS, so that cookies may demand it.
    pub(crate) fn is_secure(&self) -> bool {
        self.issuer.starts_with("https://")
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Notes what happened, without waiting for it to be written.
    pub(crate) fn note(&self, reference: Reference, event: Event) {
        self.write_down(Some(reference), event);
    }

    /// Notes what happened without anybody having asked for it.
    pub(crate) fn note_unasked(&self, event: Event) {
        self.write_down(None, event);
    }

    fn write_down(&self, reference: Option<Reference>, event: Event) {
        let at = self.now();
        log::write(&event);
        self.metrics.happened(&event);
        let id = EventId::generate(at, &*self.random);
        self.directory.events().note(EventRecord {
            id,
            at,
            reference,
            event,
        });
    }
}

/// What the metadata document says ([OpenID Connect Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata)).
fn metadata(issuer: &str, settings: &Settings) -> Metadata {
    let url = |path: &str| format!("{issuer}{path}");
    let endpoints = Endpoints {
        authorization: url(authorization::AUTHORIZE),
        pushed_authorization_request: url(pushed_authorization::PAR),
        device_authorization: url(device_authorization::DEVICE_AUTHORIZATION),
        token: url(token::TOKEN),
        userinfo: url(userinfo::USERINFO),
        introspection: url(introspection::INTROSPECT),
        revocation: url(revocation::REVOKE),
        jwks: url(discovery::JWKS),
        status_list_aggregation: url(status_lists::STATUS_LISTS),
        end_session: url(logout::LOGOUT),
        registration: match settings.registration.access {
            RegistrationAccess::Closed => None,
            _ => Some(url(registration::REGISTER)),
        },
        mtls: settings.mutual_tls.address.as_deref().map(aliases),
    };
    let languages = Texts::all().map(Texts::language);
    let (scopes, levels) = (scope::STANDARD, &settings.acr_levels);
    Metadata::of(issuer, endpoints, scopes, levels, languages)
        .signing_with(&settings.registration.signatures)
        .with(settings.mutual_tls.support())
        .with_documents(&settings.registration.documents)
}

/// The endpoints that clients call, at the origin where connections are asked for certificates.
fn aliases(origin: &str) -> EndpointAliases {
    let url = |path: &str| format!("{origin}{path}");
    EndpointAliases {
        pushed_authorization_request: url(pushed_authorization::PAR),
        device_authorization: url(device_authorization::DEVICE_AUTHORIZATION),
        token: url(token::TOKEN),
        userinfo: url(userinfo::USERINFO),
        introspection: url(introspection::INTROSPECT),
        revocation: url(revocation::REVOKE),
    }
}

/// The provider as handlers hold it.
#[derive(Clone)]
pub(crate) struct App(Arc<Provider>);

impl App {
    pub(crate) const fn new(provider: Arc<Provider>) -> Self {
        Self(provider)
    }

    /// The client of this id within what it may ask for today.
    pub(crate) fn client(&self, id: &ClientId) -> Option<Arc<Client>> {
        let client = self.directory.clients().client(id)?;
        Some(self.settings.registration.applied_to(client))
    }
}

impl Deref for App {
    type Target = Provider;

    fn deref(&self) -> &Provider {
        &self.0
    }
}
