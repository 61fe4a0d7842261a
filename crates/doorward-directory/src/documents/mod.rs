//! Documents that are kept under their names: resource servers, assertion issuers and sites. All of them are in memory, as clients are.

mod assertion_issuer;
mod found;
mod known;
mod resource_server;
mod site;
mod table;

use std::fmt::{Debug, Display};
use std::sync::Arc;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::clients::{Added, Updated};
use crate::compare_and_set::{self, Place, Present};
use crate::database::{Database, Statement};
use crate::failure::Failure;
use crate::memory::{self, Memory, Snapshot};
use crate::row;
use crate::value::{self, params};

use found::Found;
pub(crate) use known::KnownDocuments;
pub use table::Table;

/// A document that has a name.
pub trait Document:
    Clone + Debug + PartialEq + Serialize + DeserializeOwned + Send + Sync + 'static
{
    /// What tells it from the others of its kind.
    type Name: Display + Sync;
    /// All of its kind.
    type Registry: Debug + Default + FromIterator<Self> + Send + Sync;

    /// Where it is kept.
    const TABLE: Table;

    /// Its name, which it keeps whatever changes.
    fn name(&self) -> &Self::Name;
}

/// The door to the documents of one kind.
#[derive(Debug)]
pub struct Documents<'a, D: Document> {
    database: &'a dyn Database,
    memory: &'a Memory,
    known: fn(&Snapshot) -> &Arc<KnownDocuments<D>>,
}

impl<'a, D: Document> Documents<'a, D> {
    pub(crate) const fn new(
        database: &'a dyn Database,
        memory: &'a Memory,
        known: fn(&Snapshot) -> &Arc<KnownDocuments<D>>,
    ) -> Self {
        Self {
            database,
            memory,
            known,
        }
    }

    /// All of them, as of now.
    pub fn registry(&self) -> Arc<D::Registry> {
        Arc::clone(&(self.known)(&self.memory.snapshot()).registry)
    }

    /// The names of those that are there and cannot be read. They are as good as absent until somebody repairs them.
    pub fn unreadable(&self) -> Vec<String> {
        let snapshot = self.memory.snapshot();
        (self.known)(&snapshot).unreadable.keys().cloned().collect()
    }

    /// Adds a document.
    pub async fn add(&self, document: &D) -> Result<Added, Failure> {
        let text = value::json(D::TABLE.name, document)?;
        let params = params![document.name().to_string(), text];
        let insert = Statement::one(D::TABLE.insert, params);
        let added = self.commit(insert).await?;
        Ok(if added { Added::Added } else { Added::Taken })
    }

    /// Puts what `decide` makes of a document in its place, unless that is the same. Of changes that come at once none is lost: who
    /// comes later decides anew, on what the earlier ones made.
    pub async fn update<E: From<Failure>>(
        &self,
        name: &D::Name,
        decide: impl FnMut(&D) -> Result<D, E> + Send,
    ) -> Result<Updated<D>, E> {
        compare_and_set::change(Named { door: self, name }, decide).await
    }

    /// Removes a document; `false` when there was none.
    pub async fn remove(&self, name: &D::Name) -> Result<bool, Failure> {
        let delete = Statement::one(D::TABLE.delete, params![name.to_string()]);
        self.commit(delete).await
    }

    async fn commit(&self, statement: Statement) -> Result<bool, Failure> {
        let statements = vec![statement, memory::others_changed()];
        let changed = self.database.commit(statements).await?.is_committed();
        if changed {
            self.memory.refresh(self.database).await?;
        }
        Ok(changed)
    }
}

/// The place of one document. It is the same as long as its text is.
struct Named<'a, D: Document> {
    door: &'a Documents<'a, D>,
    name: &'a D::Name,
}

impl<D: Document> Place for Named<'_, D> {
    type Value = D;
    type Mark = String;

    async fn read(&self) -> Result<Option<Present<Self>>, Failure> {
        // Whoever decides may look at the others, too.
        self.door.memory.refresh(self.door.database).await?;
        let name = params![self.name.to_string()];
        let rows = self.door.database.query(D::TABLE.one, name).await?;
        let found: Option<Found<D>> = row::first(rows)?;
        Ok(found.and_then(|found| Some((Arc::new(found.document.ok()?), found.text))))
    }

    async fn write(&self, document: &D, before: String) -> Result<bool, Failure> {
        let text = value::json(D::TABLE.name, document)?;
        let params = params![text, self.name.to_string(), before];
        self.door
            .commit(Statement::one(D::TABLE.update, params))
            .await
    }

    fn name(&self) -> String {
        format!("the row {} of {}", self.name, D::TABLE.name)
    }
}
