//! What a device's client asks for ([RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1)).

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::acr::AcrRequest;
use crate::authorization::{
    AuthorizationRefused, MaxAge, Prompt, Prompts, ProofKey, necessity, wanted, well_formed,
};
use crate::authorization_details::AuthorizationDetails;
use crate::claims::ClaimsRequest;
use crate::client::{Client, GrantType};
use crate::error::ErrorCode;
use crate::identifiers::ClientId;
use crate::parameters::Parameters;
use crate::resource_server::{Resource, ResourceServers};
use crate::scope::Scope;
use crate::time::Timestamp;

/// A request that keeps every rule that can be judged without knowing who will answer it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceRequest {
    /// Who asks.
    pub client: ClientId,
    /// When that was registered: one that gets the name later is another one.
    pub client_created_at: Timestamp,
    /// What is asked for, without what the client may not have.
    pub scope: Scope,
    /// The resource servers that it names
    /// ([RFC 8707 section 2.1](https://www.rfc-editor.org/rfc/rfc8707#section-2.1)).
    #[serde(default)]
    pub resources: BTreeSet<Resource>,
    /// What is asked for in detail.
    #[serde(default, skip_serializing_if = "AuthorizationDetails::is_empty")]
    pub authorization_details: AuthorizationDetails,
    /// What binds the Device Code to the one who asked for it, where that sent a challenge.
    pub proof_key: ProofKey,
    /// What the person is to be asked; consent always.
    pub prompts: Prompts,
    /// How long ago the sign-in may be.
    pub max_age: Option<MaxAge>,
    /// How strong it is to be.
    #[serde(default)]
    pub acr: AcrRequest,
}

/// Why a device's request was refused. The client is told the code; the log has the reason.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DeviceRequestRefused {
    /// The client may not do this.
    #[error("the client is not registered for {}", GrantType::DeviceCode.as_str())]
    GrantType,
    /// `prompt=none` is there, and somebody must be asked.
    #[error("prompt is none, and a device is always confirmed by a person")]
    PromptNone,
    /// It breaks a rule that holds for every request.
    #[error(transparent)]
    Request(#[from] AuthorizationRefused),
}

impl DeviceRequestRefused {
    /// The standard's code ([RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2)).
    pub const fn code(&self) -> ErrorCode {
        match self {
            Self::GrantType => ErrorCode::UnauthorizedClient,
            Self::PromptNone => ErrorCode::InvalidRequest,
            Self::Request(refused) => refused.code(),
        }
    }
}

impl DeviceRequest {
    /// Judges what `client`, who has proven who it is, asks for. Besides `scope` it may send what OpenID Connect has for
    /// sign-ins, `max_age`, `acr_values` and `prompt`, and a code challenge.
    pub fn parse(
        parameters: &Parameters,
        client: &Client,
        servers: &ResourceServers,
    ) -> Result<Self, DeviceRequestRefused> {
        if !client.may_use(GrantType::DeviceCode) {
            return Err(DeviceRequestRefused::GrantType);
        }
        let request = Self::judge(parameters, client, servers)?;
        if request.prompts.has(Prompt::None) {
            return Err(DeviceRequestRefused::PromptNone);
        }
        Ok(request)
    }

    fn judge(
        parameters: &Parameters,
        client: &Client,
        servers: &ResourceServers,
    ) -> Result<Self, AuthorizationRefused> {
        well_formed(parameters)?;
        let prompts = parameters.one("prompt").map(Prompts::parse).transpose()?;
        let prompts = prompts.unwrap_or_default().and(Prompt::Consent);
        let max_age = parameters.one("max_age").map(MaxAge::parse).transpose()?;
        let wanted = wanted(parameters, client, &prompts, servers)?;
        let of_values = necessity(&wanted, servers);
        let acr = AcrRequest::of(parameters, &ClaimsRequest::default(), client, of_values);
        Ok(Self {
            client: client.client_id.clone(),
            client_created_at: client.created_at,
            scope: wanted.scope,
            resources: wanted.resources,
            authorization_details: wanted.authorization_details,
            proof_key: ProofKey::offered(parameters)?,
            max_age: max_age.or(client.default_max_age.map(MaxAge::seconds)),
            acr,
            prompts,
        })
    }

    /// Whether `client` is the one that asked, and still may have what it asked for.
    pub(super) fn is_allowed_to(&self, client: &Client) -> bool {
        self.client == client.client_id
            && self.client_created_at == client.created_at
            && client.may_use(GrantType::DeviceCode)
            && self.scope.is_within(&client.scope)
            && self.authorization_details.are_allowed_to(client)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Pairs, client, parameters};

    const EXAMPLE: [(&str, &str); 2] = [("client_id", "wiki"), ("scope", "openid email")];
    const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

    fn none() -> ResourceServers {
        ResourceServers::default()
    }

    fn asked(changes: Pairs<'_>) -> Result<DeviceRequest, DeviceRequestRefused> {
        DeviceRequest::parse(&parameters(&EXAMPLE, changes), &client(), &none())
    }

    #[test]
    fn what_the_client_may_have_is_asked_for_and_always_confirmed() {
        let request = asked(&[("scope", "openid email offline_access unheard")]).unwrap();
        assert_eq!(
            request.scope.to_string(),
            "email offline_access openid",
            "what it is not registered for is left out"
        );
        assert!(request.prompts.has(Prompt::Consent));
        assert_eq!(request.proof_key, ProofKey::Absent);
    }

    #[test]
    fn a_public_client_may_come_without_a_challenge_and_with_one() {
        let mut public = client();
        public.token_endpoint_auth_method = crate::client::AuthMethod::None;
        assert!(DeviceRequest::parse(&parameters(&EXAMPLE, &[]), &public, &none()).is_ok());
        let challenge = [
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        let request =
            DeviceRequest::parse(&parameters(&EXAMPLE, &challenge), &public, &none()).unwrap();
        assert!(matches!(request.proof_key, ProofKey::Challenge(_)));
    }

    #[test]
    fn a_sign_in_may_be_asked_for_and_not_the_absence_of_one() {
        let request = asked(&[("prompt", "login"), ("max_age", "60")]).unwrap();
        assert!(request.prompts.has(Prompt::Login) && request.prompts.has(Prompt::Consent));
        assert_eq!(request.max_age, Some(MaxAge::seconds(60)));
        let client = Client {
            default_max_age: Some(300),
            ..client()
        };
        let request = DeviceRequest::parse(&parameters(&EXAMPLE, &[]), &client, &none()).unwrap();
        assert_eq!(request.max_age, Some(MaxAge::seconds(300)));
    }

    /// [RFC 8628 section 3.1](https://www.rfc-editor.org/rfc/rfc8628#section-3.1) and
    /// [RFC 6749 section 5.2](https://www.rfc-editor.org/rfc/rfc6749#section-5.2).
    #[test]
    fn each_broken_rule_has_the_standards_code() {
        let table: [(Pairs<'_>, &str); 8] = [
            (
                &[("scope", "openid"), ("scope", "email")],
                "invalid_request",
            ),
            (&[("scope", "")], "invalid_scope"),
            (&[("scope", "a\"b")], "invalid_scope"),
            (&[("scope", "unheard")], "invalid_scope"),
            (&[("prompt", "none")], "invalid_request"),
            (&[("prompt", "none login")], "invalid_request"),
            (&[("max_age", "-1")], "invalid_request"),
            (&[("code_challenge", CHALLENGE)], "invalid_request"),
        ];
        for (changes, code) in table {
            let refused = asked(changes).unwrap_err();
            assert_eq!(refused.code().as_str(), code, "{changes:?}: {refused}");
        }
        let mut unregistered = client();
        unregistered.grant_types.remove(&GrantType::DeviceCode);
        let refused =
            DeviceRequest::parse(&parameters(&EXAMPLE, &[]), &unregistered, &none()).unwrap_err();
        assert_eq!(refused, DeviceRequestRefused::GrantType);
        assert_eq!(refused.code(), ErrorCode::UnauthorizedClient);
    }
}
