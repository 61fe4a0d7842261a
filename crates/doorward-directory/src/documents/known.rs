//! The documents of one kind in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::database::Database;
use crate::failure::Failure;
use crate::row;
use crate::value::params;

use super::Document;
use super::found::Found;

/// The documents of one kind, as of one moment.
#[derive(Debug)]
pub(crate) struct KnownDocuments<D: Document> {
    pub(crate) registry: Arc<D::Registry>,
    /// The names of rows that make no document, and why not. They are as good as absent.
    pub(crate) unreadable: BTreeMap<String, Failure>,
}

impl<D: Document> Default for KnownDocuments<D> {
    fn default() -> Self {
        Self::from_iter([])
    }
}

impl<D: Document> KnownDocuments<D> {
    /// All that there are now. What could not be read `before` either is not told of again.
    pub(crate) async fn load(database: &dyn Database, before: &Self) -> Result<Self, Failure> {
        let found = row::all(database.query(D::TABLE.all, params![]).await?)?;
        let known = Self::from_iter(found);
        for (name, reason) in known.newly_unreadable(before) {
            let table = D::TABLE.name;
            tracing::error!(table, %name, %reason, "a row cannot be read and is as good as absent");
        }
        Ok(known)
    }

    fn newly_unreadable(&self, before: &Self) -> impl Iterator<Item = (&String, &Failure)> {
        let unreadable = self.unreadable.iter();
        unreadable.filter(|(name, reason)| before.unreadable.get(*name) != Some(reason))
    }
}

impl<D: Document> FromIterator<Found<D>> for KnownDocuments<D> {
    fn from_iter<I: IntoIterator<Item = Found<D>>>(found: I) -> Self {
        let mut unreadable = BTreeMap::new();
        let readable = found.into_iter().filter_map(|found| match found.document {
            Ok(document) => Some(document),
            Err(failure) => {
                unreadable.insert(found.name, failure);
                None
            }
        });
        let registry = Arc::new(readable.collect());
        Self {
            registry,
            unreadable,
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward_core::resource_server::ResourceServer;

    use super::*;

    fn known(rows: &[(&str, &str)]) -> KnownDocuments<ResourceServer> {
        let rows = rows.iter().map(|(name, reason)| Found {
            name: (*name).to_owned(),
            text: String::new(),
            document: Err(Failure::Unavailable((*reason).to_owned())),
        });
        rows.collect()
    }

    #[test]
    fn what_cannot_be_read_is_told_of_once() {
        let before = known(&[("urn:a", "no JSON"), ("urn:b", "no JSON")]);
        let after = known(&[
            ("urn:a", "no JSON"),
            ("urn:b", "another name"),
            ("urn:c", ""),
        ]);
        let told = after.newly_unreadable(&before);
        let told: Vec<&str> = told.map(|(name, _)| name.as_str()).collect();
        assert_eq!(told, ["urn:b", "urn:c"]);
    }
}
