//! A resource server as answers show it.

use anyhow::Result;
use doorward_core::resource_server::{
    AccessTokenStatus, ProtectedResourceMetadata, ResourceServer,
};
use serde_json::{Map, Value, json};

use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, facts, timestamp};

/// The answer that shows `server`.
pub(super) fn answer(server: &ResourceServer) -> Result<Answer> {
    let members = members(server);
    let known: Vec<(&str, Option<String>)> = members
        .iter()
        .map(|(name, value)| match name.as_str() {
            "authorization_details_types" => (name.as_str(), sentences(server)),
            _ => (name.as_str(), plain(value)),
        })
        .collect();
    Ok(Answer::new(&members, facts(&known))?)
}

/// The answer that is to be published by `server`
/// ([RFC 9728 section 3.2](https://www.rfc-editor.org/rfc/rfc9728#section-3.2)).
pub(super) fn metadata(server: &ResourceServer, admin: &Administration) -> Result<Answer> {
    let issuer = admin.configuration.server.issuer.as_str();
    let metadata = ProtectedResourceMetadata::of(server, issuer);
    let text = serde_json::to_string_pretty(&metadata)?;
    Ok(Answer::new(&metadata, text)?)
}

/// The registration, as far as it says anything.
pub(super) fn members(server: &ResourceServer) -> Map<String, Value> {
    let scopes: Map<String, Value> = server
        .scopes
        .iter()
        .map(|(token, allows)| (token.to_owned(), allows.into()))
        .collect();
    let types: Map<String, Value> = server
        .authorization_details_types
        .iter()
        .map(|(name, of_type)| (name.to_string(), json!(of_type)))
        .collect();
    let members = [
        ("resource", json!(server.resource)),
        ("resource_name", json!(server.resource_name)),
        ("scopes", scopes.into()),
        ("access_token_format", json!(server.access_token_format)),
        ("access_token_lifetime", json!(server.access_token_lifetime)),
        (
            "access_token_signed_response_alg",
            json!(server.access_token_signed_response_alg),
        ),
        ("api_tokens", json!(server.api_tokens)),
        ("access_token_status", json!(status(server))),
        ("introspected_by", json!(server.introspected_by)),
        ("authorization_details_types", types.into()),
        ("minimum_acr", json!(server.authentication.minimum_acr)),
        (
            "max_authentication_age",
            json!(server.authentication.max_authentication_age),
        ),
        (
            "resource_documentation",
            json!(server.resource_documentation),
        ),
        ("resource_policy_uri", json!(server.resource_policy_uri)),
        ("resource_tos_uri", json!(server.resource_tos_uri)),
        ("networks", json!(server.networks)),
        ("created_at", json!(timestamp(server.created_at))),
    ];
    members
        .into_iter()
        .filter(|(name, value)| {
            let is_empty = match *name {
                "authorization_details_types" => *value == json!({}),
                "networks" => *value == json!([]),
                _ => false,
            };
            !value.is_null() && !is_empty
        })
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// How it learns what was revoked, if it does.
fn status(server: &ResourceServer) -> Option<AccessTokenStatus> {
    match server.access_token_status {
        AccessTokenStatus::Untold => None,
        status @ AccessTokenStatus::StatusList => Some(status),
    }
}

/// The types of details, each with its sentence.
fn sentences(server: &ResourceServer) -> Option<String> {
    let types = server.authorization_details_types.values();
    let lines: Vec<String> = types
        .map(|of_type| format!("{} ({})", of_type.name, of_type.sentence.in_language("en")))
        .collect();
    (!lines.is_empty()).then(|| lines.join(", "))
}

/// A member as people read it; `None` when there is nothing to read.
fn plain(value: &Value) -> Option<String> {
    let lines = match value {
        Value::String(text) => return Some(text.clone()),
        Value::Array(values) => values.iter().filter_map(plain).collect::<Vec<_>>(),
        Value::Object(members) => members
            .iter()
            .filter_map(|(name, value)| Some(format!("{name} ({})", plain(value)?)))
            .collect(),
        other => return Some(other.to_string()),
    };
    (!lines.is_empty()).then(|| lines.join(", "))
}
