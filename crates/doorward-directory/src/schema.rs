//! Versions of the schema, and which releases may work on one.
//!
//! Migrations go forward only, and one that was released is never changed. Each says which earlier version its schema still
//! works with, so that nodes of the previous release go on while the next one is rolled out.

use std::fmt::Display;

use crate::failure::OpenError;

/// One step of the schema.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Migration {
    /// The earliest version whose releases may go on working on the schema that this step makes. A step that brings what must not be
    /// overlooked (tokens that are dead, for somebody else, or bound to a key) works with none before it. So does a step for members of
    /// documents that must not be, even if it does nothing else: a release leaves out what it does not know of a document that it changes.
    pub(crate) works_with: i64,
    pub(crate) sql: &'static str,
}

/// The schema that was found in a database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Schema {
    pub(crate) version: i64,
    pub(crate) works_with: i64,
}

impl Schema {
    /// That of an empty database.
    pub(crate) const NONE: Self = Self {
        version: 0,
        works_with: 0,
    };

    /// Refuses a schema that a release which knows `known` versions would misunderstand.
    pub(crate) fn admit(self, known: usize, place: &impl Display) -> Result<(), OpenError> {
        let known = i64::try_from(known).unwrap_or(i64::MAX);
        if self.works_with > known {
            return Err(OpenError::Newer {
                place: place.to_string(),
                found: self.version,
                known,
            });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{postgres, sqlite};

    #[test]
    fn both_databases_say_the_same_of_earlier_releases_and_never_take_it_back() {
        let works_with = |migrations: &[Migration]| -> Vec<i64> {
            let all = migrations.iter();
            all.map(|migration| migration.works_with).collect()
        };
        let sqlite = works_with(&sqlite::migration::MIGRATIONS);
        assert_eq!(sqlite, works_with(&postgres::migration::MIGRATIONS));
        assert!(sqlite.is_sorted(), "{sqlite:?}");
        for (version, works_with) in (1..).zip(sqlite) {
            assert!(works_with <= version, "{version}");
        }
    }

    /// The first of them that knows all that clients are registered with.
    const FIRST: usize = 12;

    #[test]
    fn no_release_overlooks_what_clients_are_registered_with() {
        let newest = sqlite::migration::MIGRATIONS.last().unwrap();
        let schema = Schema {
            version: i64::try_from(sqlite::migration::MIGRATIONS.len()).unwrap(),
            works_with: newest.works_with,
        };
        for older in 1..FIRST {
            let refused = schema.admit(older, &"here").unwrap_err();
            assert!(refused.to_string().contains("run the release"), "{refused}");
        }
    }

    #[test]
    fn a_newer_schema_is_admitted_while_it_works_with_ours() {
        for (version, works_with, admitted) in [
            (0, 0, true),
            (2, 1, true),
            (3, 2, true),
            (3, 3, false),
            (9, 9, false),
        ] {
            let schema = Schema {
                version,
                works_with,
            };
            assert_eq!(schema.admit(2, &"here").is_ok(), admitted, "{schema:?}");
        }
    }
}
