//! A client as answers show it, with the names of registered metadata
//! ([RFC 7591 section 2](https://www.rfc-editor.org/rfc/rfc7591#section-2)).

use anyhow::Result;
use doorward_core::Timestamp;
use doorward_core::client::{AuthMethod, Client, ClientProfile};
use doorward_core::outbound::OutboundUri;
use doorward_core::secret::Secret;
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::cli::answer::{Answer, facts, timestamp};

/// What is said of a secret that is known again.
const DERIVED: &str = "\n\nThe secret is shown this once; it is not kept, but made again with a key of the directory.";

/// The answer that shows `client`, and its `secret` if it was just made; no hash is shown.
pub(super) fn answer(client: &Client, secret: Option<&Secret>, now: Timestamp) -> Result<Answer> {
    let mut members = members(client, now);
    if let Some(secret) = secret {
        members.insert("client_secret".to_owned(), secret.reveal().into());
    }
    let known: Vec<(&str, Option<String>)> = members
        .iter()
        .map(|(name, value)| (name.as_str(), plain(value)))
        .collect();
    let mut text = facts(&known);
    if secret.is_some() {
        text.push_str(match client.token_endpoint_auth_method {
            AuthMethod::ClientSecretJwt => DERIVED,
            _ => "\n\nThe secret is shown this once; only its hash is kept.",
        });
    }
    Ok(Answer::new(&members, text)?)
}

/// The registration, as far as it says anything.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(super) fn members(client: &Client, now: Timestamp) -> Map<String, Value> {
    let exchange = client.token_exchange.as_ref();
    let subject = client.mutual_tls.subject.as_ref();
    let subject = subject.map(|subject| (subject.member().as_str(), json!(subject.to_string())));
    let members = [
        ("client_id", json!(client.client_id)),
        ("client_name", json!(client.client_name)),
        ("profile", profile(client)),
        ("redirect_uris", json!(client.redirect_uris)),
        (
            "post_logout_redirect_uris",
            json!(client.post_logout_redirect_uris),
        ),
        (
            "backchannel_logout_uri",
            json!(client.backchannel_logout_uri),
        ),
        (
            "backchannel_logout_session_required",
            required_at(
                client.backchannel_logout_uri.as_ref(),
                client.backchannel_logout_session_required,
            ),
        ),
        (
            "frontchannel_logout_uri",
            json!(client.frontchannel_logout_uri),
        ),
        (
            "frontchannel_logout_session_required",
            required_at(
                client.frontchannel_logout_uri.as_ref(),
                client.frontchannel_logout_session_required,
            ),
        ),
        (
            "token_endpoint_auth_method",
            json!(client.token_endpoint_auth_method),
        ),
        ("jwks", json!(client.jwks)),
        ("jwks_uri", json!(client.jwks_uri)),
        (
            "token_endpoint_auth_signing_alg",
            json!(client.assertion_algorithm()),
        ),
        ("assertion_audience", assertion_audience(client)),
        ("grant_types", json!(client.grant_types)),
        ("scope", json!(client.scope)),
        ("consent", json!(client.consent)),
        ("pkce", json!(client.pkce)),
        (
            "require_pushed_authorization_requests",
            json!(client.pushed_requests),
        ),
        ("dpop_bound_access_tokens", json!(client.dpop)),
        (
            "tls_client_certificate_bound_access_tokens",
            json!(client.mutual_tls.binding),
        ),
        (
            "request_object_signing_alg",
            json!(client.request_objects.algorithm),
        ),
        (
            "require_signed_request_object",
            with_keys(client, json!(client.request_objects.policy)),
        ),
        (
            "request_object_lifetime",
            with_keys(client, json!(client.request_objects.lifetime)),
        ),
        ("request_uris", listed(&client.request_objects.uris)),
        (
            "exchange_for",
            json!(exchange.map(|policy| &policy.resources)),
        ),
        ("exchange", json!(exchange.map(|policy| policy.mode))),
        (
            "id_token_signed_response_alg",
            json!(client.id_token_signed_response_alg),
        ),
        (
            "access_token_signed_response_alg",
            json!(client.access_token_signed_response_alg),
        ),
        (
            "authorization_signed_response_alg",
            json!(client.authorization_signed_response_alg),
        ),
        (
            "userinfo_signed_response_alg",
            json!(client.userinfo_signed_response_alg),
        ),
        ("subject_type", json!(client.subject_type())),
        ("sector", json!(client.sector)),
        (
            "introspection_signed_response_alg",
            json!(client.introspection_signed_response_alg),
        ),
        ("response_modes", listed(&client.response_modes)),
        ("default_max_age", json!(client.default_max_age)),
        ("default_acr_values", listed(&client.default_acr_values)),
        (
            "authorization_details_types",
            listed(&client.authorization_details_types),
        ),
        ("authorization_details_consent", details_consent(client)),
        ("client_uri", json!(client.client_uri)),
        ("logo_uri", json!(client.logo_uri)),
        ("policy_uri", json!(client.policy_uri)),
        ("tos_uri", json!(client.tos_uri)),
        ("secrets", secrets(client, now)),
        ("networks", listed(client.networks.iter())),
        ("created_at", json!(timestamp(client.created_at))),
    ];
    let encrypted = json!(client.encrypted_responses);
    let encrypted = encrypted.as_object().cloned().unwrap_or_default();
    members
        .into_iter()
        .chain(subject)
        .filter(|(_, value)| !value.is_null())
        .map(|(name, value)| (name.to_owned(), value))
        .chain(encrypted)
        .collect()
}

/// What says something of clients with keys only.
fn with_keys(client: &Client, value: Value) -> Value {
    if client.has_keys() {
        value
    } else {
        Value::Null
    }
}

/// The kind of client, where it is any.
fn profile(client: &Client) -> Value {
    match client.profile {
        ClientProfile::Standard => Value::Null,
        profile => json!(profile),
    }
}

/// Whether the session must be named at an address; without one it says nothing.
fn required_at(uri: Option<&OutboundUri>, session_required: bool) -> Value {
    json!(uri.map(|_| session_required))
}

/// Its secrets, without what they are, and whether they work now.
fn secrets(client: &Client, now: Timestamp) -> Value {
    let secrets = client
        .secrets
        .iter()
        .map(|secret| {
            json!({
                "created_at": timestamp(secret.created_at),
                "expires_at": secret.expires_at.map(timestamp),
                "live": secret.is_live(now),
            })
        })
        .collect();
    Value::Array(secrets)
}

/// Some values, if there are any.
fn listed<T: Serialize>(values: impl IntoIterator<Item = T>) -> Value {
    let values: Vec<Value> = values.into_iter().map(|value| json!(value)).collect();
    if values.is_empty() {
        Value::Null
    } else {
        Value::Array(values)
    }
}

/// Whether people are asked about details, of a client that may ask for any.
fn details_consent(client: &Client) -> Value {
    if client.authorization_details_types.is_empty() {
        Value::Null
    } else {
        json!(client.details_consent_policy())
    }
}

/// Whom a client's assertions must address, if it makes any.
fn assertion_audience(client: &Client) -> Value {
    match client.token_endpoint_auth_method {
        method if method.asserts() => json!(client.assertion_audience),
        _ => Value::Null,
    }
}

/// A member as people read it; `None` when there is nothing to read.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Array(values) => {
            let texts: Vec<String> = values.iter().filter_map(plain).collect();
            (!texts.is_empty()).then(|| texts.join(", "))
        }
        Value::Object(members) => secret(members)
            .or_else(|| members.get("keys").and_then(plain))
            .or_else(|| key(members)),
        Value::Null => None,
        other => Some(other.to_string()),
    }
}

fn secret(members: &Map<String, Value>) -> Option<String> {
    let made = members.get("created_at").and_then(plain)?;
    Some(match members.get("expires_at").and_then(plain) {
        Some(at) if members.get("live") == Some(&Value::Bool(false)) => {
            format!("made {made}, expired {at}")
        }
        Some(until) => format!("made {made}, works until {until}"),
        None => format!("made {made}"),
    })
}

fn key(members: &Map<String, Value>) -> Option<String> {
    let family = members.get("crv").or_else(|| members.get("kty"));
    let family = family.and_then(plain)?;
    Some(match members.get("kid").and_then(plain) {
        Some(kid) => format!("{kid} ({family})"),
        None => family,
    })
}
