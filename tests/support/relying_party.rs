//! Clients of a provider under test, and what they ask for.

use std::pin::Pin;

use doorward_core::Timestamp;
use doorward_core::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ClientSecrets, ConsentPolicy, DpopPolicy,
    EncryptedResponses, GrantType, MutualTls, PkcePolicy, PushPolicy, RequestObjects,
};
use doorward_core::jose::{Algorithm, JwkSet};
use doorward_core::registration::{ApplicationType, Dynamic};
use doorward_core::scope::Scope;
use doorward_directory::Directory;
use doorward_directory::clients::Added;

use crate::authorization::AuthorizationRequest;
use crate::clock::SystemRandom;
use crate::keys::ROOT_KEY;

/// A registered client, with what it knows of itself.
#[derive(Clone, Debug)]
pub struct RelyingParty {
    /// Its registration.
    pub registered: Client,
    /// Its secret; none when it is public or signs assertions.
    pub secret: Option<String>,
}

impl RelyingParty {
    /// `client_id`.
    pub fn id(&self) -> &str {
        self.registered.client_id.as_str()
    }

    /// The first of its redirect URIs.
    pub fn redirect_uri(&self) -> &str {
        let first = self.registered.redirect_uris.first();
        first.expect("a client has a redirect URI").as_str()
    }

    /// A request as a good relying party makes it: for `openid`, with a state, a nonce and a code challenge.
    pub fn request(&self) -> AuthorizationRequest {
        AuthorizationRequest::of(self)
    }
}

/// A client about to be registered; `.await` registers it.
#[derive(Debug)]
pub struct Registration<'a> {
    directory: &'a Directory,
    client: Client,
}

impl<'a> Registration<'a> {
    /// A client of ordinary settings that is called `id`.
    pub fn new(directory: &'a Directory, id: &str, now: Timestamp) -> Self {
        let uri = |path: &str| {
            let uri = format!("https://{id}.example/{path}").parse();
            vec![uri.expect("a redirect URI")]
        };
        let client = Client {
            client_id: id.parse().expect("a client id"),
            client_name: format!("The {id}"),
            profile: ClientProfile::Standard,
            token_endpoint_auth_method: AuthMethod::ClientSecretBasic,
            secrets: Vec::new(),
            jwks: None,
            jwks_uri: None,
            token_endpoint_auth_signing_alg: None,
            assertion_audience: AssertionAudience::Issuer,
            redirect_uris: uri("callback"),
            post_logout_redirect_uris: uri("signed-out"),
            backchannel_logout_uri: None,
            backchannel_logout_session_required: false,
            frontchannel_logout_uri: None,
            frontchannel_logout_session_required: false,
            grant_types: GrantType::ALL.into(),
            scope: Scope::standard(),
            consent: ConsentPolicy::Trusted,
            pkce: PkcePolicy::Optional,
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
            access_token_signed_response_alg: Algorithm::EdDsa,
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
            created_at: now,
            sector: None,
            dynamic: None,
        };
        Self { directory, client }
    }

    /// Changes anything else about it.
    #[must_use]
    pub fn with(mut self, change: impl FnOnce(&mut Client)) -> Self {
        change(&mut self.client);
        self
    }

    /// It has no secret, and must use PKCE.
    #[must_use]
    pub fn public(self) -> Self {
        self.with(|client| {
            client.token_endpoint_auth_method = AuthMethod::None;
            client.pkce = PkcePolicy::Required;
        })
    }

    /// It sends its secret in the form.
    #[must_use]
    pub fn post(self) -> Self {
        self.with(|client| client.token_endpoint_auth_method = AuthMethod::ClientSecretPost)
    }

    /// It signs assertions, with the private halves of these keys.
    #[must_use]
    pub fn assertions(self, jwks: &serde_json::Value) -> Self {
        self.with(|client| {
            let jwks = JwkSet::parse(jwks.to_string().as_bytes());
            client.jwks = Some(jwks.expect("a JWK Set"));
            client.token_endpoint_auth_method = AuthMethod::PrivateKeyJwt;
        })
    }

    /// It authenticates assertions with its secret.
    #[must_use]
    pub fn secret_assertions(self) -> Self {
        self.with(|client| client.token_endpoint_auth_method = AuthMethod::ClientSecretJwt)
    }

    /// People are asked before it learns who they are.
    #[must_use]
    pub fn ask(self) -> Self {
        self.with(|client| client.consent = ConsentPolicy::Ask)
    }

    /// It must use PKCE.
    #[must_use]
    pub fn pkce_required(self) -> Self {
        self.with(|client| client.pkce = PkcePolicy::Required)
    }

    /// It must push its requests.
    #[must_use]
    pub fn must_push(self) -> Self {
        self.with(|client| client.pushed_requests = PushPolicy::Required)
    }

    /// It must bind its tokens to a key of its own.
    #[must_use]
    pub fn must_bind(self) -> Self {
        self.with(|client| client.dpop = DpopPolicy::Required)
    }

    /// Its ID Tokens are signed with this algorithm.
    #[must_use]
    pub fn algorithm(self, algorithm: Algorithm) -> Self {
        self.with(|client| client.id_token_signed_response_alg = algorithm)
    }

    /// All that it may ask for.
    #[must_use]
    pub fn scope(self, scope: &str) -> Self {
        self.with(|client| client.scope = scope.parse().expect("a scope"))
    }

    /// These are its redirect URIs.
    #[must_use]
    pub fn redirect_uris(self, uris: &[&str]) -> Self {
        self.with(|client| client.redirect_uris = parsed(uris))
    }

    /// These are its addresses for after a sign-out.
    #[must_use]
    pub fn post_logout_redirect_uris(self, uris: &[&str]) -> Self {
        self.with(|client| client.post_logout_redirect_uris = parsed(uris))
    }

    async fn register(mut self) -> RelyingParty {
        let method = self.client.token_endpoint_auth_method;
        let now = self.client.created_at;
        let secret = method.needs_secret().then(|| {
            let secrets = ClientSecrets::of(&ROOT_KEY);
            let (secret, stored) = secrets.make(method, &SystemRandom, now);
            self.client.secrets.push(stored);
            secret
        });
        let added = self.directory.clients().add(&self.client).await;
        assert_eq!(added.expect("the directory keeps clients"), Added::Added);
        RelyingParty {
            registered: self.client,
            secret: secret.map(|secret| secret.reveal().to_owned()),
        }
    }
}

fn parsed(uris: &[&str]) -> Vec<doorward_core::redirect_uri::RedirectUri> {
    let uris = uris.iter().map(|uri| uri.parse());
    uris.collect::<Result<_, _>>().expect("redirect URIs")
}

impl<'a> IntoFuture for Registration<'a> {
    type Output = RelyingParty;
    type IntoFuture = Pin<Box<dyn Future<Output = RelyingParty> + Send + 'a>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.register())
    }
}

/// What is known of a client that registered itself and says nothing of it.
#[must_use]
pub fn by_itself() -> Dynamic {
    Dynamic {
        registration_access_token: None,
        document_gone_at: None,
        allowed_scope: None,
        allowed_authorization_details_types: None,
        contacts: Vec::new(),
        application_type: ApplicationType::Web,
        initiate_login_uri: None,
        sector_identifier_uri: None,
        software_id: None,
        software_version: None,
    }
}
