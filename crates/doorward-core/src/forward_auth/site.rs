//! Sites, as operators registered them.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Rule, SiteHost};
use crate::resource_server::Resource;
use crate::time::Timestamp;

/// A registered site. A member that nobody knows makes it unreadable: what is not understood could be what restricts it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Site {
    /// The host of its addresses.
    pub host: SiteHost,
    /// What people are shown.
    pub name: String,
    /// The resource server whose access tokens count there; without it none do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// Who may do what. The first that fits decides.
    pub rules: Vec<Rule>,
    /// When it was registered.
    pub created_at: Timestamp,
}

/// The sites of an installation.
#[derive(Clone, Debug, Default)]
pub struct Sites(BTreeMap<SiteHost, Arc<Site>>);

impl Sites {
    /// The one at this host, in the letters that it is registered with.
    pub fn at(&self, host: &str) -> Option<&Arc<Site>> {
        self.0.get(host)
    }

    /// All of them, in the order of their hosts.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Site>> {
        self.0.values()
    }
}

impl FromIterator<Site> for Sites {
    fn from_iter<I: IntoIterator<Item = Site>>(sites: I) -> Self {
        let sites = sites.into_iter();
        Self(
            sites
                .map(|site| (site.host.clone(), Arc::new(site)))
                .collect(),
        )
    }
}
