//! `doorward client add`: what an application is registered with
//! ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)).

use std::collections::BTreeSet;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValuesParser, TypedValueParser};
use doorward_core::Timestamp;
use doorward_core::acr::Acr;
use doorward_core::authorization::ResponseMode;
use doorward_core::authorization_details::DetailTypeName;
use doorward_core::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ConsentPolicy, DpopPolicy,
    EncryptedResponses, GrantType, PkcePolicy, PushPolicy, SIGN_IN,
};
use doorward_core::frontchannel_logout::at_a_redirect_uri;
use doorward_core::identifiers::ClientId;
use doorward_core::jose::{Algorithm, JwkSet};
use doorward_core::network::Network;
use doorward_core::outbound::OutboundUri;
use doorward_core::redirect_uri::RedirectUri;
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;
use doorward_core::subject::Sector;
use doorward_core::token::exchange::{ExchangeMode, ExchangePolicy};
use url::Url;

use crate::cli::choice::one_of;
use crate::cli::contradiction::Contradiction;
use crate::cli::text;

use super::certificates::Certificates;
use super::encrypted_responses::Encrypted;
use super::request_objects::Signed;

pub(super) const EXAMPLES: &str = "\
Examples:
  An application on a server; the answer has its secret:
    doorward client add wiki --redirect-uri https://wiki.example.com/callback

  An application in the browser or on a phone, which keeps no secret:
    doorward client add phone --public --redirect-uri com.example.phone:/callback

  One that is told when somebody signs out elsewhere:
    doorward client add shop --redirect-uri https://shop.example.com/callback \\
      --backchannel-logout-uri https://shop.example.com/signed-out

  Somebody else's application, which people are asked about:
    doorward client add survey --redirect-uri https://survey.example.net/cb --consent ask \\
      --scope openid --scope email

  One that shall know people by names that no other application knows:
    doorward client add poll --redirect-uri https://poll.example.org/cb --subject-type pairwise --scope openid

  One that only the browser can tell of a sign-out:
    doorward client add board --redirect-uri https://board.example.com/callback \\
      --frontchannel-logout-uri https://board.example.com/signed-out

  An application that must push its requests, so that no browser can change them:
    doorward client add bank --redirect-uri https://bank.example.com/cb --require-par

  An application whose tokens are worth nothing to whoever steals them: it proves a key with each use (DPoP)
    doorward client add portal --public --redirect-uri https://portal.example.com/cb --require-dpop

  One that handles money or health, by the rules of FAPI 2.0:
    doorward client add ledger --profile fapi2 --redirect-uri https://ledger.example.com/cb \
      --jwks ledger.jwks.json

  One whose requests are signed as well, as FAPI 2.0 Message Signing has it:
    doorward client add broker --redirect-uri https://broker.example.com/cb --require-par \
      --jwks broker.jwks.json --require-signed-requests --request-object-algorithm ES256 \
      --request-object-lifetime hour

  One that may ask people for single payments at an API that knows such details:
    doorward client add checkout --redirect-uri https://checkout.example.com/cb \\
      --authorization-details-type payment_initiation

  A program that acts for itself, which nobody signs in to:
    doorward client add reports --grant-type client_credentials --scope reports:read

  A program on a device without a browser, such as a television; people allow it at another one:
    doorward client add tv --public --grant-type device_code --grant-type refresh_token

  An API that needs another API to answer: it exchanges the tokens that it is sent for tokens of that one
    doorward client add reports-api --grant-type client_credentials --grant-type token_exchange \
      --exchange-for https://files.example.com --scope files:read

  A workload that shows what its platform says of it (see doorward assertion-issuer add --help):
    doorward client add nightly --public --grant-type jwt_bearer --scope reports:read

  An application that proves who it is by its secret, and never sends it:
    doorward client add till --redirect-uri https://till.example.com/callback \\
      --auth-method client_secret_jwt

  An application that proves who it is with a key of its own:
    doorward client add bank --redirect-uri https://bank.example.com/callback \\
      --auth-method private_key_jwt --jwks bank.jwks.json

  The same, where the application changes its keys itself:
    doorward client add bank --redirect-uri https://bank.example.com/callback \
      --auth-method private_key_jwt --jwks-uri https://bank.example.com/jwks

  An application that proves who it is with a certificate of the house's authority, which its tokens are bound to:
    doorward client add ledger --redirect-uri https://ledger.example.com/cb \
      --auth-method tls_client_auth --certificate-subject CN=ledger,O=Example --require-certificate

  The same with a certificate that it made itself:
    doorward client add ledger --redirect-uri https://ledger.example.com/cb \
      --auth-method self_signed_tls_client_auth --jwks ledger.pem --require-certificate

  One whose ID tokens and UserInfo answers only its server can read:
    doorward client add clinic --redirect-uri https://clinic.example.com/callback \
      --jwks clinic.jwks.json --id-token-encryption ECDH-ES:A256GCM --userinfo-encryption ECDH-ES:A256GCM

In the application, enter the issuer's URL, the client id and the secret.";

const METHODS: [(&str, AuthMethod); 7] = [
    (
        AuthMethod::ClientSecretBasic.as_str(),
        AuthMethod::ClientSecretBasic,
    ),
    (
        AuthMethod::ClientSecretPost.as_str(),
        AuthMethod::ClientSecretPost,
    ),
    (
        AuthMethod::ClientSecretJwt.as_str(),
        AuthMethod::ClientSecretJwt,
    ),
    (
        AuthMethod::PrivateKeyJwt.as_str(),
        AuthMethod::PrivateKeyJwt,
    ),
    (
        AuthMethod::TlsClientAuth.as_str(),
        AuthMethod::TlsClientAuth,
    ),
    (
        AuthMethod::SelfSignedTlsClientAuth.as_str(),
        AuthMethod::SelfSignedTlsClientAuth,
    ),
    (AuthMethod::None.as_str(), AuthMethod::None),
];

const AUDIENCES: [(&str, AssertionAudience); 2] = [
    ("issuer", AssertionAudience::Issuer),
    ("token_endpoint_too", AssertionAudience::TokenEndpointToo),
];

const GRANT_TYPES: [(&str, GrantType); 6] = [
    (
        GrantType::AuthorizationCode.as_str(),
        GrantType::AuthorizationCode,
    ),
    (GrantType::RefreshToken.as_str(), GrantType::RefreshToken),
    (
        GrantType::ClientCredentials.as_str(),
        GrantType::ClientCredentials,
    ),
    // On the wire they are urn:ietf:params:oauth:grant-type:…, which nobody wants to type.
    ("device_code", GrantType::DeviceCode),
    ("token_exchange", GrantType::TokenExchange),
    ("jwt_bearer", GrantType::JwtBearer),
];

const PROFILES: [(&str, ClientProfile); 4] = [
    (ClientProfile::Standard.as_str(), ClientProfile::Standard),
    (ClientProfile::Fapi2.as_str(), ClientProfile::Fapi2),
    (ClientProfile::Native.as_str(), ClientProfile::Native),
    (ClientProfile::Service.as_str(), ClientProfile::Service),
];

pub(in crate::cli) const ALGORITHMS: [(&str, Algorithm); 6] = [
    (Algorithm::Rs256.as_str(), Algorithm::Rs256),
    (Algorithm::Es256.as_str(), Algorithm::Es256),
    (Algorithm::Ps256.as_str(), Algorithm::Ps256),
    (Algorithm::EdDsa.as_str(), Algorithm::EdDsa),
    (Algorithm::Es384.as_str(), Algorithm::Es384),
    (Algorithm::Es512.as_str(), Algorithm::Es512),
];

/// By which name an application knows people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum SubjectType {
    Public,
    Pairwise,
}

const SUBJECT_TYPES: [(&str, SubjectType); 2] = [
    ("public", SubjectType::Public),
    ("pairwise", SubjectType::Pairwise),
];

const EXCHANGES: [(&str, ExchangeMode); 2] = [
    (ExchangeMode::Delegation.as_str(), ExchangeMode::Delegation),
    (
        ExchangeMode::Impersonation.as_str(),
        ExchangeMode::Impersonation,
    ),
];

const CONSENT: [(&str, ConsentPolicy); 2] = [
    ("trusted", ConsentPolicy::Trusted),
    ("ask", ConsentPolicy::Ask),
];

const PKCE: [(&str, PkcePolicy); 2] = [
    ("required", PkcePolicy::Required),
    ("optional", PkcePolicy::Optional),
];

/// Registers an application
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags of a command line are there or not"
)]
pub(in crate::cli) struct Registration {
    /// The client id: the name that the application is configured with
    #[arg(value_name = "ID")]
    pub(super) id: ClientId,
    /// Where people may be sent back to, exactly as the application writes it; may be given again
    #[arg(long = "redirect-uri", value_name = "URI")]
    redirect_uris: Vec<RedirectUri>,
    /// Where people may be sent after they signed out; may be given again
    #[arg(long = "post-logout-redirect-uri", value_name = "URI")]
    post_logout_redirect_uris: Vec<RedirectUri>,
    /// Where the application is told that somebody's session is over
    #[arg(long, value_name = "URI")]
    backchannel_logout_uri: Option<OutboundUri>,
    /// It must be told which session; it always is
    #[arg(long, requires = "backchannel_logout_uri")]
    backchannel_logout_session_required: bool,
    /// What the browser loads, unseen, when somebody signs out in it; at the scheme, host and port of a --redirect-uri
    #[arg(long, value_name = "URI")]
    frontchannel_logout_uri: Option<OutboundUri>,
    /// That must say which session; it always does
    #[arg(long, requires = "frontchannel_logout_uri")]
    frontchannel_logout_session_required: bool,
    #[arg(long, help = "By which name it knows people: the same as others (public), or one of its own (pairwise) [default: public]", value_name = "TYPE", value_parser = one_of(&SUBJECT_TYPES))]
    subject_type: Option<SubjectType>,
    /// With pairwise: an https address whose host stands for the application and all that shall know people by the same name [default: the host of --redirect-uri]
    #[arg(long, value_name = "URI", value_parser = text::web_url)]
    sector_identifier_uri: Option<Url>,
    /// What people are shown [default: the client id]
    #[arg(long, value_parser = text::line)]
    name: Option<String>,
    #[arg(long, help = "What kind of application it is; sets what the kind demands, and refuses what it does not allow [default: standard]", value_name = "PROFILE", value_parser = one_of(&PROFILES))]
    profile: Option<ClientProfile>,
    /// The application keeps no secret: it runs in the browser or on people's devices
    #[arg(long)]
    public: bool,
    #[arg(long, help = "How the application proves who it is [default: client_secret_basic, or none with --public]", value_name = "METHOD", value_parser = one_of(&METHODS))]
    auth_method: Option<AuthMethod>,
    /// Let the secret that it gets end by itself after this long, such as 90d [default: it does not]
    #[arg(long, value_name = "TIME", value_parser = super::span)]
    pub(super) secret_lifetime: Option<Duration>,
    /// Its public keys: those that it signs its assertions and request objects with, that its certificates have, and that it is to be encrypted for with: a file with a JWK Set, one JWK, or certificates in PEM
    #[arg(long, value_name = "FILE", value_parser = text::jwks)]
    jwks: Option<JwkSet>,
    /// Where it publishes them instead
    #[arg(long, value_name = "URI", conflicts_with = "jwks")]
    jwks_uri: Option<OutboundUri>,
    /// The one signature that its assertions may have [default: any]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    assertion_algorithm: Option<Algorithm>,
    #[arg(long, help = "Whom its assertions must address; token_endpoint_too is for old libraries [default: issuer]", value_name = "AUDIENCE", value_parser = one_of(&AUDIENCES))]
    assertion_audience: Option<AssertionAudience>,
    #[arg(long = "grant-type", help = "How it may get tokens; may be given again [default: authorization_code and refresh_token]", value_name = "TYPE", value_delimiter = ',', value_parser = one_of(&GRANT_TYPES))]
    grant_types: Vec<GrantType>,
    /// A resource server that it may exchange tokens for; may be given again
    #[arg(long = "exchange-for", value_name = "URI")]
    exchange_for: Vec<Resource>,
    #[arg(long, help = "Whether it must say who acts (delegation), or may appear as whoever a token speaks for [default: delegation]", value_name = "MODE", requires = "exchange_for", value_parser = one_of(&EXCHANGES))]
    exchange: Option<ExchangeMode>,
    /// A scope that it may ask for, or several between quotation marks; may be given again [default: the standard ones and groups]
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// Whether the operator answers for it (trusted), or each person is asked, as they always are for a public one on their own device
    #[arg(long, value_name = "POLICY", value_parser = one_of(&CONSENT))]
    pub(super) consent: Option<ConsentPolicy>,
    /// Whether it must send a PKCE code challenge [default: optional, or required with --public]
    #[arg(long, value_name = "POLICY", value_parser = one_of(&PKCE))]
    pkce: Option<PkcePolicy>,
    /// Refuse its requests unless it pushed them first
    #[arg(long)]
    require_par: bool,
    #[arg(
        long,
        help = "Refuse its token requests unless they prove a key of its own (DPoP), which its tokens are bound to"
    )]
    require_dpop: bool,
    #[command(flatten)]
    certificates: Certificates,
    #[command(flatten)]
    signed: Signed,
    /// The signature of its ID tokens [default: RS256, or ES256 with --profile fapi2]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    algorithm: Option<Algorithm>,
    /// The signature of its access tokens
    #[arg(long, value_name = "ALG", default_value = "ES256", value_parser = one_of(&ALGORITHMS))]
    access_token_algorithm: Algorithm,
    /// How its authorization responses may travel, as often as needed, the best one first [default: as it asks]
    #[arg(long = "response-mode", value_name = "MODE", value_parser = PossibleValuesParser::new(ResponseMode::names()).try_map(ResponseMode::try_from))]
    response_modes: Vec<ResponseMode>,
    /// The signature of the authorization responses that it asks for as JWTs [default: RS256]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    response_algorithm: Option<Algorithm>,
    /// The signature of its UserInfo answers [default: none, plain JSON]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    userinfo_algorithm: Option<Algorithm>,
    /// The signature of the answers about tokens that it asks for as JWTs [default: RS256]
    #[arg(long, value_name = "ALG", value_parser = one_of(&ALGORITHMS))]
    introspection_algorithm: Option<Algorithm>,
    #[command(flatten)]
    encrypted: Encrypted,
    /// Ask for the password again when the sign-in is older than this many seconds
    #[arg(long, value_name = "SECONDS")]
    default_max_age: Option<u64>,
    /// A level of sign-in that it asks for where a request does not say, the one that it likes best first; may be given again
    #[arg(long = "default-acr-value", value_name = "ACR")]
    default_acr_values: Vec<Acr>,
    /// A type of authorization details that it may ask for; may be given again
    #[arg(long = "authorization-details-type", value_name = "TYPE")]
    authorization_details_types: Vec<DetailTypeName>,
    #[arg(long, help = "Whether each person is asked before it is granted details, or the operator answers for it (trusted) [default: ask]", value_name = "POLICY", requires = "authorization_details_types", value_parser = one_of(&CONSENT))]
    authorization_details_consent: Option<ConsentPolicy>,
    /// A network, such as 192.0.2.0/24, that it and no other application fetches the signing keys from: a fetch from there shows that it knows them; it may come from elsewhere all the same. May be given again
    #[arg(long = "network", value_name = "CIDR")]
    networks: Vec<Network>,
    /// Its home page
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    client_uri: Option<Url>,
    /// Its logo
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    logo_uri: Option<Url>,
    /// What it does with people's data
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    policy_uri: Option<Url>,
    /// Its terms of service
    #[arg(long, value_name = "URL", value_parser = text::web_url)]
    tos_uri: Option<Url>,
}

impl Registration {
    /// The client that is asked for, without secrets.
    pub(super) fn client(self, now: Timestamp) -> Result<Client, Contradiction> {
        let registration = self.with_defaults_of_profile();
        let client = registration.asked_for(now)?.coherent()?;
        Ok(client.with_encryption_keys()?.in_profile()?)
    }

    /// What the profile demands and nothing was said about.
    fn with_defaults_of_profile(mut self) -> Self {
        match self.profile.unwrap_or_default() {
            ClientProfile::Standard => {}
            ClientProfile::Fapi2 => {
                self.auth_method.get_or_insert(AuthMethod::PrivateKeyJwt);
                self.pkce.get_or_insert(PkcePolicy::Required);
                self.require_par = true;
                self.require_dpop = !self.certificates.require_certificate;
                self.algorithm.get_or_insert(Algorithm::Es256);
                self.response_algorithm.get_or_insert(Algorithm::Es256);
                self.introspection_algorithm.get_or_insert(Algorithm::Es256);
            }
            ClientProfile::Native => self.public |= self.auth_method.is_none(),
            ClientProfile::Service => {
                if self.grant_types.is_empty() {
                    self.grant_types.push(GrantType::ClientCredentials);
                }
            }
        }
        self
    }

    fn asked_for(self, now: Timestamp) -> Result<Client, Contradiction> {
        let auth_method = self.auth_method()?;
        let grant_types = self.grant_types();
        let sector = self.sector()?;
        let token_exchange = self.token_exchange();
        let pkce = self.pkce.unwrap_or(match auth_method {
            AuthMethod::None => PkcePolicy::Required,
            _ => PkcePolicy::Optional,
        });
        let frontchannel_logout_uri = self
            .frontchannel_logout_uri
            .map(|uri| at_a_redirect_uri(uri, &self.redirect_uris))
            .transpose()
            .map_err(|_| Contradiction::FrontchannelElsewhere)?;
        let default_scope = || {
            // The standard scopes are about people.
            if SIGN_IN.iter().any(|grant| grant_types.contains(grant)) {
                Scope::standard()
            } else {
                Scope::default()
            }
        };
        Ok(Client {
            client_name: self.name.unwrap_or_else(|| self.id.to_string()),
            client_id: self.id,
            profile: self.profile.unwrap_or_default(),
            token_endpoint_auth_method: auth_method,
            secrets: Vec::new(),
            jwks: self.jwks,
            jwks_uri: self.jwks_uri,
            token_endpoint_auth_signing_alg: self.assertion_algorithm,
            assertion_audience: self.assertion_audience.unwrap_or_default(),
            redirect_uris: self.redirect_uris,
            post_logout_redirect_uris: self.post_logout_redirect_uris,
            backchannel_logout_uri: self.backchannel_logout_uri,
            backchannel_logout_session_required: self.backchannel_logout_session_required,
            frontchannel_logout_uri,
            frontchannel_logout_session_required: self.frontchannel_logout_session_required,
            scope: self
                .scopes
                .into_iter()
                .reduce(|all, more| all.union(&more))
                .unwrap_or_else(default_scope),
            grant_types,
            consent: self.consent.unwrap_or(ConsentPolicy::Trusted),
            pkce,
            pushed_requests: PushPolicy::from(self.require_par),
            dpop: DpopPolicy::from(self.require_dpop),
            token_exchange,
            mutual_tls: self.certificates.into(),
            request_objects: self.signed.into(),
            encrypted_responses: EncryptedResponses::from(self.encrypted),
            id_token_signed_response_alg: self.algorithm.unwrap_or(Algorithm::Rs256),
            authorization_signed_response_alg: self.response_algorithm,
            userinfo_signed_response_alg: self.userinfo_algorithm,
            introspection_signed_response_alg: self.introspection_algorithm,
            access_token_signed_response_alg: self.access_token_algorithm,
            response_modes: self.response_modes,
            default_max_age: self.default_max_age,
            default_acr_values: self.default_acr_values,
            authorization_details_types: self.authorization_details_types.into_iter().collect(),
            authorization_details_consent: self.authorization_details_consent.unwrap_or_default(),
            client_uri: self.client_uri,
            logo_uri: self.logo_uri,
            policy_uri: self.policy_uri,
            tos_uri: self.tos_uri,
            networks: self.networks.into(),
            created_at: now,
            sector,
            dynamic: None,
        })
    }

    /// The sector of its pairwise subjects, if those are what it knows.
    fn sector(&self) -> Result<Option<Sector>, Contradiction> {
        let sector = match (self.subject_type, &self.sector_identifier_uri) {
            (Some(SubjectType::Pairwise), Some(uri)) => Sector::of_sector_identifier_uri(uri),
            (Some(SubjectType::Pairwise), None) => Sector::of_redirect_uris(&self.redirect_uris),
            (_, Some(_)) => return Err(Contradiction::SectorOfPublic),
            (_, None) => return Ok(None),
        };
        sector.map(Some).map_err(Contradiction::NoSector)
    }

    fn auth_method(&self) -> Result<AuthMethod, Contradiction> {
        let method = match (self.public, self.auth_method) {
            (true, None | Some(AuthMethod::None)) => AuthMethod::None,
            (true, Some(_)) => return Err(Contradiction::PublicWithSecret),
            (false, method) => method.unwrap_or(AuthMethod::ClientSecretBasic),
        };
        if self.assertion_algorithm.is_some() && method != AuthMethod::PrivateKeyJwt {
            Err(Contradiction::NoSignature)
        } else if self.assertion_audience.is_some() && !method.asserts() {
            Err(Contradiction::NoAssertion)
        } else if self.secret_lifetime.is_some() && !method.needs_secret() {
            Err(Contradiction::LifetimeOfNoSecret)
        } else {
            Ok(method)
        }
    }

    fn grant_types(&self) -> BTreeSet<GrantType> {
        if self.grant_types.is_empty() {
            [GrantType::AuthorizationCode, GrantType::RefreshToken].into()
        } else {
            self.grant_types.iter().copied().collect()
        }
    }

    fn token_exchange(&self) -> Option<ExchangePolicy> {
        let has_target = !self.exchange_for.is_empty();
        has_target.then(|| ExchangePolicy {
            resources: self.exchange_for.iter().cloned().collect(),
            mode: self.exchange.unwrap_or_default(),
        })
    }
}
