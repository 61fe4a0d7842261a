//! From what somebody asks for to a client, by the operator's policy.

use std::collections::BTreeSet;
use std::fmt::Display;
use std::str::FromStr;

use super::{
    ApplicationType, Dynamic, RegistrationPolicy, RegistrationRefused, RegistrationRequest,
};
use serde_json::Value;

use crate::acr::Acr;
use crate::authorization_details::DetailTypeName;
use crate::client::{
    AssertionAudience, AuthMethod, Client, ClientProfile, ConsentPolicy, DpopPolicy,
    EncryptedResponses, GrantType, PkcePolicy, PushPolicy, RequestObjectLifetime,
    RequestObjectPolicy, RequestObjects,
};
use crate::frontchannel_logout::at_a_redirect_uri;
use crate::identifiers::ClientId;
use crate::jose::{Algorithm, ContentEncryption, Encryption, JwkSet, KeyManagement, MacAlgorithm};
use crate::network::Networks;
use crate::outbound::OutboundUri;
use crate::redirect_uri::RedirectUri;
use crate::scope::{OFFLINE_ACCESS, Scope};
use crate::text::is_shown_as_one_line;
use crate::time::Timestamp;

/// What a client may do that registered itself.
pub(super) const GRANT_TYPES: [GrantType; 2] =
    [GrantType::AuthorizationCode, GrantType::RefreshToken];

/// The members that are the provider's to say.
const OURS: [&str; 4] = [
    "registration_access_token",
    "registration_client_uri",
    "client_secret_expires_at",
    "client_id_issued_at",
];

impl RegistrationRequest {
    /// The client that is asked for, without credentials
    /// ([RFC 7591 section 3.1](https://www.rfc-editor.org/rfc/rfc7591#section-3.1)). What the policy does not allow is left out
    /// where the standard lets us, and the answer says what is left.
    pub fn register(
        mut self,
        policy: &RegistrationPolicy,
        client_id: ClientId,
        now: Timestamp,
    ) -> Result<Client, RegistrationRefused> {
        let auth_method = self.auth_method(policy)?;
        let grant_types = self.grant_types()?;
        self.response_types()?;
        let redirect_uris = self.redirect_uris()?;
        let dpop = self
            .take::<bool>("dpop_bound_access_tokens")?
            .map_or(DpopPolicy::Optional, DpopPolicy::from);
        let shown = Shown::read(&mut self, &redirect_uris)?;
        let encrypted_responses = self.encrypted_responses()?;
        let client = Client {
            client_name: shown.name.unwrap_or_else(|| client_id.to_string()),
            profile: ClientProfile::Standard,
            token_endpoint_auth_method: auth_method,
            secrets: Vec::new(),
            jwks: self.jwk_set()?,
            jwks_uri: self.parsed("jwks_uri")?,
            token_endpoint_auth_signing_alg: self.assertion_algorithm(auth_method)?,
            assertion_audience: AssertionAudience::TokenEndpointToo,
            post_logout_redirect_uris: self.addresses("post_logout_redirect_uris")?,
            backchannel_logout_uri: self.parsed("backchannel_logout_uri")?,
            backchannel_logout_session_required: self
                .take("backchannel_logout_session_required")?
                .unwrap_or_default(),
            frontchannel_logout_uri: self.frontchannel_logout_uri(&redirect_uris)?,
            frontchannel_logout_session_required: self
                .take("frontchannel_logout_session_required")?
                .unwrap_or_default(),
            scope: self.scope(policy, &grant_types)?,
            grant_types,
            consent: ConsentPolicy::Ask,
            pkce: match auth_method {
                AuthMethod::None => PkcePolicy::Required,
                _ => PkcePolicy::Optional,
            },
            pushed_requests: self
                .take::<bool>("require_pushed_authorization_requests")?
                .map_or(PushPolicy::Optional, PushPolicy::from),
            dpop,
            mutual_tls: self.mutual_tls(policy, auth_method, dpop)?,
            request_objects: self.request_objects()?,
            authorization_signed_response_alg: self
                .our_algorithm("authorization_signed_response_alg", policy)?,
            introspection_signed_response_alg: self
                .our_algorithm("introspection_signed_response_alg", policy)?,
            token_exchange: None,
            id_token_signed_response_alg: self
                .our_algorithm("id_token_signed_response_alg", policy)?
                .unwrap_or(Algorithm::Rs256),
            userinfo_signed_response_alg: self
                .our_algorithm("userinfo_signed_response_alg", policy)?
                .or(encrypted_responses.userinfo.map(|_| Algorithm::Rs256)),
            encrypted_responses,
            access_token_signed_response_alg: Algorithm::Es256,
            response_modes: Vec::new(),
            default_max_age: self.take("default_max_age")?,
            default_acr_values: self.acr_values()?,
            authorization_details_types: self.details_types(policy)?,
            authorization_details_consent: ConsentPolicy::Ask,
            client_uri: shown.client_uri,
            logo_uri: shown.logo_uri,
            policy_uri: shown.policy_uri,
            tos_uri: shown.tos_uri,
            networks: Networks::default(),
            created_at: now,
            sector: self.sector(&redirect_uris)?,
            dynamic: Some(self.dynamic()?),
            redirect_uris,
            client_id,
        };
        let coherent = client.coherent()?.with_encryption_keys();
        coherent.map_err(|refused| RegistrationRefused::member("jwks", refused))
    }

    /// `client` as it is asked to become ([RFC 7592 section 2.2](https://www.rfc-editor.org/rfc/rfc7592#section-2.2)): what is not
    /// named is unset, but for what an operator alone can see and set.
    pub fn update(
        mut self,
        policy: &RegistrationPolicy,
        client: &Client,
    ) -> Result<Client, RegistrationRefused> {
        if let Some(name) = OURS.into_iter().find(|name| self.has(name)) {
            return Err(RegistrationRefused::NotYours(name));
        }
        if self.text("client_id")?.as_deref() != Some(client.client_id.as_str()) {
            return Err(RegistrationRefused::OtherClient);
        }
        let secret = self.text("client_secret")?;
        let is_own = |text: &String| client.secrets.iter().any(|own| own.hash.matches(text));
        if secret.is_some_and(|secret| !is_own(&secret)) {
            return Err(RegistrationRefused::OtherSecret);
        }
        let policy = policy.of_client(client);
        let updated = self.register(&policy, client.client_id.clone(), client.created_at)?;
        let updated = Client {
            profile: client.profile,
            ..updated.with_what_operators_set(client)
        };
        Ok(updated.coherent()?.in_profile()?)
    }

    /// Keys by value.
    fn jwk_set(&mut self) -> Result<Option<JwkSet>, RegistrationRefused> {
        let text = self.take::<Value>("jwks")?.map(|jwks| jwks.to_string());
        text.map(|text| JwkSet::parse(text.as_bytes()))
            .transpose()
            .map_err(|refused| RegistrationRefused::member("jwks", refused))
    }

    fn auth_method(
        &mut self,
        policy: &RegistrationPolicy,
    ) -> Result<AuthMethod, RegistrationRefused> {
        let name = "token_endpoint_auth_method";
        let working = policy.mutual_tls.auth_methods();
        let expected: Vec<_> = working.iter().map(|method| method.as_str()).collect();
        let expected = expected.join(", ");
        let method = self.word(name, &expected)?;
        let method = method.unwrap_or(AuthMethod::ClientSecretBasic);
        if working.contains(&method) {
            Ok(method)
        } else {
            let reason = format_args!("it is none of {expected}");
            Err(RegistrationRefused::member(name, reason))
        }
    }

    fn grant_types(&mut self) -> Result<BTreeSet<GrantType>, RegistrationRefused> {
        let name = "grant_types";
        let Some(requested) = self.texts(name)? else {
            return Ok([GrantType::AuthorizationCode].into());
        };
        let known = |text: &String| {
            let mut ours = GRANT_TYPES.into_iter();
            ours.find(|grant_type| grant_type.as_str() == text)
        };
        let granted: BTreeSet<_> = requested.iter().filter_map(known).collect();
        if granted.contains(&GrantType::AuthorizationCode) {
            Ok(granted)
        } else {
            let reason =
                "authorization_code is not among them, and is what clients register for here";
            Err(RegistrationRefused::member(name, reason))
        }
    }

    fn response_types(&mut self) -> Result<(), RegistrationRefused> {
        match self.texts("response_types")? {
            Some(types) if types != ["code"] => {
                let reason = "there is no other than code";
                Err(RegistrationRefused::member("response_types", reason))
            }
            _ => Ok(()),
        }
    }

    fn redirect_uris(&mut self) -> Result<Vec<RedirectUri>, RegistrationRefused> {
        let uris = self.texts("redirect_uris")?.unwrap_or_default();
        if uris.is_empty() {
            return Err(RegistrationRefused::NoRedirectUri);
        }
        let parse = |uri: String| {
            uri.parse()
                .map_err(|reason| RegistrationRefused::RedirectUri { uri, reason })
        };
        uris.into_iter().map(parse).collect()
    }

    fn addresses<T>(&mut self, name: &'static str) -> Result<Vec<T>, RegistrationRefused>
    where
        T: FromStr<Err: Display>,
    {
        let uris = self.texts(name)?.unwrap_or_default();
        let parse = |uri: String| {
            uri.parse().map_err(|reason| {
                RegistrationRefused::member(name, format_args!("{uri}: {reason}"))
            })
        };
        uris.into_iter().map(parse).collect()
    }

    fn frontchannel_logout_uri(
        &mut self,
        redirect_uris: &[RedirectUri],
    ) -> Result<Option<OutboundUri>, RegistrationRefused> {
        let name = "frontchannel_logout_uri";
        self.parsed(name)?
            .map(|uri| at_a_redirect_uri(uri, redirect_uris))
            .transpose()
            .map_err(|reason| RegistrationRefused::member(name, reason))
    }

    fn request_objects(&mut self) -> Result<RequestObjects, RegistrationRefused> {
        let policy = self.take::<bool>("require_signed_request_object")?;
        Ok(RequestObjects {
            algorithm: self.algorithm("request_object_signing_alg")?,
            policy: policy.map_or_else(RequestObjectPolicy::default, RequestObjectPolicy::from),
            lifetime: RequestObjectLifetime::default(),
            uris: self.addresses("request_uris")?,
        })
    }

    /// What it asks for by default; what no level is named by does no harm.
    fn acr_values(&mut self) -> Result<Vec<Acr>, RegistrationRefused> {
        let name = "default_acr_values";
        let values = self.texts(name)?.unwrap_or_default();
        let parse = |value: String| {
            value
                .parse()
                .map_err(|malformed| RegistrationRefused::member(name, malformed))
        };
        values.into_iter().map(parse).collect()
    }

    /// The types of details that it may ask for, of those that the policy allows.
    fn details_types(
        &mut self,
        policy: &RegistrationPolicy,
    ) -> Result<BTreeSet<DetailTypeName>, RegistrationRefused> {
        let types = self.texts("authorization_details_types")?;
        let types = types.unwrap_or_default().into_iter();
        let types = types.filter_map(|name| name.parse().ok());
        Ok(types
            .filter(|name| policy.authorization_details_types.contains(name))
            .collect())
    }

    fn encrypted_responses(&mut self) -> Result<EncryptedResponses, RegistrationRefused> {
        Ok(EncryptedResponses {
            id_token: self.encryption(
                "id_token_encrypted_response_alg",
                "id_token_encrypted_response_enc",
            )?,
            userinfo: self.encryption(
                "userinfo_encrypted_response_alg",
                "userinfo_encrypted_response_enc",
            )?,
            authorization: self.encryption(
                "authorization_encrypted_response_alg",
                "authorization_encrypted_response_enc",
            )?,
            introspection: self.encryption(
                "introspection_encrypted_response_alg",
                "introspection_encrypted_response_enc",
            )?,
        })
    }

    /// Both halves of how something is encrypted
    /// ([OpenID Connect Dynamic Client Registration section 2](https://openid.net/specs/openid-connect-registration-1_0.html#ClientMetadata)).
    fn encryption(
        &mut self,
        alg: &'static str,
        enc: &'static str,
    ) -> Result<Option<Encryption>, RegistrationRefused> {
        let algorithms = KeyManagement::ALL.map(KeyManagement::as_str).join(", ");
        let contents = ContentEncryption::ALL.map(ContentEncryption::as_str);
        let content: Option<ContentEncryption> = self.word(enc, &contents.join(", "))?;
        match (self.word(alg, &algorithms)?, content) {
            (None, Some(_)) => {
                let reason = format_args!("it goes with {alg}");
                Err(RegistrationRefused::member(enc, reason))
            }
            (alg, content) => Ok(alg.map(|alg| Encryption {
                alg,
                enc: content.unwrap_or_default(),
            })),
        }
    }

    /// What we are to sign with, which we must have a key for.
    fn our_algorithm(
        &mut self,
        name: &'static str,
        policy: &RegistrationPolicy,
    ) -> Result<Option<Algorithm>, RegistrationRefused> {
        let ours = &policy.signatures;
        let names: Vec<&str> = ours.iter().map(|algorithm| algorithm.as_str()).collect();
        let expected = names.join(", ");
        match self.word(name, &expected)? {
            Some(algorithm) if !ours.contains(&algorithm) => {
                let reason = format_args!("it is none of {expected}");
                Err(RegistrationRefused::member(name, reason))
            }
            algorithm => Ok(algorithm),
        }
    }

    /// What the client signs with.
    fn algorithm(&mut self, name: &'static str) -> Result<Option<Algorithm>, RegistrationRefused> {
        let expected = Algorithm::ALL.map(Algorithm::as_str).join(", ");
        self.word(name, &expected)
    }

    /// The algorithm that assertions are signed with. A secret has one that goes without saying, and is not kept.
    fn assertion_algorithm(
        &mut self,
        method: AuthMethod,
    ) -> Result<Option<Algorithm>, RegistrationRefused> {
        let name = "token_endpoint_auth_signing_alg";
        if method == AuthMethod::ClientSecretJwt {
            let expected = MacAlgorithm::ALL.map(MacAlgorithm::as_str).join(", ");
            self.word::<MacAlgorithm>(name, &expected)?;
            return Ok(None);
        }
        self.algorithm(name)
    }

    fn scope(
        &mut self,
        policy: &RegistrationPolicy,
        grant_types: &BTreeSet<GrantType>,
    ) -> Result<Scope, RegistrationRefused> {
        let requested = self.parsed::<Scope>("scope")?;
        let scope = requested.map_or_else(
            || policy.scope.clone(),
            |scope| scope.intersection(&policy.scope),
        );
        if scope.is_empty() {
            let reason = format_args!("there is nothing but {}", policy.scope);
            return Err(RegistrationRefused::member("scope", reason));
        }
        Ok(if grant_types.contains(&GrantType::RefreshToken) {
            scope
        } else {
            scope.without(OFFLINE_ACCESS)
        })
    }

    fn dynamic(&mut self) -> Result<Dynamic, RegistrationRefused> {
        Ok(Dynamic {
            registration_access_token: None,
            document_gone_at: None,
            allowed_scope: None,
            allowed_authorization_details_types: None,
            contacts: self.texts("contacts")?.unwrap_or_default(),
            application_type: self
                .word::<ApplicationType>("application_type", "web, native")?
                .unwrap_or_default(),
            initiate_login_uri: self.web_address("initiate_login_uri")?,
            sector_identifier_uri: self.parsed("sector_identifier_uri")?,
            software_id: self.text("software_id")?,
            software_version: self.text("software_version")?,
        })
    }
}

/// What people are shown of a client.
struct Shown {
    name: Option<String>,
    client_uri: Option<url::Url>,
    logo_uri: Option<url::Url>,
    policy_uri: Option<url::Url>,
    tos_uri: Option<url::Url>,
}

impl Shown {
    /// Nobody has looked at the client, so it may not borrow another's face: what is not at a host of its redirect URIs is not
    /// taken ([OpenID Connect Dynamic Client Registration section 9.1]).
    ///
    /// [OpenID Connect Dynamic Client Registration section 9.1]: https://openid.net/specs/openid-connect-registration-1_0.html#Impersonation
    fn read(
        request: &mut RegistrationRequest,
        redirect_uris: &[RedirectUri],
    ) -> Result<Self, RegistrationRefused> {
        let name = request.text("client_name")?;
        if name
            .as_ref()
            .is_some_and(|name| !is_shown_as_one_line(name))
        {
            let reason =
                "it is longer than 256 characters, or has some that are not shown as they are";
            return Err(RegistrationRefused::member("client_name", reason));
        }
        // All of them must be there: one address at somebody else's host costs nothing to name.
        let is_own = |url: &url::Url| {
            let host = url.host_str();
            redirect_uris.iter().all(|uri| {
                let uri = url::Url::parse(uri.as_str()).ok();
                uri.is_some_and(|uri| uri.scheme() == "https" && uri.host_str() == host)
            })
        };
        let mut own = |name| request.web_address(name).map(|url| url.filter(is_own));
        Ok(Self {
            client_uri: own("client_uri")?,
            logo_uri: own("logo_uri")?,
            policy_uri: own("policy_uri")?,
            tos_uri: own("tos_uri")?,
            name,
        })
    }
}
