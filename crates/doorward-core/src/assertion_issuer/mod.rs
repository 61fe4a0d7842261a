//! Assertion issuers: those whose word an operator takes for who somebody is, at the token endpoint
//! ([RFC 7521 section 3](https://www.rfc-editor.org/rfc/rfc7521#section-3)).
//!
//! Nobody is one unless an operator registered them, with all that their word is good for.

mod identity;
mod name;
mod registry;
mod vouching;

use std::collections::BTreeSet;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::identifiers::ClientId;
use crate::jose::{Algorithm, JwkSet};
use crate::outbound::OutboundUri;
use crate::resource_server::Resource;
use crate::scope::Scope;
use crate::time::Timestamp;

pub use identity::{Identity, IdentityRefused, Named, by_verified_email};
pub use name::{AssertionIssuerName, IssuerIdentifier};
pub use registry::AssertionIssuers;
pub(crate) use vouching::person_stands;
pub use vouching::{Vouched, VouchedFor, Voucher, VouchingRefused};

/// A registered assertion issuer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssertionIssuer {
    /// What operators call it, also in access tokens that come of its word.
    pub name: AssertionIssuerName,
    /// `iss` of its assertions, byte for byte.
    pub issuer: IssuerIdentifier,
    /// Whether its word counts at present.
    pub status: AssertionIssuerStatus,
    /// The keys that its assertions are signed with.
    pub keys: AssertionIssuerKeys,
    /// The algorithms that they may be signed with.
    pub algorithms: BTreeSet<Algorithm>,
    /// How long an assertion may be good for, in seconds.
    pub longest_assertion: u64,
    /// How often an assertion may be used.
    pub assertion_use: AssertionUse,
    /// The clients that may bring its assertions.
    pub clients: BTreeSet<ClientId>,
    /// Whom an assertion speaks of.
    pub identity: Identity,
    /// The resource servers that tokens may be for.
    pub resources: BTreeSet<Resource>,
    /// All that they may open there; everything that the client is registered for when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scope: Option<Scope>,
    /// When its word stops counting; never when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ends_at: Option<Timestamp>,
    /// When it was registered: tokens of an earlier one of its name are not its tokens.
    pub created_at: Timestamp,
}

/// Whether the word of an assertion issuer counts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionIssuerStatus {
    /// It does.
    #[default]
    Enabled,
    /// It does not, and neither do tokens that came of it.
    Disabled,
}

/// Where the keys of an assertion issuer are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionIssuerKeys {
    /// An operator registered them.
    Jwks(JwkSet),
    /// The issuer publishes them, and changes them itself.
    JwksUri(OutboundUri),
}

/// How often an assertion may be used ([RFC 7523 section 3](https://www.rfc-editor.org/rfc/rfc7523#section-3), item 7).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AssertionUse {
    /// Once on all nodes, by its `jti`, which must be there.
    #[default]
    Once,
    /// Until it expires: for issuers that give one to a program for a while, as Kubernetes does.
    UntilItExpires,
}

impl AssertionUse {
    /// The name in the command line and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Once => "once",
            Self::UntilItExpires => "until_it_expires",
        }
    }
}

impl AssertionIssuer {
    /// How long an assertion may be good for.
    pub const fn longest_assertion(&self) -> Duration {
        Duration::from_secs(self.longest_assertion)
    }

    /// Where its keys are to be fetched, if they are not here.
    pub const fn jwks_uri(&self) -> Option<&OutboundUri> {
        match &self.keys {
            AssertionIssuerKeys::Jwks(_) => None,
            AssertionIssuerKeys::JwksUri(uri) => Some(uri),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
