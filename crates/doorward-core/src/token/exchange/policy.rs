//! What a client may exchange tokens for.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::ExchangeRefused;
use crate::client::{Client, GrantType};
use crate::resource_server::Resource;

/// What an operator allows a client to exchange tokens for; without one it exchanges nothing
/// ([RFC 8693 section 5](https://www.rfc-editor.org/rfc/rfc8693#section-5)).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExchangePolicy {
    /// The resource servers that it may get tokens for.
    pub resources: BTreeSet<Resource>,
    /// Whether the tokens that it gets must say who acts.
    pub mode: ExchangeMode,
}

/// Whether a token that was exchanged must say who acts
/// ([RFC 8693 section 1.1](https://www.rfc-editor.org/rfc/rfc8693#section-1.1)).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ExchangeMode {
    /// It must: a request names the actor by a token of its own.
    #[default]
    Delegation,
    /// It need not: the client may appear as whoever the token speaks for.
    Impersonation,
}

impl ExchangeMode {
    /// The name in the command line and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Delegation => "delegation",
            Self::Impersonation => "impersonation",
        }
    }
}

impl ExchangePolicy {
    /// What `client` may exchange for, if it may exchange at all: it must prove who it is, so that a stolen token gets nobody
    /// another one.
    pub fn of(client: &Client) -> Result<&Self, ExchangeRefused> {
        if client.is_public() {
            return Err(ExchangeRefused::Public);
        }
        let policy = client.token_exchange.as_ref();
        policy
            .filter(|_| client.may_use(GrantType::TokenExchange))
            .ok_or(ExchangeRefused::NotAllowed)
    }

    /// Whether it names one of `audience`.
    pub(super) fn names<'a>(&self, mut audience: impl Iterator<Item = &'a str>) -> bool {
        audience.any(|name| {
            let mut resources = self.resources.iter();
            resources.any(|resource| resource.as_str() == name)
        })
    }
}
