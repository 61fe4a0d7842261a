//! All assertion issuers, and whose word a client may bring.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{AssertionIssuer, AssertionIssuerName};
use crate::identifiers::ClientId;

/// The assertion issuers of an installation.
#[derive(Clone, Debug, Default)]
pub struct AssertionIssuers(BTreeMap<AssertionIssuerName, Arc<AssertionIssuer>>);

impl AssertionIssuers {
    /// The one that operators call so.
    pub fn get(&self, name: &AssertionIssuerName) -> Option<&Arc<AssertionIssuer>> {
        self.0.get(name)
    }

    /// All of them, in the order of their names.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<AssertionIssuer>> {
        self.0.values()
    }

    /// The one that calls itself `issuer` and whose assertions `client` may bring.
    pub fn heard_from(&self, issuer: &str, client: &ClientId) -> Option<&Arc<AssertionIssuer>> {
        let is_it = |it: &&Arc<AssertionIssuer>| {
            it.issuer.as_str() == issuer && it.clients.contains(client)
        };
        self.iter().find(is_it)
    }

    /// A client that brings assertions of the same `iss` by another registration than `wanted`, so that nobody could say
    /// which one counts.
    pub fn taken<'a>(
        &'a self,
        wanted: &'a AssertionIssuer,
    ) -> Option<(&'a ClientId, &'a AssertionIssuer)> {
        let others = self
            .iter()
            .filter(|it| it.name != wanted.name && it.issuer == wanted.issuer);
        let mut shared = others.filter_map(|it| {
            let client = it.clients.intersection(&wanted.clients).next()?;
            Some((client, &**it))
        });
        shared.next()
    }
}

impl FromIterator<AssertionIssuer> for AssertionIssuers {
    fn from_iter<I: IntoIterator<Item = AssertionIssuer>>(issuers: I) -> Self {
        let issuers = issuers.into_iter();
        Self(
            issuers
                .map(|issuer| (issuer.name.clone(), Arc::new(issuer)))
                .collect(),
        )
    }
}
