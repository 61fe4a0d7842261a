//! From what somebody asks for to a client, by the operator's policy.

use std::collections::BTreeSet;

use super::{
    ApplicationType, Dynamic, RegistrationPolicy, RegistrationRefused, RegistrationRequest,
};
use crate::client::{
    AssertionAudience, AuthMethod, Client, ConsentPolicy, DpopPolicy, GrantType, PkcePolicy,
    PushPolicy,
};
use crate::identifiers::ClientId;
use crate::jose::{Algorithm, JwkSet};
use crate::redirect_uri::RedirectUri;
use crate::scope::{OFFLINE_ACCESS, Scope};
use crate::text::is_shown_as_one_line;
use crate::time::Timestamp;

/// What a client may do that registered itself.
const GRANT_TYPES: [GrantType; 2] = [GrantType::AuthorizationCode, GrantType::RefreshToken];

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
        let auth_method = self.auth_method()?;
        let grant_types = self.grant_types()?;
        self.response_types()?;
        let redirect_uris = self.redirect_uris()?;
        let shown = Shown::read(&mut self, &redirect_uris)?;
        Ok(Client {
            client_name: shown.name.unwrap_or_else(|| client_id.to_string()),
            token_endpoint_auth_method: auth_method,
            secrets: Vec::new(),
            jwks: self.jwks(auth_method)?,
            token_endpoint_auth_signing_alg: self.algorithm("token_endpoint_auth_signing_alg")?,
            assertion_audience: AssertionAudience::TokenEndpointToo,
            post_logout_redirect_uris: self.addresses("post_logout_redirect_uris")?,
            backchannel_logout_uri: self.parsed("backchannel_logout_uri")?,
            backchannel_logout_session_required: self
                .take("backchannel_logout_session_required")?
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
            dpop: self
                .take::<bool>("dpop_bound_access_tokens")?
                .map_or(DpopPolicy::Optional, DpopPolicy::from),
            token_exchange: None,
            id_token_signed_response_alg: self
                .algorithm("id_token_signed_response_alg")?
                .unwrap_or(Algorithm::Rs256),
            userinfo_signed_response_alg: self.algorithm("userinfo_signed_response_alg")?,
            access_token_signed_response_alg: Algorithm::Es256,
            default_max_age: self.take("default_max_age")?,
            client_uri: shown.client_uri,
            logo_uri: shown.logo_uri,
            policy_uri: shown.policy_uri,
            tos_uri: shown.tos_uri,
            created_at: now,
            dynamic: Some(self.dynamic()?),
            redirect_uris,
            client_id,
        })
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
        // What an operator allowed this client stays allowed.
        let policy = RegistrationPolicy {
            scope: policy.scope.union(&client.scope),
            ..policy.clone()
        };
        let updated = self.register(&policy, client.client_id.clone(), client.created_at)?;
        Ok(Client {
            secrets: if updated.token_endpoint_auth_method.needs_secret() {
                client.secrets.clone()
            } else {
                Vec::new()
            },
            consent: client.consent,
            pkce: match updated.pkce {
                PkcePolicy::Required => PkcePolicy::Required,
                PkcePolicy::Optional => client.pkce,
            },
            assertion_audience: client.assertion_audience,
            access_token_signed_response_alg: client.access_token_signed_response_alg,
            ..updated
        })
    }

    fn auth_method(&mut self) -> Result<AuthMethod, RegistrationRefused> {
        let expected = AuthMethod::ALL.map(AuthMethod::as_str).join(", ");
        let method = self.word("token_endpoint_auth_method", &expected)?;
        Ok(method.unwrap_or(AuthMethod::ClientSecretBasic))
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

    fn addresses(&mut self, name: &'static str) -> Result<Vec<RedirectUri>, RegistrationRefused> {
        let uris = self.texts(name)?.unwrap_or_default();
        let parse = |uri: String| {
            uri.parse().map_err(|reason| {
                RegistrationRefused::member(name, format_args!("{uri}: {reason}"))
            })
        };
        uris.into_iter().map(parse).collect()
    }

    fn jwks(&mut self, auth_method: AuthMethod) -> Result<Option<JwkSet>, RegistrationRefused> {
        let jwks: Option<JwkSet> = self.take("jwks")?;
        if auth_method == AuthMethod::PrivateKeyJwt && jwks.is_none() {
            let reason = "private_key_jwt needs the keys that assertions are signed with";
            return Err(RegistrationRefused::member("jwks", reason));
        }
        Ok(jwks)
    }

    fn algorithm(&mut self, name: &'static str) -> Result<Option<Algorithm>, RegistrationRefused> {
        let expected = Algorithm::ALL.map(Algorithm::as_str).join(", ");
        self.word(name, &expected)
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
        self.subject_type()?;
        Ok(Dynamic {
            registration_access_token: None,
            contacts: self.texts("contacts")?.unwrap_or_default(),
            application_type: self
                .word::<ApplicationType>("application_type", "web, native")?
                .unwrap_or_default(),
            initiate_login_uri: self.web_address("initiate_login_uri")?,
            software_id: self.text("software_id")?,
            software_version: self.text("software_version")?,
        })
    }

    fn subject_type(&mut self) -> Result<(), RegistrationRefused> {
        match self.text("subject_type")?.as_deref() {
            None | Some("public") => Ok(()),
            Some(_) => {
                let reason = "there is no other than public";
                Err(RegistrationRefused::member("subject_type", reason))
            }
        }
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
        let hosts: BTreeSet<String> = redirect_uris
            .iter()
            .map(RedirectUri::display_host)
            .collect();
        let mut own = |name| {
            let url = request.web_address(name)?;
            Ok(url.filter(|url| url.host_str().is_some_and(|host| hosts.contains(host))))
        };
        Ok(Self {
            client_uri: own("client_uri")?,
            logo_uri: own("logo_uri")?,
            policy_uri: own("policy_uri")?,
            tos_uri: own("tos_uri")?,
            name,
        })
    }
}
