//! Authorization responses as JWTs ([JARM section 2.1](https://openid.net/specs/oauth-v2-jarm-final.html#section-2.1)).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::client::Client;
use crate::identifiers::ClientId;
use crate::jose::{Algorithm, Encryption};
use crate::time::Timestamp;

/// How long a signed response is good for. A browser carries it to its client at once; clocks may differ.
const LIFETIME: Duration = Duration::from_mins(5);

/// For whom a response is signed, and with what, as the client was registered when it asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ResponseSignature {
    pub(super) audience: ClientId,
    /// `authorization_signed_response_alg`.
    pub(super) algorithm: Algorithm,
    /// How the signed response is encrypted; it is not when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) encryption: Option<Encryption>,
}

impl ResponseSignature {
    /// The one that `client` is registered for.
    pub(super) fn for_client(client: &Client) -> Self {
        Self {
            audience: client.client_id.clone(),
            algorithm: client.authorization_response_algorithm(),
            encryption: client.encrypted_responses.authorization,
        }
    }

    /// What is signed: the response's parameters, and who says them to whom until when.
    pub(super) fn claims(
        &self,
        issuer: &str,
        parameters: &[(&'static str, String)],
        now: Timestamp,
    ) -> Map<String, Value> {
        let parameters = parameters
            .iter()
            .map(|(name, value)| ((*name).to_owned(), json!(value)));
        let mut claims: Map<String, Value> = parameters.collect();
        for (name, value) in [
            ("iss", json!(issuer)),
            ("aud", json!(self.audience)),
            ("iat", json!(now.as_seconds())),
            ("exp", json!(now.plus(LIFETIME).as_seconds())),
        ] {
            claims.insert(name.to_owned(), value);
        }
        claims
    }
}
