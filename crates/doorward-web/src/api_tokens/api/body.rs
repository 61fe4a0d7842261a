//! What callers send. A member that nobody knows is refused, so that none is thought to have been heeded.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::Request;
use doorward_core::api_token::{ActsFor, Lifetime, NewApiToken, Quota, TokenName};
use doorward_core::network::Networks;
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use utoipa::ToSchema;

use super::error::ApiError;
use crate::form;

/// A token that is to be made.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({
    "name": "backup of the wiki",
    "scope": "reports:read",
    "networks": ["192.0.2.0/24"],
    "quota": { "per_minute": 60 },
    "expires_in": 2_592_000
}))]
pub(super) struct CreateToken {
    /// What to call it: one line of at most 100 characters.
    #[schema(value_type = String, min_length = 1, max_length = 100)]
    name: TokenName,
    /// What it may do, with spaces between the scopes: nothing that the calling token may not.
    #[schema(value_type = String)]
    scope: Scope,
    /// APIs that it is for by name; others follow from its scopes.
    #[serde(default)]
    #[schema(value_type = Vec<String>)]
    resources: BTreeSet<Resource>,
    /// Networks that it works from, such as `192.0.2.0/24` or a single address; everywhere when absent.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    networks: Option<Networks>,
    /// How often it may be used.
    #[serde(default)]
    quota: NewQuota,
    /// Seconds that it works; when absent as long as the operator says, and no longer than the calling token.
    #[serde(default)]
    #[schema(minimum = 60)]
    expires_in: Option<u64>,
}

/// How often a token may be used; without limit where none is given.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NewQuota {
    /// Uses in a minute.
    #[serde(default)]
    per_minute: Option<u32>,
    /// Uses in a day, by UTC.
    #[serde(default)]
    per_day: Option<u32>,
}

/// How a token is rotated.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "overlap": 3600 }))]
pub(super) struct RotateToken {
    /// Seconds that the secret before goes on working; a day when absent, or less where the operator says so.
    #[serde(default)]
    overlap: Option<u64>,
    /// Seconds that the token works from now on; when absent as long as it was made for, and no longer than the calling token.
    #[serde(default)]
    #[schema(minimum = 60)]
    expires_in: Option<u64>,
}

impl CreateToken {
    pub(super) fn asked(self, acts_for: ActsFor) -> NewApiToken {
        NewApiToken {
            name: self.name,
            acts_for,
            scope: self.scope,
            resources: self.resources,
            networks: self.networks,
            quota: Quota {
                per_minute: self.quota.per_minute,
                per_day: self.quota.per_day,
            },
            lifetime: lifetime(self.expires_in),
        }
    }
}

impl RotateToken {
    pub(super) fn overlap(&self) -> Option<Duration> {
        self.overlap.map(Duration::from_secs)
    }

    pub(super) fn lifetime(&self) -> Lifetime {
        lifetime(self.expires_in)
    }
}

fn lifetime(seconds: Option<u64>) -> Lifetime {
    let lasting = |seconds| Lifetime::For(Duration::from_secs(seconds));
    seconds.map_or(Lifetime::Default, lasting)
}

/// The JSON of a request.
pub(super) async fn json<T: DeserializeOwned>(request: Request) -> Result<T, ApiError> {
    let body = form::json(request).await?;
    serde_json::from_slice(&body).map_err(|error| ApiError::Unreadable(error.to_string()))
}
