//! Resource servers: the APIs that take access tokens. When one is removed its tokens stay what they are until they expire.

use doorward_core::resource_server::{Resource, ResourceServer, ResourceServers};

use super::Document;
use super::table::{Table, table};

impl Document for ResourceServer {
    type Name = Resource;
    type Registry = ResourceServers;

    const TABLE: Table = table!("resource_server", "resource");

    fn name(&self) -> &Resource {
        &self.resource
    }
}
