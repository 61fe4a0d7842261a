//! Resource servers: the APIs that take access tokens. All of them are in memory, as clients are.

use std::sync::Arc;

use doorward_core::resource_server::{Resource, ResourceServer, ResourceServers as Registry};

use crate::clients::Added;
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::{self, Memory};
use crate::row::{self, Fields, Stored};
use crate::value::{self, params};

/// The door to the resource servers.
#[derive(Clone, Copy, Debug)]
pub struct ResourceServers<'a> {
    database: &'a dyn Database,
    memory: &'a Memory,
}

impl Stored for ResourceServer {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        let resource: Resource = fields.columns_of("resource_server").parsed()?;
        let server: Self = fields.json()?;
        if server.resource == resource {
            Ok(server)
        } else {
            let reason = format_args!("the document of {resource} names another one");
            Err(fields.bad(reason))
        }
    }
}

pub(crate) async fn all(database: &dyn Database) -> Result<Vec<ResourceServer>, Failure> {
    let sql = "SELECT resource, document FROM resource_server ORDER BY resource";
    row::all(database.query(sql, params![]).await?)
}

impl<'a> ResourceServers<'a> {
    pub(crate) const fn new(database: &'a dyn Database, memory: &'a Memory) -> Self {
        Self { database, memory }
    }

    /// All of them, as of now.
    pub fn registry(&self) -> Arc<Registry> {
        Arc::clone(&self.memory.snapshot().resource_servers)
    }

    /// Adds a resource server.
    pub async fn add(&self, server: &ResourceServer) -> Result<Added, Failure> {
        let sql = "INSERT INTO resource_server (resource, document) VALUES ($1, $2) ON CONFLICT DO NOTHING";
        let document = value::json("resource_server", server)?;
        let insert = Statement::one(sql, params![server.resource.as_str(), document]);
        let added = self.change(insert).await?;
        Ok(if added { Added::Added } else { Added::Taken })
    }

    /// Puts `server` in place of the one with its identifier; `false` when there is none.
    pub async fn update(&self, server: &ResourceServer) -> Result<bool, Failure> {
        let sql = "UPDATE resource_server SET document = $1 WHERE resource = $2";
        let document = value::json("resource_server", server)?;
        let update = Statement::one(sql, params![document, server.resource.as_str()]);
        self.change(update).await
    }

    /// Removes a resource server; `false` when there was none. Its tokens stay what they are until they expire.
    pub async fn remove(&self, resource: &Resource) -> Result<bool, Failure> {
        let sql = "DELETE FROM resource_server WHERE resource = $1";
        let delete = Statement::one(sql, params![resource.as_str()]);
        self.change(delete).await
    }

    async fn change(&self, statement: Statement) -> Result<bool, Failure> {
        let statements = vec![statement, memory::others_changed()];
        let changed = self.database.commit(statements).await?.is_committed();
        if changed {
            self.memory.refresh(self.database).await?;
        }
        Ok(changed)
    }
}
