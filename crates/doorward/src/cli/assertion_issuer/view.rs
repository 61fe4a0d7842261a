//! An assertion issuer as answers show it.

use std::fmt::Display;

use anyhow::Result;
use doorward_core::assertion_issuer::{
    AssertionIssuer, AssertionIssuerKeys, AssertionIssuerStatus, Identity,
};
use serde_json::{Map, Value, json};

use crate::cli::answer::{Answer, facts, timestamp};
use crate::configuration::show_span;

/// The answer that shows `issuer`.
pub(super) fn answer(issuer: &AssertionIssuer) -> Result<Answer> {
    let members = members(issuer);
    let known: Vec<(&str, Option<String>)> = members
        .iter()
        .map(|(name, value)| (name.as_str(), plain(value)))
        .collect();
    Ok(Answer::new(&members, facts(&known))?)
}

/// The registration, as far as it says anything.
pub(super) fn members(issuer: &AssertionIssuer) -> Map<String, Value> {
    let (jwks, jwks_uri) = match &issuer.keys {
        AssertionIssuerKeys::Jwks(jwks) => (json!(jwks), Value::Null),
        AssertionIssuerKeys::JwksUri(uri) => (Value::Null, json!(uri)),
    };
    let subjects = match &issuer.identity {
        Identity::Client(subjects) => json!(subjects),
        _ => Value::Null,
    };
    let members = [
        ("name", json!(issuer.name)),
        ("issuer", json!(issuer.issuer)),
        ("status", status(issuer).into()),
        ("jwks", jwks),
        ("jwks_uri", jwks_uri),
        ("algorithms", json!(issuer.algorithms)),
        ("clients", json!(issuer.clients)),
        ("identity", issuer.identity.as_str().into()),
        ("subjects", subjects),
        ("resources", json!(issuer.resources)),
        ("scope", json!(issuer.scope)),
        ("longest", show_span(issuer.longest_assertion).into()),
        ("use", issuer.assertion_use.as_str().into()),
        ("until", json!(issuer.ends_at.map(timestamp))),
        ("created_at", json!(timestamp(issuer.created_at))),
    ];
    members
        .into_iter()
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

/// Whether its word counts, apart from its time being over.
pub(super) const fn status(issuer: &AssertionIssuer) -> &'static str {
    match issuer.status {
        AssertionIssuerStatus::Enabled => "enabled",
        AssertionIssuerStatus::Disabled => "disabled",
    }
}

/// Several names on one line.
pub(super) fn joined(names: impl IntoIterator<Item = impl Display>) -> String {
    let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
    names.join(", ")
}

/// A member as people read it; of keys their names.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => Some(joined(values.iter().filter_map(plain))),
        Value::Object(members) => members.get("keys").and_then(plain).or_else(|| {
            members
                .get("kid")
                .or_else(|| members.get("kty"))
                .and_then(plain)
        }),
        _ => None,
    }
}
