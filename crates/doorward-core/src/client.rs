//! Clients: the applications that people sign in to, as an operator registered them
//! ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)).

mod coherence;
mod derived_secret;
mod encrypted_responses;
mod mutual_tls;
mod profile;
mod request_objects;
mod secrets;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::acr::Acr;
use crate::authorization::ResponseMode;
use crate::authorization_details::DetailTypeName;
use crate::identifiers::ClientId;
use crate::jose::{Algorithm, JwkSet, MacAlgorithm};
use crate::network::Networks;
use crate::outbound::OutboundUri;
use crate::redirect_uri::RedirectUri;
use crate::registration::Dynamic;
use crate::scope::Scope;
use crate::subject::Sector;
use crate::time::Timestamp;
use crate::token::exchange::ExchangePolicy;

pub use coherence::{Incoherent, SIGN_IN};
pub use derived_secret::{ClientSecrets, Salt};
pub use encrypted_responses::{EncryptedResponses, EncryptionUnusable};
pub use mutual_tls::{CertificateBinding, MutualTls, MutualTlsSupport};
pub use profile::{ClientProfile, ProfileBroken};
pub use request_objects::{RequestObjectLifetime, RequestObjectPolicy, RequestObjects};
pub use secrets::ClientSecret;

/// A registered client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Client {
    /// `client_id`.
    pub client_id: ClientId,
    /// `client_name`: what people are shown.
    pub client_name: String,
    /// What kind of client it is.
    #[serde(default, skip_serializing_if = "ClientProfile::is_standard")]
    pub profile: ClientProfile,
    /// `token_endpoint_auth_method`: how the client proves who it is.
    pub token_endpoint_auth_method: AuthMethod,
    /// The hashes of its secrets; more than one while a secret is being rotated. Empty for a public client.
    pub secrets: Vec<ClientSecret>,
    /// `jwks`: the keys that its assertions and its request objects are signed with, and those that it is to be encrypted for with.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks: Option<JwkSet>,
    /// `jwks_uri`: where it publishes them instead. It never has both.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub jwks_uri: Option<OutboundUri>,
    /// `token_endpoint_auth_signing_alg`: the one algorithm that its keys sign assertions with; any of ours when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_endpoint_auth_signing_alg: Option<Algorithm>,
    /// Whom its assertions must address.
    #[serde(default, skip_serializing_if = "AssertionAudience::is_issuer")]
    pub assertion_audience: AssertionAudience,
    /// `redirect_uris`.
    pub redirect_uris: Vec<RedirectUri>,
    /// `post_logout_redirect_uris`.
    pub post_logout_redirect_uris: Vec<RedirectUri>,
    /// `backchannel_logout_uri`: where the client is told that a session is over
    /// ([OpenID Connect Back-Channel Logout section 2.2](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCRegistration)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backchannel_logout_uri: Option<OutboundUri>,
    /// `backchannel_logout_session_required`: whether it must be told which session; it always is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub backchannel_logout_session_required: bool,
    /// `frontchannel_logout_uri`: what the browser loads when somebody signs out in it
    /// ([OpenID Connect Front-Channel Logout section 2](https://openid.net/specs/openid-connect-frontchannel-1_0.html#RPLogout)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub frontchannel_logout_uri: Option<OutboundUri>,
    /// `frontchannel_logout_session_required`: whether that must say which session; it always does.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub frontchannel_logout_session_required: bool,
    /// `grant_types`.
    pub grant_types: BTreeSet<GrantType>,
    /// `scope`: all that the client may ask for.
    pub scope: Scope,
    /// Whether people are asked before the client learns who they are.
    pub consent: ConsentPolicy,
    /// Whether a request without a code challenge is refused.
    pub pkce: PkcePolicy,
    /// `require_pushed_authorization_requests`: whether a request that was not pushed is refused.
    #[serde(rename = "require_pushed_authorization_requests", default)]
    pub pushed_requests: PushPolicy,
    /// `dpop_bound_access_tokens`: whether a token request without a proof of possession is refused.
    #[serde(rename = "dpop_bound_access_tokens", default)]
    pub dpop: DpopPolicy,
    /// What it does with certificates.
    #[serde(flatten)]
    pub mutual_tls: MutualTls,
    /// What its request objects must be.
    #[serde(flatten)]
    pub request_objects: RequestObjects,
    /// What it may exchange tokens for; nothing when absent
    /// ([RFC 8693 section 5](https://www.rfc-editor.org/rfc/rfc8693#section-5)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_exchange: Option<ExchangePolicy>,
    /// `id_token_signed_response_alg`.
    pub id_token_signed_response_alg: Algorithm,
    /// `authorization_signed_response_alg`: how responses are signed that it asks for as JWTs; RS256 when absent
    /// ([JARM section 3](https://openid.net/specs/oauth-v2-jarm-final.html#section-3)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authorization_signed_response_alg: Option<Algorithm>,
    /// `userinfo_signed_response_alg`; plain JSON when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub userinfo_signed_response_alg: Option<Algorithm>,
    /// `introspection_signed_response_alg`: how answers about tokens are signed that it asks for as JWTs; RS256 when absent
    /// ([RFC 9701 section 6](https://www.rfc-editor.org/rfc/rfc9701#section-6)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub introspection_signed_response_alg: Option<Algorithm>,
    /// What is encrypted for it, after it was signed.
    #[serde(flatten)]
    pub encrypted_responses: EncryptedResponses,
    /// How its access tokens are signed.
    pub access_token_signed_response_alg: Algorithm,
    /// How authorization responses may reach it, the one that it likes best first; by any mode when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub response_modes: Vec<ResponseMode>,
    /// `default_max_age`, in seconds: how old a sign-in may be when a request does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_max_age: Option<u64>,
    /// `default_acr_values`: the levels that it asks for when a request does not say, the one that it likes best first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub default_acr_values: Vec<Acr>,
    /// `authorization_details_types`: the details that it may ask for
    /// ([RFC 9396 section 10](https://www.rfc-editor.org/rfc/rfc9396#section-10)).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub authorization_details_types: BTreeSet<DetailTypeName>,
    /// Whether people are asked before it is granted details.
    #[serde(default, skip_serializing_if = "ConsentPolicy::is_ask")]
    pub authorization_details_consent: ConsentPolicy,
    /// `client_uri`: the client's home page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client_uri: Option<Url>,
    /// `logo_uri`: its logo, shown where people sign in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub logo_uri: Option<Url>,
    /// `policy_uri`: what it does with people's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy_uri: Option<Url>,
    /// `tos_uri`: its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tos_uri: Option<Url>,
    /// Networks that it, and no other, fetches the key set from: whoever does so without a name is taken for it.
    #[serde(default, skip_serializing_if = "Networks::is_empty")]
    pub networks: Networks,
    /// When it was registered.
    pub created_at: Timestamp,
    /// The sector whose pairwise subjects it knows people by; it knows public ones when absent
    /// ([OpenID Connect Core section 8](https://openid.net/specs/openid-connect-core-1_0.html#SubjectIDTypes)).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<Sector>,
    /// What it has besides when it registered itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dynamic: Option<Dynamic>,
}

/// How a client proves who it is ([OpenID Connect Core section 9]).
///
/// [OpenID Connect Core section 9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AuthMethod {
    /// The secret in the `Authorization` header.
    ClientSecretBasic,
    /// The secret in the form.
    ClientSecretPost,
    /// An assertion that is authenticated with the secret.
    ClientSecretJwt,
    /// An assertion that is signed with one of the client's keys.
    PrivateKeyJwt,
    /// A certificate that authorities vouch for ([RFC 8705 section 2.1](https://www.rfc-editor.org/rfc/rfc8705#section-2.1)).
    TlsClientAuth,
    /// A certificate that the client is registered with
    /// ([RFC 8705 section 2.2](https://www.rfc-editor.org/rfc/rfc8705#section-2.2)).
    SelfSignedTlsClientAuth,
    /// No secret: a public client.
    None,
}

impl AuthMethod {
    /// Every method, in the order that metadata lists them.
    pub const ALL: [Self; 7] = [
        Self::ClientSecretBasic,
        Self::ClientSecretPost,
        Self::ClientSecretJwt,
        Self::PrivateKeyJwt,
        Self::TlsClientAuth,
        Self::SelfSignedTlsClientAuth,
        Self::None,
    ];

    /// The name in metadata and registrations.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ClientSecretBasic => "client_secret_basic",
            Self::ClientSecretPost => "client_secret_post",
            Self::ClientSecretJwt => "client_secret_jwt",
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::TlsClientAuth => "tls_client_auth",
            Self::SelfSignedTlsClientAuth => "self_signed_tls_client_auth",
            Self::None => "none",
        }
    }

    /// Whether a client that authenticates so has a secret, which we made.
    pub const fn needs_secret(self) -> bool {
        matches!(
            self,
            Self::ClientSecretBasic | Self::ClientSecretPost | Self::ClientSecretJwt
        )
    }

    /// Whether a client that authenticates so makes assertions.
    pub const fn asserts(self) -> bool {
        matches!(self, Self::ClientSecretJwt | Self::PrivateKeyJwt)
    }
}

/// What the `aud` of a client's assertions may be ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionAudience {
    /// The issuer and nothing else, as one text: an assertion made for another server never works here
    /// ([FAPI 2.0 Security Profile section 5.3.2.1](https://openid.net/specs/fapi-security-profile-2_0-final.html#section-5.3.2.1)).
    #[default]
    Issuer,
    /// The address of the token endpoint too, as [OpenID Connect Core section 9] has it; for clients that know no better.
    ///
    /// [OpenID Connect Core section 9]: https://openid.net/specs/openid-connect-core-1_0.html#ClientAuthentication
    TokenEndpointToo,
}

impl AssertionAudience {
    /// Whether it is the default.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_issuer(&self) -> bool {
        *self == Self::Issuer
    }
}

/// A way to get tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GrantType {
    /// An Authorization Code ([RFC 6749 section 4.1](https://www.rfc-editor.org/rfc/rfc6749#section-4.1)).
    AuthorizationCode,
    /// A Refresh Token ([RFC 6749 section 6](https://www.rfc-editor.org/rfc/rfc6749#section-6)).
    RefreshToken,
    /// The client's own credentials ([RFC 6749 section 4.4](https://www.rfc-editor.org/rfc/rfc6749#section-4.4)).
    ClientCredentials,
    /// A Device Code ([RFC 8628 section 3.4](https://www.rfc-editor.org/rfc/rfc8628#section-3.4)).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:device_code")]
    DeviceCode,
    /// Another token ([RFC 8693 section 2.1](https://www.rfc-editor.org/rfc/rfc8693#section-2.1)).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:token-exchange")]
    TokenExchange,
    /// An assertion of somebody else ([RFC 7523 section 2.1](https://www.rfc-editor.org/rfc/rfc7523#section-2.1)).
    #[serde(rename = "urn:ietf:params:oauth:grant-type:jwt-bearer")]
    JwtBearer,
}

impl GrantType {
    /// Every grant type, in the order that metadata lists them.
    pub const ALL: [Self; 6] = [
        Self::AuthorizationCode,
        Self::RefreshToken,
        Self::ClientCredentials,
        Self::DeviceCode,
        Self::TokenExchange,
        Self::JwtBearer,
    ];

    /// The name on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::RefreshToken => "refresh_token",
            Self::ClientCredentials => "client_credentials",
            Self::DeviceCode => "urn:ietf:params:oauth:grant-type:device_code",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
        }
    }
}

/// Whether people are asked before a client learns who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsentPolicy {
    /// The operator answers for the client; nobody is asked unless the client itself wants it, or could be any program
    /// (see [`Client::consent_policy`]).
    Trusted,
    /// Each person is asked once, and again when the client wants more.
    #[default]
    Ask,
}

impl ConsentPolicy {
    /// Whether people are asked.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde hands over a reference"
    )]
    fn is_ask(&self) -> bool {
        *self == Self::Ask
    }
}

/// Whether a request must carry a code challenge ([RFC 7636]).
///
/// [RFC 7636]: https://www.rfc-editor.org/rfc/rfc7636
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PkcePolicy {
    /// A request without a challenge is refused. Always so for public clients.
    Required,
    /// A confidential client of OpenID Connect may come without.
    Optional,
}

/// Whether a client must push its requests ([RFC 9126 section 6]).
///
/// [RFC 9126 section 6]: https://www.rfc-editor.org/rfc/rfc9126#section-6
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum PushPolicy {
    /// A request that the browser brings whole is refused.
    Required,
    /// The client may do either.
    #[default]
    Optional,
}

impl From<bool> for PushPolicy {
    fn from(required: bool) -> Self {
        if required {
            Self::Required
        } else {
            Self::Optional
        }
    }
}

impl From<PushPolicy> for bool {
    fn from(policy: PushPolicy) -> Self {
        policy == PushPolicy::Required
    }
}

/// Whether a client must bind its tokens to a key of its own ([RFC 9449 section 5.2]).
///
/// [RFC 9449 section 5.2]: https://www.rfc-editor.org/rfc/rfc9449#section-5.2
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "bool", into = "bool")]
pub enum DpopPolicy {
    /// A token request without a proof is refused.
    Required,
    /// The client may do either.
    #[default]
    Optional,
}

impl From<bool> for DpopPolicy {
    fn from(required: bool) -> Self {
        if required {
            Self::Required
        } else {
            Self::Optional
        }
    }
}

impl From<DpopPolicy> for bool {
    fn from(policy: DpopPolicy) -> Self {
        policy == DpopPolicy::Required
    }
}

/// How a client is told that a session is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogoutChannel {
    /// By the provider itself, and by the browser too if the client has an address for that.
    Back,
    /// By the browser alone.
    FrontOnly,
}

impl Client {
    /// Whether `requested` is one of its redirect URIs, byte for byte
    /// ([RFC 9700 section 2.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1)).
    pub fn has_redirect_uri(&self, requested: &str) -> bool {
        self.redirect_uris
            .iter()
            .any(|registered| registered.admits(requested))
    }

    /// Whether the client may use `grant_type`.
    pub fn may_use(&self, grant_type: GrantType) -> bool {
        self.grant_types.contains(&grant_type)
    }

    /// Whether a request of it must carry a code challenge
    /// ([RFC 9700 section 2.1.1](https://www.rfc-editor.org/rfc/rfc9700#section-2.1.1)).
    pub fn must_use_pkce(&self) -> bool {
        self.is_public() || self.pkce == PkcePolicy::Required
    }

    /// How the client is told when a session that it got anything in is over, if at all.
    pub fn logout_channel(&self) -> Option<LogoutChannel> {
        if self.backchannel_logout_uri.is_some() {
            Some(LogoutChannel::Back)
        } else if self.frontchannel_logout_uri.is_some() {
            Some(LogoutChannel::FrontOnly)
        } else {
            None
        }
    }

    /// `subject_type`: whether others know people by the same name.
    pub const fn subject_type(&self) -> &'static str {
        match self.sector {
            None => "public",
            Some(_) => "pairwise",
        }
    }

    /// Whether people are asked before the client learns who they are.
    ///
    /// Nobody can answer for a public client that is reached on the person's own device: any program there may take its name and
    /// its address ([RFC 8252 section 8.6](https://www.rfc-editor.org/rfc/rfc8252#section-8.6)).
    pub fn consent_policy(&self) -> ConsentPolicy {
        let is_owned = |uri: &RedirectUri| uri.is_on_the_web();
        if self.is_public() && !self.redirect_uris.iter().all(is_owned) {
            ConsentPolicy::Ask
        } else {
            self.consent
        }
    }

    /// Whether people are asked before the client is granted details: always, where they are asked who they are anyway, and
    /// otherwise too unless an operator says that nobody is.
    pub fn details_consent_policy(&self) -> ConsentPolicy {
        match self.consent_policy() {
            ConsentPolicy::Ask => ConsentPolicy::Ask,
            ConsentPolicy::Trusted => self.authorization_details_consent,
        }
    }

    /// How the authorization responses are signed that it asks for as JWTs.
    pub fn authorization_response_algorithm(&self) -> Algorithm {
        self.authorization_signed_response_alg
            .unwrap_or(Algorithm::Rs256)
    }

    /// How its UserInfo answers are signed, if they are. What is encrypted is signed in any case: anybody can encrypt for it.
    pub fn userinfo_algorithm(&self) -> Option<Algorithm> {
        let encrypted = self.encrypted_responses.userinfo.map(|_| Algorithm::Rs256);
        self.userinfo_signed_response_alg.or(encrypted)
    }

    /// How the answers about tokens are signed that it asks for as JWTs.
    pub fn introspection_algorithm(&self) -> Algorithm {
        self.introspection_signed_response_alg
            .unwrap_or(Algorithm::Rs256)
    }

    /// All that we sign with for it.
    pub fn our_algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let always = [
            self.id_token_signed_response_alg,
            self.access_token_signed_response_alg,
            self.authorization_response_algorithm(),
            self.introspection_algorithm(),
        ];
        always.into_iter().chain(self.userinfo_algorithm())
    }

    /// The algorithms that its assertions may be signed with.
    pub fn assertion_algorithms(&self) -> &[Algorithm] {
        match &self.token_endpoint_auth_signing_alg {
            Some(algorithm) => std::slice::from_ref(algorithm),
            None => self.profile.algorithms(),
        }
    }

    /// `token_endpoint_auth_signing_alg` as answers say it: a secret authenticates with one algorithm, whatever was said.
    pub fn assertion_algorithm(&self) -> Option<&'static str> {
        match self.token_endpoint_auth_method {
            AuthMethod::ClientSecretJwt => Some(MacAlgorithm::Hs256.as_str()),
            _ => self.token_endpoint_auth_signing_alg.map(Algorithm::as_str),
        }
    }

    /// The algorithms that its request objects may be signed with.
    pub fn request_object_algorithms(&self) -> &[Algorithm] {
        match &self.request_objects.algorithm {
            Some(algorithm) => std::slice::from_ref(algorithm),
            None => self.profile.algorithms(),
        }
    }

    /// Whether anything can be told to be signed by it.
    pub const fn has_keys(&self) -> bool {
        self.jwks.is_some() || self.jwks_uri.is_some()
    }

    /// The same client with these keys, which were at its `jwks_uri` just now.
    #[must_use]
    pub fn publishing(&self, jwks: JwkSet) -> Self {
        Self {
            jwks: Some(jwks),
            ..self.clone()
        }
    }

    /// Whether the client has no secret to prove who it is.
    pub fn is_public(&self) -> bool {
        self.token_endpoint_auth_method == AuthMethod::None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::jose::testing::keyring;
    use crate::testing::client;

    const MEMBER: &str = "require_pushed_authorization_requests";

    fn registration(policy: PushPolicy) -> Value {
        let mut client = client();
        client.pushed_requests = policy;
        serde_json::to_value(client).unwrap()
    }

    /// [RFC 9126 section 6](https://www.rfc-editor.org/rfc/rfc9126#section-6).
    #[test]
    fn that_requests_must_be_pushed_has_the_name_and_the_type_of_the_standard() {
        for (policy, value) in [(PushPolicy::Required, true), (PushPolicy::Optional, false)] {
            let registration = registration(policy);
            assert_eq!(registration[MEMBER], json!(value));
            let client: Client = serde_json::from_value(registration).unwrap();
            assert_eq!(client.pushed_requests, policy);
        }
    }

    #[test]
    fn a_registration_that_says_nothing_of_pushed_requests_leaves_the_choice() {
        let mut registration = registration(PushPolicy::Required);
        registration.as_object_mut().unwrap().remove(MEMBER);
        let client: Client = serde_json::from_value(registration).unwrap();
        assert_eq!(client.pushed_requests, PushPolicy::Optional);
    }

    /// [RFC 9449 section 5.2](https://www.rfc-editor.org/rfc/rfc9449#section-5.2).
    #[test]
    fn that_tokens_must_be_bound_has_the_name_and_the_type_of_the_standard_and_may_be_absent() {
        let member = "dpop_bound_access_tokens";
        for (policy, value) in [(DpopPolicy::Required, true), (DpopPolicy::Optional, false)] {
            let client = Client {
                dpop: policy,
                ..client()
            };
            let mut written = serde_json::to_value(&client).unwrap();
            assert_eq!(written[member], json!(value));
            let read: Client = serde_json::from_value(written.clone()).unwrap();
            assert_eq!(read, client);
            written.as_object_mut().unwrap().remove(member);
            let read: Client = serde_json::from_value(written).unwrap();
            assert_eq!(read.dpop, DpopPolicy::Optional);
        }
    }

    #[test]
    fn a_client_without_keys_is_written_as_before_there_were_any_and_read_back() {
        let written = serde_json::to_value(client()).unwrap();
        for member in [
            "jwks",
            "jwks_uri",
            "token_endpoint_auth_signing_alg",
            "assertion_audience",
            "request_object_signing_alg",
            "require_signed_request_object",
            "request_object_lifetime",
            "authorization_signed_response_alg",
            "introspection_signed_response_alg",
        ] {
            assert_eq!(written.get(member), None, "{member}");
        }
        let read: Client = serde_json::from_value(written).unwrap();
        assert_eq!(read, client());
    }

    /// [RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5).
    #[test]
    fn what_request_objects_must_be_has_the_names_and_types_of_the_standards() {
        let strict = Client {
            request_objects: RequestObjects {
                algorithm: Some(Algorithm::Ps256),
                policy: RequestObjectPolicy::Required,
                lifetime: RequestObjectLifetime::Hour,
                uris: vec!["https://wiki.example/r#1".parse().unwrap()],
            },
            ..client()
        };
        let written = serde_json::to_value(&strict).unwrap();
        for (member, value) in [
            ("request_object_signing_alg", json!("PS256")),
            ("require_signed_request_object", json!(true)),
            ("request_object_lifetime", json!("hour")),
        ] {
            assert_eq!(written[member], value, "{member}");
        }
        let read: Client = serde_json::from_value(written).unwrap();
        assert_eq!(read, strict);
    }

    #[test]
    fn a_client_with_keys_reads_back() {
        let signing = Client {
            token_endpoint_auth_method: AuthMethod::PrivateKeyJwt,
            jwks: Some(JwkSet::parse(keyring().jwks()).unwrap()),
            token_endpoint_auth_signing_alg: Some(Algorithm::Ps256),
            assertion_audience: AssertionAudience::TokenEndpointToo,
            ..client()
        };
        let written: Value = serde_json::to_value(&signing).unwrap();
        let name = AuthMethod::PrivateKeyJwt.as_str();
        assert_eq!(written["token_endpoint_auth_method"], name);
        let read: Client = serde_json::from_value(written).unwrap();
        assert_eq!(read, signing);
    }
}
