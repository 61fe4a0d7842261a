//! What a resource server publishes of itself
//! ([RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2)).

use serde::Serialize;
use url::Url;

use super::{Resource, ResourceServer};
use crate::authorization_details::DetailTypeName;

/// The document that belongs at `/.well-known/oauth-protected-resource` of a resource server, ready to be copied there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ProtectedResourceMetadata {
    resource: Resource,
    resource_name: String,
    authorization_servers: [String; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    scopes_supported: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_details_types_supported: Vec<DetailTypeName>,
    bearer_methods_supported: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_documentation: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_policy_uri: Option<Url>,
    #[serde(skip_serializing_if = "Option::is_none")]
    resource_tos_uri: Option<Url>,
}

impl ProtectedResourceMetadata {
    /// What `server` says of itself when `issuer` issues its tokens.
    pub fn of(server: &ResourceServer, issuer: &str) -> Self {
        Self {
            resource: server.resource.clone(),
            resource_name: server.resource_name.clone(),
            authorization_servers: [issuer.to_owned()],
            scopes_supported: server
                .scopes
                .iter()
                .map(|(token, _)| token.to_owned())
                .collect(),
            authorization_details_types_supported: server
                .authorization_details_types
                .keys()
                .cloned()
                .collect(),
            // The other two leave tokens in logs, and are for old clients (RFC 9700 section 4.3.2).
            bearer_methods_supported: ["header"],
            resource_documentation: server.resource_documentation.clone(),
            resource_policy_uri: server.resource_policy_uri.clone(),
            resource_tos_uri: server.resource_tos_uri.clone(),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::id_token::tests::ISSUER;
    use crate::resource_server::tests::reports;

    /// [RFC 9728 section 2](https://www.rfc-editor.org/rfc/rfc9728#section-2).
    #[test]
    fn it_says_who_issues_tokens_and_what_they_open() {
        let metadata = ProtectedResourceMetadata::of(&reports(), ISSUER);
        assert_eq!(
            serde_json::to_value(metadata).unwrap(),
            json!({
                "resource": "https://reports.example",
                "resource_name": "Reports",
                "authorization_servers": [ISSUER],
                "scopes_supported": ["reports:read", "reports:write"],
                "bearer_methods_supported": ["header"],
            })
        );
    }
}
