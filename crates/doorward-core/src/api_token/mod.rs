//! API tokens: what people and programs show to APIs without a sign-in of their own. Opaque, scoped, limited in time and to networks, and
//! alive only as long as who is behind them.
//!
//! There are three kinds, and one mechanism: a *personal access token* acts for a person; a *service account* is a program with tokens of its
//! own; an *API key* says which project a request belongs to. What a token is ([`ApiToken`]) is kept apart from what opens it, a
//! [`Secret`](crate::secret::Secret) that is shown once, and from who is behind it now ([`Standing`]). [`FoundToken::check`] judges all three.

mod check;
mod issue;
mod name;
mod owner;
mod policy;
mod presented;
mod quota;
mod resumption;
mod rights;
mod rotation;
mod service_account;
mod state;
mod status;
#[cfg(test)]
pub(crate) mod tests;
pub mod usage;
pub mod watch;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::identifiers::{ApiTokenId, PersonId, ServiceAccountId};
use crate::network::Networks;
use crate::resource_server::Resource;
use crate::scope::Scope;
use crate::secret::SecretKind;
use crate::time::Timestamp;

pub use check::{ApiTokenRefused, FoundToken, Use, Working};
pub(crate) use issue::may_be_registered;
pub use issue::{IssueRefused, Issuer, Issuing, Lifetime, NewApiToken, issue};
pub use name::{ProjectName, ServiceAccountName, TokenName};
pub use owner::{Hold, Owner, OwnerStanding, Standing};
pub use policy::ApiTokenPolicy;
pub use presented::PresentedApiToken;
pub use quota::{Counted, Quota, QuotaExceeded};
pub use resumption::{ResumptionRefused, resume};
pub use rights::{AcceptedApiTokens, HeldBy, MANAGE_TOKENS, READ_TOKENS, Rights};
pub use rotation::{Rotation, RotationRefused, rotate};
pub use service_account::ServiceAccount;
pub use state::{Cause, State, StateRefused};
pub use status::ApiTokenStatus;

/// An API token: everything about it but what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Its name among tokens, which is no secret.
    pub id: ApiTokenId,
    /// What its owner calls it.
    pub name: TokenName,
    /// For whom it acts.
    pub acts_for: ActsFor,
    /// What it may do, as long as its owner may.
    #[serde(default, skip_serializing_if = "Scope::is_empty")]
    pub scope: Scope,
    /// The resource servers that it was made for by name; others follow from its scope.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub resources: BTreeSet<Resource>,
    /// The networks that it works from; everywhere when absent, nowhere when there are none in the list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub networks: Option<Networks>,
    /// How often it may be used.
    #[serde(default, skip_serializing_if = "Quota::is_unlimited")]
    pub quota: Quota,
    /// When it was made.
    pub created_at: Timestamp,
    /// When what opens it was last made anew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rotated_at: Option<Timestamp>,
    /// When it stops working; never, where the policy allows that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// Whether it was suspended or revoked.
    #[serde(default, skip_serializing_if = "State::is_live")]
    pub state: State,
}

/// For whom a token acts. Of which kind the token is follows from it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActsFor {
    /// A person, who is its owner too.
    Person(PersonId),
    /// A program of its own, whose owner answers for it.
    ServiceAccount(ServiceAccountId),
    /// A project: the token says whose a request is, and nobody's identity.
    Project {
        /// The project.
        project: ProjectName,
        /// Who answers for it.
        owner: Owner,
    },
}

/// The kinds of API tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ApiTokenKind {
    /// `dw_pat_…`: acts for a person.
    PersonalAccessToken,
    /// `dw_sat_…`: acts for a service account.
    ServiceAccountToken,
    /// `dw_key_…`: identifies a project.
    ApiKey,
}

impl ApiTokenKind {
    /// Every kind.
    pub const ALL: [Self; 3] = [
        Self::PersonalAccessToken,
        Self::ServiceAccountToken,
        Self::ApiKey,
    ];

    /// The word in documents, answers and logs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PersonalAccessToken => "personal_access_token",
            Self::ServiceAccountToken => "service_account_token",
            Self::ApiKey => "api_key",
        }
    }

    /// What opens such a token.
    pub const fn secret(self) -> SecretKind {
        match self {
            Self::PersonalAccessToken => SecretKind::PersonalAccessToken,
            Self::ServiceAccountToken => SecretKind::ServiceAccountToken,
            Self::ApiKey => SecretKind::ApiKey,
        }
    }
}

impl ActsFor {
    /// The subject of its tokens: the person, the service account, or the project. No project's has the form of the others'.
    pub fn sub(&self) -> String {
        match self {
            Self::Person(person) => person.to_string(),
            Self::ServiceAccount(account) => account.to_string(),
            Self::Project { project, .. } => format!("project:{project}"),
        }
    }

    /// The kind of a token that acts for them.
    pub const fn kind(&self) -> ApiTokenKind {
        match self {
            Self::Person(_) => ApiTokenKind::PersonalAccessToken,
            Self::ServiceAccount(_) => ApiTokenKind::ServiceAccountToken,
            Self::Project { .. } => ApiTokenKind::ApiKey,
        }
    }
}

impl ApiToken {
    /// Its kind.
    pub const fn kind(&self) -> ApiTokenKind {
        self.acts_for.kind()
    }

    /// When it was last certain that the token was to work: what happened before the directory was restored from a backup may have been undone since that backup.
    pub(crate) fn certain_since(&self) -> Timestamp {
        let began = self.rotated_at.unwrap_or(self.created_at);
        self.state.resumed_at().map_or(began, |at| at.max(began))
    }

    /// Who answers for it, given the service account that it acts for, if it acts for one.
    pub fn owner(&self, account: Option<&ServiceAccount>) -> Option<Owner> {
        match &self.acts_for {
            ActsFor::Person(person) => Some(Owner::Person(*person)),
            ActsFor::Project { owner, .. } => Some(owner.clone()),
            ActsFor::ServiceAccount(_) => account.map(|account| account.owner.clone()),
        }
    }
}
