//! A token as callers see it: never with what opens it, but for the once.

use doorward_core::Timestamp;
use doorward_core::api_token::{ApiTokenStatus, FoundToken};
use doorward_core::secret::Secret;
use serde::Serialize;
use utoipa::ToSchema;

/// A token: everything about it but what opens it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "0192f0c1-0000-7000-8000-000000000000",
    "name": "backup of the wiki",
    "kind": "personal_access_token",
    "scope": "reports:read",
    "resources": [],
    "networks": ["192.0.2.0/24"],
    "quota": { "per_minute": 60, "per_day": null },
    "created_at": "2026-01-01T00:00:00Z",
    "rotated_at": null,
    "expires_at": "2026-04-01T00:00:00Z",
    "status": "active",
    "reason": null
}))]
pub(super) struct TokenView {
    /// Its name among tokens, which is no secret.
    id: String,
    /// What its owner calls it.
    name: String,
    /// `personal_access_token`: it acts for a person.
    kind: &'static str,
    /// What it may do as long as its owner may, with spaces between the scopes.
    scope: String,
    /// APIs that it was made for by name; others follow from its scopes.
    resources: Vec<String>,
    /// Networks that it works from; everywhere when absent.
    networks: Option<Vec<String>>,
    /// How often it may be used.
    quota: QuotaView,
    /// When it was made.
    #[schema(format = DateTime)]
    created_at: String,
    /// When it was last rotated.
    #[schema(format = DateTime)]
    rotated_at: Option<String>,
    /// When it stops working; never when absent.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// How it stands.
    status: Status,
    /// Why it does not work, if it does not.
    reason: Option<String>,
}

/// How often a token may be used; without limit where none is given.
#[derive(Clone, Debug, Serialize, ToSchema)]
struct QuotaView {
    /// Uses in a minute.
    per_minute: Option<u32>,
    /// Uses in a day, by UTC.
    per_day: Option<u32>,
}

/// How a token stands. `waiting`: it may have been revoked since the backup that the directory was restored from, and an operator or a
/// sign-in of its owner resumes it.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Status {
    Active,
    Suspended,
    Revoked,
    Expired,
    Waiting,
    OwnerDisabled,
    OwnerGone,
    AccountDisabled,
}

/// A page of tokens.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct TokenList {
    /// The tokens, the newest first.
    tokens: Vec<TokenView>,
    /// What `after` is for the next page; absent when this is the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
}

/// A token that was made, and what opens it.
#[derive(Serialize, ToSchema)]
pub(super) struct MadeToken {
    #[serde(flatten)]
    about: TokenView,
    /// The token itself, shown this once.
    #[schema(pattern = "^dw_pat_[0-9A-Za-z]{30,}$")]
    token: String,
}

/// A token that was rotated, and what opens it now.
#[derive(Serialize, ToSchema)]
pub(super) struct RotatedToken {
    #[serde(flatten)]
    made: MadeToken,
    /// Until when the secret before goes on working.
    #[schema(format = DateTime)]
    previous_works_until: String,
}

impl TokenView {
    pub(super) fn of(found: &FoundToken, now: Timestamp) -> Self {
        let token = &found.token;
        let networks = token.networks.as_ref();
        Self {
            id: token.id.to_string(),
            name: token.name.to_string(),
            kind: token.kind().as_str(),
            scope: token.scope.to_string(),
            resources: token.resources.iter().map(ToString::to_string).collect(),
            networks: networks.map(|networks| networks.iter().map(ToString::to_string).collect()),
            quota: QuotaView {
                per_minute: token.quota.per_minute,
                per_day: token.quota.per_day,
            },
            created_at: token.created_at.rfc3339(),
            rotated_at: token.rotated_at.map(Timestamp::rfc3339),
            expires_at: token.expires_at.map(Timestamp::rfc3339),
            status: found.status(now).into(),
            reason: found.is_alive(now).err().map(|refused| refused.to_string()),
        }
    }
}

impl TokenList {
    pub(super) fn of(page: &[FoundToken], limit: u32, now: Timestamp) -> Self {
        let is_full = u32::try_from(page.len()).is_ok_and(|length| length == limit);
        let last = page.last().filter(|_| is_full);
        Self {
            tokens: page.iter().map(|found| TokenView::of(found, now)).collect(),
            next: last.map(|found| found.token.id.to_string()),
        }
    }
}

impl MadeToken {
    pub(super) fn of(found: &FoundToken, secret: &Secret, now: Timestamp) -> Self {
        Self {
            about: TokenView::of(found, now),
            token: secret.reveal().to_owned(),
        }
    }
}

impl RotatedToken {
    pub(super) fn of(
        found: &FoundToken,
        secret: &Secret,
        ends_at: Timestamp,
        now: Timestamp,
    ) -> Self {
        Self {
            made: MadeToken::of(found, secret, now),
            previous_works_until: ends_at.rfc3339(),
        }
    }
}

impl From<ApiTokenStatus> for Status {
    fn from(status: ApiTokenStatus) -> Self {
        match status {
            ApiTokenStatus::Active => Self::Active,
            ApiTokenStatus::Suspended => Self::Suspended,
            ApiTokenStatus::Revoked => Self::Revoked,
            ApiTokenStatus::Expired => Self::Expired,
            ApiTokenStatus::Waiting => Self::Waiting,
            ApiTokenStatus::OwnerDisabled => Self::OwnerDisabled,
            ApiTokenStatus::OwnerGone => Self::OwnerGone,
            ApiTokenStatus::AccountDisabled => Self::AccountDisabled,
        }
    }
}
