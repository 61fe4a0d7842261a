//! What the provider can do, told to whoever asks: [OpenID Connect Discovery section 3] and [RFC 8414 section 2].
//!
//! One document serves both; it says what the core supports, and nothing else.
//!
//! [OpenID Connect Discovery section 3]: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata
//! [RFC 8414 section 2]: https://www.rfc-editor.org/rfc/rfc8414#section-2

use serde::Serialize;

use crate::acr::AcrLevels;
use crate::authorization::{Display, Prompt, ResponseMode};
use crate::authorization_details::DetailTypeName;
use crate::claims::BY_SCOPE;
use crate::client::{AuthMethod, GrantType, MutualTlsSupport};
use crate::dpop;
use crate::jose::{Algorithm, ContentEncryption, KeyManagement, MacAlgorithm};
use crate::registration::ClientDocumentPolicy;
use crate::resource_server::ResourceServers;
use crate::subject::SUBJECT_TYPES;

/// The claims of an ID Token that are not about the End-User's profile.
const TOKEN_CLAIMS: [&str; 12] = [
    "sub",
    "iss",
    "aud",
    "exp",
    "iat",
    "auth_time",
    "nonce",
    "acr",
    "amr",
    "azp",
    "sid",
    "at_hash",
];

/// Where the endpoints are, as whole URLs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Endpoints {
    /// Where people are sent to sign in.
    #[serde(rename = "authorization_endpoint")]
    pub authorization: String,
    /// Where clients say in advance what they want
    /// ([RFC 9126 section 5](https://www.rfc-editor.org/rfc/rfc9126#section-5)).
    #[serde(rename = "pushed_authorization_request_endpoint")]
    pub pushed_authorization_request: String,
    /// Where clients of devices begin ([RFC 8628 section 4](https://www.rfc-editor.org/rfc/rfc8628#section-4)).
    #[serde(rename = "device_authorization_endpoint")]
    pub device_authorization: String,
    /// Where clients get tokens.
    #[serde(rename = "token_endpoint")]
    pub token: String,
    /// Where clients learn more about the End-User.
    #[serde(rename = "userinfo_endpoint")]
    pub userinfo: String,
    /// Where clients ask what a token stands for ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).
    #[serde(rename = "introspection_endpoint")]
    pub introspection: String,
    /// Where clients give tokens back ([RFC 7009](https://www.rfc-editor.org/rfc/rfc7009)).
    #[serde(rename = "revocation_endpoint")]
    pub revocation: String,
    /// Where the keys are.
    #[serde(rename = "jwks_uri")]
    pub jwks: String,
    /// Where the lists of revoked access tokens are named
    /// ([Token Status List section 9.1](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21#section-9.1)).
    #[serde(rename = "status_list_aggregation_endpoint")]
    pub status_list_aggregation: String,
    /// Where people are sent to sign out
    /// ([OpenID Connect RP-Initiated Logout section 2.1](https://openid.net/specs/openid-connect-rpinitiated-1_0.html#OPMetadata)).
    #[serde(rename = "end_session_endpoint")]
    pub end_session: String,
    /// Where clients register themselves, where they may
    /// ([RFC 7591 section 3](https://www.rfc-editor.org/rfc/rfc7591#section-3)).
    #[serde(
        rename = "registration_endpoint",
        skip_serializing_if = "Option::is_none"
    )]
    pub registration: Option<String>,
    /// Where clients that show certificates find the endpoints that they call, where that is elsewhere.
    #[serde(
        rename = "mtls_endpoint_aliases",
        skip_serializing_if = "Option::is_none"
    )]
    pub mtls: Option<EndpointAliases>,
}

/// Endpoints at the address where connections are asked for certificates, so that browsers of people are not
/// ([RFC 8705 section 5](https://www.rfc-editor.org/rfc/rfc8705#section-5)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EndpointAliases {
    /// Where clients say in advance what they want.
    #[serde(rename = "pushed_authorization_request_endpoint")]
    pub pushed_authorization_request: String,
    /// Where clients of devices begin.
    #[serde(rename = "device_authorization_endpoint")]
    pub device_authorization: String,
    /// Where clients get tokens.
    #[serde(rename = "token_endpoint")]
    pub token: String,
    /// Where clients learn more about the End-User.
    #[serde(rename = "userinfo_endpoint")]
    pub userinfo: String,
    /// Where clients ask what a token stands for.
    #[serde(rename = "introspection_endpoint")]
    pub introspection: String,
    /// Where clients give tokens back.
    #[serde(rename = "revocation_endpoint")]
    pub revocation: String,
}

/// The metadata document; its members come in this order.
///
/// `service_documentation` is left out: there is none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "the standard gives these members their types"
)]
pub struct Metadata {
    issuer: String,
    #[serde(flatten)]
    endpoints: Endpoints,
    scopes_supported: Vec<String>,
    response_types_supported: [&'static str; 1],
    response_modes_supported: [&'static str; 7],
    grant_types_supported: [&'static str; GrantType::ALL.len()],
    acr_values_supported: Vec<String>,
    /// [RFC 9396 section 10](https://www.rfc-editor.org/rfc/rfc9396#section-10).
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_details_types_supported: Vec<DetailTypeName>,
    subject_types_supported: [&'static str; SUBJECT_TYPES.len()],
    id_token_signing_alg_values_supported: Vec<Algorithm>,
    userinfo_signing_alg_values_supported: Vec<Algorithm>,
    /// [JARM section 4](https://openid.net/specs/oauth-v2-jarm-final.html#section-4).
    authorization_signing_alg_values_supported: Vec<Algorithm>,
    id_token_encryption_alg_values_supported: [KeyManagement; KeyManagement::ALL.len()],
    id_token_encryption_enc_values_supported: [ContentEncryption; ContentEncryption::ALL.len()],
    userinfo_encryption_alg_values_supported: [KeyManagement; KeyManagement::ALL.len()],
    userinfo_encryption_enc_values_supported: [ContentEncryption; ContentEncryption::ALL.len()],
    authorization_encryption_alg_values_supported: [KeyManagement; KeyManagement::ALL.len()],
    authorization_encryption_enc_values_supported:
        [ContentEncryption; ContentEncryption::ALL.len()],
    token_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_endpoint_auth_methods_supported: Vec<&'static str>,
    introspection_signing_alg_values_supported: Vec<Algorithm>,
    /// [RFC 9701 section 7](https://www.rfc-editor.org/rfc/rfc9701#section-7).
    introspection_encryption_alg_values_supported: [KeyManagement; KeyManagement::ALL.len()],
    introspection_encryption_enc_values_supported:
        [ContentEncryption; ContentEncryption::ALL.len()],
    revocation_endpoint_auth_methods_supported: Vec<&'static str>,
    token_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    introspection_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    revocation_endpoint_auth_signing_alg_values_supported: Vec<&'static str>,
    /// [RFC 9449 section 5.1](https://www.rfc-editor.org/rfc/rfc9449#section-5.1).
    dpop_signing_alg_values_supported: Vec<&'static str>,
    /// [RFC 8705 section 3.3](https://www.rfc-editor.org/rfc/rfc8705#section-3.3).
    tls_client_certificate_bound_access_tokens: bool,
    request_object_signing_alg_values_supported: [Algorithm; Algorithm::ALL.len()],
    code_challenge_methods_supported: [&'static str; 1],
    display_values_supported: [&'static str; Display::ALL.len()],
    prompt_values_supported: [&'static str; Prompt::ALL.len()],
    claim_types_supported: [&'static str; 1],
    claims_supported: Vec<&'static str>,
    ui_locales_supported: Vec<String>,
    claims_parameter_supported: bool,
    request_parameter_supported: bool,
    request_uri_parameter_supported: bool,
    require_request_uri_registration: bool,
    /// [RFC 9101 section 10.5](https://www.rfc-editor.org/rfc/rfc9101#section-10.5).
    require_signed_request_object: bool,
    require_pushed_authorization_requests: bool,
    authorization_response_iss_parameter_supported: bool,
    /// [OpenID Connect Back-Channel Logout section 2.1](https://openid.net/specs/openid-connect-backchannel-1_0.html#BCSupport).
    backchannel_logout_supported: bool,
    backchannel_logout_session_supported: bool,
    /// [OpenID Connect Front-Channel Logout section 3](https://openid.net/specs/openid-connect-frontchannel-1_0.html#OPLogout).
    frontchannel_logout_supported: bool,
    frontchannel_logout_session_supported: bool,
    /// [OAuth Client ID Metadata Document section 5](https://www.ietf.org/archive/id/draft-ietf-oauth-client-id-metadata-document-00.html#section-5).
    client_id_metadata_document_supported: bool,
}

impl Metadata {
    /// The metadata of the provider that is `issuer`, with the scopes that its clients may ask for, how strongly people may sign
    /// in, and the languages of its pages (as [BCP 47](https://www.rfc-editor.org/info/bcp47) tags).
    pub fn of<'a>(
        issuer: &str,
        endpoints: Endpoints,
        scopes: impl IntoIterator<Item = &'a str>,
        levels: &AcrLevels,
        ui_locales: impl IntoIterator<Item = &'a str>,
    ) -> Self {
        Self {
            issuer: issuer.to_owned(),
            endpoints,
            scopes_supported: scopes.into_iter().map(str::to_owned).collect(),
            response_types_supported: ["code"],
            response_modes_supported: ResponseMode::names(),
            grant_types_supported: GrantType::ALL.map(GrantType::as_str),
            acr_values_supported: levels.iter().map(|level| level.name.to_string()).collect(),
            authorization_details_types_supported: Vec::new(),
            subject_types_supported: SUBJECT_TYPES,
            id_token_signing_alg_values_supported: Algorithm::USUAL.into(),
            userinfo_signing_alg_values_supported: Algorithm::USUAL.into(),
            authorization_signing_alg_values_supported: Algorithm::USUAL.into(),
            id_token_encryption_alg_values_supported: KeyManagement::ALL,
            id_token_encryption_enc_values_supported: ContentEncryption::ALL,
            userinfo_encryption_alg_values_supported: KeyManagement::ALL,
            userinfo_encryption_enc_values_supported: ContentEncryption::ALL,
            authorization_encryption_alg_values_supported: KeyManagement::ALL,
            authorization_encryption_enc_values_supported: ContentEncryption::ALL,
            token_endpoint_auth_methods_supported: methods(MutualTlsSupport::Off),
            introspection_endpoint_auth_methods_supported: confidential(MutualTlsSupport::Off),
            introspection_signing_alg_values_supported: Algorithm::USUAL.into(),
            introspection_encryption_alg_values_supported: KeyManagement::ALL,
            introspection_encryption_enc_values_supported: ContentEncryption::ALL,
            revocation_endpoint_auth_methods_supported: methods(MutualTlsSupport::Off),
            token_endpoint_auth_signing_alg_values_supported: of_assertions(),
            introspection_endpoint_auth_signing_alg_values_supported: of_assertions(),
            revocation_endpoint_auth_signing_alg_values_supported: of_assertions(),
            dpop_signing_alg_values_supported: names(&dpop::ALGORITHMS),
            tls_client_certificate_bound_access_tokens: false,
            request_object_signing_alg_values_supported: Algorithm::ALL,
            code_challenge_methods_supported: ["S256"],
            display_values_supported: Display::ALL.map(Display::as_str),
            prompt_values_supported: Prompt::ALL.map(Prompt::as_str),
            claim_types_supported: ["normal"],
            claims_supported: claims(),
            ui_locales_supported: ui_locales.into_iter().map(str::to_owned).collect(),
            claims_parameter_supported: true,
            request_parameter_supported: true,
            request_uri_parameter_supported: true,
            require_request_uri_registration: true,
            // Only of the clients that are registered so, both of them.
            require_signed_request_object: false,
            require_pushed_authorization_requests: false,
            authorization_response_iss_parameter_supported: true,
            backchannel_logout_supported: true,
            backchannel_logout_session_supported: true,
            frontchannel_logout_supported: true,
            frontchannel_logout_session_supported: true,
            client_id_metadata_document_supported: false,
        }
    }

    /// The same of a provider that has keys for these algorithms.
    #[must_use]
    pub fn signing_with(self, algorithms: &[Algorithm]) -> Self {
        Self {
            id_token_signing_alg_values_supported: algorithms.into(),
            userinfo_signing_alg_values_supported: algorithms.into(),
            authorization_signing_alg_values_supported: algorithms.into(),
            introspection_signing_alg_values_supported: algorithms.into(),
            ..self
        }
    }

    /// The same where an operator may have documents about clients read.
    #[must_use]
    pub fn with_documents(self, policy: &ClientDocumentPolicy) -> Self {
        Self {
            client_id_metadata_document_supported: policy.is_on(),
            ..self
        }
    }

    /// The same of a provider that does this with certificates of clients
    /// ([RFC 8705 section 3.3](https://www.rfc-editor.org/rfc/rfc8705#section-3.3)).
    #[must_use]
    pub fn with(self, mutual_tls: MutualTlsSupport) -> Self {
        Self {
            token_endpoint_auth_methods_supported: methods(mutual_tls),
            introspection_endpoint_auth_methods_supported: confidential(mutual_tls),
            revocation_endpoint_auth_methods_supported: methods(mutual_tls),
            tls_client_certificate_bound_access_tokens: mutual_tls != MutualTlsSupport::Off,
            ..self
        }
    }

    /// The same for one application, whose key set has this query in its address.
    #[must_use]
    pub fn with_key_set_query(mut self, query: &str) -> Self {
        self.endpoints.jwks = format!("{}?{query}", self.endpoints.jwks);
        self
    }

    /// The same with the types of details that the resource servers of the day have.
    #[must_use]
    pub fn with_detail_types(&self, servers: &ResourceServers) -> Self {
        Self {
            authorization_details_types_supported: servers.detail_types().cloned().collect(),
            ..self.clone()
        }
    }
}

/// How clients name themselves to endpoints.
fn methods(mutual_tls: MutualTlsSupport) -> Vec<&'static str> {
    let methods = mutual_tls.auth_methods().into_iter();
    methods.map(AuthMethod::as_str).collect()
}

/// The ways to prove who one is.
fn confidential(mutual_tls: MutualTlsSupport) -> Vec<&'static str> {
    let proofs = mutual_tls.auth_methods().into_iter();
    let proofs = proofs.filter(|method| *method != AuthMethod::None);
    proofs.map(AuthMethod::as_str).collect()
}

/// What clients may call the algorithms that they sign with.
fn names(algorithms: &[Algorithm]) -> Vec<&'static str> {
    let names = algorithms.iter().map(|algorithm| algorithm.names());
    names.flatten().copied().collect()
}

/// The algorithms that assertions of clients are made with, by keys and by secrets.
fn of_assertions() -> Vec<&'static str> {
    let by_secrets = MacAlgorithm::ALL.map(MacAlgorithm::as_str);
    [names(&Algorithm::ALL).as_slice(), &by_secrets].concat()
}

fn claims() -> Vec<&'static str> {
    let of_scopes = BY_SCOPE.into_iter().flat_map(|(_, claims)| claims);
    TOKEN_CLAIMS.iter().chain(of_scopes).copied().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::scope::STANDARD;

    const ISSUER: &str = "https://login.example.com";

    fn endpoints() -> Endpoints {
        let at = |path: &str| format!("{ISSUER}{path}");
        Endpoints {
            authorization: at("/authorize"),
            pushed_authorization_request: at("/par"),
            device_authorization: at("/device_authorization"),
            token: at("/token"),
            userinfo: at("/userinfo"),
            introspection: at("/introspect"),
            revocation: at("/revoke"),
            jwks: at("/jwks"),
            status_list_aggregation: at("/status-lists"),
            end_session: at("/logout"),
            registration: None,
            mtls: None,
        }
    }

    fn metadata() -> Value {
        let (endpoints, levels) = (endpoints(), AcrLevels::default());
        let metadata = Metadata::of(ISSUER, endpoints, STANDARD, &levels, ["en", "de"]);
        serde_json::to_value(metadata).unwrap()
    }

    /// [RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2).
    #[test]
    fn every_member_has_the_type_that_the_standard_gives_it() {
        for (name, value) in metadata().as_object().unwrap() {
            let is_flag = [
                "require_",
                "backchannel_",
                "frontchannel_",
                "client_id_",
                "tls_",
            ];
            let is_flag = is_flag.iter().any(|prefix| name.starts_with(prefix));
            if is_flag || name.ends_with("_parameter_supported") {
                assert!(value.is_boolean(), "{name}");
            } else if name.ends_with("_supported") {
                let values = value.as_array().unwrap();
                let distinct: BTreeSet<&str> =
                    values.iter().map(|value| value.as_str().unwrap()).collect();
                assert!(!values.is_empty(), "{name}");
                assert_eq!(distinct.len(), values.len(), "{name}");
                assert!(!distinct.contains(""), "{name}");
            } else {
                assert!(value.as_str().unwrap().starts_with(ISSUER), "{name}");
            }
        }
    }

    /// [OpenID Connect Discovery section 3](https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata).
    #[test]
    #[expect(clippy::too_many_lines, reason = "it is a table")]
    fn the_members_that_relying_parties_need_are_there() {
        let metadata = metadata();
        for (name, value) in [
            ("issuer", json!(ISSUER)),
            (
                "authorization_endpoint",
                json!("https://login.example.com/authorize"),
            ),
            (
                "pushed_authorization_request_endpoint",
                json!("https://login.example.com/par"),
            ),
            ("require_pushed_authorization_requests", json!(false)),
            (
                "device_authorization_endpoint",
                json!("https://login.example.com/device_authorization"),
            ),
            ("token_endpoint", json!("https://login.example.com/token")),
            (
                "userinfo_endpoint",
                json!("https://login.example.com/userinfo"),
            ),
            ("jwks_uri", json!("https://login.example.com/jwks")),
            (
                "end_session_endpoint",
                json!("https://login.example.com/logout"),
            ),
            ("response_types_supported", json!(["code"])),
            (
                "response_modes_supported",
                json!([
                    "query",
                    "fragment",
                    "form_post",
                    "jwt",
                    "query.jwt",
                    "fragment.jwt",
                    "form_post.jwt"
                ]),
            ),
            (
                "grant_types_supported",
                json!([
                    "authorization_code",
                    "refresh_token",
                    "client_credentials",
                    "urn:ietf:params:oauth:grant-type:device_code",
                    "urn:ietf:params:oauth:grant-type:token-exchange",
                    "urn:ietf:params:oauth:grant-type:jwt-bearer"
                ]),
            ),
            ("subject_types_supported", json!(["public", "pairwise"])),
            (
                "token_endpoint_auth_methods_supported",
                json!([
                    "client_secret_basic",
                    "client_secret_post",
                    "client_secret_jwt",
                    "private_key_jwt",
                    "none"
                ]),
            ),
            (
                "token_endpoint_auth_signing_alg_values_supported",
                json!([
                    "RS256", "ES256", "PS256", "EdDSA", "Ed25519", "ES384", "ES512", "HS256"
                ]),
            ),
            (
                "dpop_signing_alg_values_supported",
                json!(["ES256", "PS256", "EdDSA", "Ed25519"]),
            ),
            ("code_challenge_methods_supported", json!(["S256"])),
            (
                "prompt_values_supported",
                json!(["none", "login", "consent", "select_account"]),
            ),
            (
                "display_values_supported",
                json!(["page", "popup", "touch", "wap"]),
            ),
            ("scopes_supported", json!(STANDARD)),
            ("ui_locales_supported", json!(["en", "de"])),
            ("claims_parameter_supported", json!(true)),
            ("request_parameter_supported", json!(true)),
            ("require_signed_request_object", json!(false)),
            ("request_uri_parameter_supported", json!(true)),
            ("require_request_uri_registration", json!(true)),
            (
                "authorization_response_iss_parameter_supported",
                json!(true),
            ),
            ("backchannel_logout_supported", json!(true)),
            ("backchannel_logout_session_supported", json!(true)),
            ("client_id_metadata_document_supported", json!(false)),
            ("frontchannel_logout_supported", json!(true)),
            ("frontchannel_logout_session_supported", json!(true)),
        ] {
            assert_eq!(metadata[name], value, "{name}");
        }
        let claims = metadata["claims_supported"].as_array().unwrap();
        for claim in [
            "sub",
            "auth_time",
            "sid",
            "name",
            "email_verified",
            "groups",
        ] {
            assert!(claims.contains(&json!(claim)), "{claim}");
        }
    }

    /// [RFC 8414 section 2](https://www.rfc-editor.org/rfc/rfc8414#section-2): only who can prove who it is may introspect.
    #[test]
    fn what_may_be_done_with_tokens_is_named() {
        let metadata = metadata();
        for (name, value) in [
            (
                "introspection_endpoint",
                json!("https://login.example.com/introspect"),
            ),
            (
                "introspection_endpoint_auth_methods_supported",
                json!([
                    "client_secret_basic",
                    "client_secret_post",
                    "client_secret_jwt",
                    "private_key_jwt"
                ]),
            ),
            (
                "introspection_signing_alg_values_supported",
                json!(["RS256", "ES256", "PS256", "EdDSA"]),
            ),
            (
                "revocation_endpoint",
                json!("https://login.example.com/revoke"),
            ),
            (
                "revocation_endpoint_auth_methods_supported",
                json!([
                    "client_secret_basic",
                    "client_secret_post",
                    "client_secret_jwt",
                    "private_key_jwt",
                    "none"
                ]),
            ),
        ] {
            assert_eq!(metadata[name], value, "{name}");
        }
    }

    /// What nothing signs with is not offered, and what clients may sign with does not depend on it.
    #[test]
    fn what_the_provider_signs_with_is_what_it_has_keys_for() {
        let (endpoints, levels) = (endpoints(), AcrLevels::default());
        let metadata = Metadata::of(ISSUER, endpoints, STANDARD, &levels, ["en"]);
        let own = [Algorithm::Rs256, Algorithm::Es256, Algorithm::Es384];
        let metadata = serde_json::to_value(metadata.signing_with(&own)).unwrap();
        for name in ["id_token", "userinfo", "authorization", "introspection"] {
            let name = format!("{name}_signing_alg_values_supported");
            assert_eq!(metadata[&name], json!(own), "{name}");
        }
        let theirs = &metadata["request_object_signing_alg_values_supported"];
        assert_eq!(theirs, &json!(Algorithm::ALL));
    }

    /// [RFC 8705 section 3.3](https://www.rfc-editor.org/rfc/rfc8705#section-3.3): nothing is named that does not work.
    #[test]
    fn what_is_done_with_certificates_is_named_where_it_is_switched_on() {
        let names = |support: MutualTlsSupport| {
            let endpoints = endpoints();
            let levels = AcrLevels::default();
            let metadata = Metadata::of(ISSUER, endpoints, STANDARD, &levels, ["en"]).with(support);
            let metadata = serde_json::to_value(metadata).unwrap();
            let names = |member: &str| {
                let methods = metadata[member].as_array().unwrap();
                let tls = methods.iter().filter_map(Value::as_str);
                let tls = tls.filter(|method| method.contains("tls"));
                tls.map(str::to_owned).collect::<Vec<_>>()
            };
            let all = names("token_endpoint_auth_methods_supported");
            assert_eq!(names("introspection_endpoint_auth_methods_supported"), all);
            assert_eq!(names("revocation_endpoint_auth_methods_supported"), all);
            let bound = &metadata["tls_client_certificate_bound_access_tokens"];
            assert_eq!(*bound, json!(support != MutualTlsSupport::Off));
            all
        };
        let (signed, own) = ("tls_client_auth", "self_signed_tls_client_auth");
        assert!(names(MutualTlsSupport::Off).is_empty());
        assert_eq!(names(MutualTlsSupport::SelfSigned), [own]);
        assert_eq!(names(MutualTlsSupport::Full), [signed, own]);
    }

    /// K05: no `RSA1_5`, no `dir`, and nothing for what nobody may encrypt for us.
    #[test]
    fn what_is_encrypted_for_clients_is_named_and_nothing_is_encrypted_for_us() {
        let metadata = metadata();
        for what in ["id_token", "userinfo", "authorization", "introspection"] {
            let listed = |kind| &metadata[format!("{what}_encryption_{kind}_values_supported")];
            let algorithms = [
                "RSA-OAEP-256",
                "ECDH-ES",
                "ECDH-ES+A128KW",
                "ECDH-ES+A256KW",
            ];
            assert_eq!(listed("alg"), &json!(algorithms), "{what}");
            let contents = ["A128CBC-HS256", "A256CBC-HS512", "A128GCM", "A256GCM"];
            assert_eq!(listed("enc"), &json!(contents), "{what}");
        }
        let of_requests = "request_object_encryption_alg_values_supported";
        assert_eq!(metadata.get(of_requests), None);
    }

    /// RS256 is what every relying party knows
    /// ([OpenID Connect Core section 15.1](https://openid.net/specs/openid-connect-core-1_0.html#ServerMTI)).
    #[test]
    fn tokens_are_always_signed_and_never_with_a_shared_secret() {
        let metadata = metadata();
        for name in [
            "id_token_signing_alg_values_supported",
            "userinfo_signing_alg_values_supported",
            "authorization_signing_alg_values_supported",
        ] {
            assert_eq!(
                metadata[name],
                json!(["RS256", "ES256", "PS256", "EdDSA"]),
                "{name}"
            );
        }
    }
}
