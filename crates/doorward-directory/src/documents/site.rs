//! Sites: what proxies ask about. When one is removed, nothing passes there any more.

use doorward_core::forward_auth::{Site, SiteHost, Sites};

use super::Document;
use super::table::{Table, table};

impl Document for Site {
    type Name = SiteHost;
    type Registry = Sites;

    const TABLE: Table = table!("site", "host");

    fn name(&self) -> &SiteHost {
        &self.host
    }
}
