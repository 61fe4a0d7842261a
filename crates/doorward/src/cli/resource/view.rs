//! A resource server as answers show it.

use anyhow::Result;
use doorward_core::resource_server::{ProtectedResourceMetadata, ResourceServer};
use serde_json::{Map, Value, json};

use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, facts, timestamp};

/// The answer that shows `server`.
pub(super) fn answer(server: &ResourceServer) -> Result<Answer> {
    let members = members(server);
    let known: Vec<(&str, Option<String>)> = members
        .iter()
        .map(|(name, value)| (name.as_str(), plain(value)))
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
        ("introspected_by", json!(server.introspected_by)),
        (
            "resource_documentation",
            json!(server.resource_documentation),
        ),
        ("resource_policy_uri", json!(server.resource_policy_uri)),
        ("resource_tos_uri", json!(server.resource_tos_uri)),
        ("created_at", json!(timestamp(server.created_at))),
    ];
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
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
