//! Resource servers: the APIs that take access tokens, as an operator registered them
//! ([RFC 6749 section 1.1](https://www.rfc-editor.org/rfc/rfc6749#section-1.1)).

mod entitlement;
mod metadata;
mod registry;
mod resource;
mod scopes;
mod target;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use url::Url;

use crate::acr::AuthenticationDemand;
use crate::api_token::AcceptedApiTokens;
use crate::authorization_details::DetailTypes;
use crate::identifiers::ClientId;
use crate::jose::Algorithm;
use crate::network::Networks;
use crate::time::Timestamp;

pub use entitlement::Entitlement;
pub use metadata::ProtectedResourceMetadata;
pub use registry::ResourceServers;
pub use resource::{Resource, ResourceRefused};
pub use scopes::{ResourceScopes, ScopeRefused};
pub use target::{Target, TargetRefused};

/// A registered resource server. A client reaches it by being registered for one of its scopes or types of details.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ResourceServer {
    /// `resource`: its identifier, and the `aud` of its tokens.
    pub resource: Resource,
    /// `resource_name`: what people are shown.
    pub resource_name: String,
    /// What may be allowed there.
    pub scopes: ResourceScopes,
    /// What its access tokens look like.
    pub access_token_format: AccessTokenFormat,
    /// How long its access tokens live, in seconds; as the settings say when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_lifetime: Option<u64>,
    /// How its access tokens are signed; as the client is registered for when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub access_token_signed_response_alg: Option<Algorithm>,
    /// Whether its signed access tokens say where their status is.
    #[serde(default, skip_serializing_if = "AccessTokenStatus::is_untold")]
    pub access_token_status: AccessTokenStatus,
    /// The clients that may ask about its tokens: the API itself
    /// ([RFC 7662 section 4](https://www.rfc-editor.org/rfc/rfc7662#section-4)).
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub introspected_by: BTreeSet<ClientId>,
    /// What it takes API tokens for; none when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub api_tokens: Option<AcceptedApiTokens>,
    /// The types of details that it knows, by name.
    #[serde(default, skip_serializing_if = "DetailTypes::is_empty")]
    pub authorization_details_types: DetailTypes,
    /// What it demands of the sign-in behind its tokens.
    #[serde(flatten)]
    pub authentication: AuthenticationDemand,
    /// `resource_documentation`: where developers read about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_documentation: Option<Url>,
    /// `resource_policy_uri`: what it does with people's data.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_policy_uri: Option<Url>,
    /// `resource_tos_uri`: its terms of service.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource_tos_uri: Option<Url>,
    /// Networks that it, and nothing else, fetches the key set from: whoever does so without a name is taken for it.
    #[serde(default, skip_serializing_if = "Networks::is_empty")]
    pub networks: Networks,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// What access tokens look like.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenFormat {
    /// Signed, and read by the resource server itself ([RFC 9068](https://www.rfc-editor.org/rfc/rfc9068)).
    #[default]
    Jwt,
    /// A secret that says nothing: the resource server asks what it stands for, and learns at once of its end
    /// ([RFC 7662](https://www.rfc-editor.org/rfc/rfc7662)).
    Opaque,
}

impl AccessTokenFormat {
    /// The name in the command line and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jwt => "jwt",
            Self::Opaque => "opaque",
        }
    }
}

/// How a resource server that reads its tokens itself learns of those that were revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AccessTokenStatus {
    /// Not at all: they work there until they expire.
    #[default]
    Untold,
    /// By a status list that each of them names
    /// ([Token Status List](https://datatracker.ietf.org/doc/html/draft-ietf-oauth-status-list-21)).
    StatusList,
}

impl AccessTokenStatus {
    /// Whether it is told nothing.
    #[expect(
        clippy::trivially_copy_pass_by_ref,
        reason = "serde asks by reference whether to write it"
    )]
    const fn is_untold(&self) -> bool {
        matches!(self, Self::Untold)
    }
}

impl ResourceServer {
    /// Whether its access tokens name their status.
    pub fn tells_status(&self) -> bool {
        self.access_token_format == AccessTokenFormat::Jwt
            && self.access_token_status == AccessTokenStatus::StatusList
    }

    /// How long its access tokens live, where the settings say `ordinary`.
    pub fn access_token_lifetime(&self, ordinary: Duration) -> Duration {
        self.access_token_lifetime
            .map_or(ordinary, Duration::from_secs)
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::testing::NOW;

    /// An API with two scopes.
    pub(crate) fn reports() -> ResourceServer {
        ResourceServer {
            resource: "https://reports.example".parse().unwrap(),
            resource_name: "Reports".to_owned(),
            scopes: [
                ("reports:read", "Read reports"),
                ("reports:write", "Write reports"),
            ]
            .into_iter()
            .collect(),
            access_token_format: AccessTokenFormat::Jwt,
            access_token_lifetime: None,
            access_token_signed_response_alg: None,
            api_tokens: None,
            access_token_status: AccessTokenStatus::Untold,
            introspected_by: ["reports-api".parse().unwrap()].into(),
            authorization_details_types: DetailTypes::new(),
            authentication: AuthenticationDemand::default(),
            resource_documentation: None,
            resource_policy_uri: None,
            resource_tos_uri: None,
            networks: Networks::default(),
            created_at: NOW,
        }
    }

    /// Another API.
    pub(crate) fn files() -> ResourceServer {
        ResourceServer {
            resource: "urn:example:files".parse().unwrap(),
            resource_name: "Files".to_owned(),
            scopes: [("files:read", "Read files")].into_iter().collect(),
            access_token_format: AccessTokenFormat::Opaque,
            access_token_lifetime: Some(60),
            introspected_by: BTreeSet::new(),
            ..reports()
        }
    }

    #[test]
    fn its_tokens_live_as_long_as_it_says_or_as_the_settings_do() {
        let ordinary = Duration::from_mins(10);
        assert_eq!(reports().access_token_lifetime(ordinary), ordinary);
        assert_eq!(
            files().access_token_lifetime(ordinary),
            Duration::from_mins(1)
        );
    }

    #[test]
    fn its_tokens_name_their_status_when_it_asks_and_reads_them_itself() {
        assert!(!reports().tells_status());
        let asking = ResourceServer {
            access_token_status: AccessTokenStatus::StatusList,
            ..reports()
        };
        assert!(asking.tells_status());
        let document = serde_json::to_value(&asking).unwrap();
        assert_eq!(document["access_token_status"], "status_list");
        let opaque = ResourceServer {
            access_token_format: AccessTokenFormat::Opaque,
            ..asking
        };
        assert!(!opaque.tells_status());
    }

    #[test]
    fn its_document_says_what_was_registered() {
        let document = serde_json::to_value(files()).unwrap();
        assert_eq!(document["resource"], "urn:example:files");
        assert_eq!(document["scopes"]["files:read"], "Read files");
        assert_eq!(document["access_token_format"], "opaque");
        assert_eq!(document.get("introspected_by"), None);
        let read: ResourceServer = serde_json::from_value(document).unwrap();
        assert_eq!(read, files());
    }
}
