//! What a client is told of its registration.

use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::secret::Secret;

/// The answer to a registration ([RFC 7591 section 3.2.1], [RFC 7592 section 3]).
///
/// It is made to be sent once; it has no `Debug`, since it may carry secrets.
///
/// [RFC 7591 section 3.2.1]: https://www.rfc-editor.org/rfc/rfc7591#section-3.2.1
/// [RFC 7592 section 3]: https://www.rfc-editor.org/rfc/rfc7592#section-3
pub struct ClientInformation(Map<String, Value>);

/// What was made for a client and is told to it this once.
#[derive(Debug, Default)]
pub struct Credentials {
    /// Its secret, if it has a new one.
    pub client_secret: Option<Secret>,
    /// Its registration access token, if it has a new one.
    pub registration_access_token: Option<Secret>,
}

/// What a client may know of its document here. The rest is the operator's.
const MEMBERS: [&str; 45] = [
    "client_id",
    "client_name",
    "client_uri",
    "logo_uri",
    "policy_uri",
    "tos_uri",
    "redirect_uris",
    "post_logout_redirect_uris",
    "backchannel_logout_uri",
    "backchannel_logout_session_required",
    "frontchannel_logout_uri",
    "frontchannel_logout_session_required",
    "token_endpoint_auth_method",
    "token_endpoint_auth_signing_alg",
    "jwks",
    "jwks_uri",
    "request_object_signing_alg",
    "require_signed_request_object",
    "request_uris",
    "authorization_signed_response_alg",
    "introspection_signed_response_alg",
    "grant_types",
    "scope",
    "require_pushed_authorization_requests",
    "dpop_bound_access_tokens",
    "tls_client_certificate_bound_access_tokens",
    "tls_client_auth_subject_dn",
    "tls_client_auth_san_dns",
    "tls_client_auth_san_uri",
    "tls_client_auth_san_ip",
    "tls_client_auth_san_email",
    "id_token_signed_response_alg",
    "userinfo_signed_response_alg",
    "id_token_encrypted_response_alg",
    "id_token_encrypted_response_enc",
    "userinfo_encrypted_response_alg",
    "userinfo_encrypted_response_enc",
    "authorization_encrypted_response_alg",
    "authorization_encrypted_response_enc",
    "introspection_encrypted_response_alg",
    "introspection_encrypted_response_enc",
    "default_max_age",
    "default_acr_values",
    "authorization_details_types",
    "subject_type",
];

/// The same of what it said of itself.
const OF_ITSELF: [&str; 6] = [
    "contacts",
    "application_type",
    "initiate_login_uri",
    "sector_identifier_uri",
    "software_id",
    "software_version",
];

impl ClientInformation {
    /// What is said of `client`, whose registration is at `registration_client_uri`.
    pub fn of(client: &Client, credentials: &Credentials, registration_client_uri: &str) -> Self {
        let document = document(client);
        let of_itself = client.dynamic.as_ref().map(document_of).unwrap_or_default();
        let mut members = picked(document, &MEMBERS);
        members.extend(picked(of_itself, &OF_ITSELF));
        let mut say = |name: &str, value: Value| members.insert(name.to_owned(), value);
        say("client_id_issued_at", client.created_at.as_seconds().into());
        say("response_types", json!(["code"]));
        if let Some(algorithm) = client.assertion_algorithm() {
            say("token_endpoint_auth_signing_alg", algorithm.into());
        }
        say("subject_type", client.subject_type().into());
        say("registration_client_uri", registration_client_uri.into());
        if let Some(secret) = &credentials.client_secret {
            say("client_secret", secret.reveal().into());
            // It does not expire.
            say("client_secret_expires_at", 0.into());
        }
        if let Some(token) = &credentials.registration_access_token {
            say("registration_access_token", token.reveal().into());
        }
        Self(members)
    }

    /// The JSON, to be sent to the client.
    pub fn reveal(self) -> Value {
        Value::Object(self.0)
    }
}

fn document(client: &Client) -> Map<String, Value> {
    document_of(client)
}

fn document_of(value: &impl serde::Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

fn picked(mut document: Map<String, Value>, names: &[&str]) -> Map<String, Value> {
    names
        .iter()
        .filter_map(|name| document.remove_entry(*name))
        .collect()
}
