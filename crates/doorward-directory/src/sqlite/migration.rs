//! The schema, brought up to date when the file is opened.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior};

use crate::failure::{Failure, OpenError};
use crate::schema::{Migration, Schema};

/// Each brings the schema from the version of its position to the next.
pub(crate) const MIGRATIONS: [Migration; 19] = [
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/sqlite/0001_directory.sql"),
    },
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/sqlite/0002_lease.sql"),
    },
    Migration {
        works_with: 3,
        sql: include_str!("../../migrations/sqlite/0003_arrival.sql"),
    },
    Migration {
        works_with: 4,
        sql: include_str!("../../migrations/sqlite/0004_revoked_access_token.sql"),
    },
    Migration {
        works_with: 4,
        sql: include_str!("../../migrations/sqlite/0005_logout_delivery.sql"),
    },
    Migration {
        works_with: 6,
        sql: include_str!("../../migrations/sqlite/0006_resource_server.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/sqlite/0007_refresh_token_confirmation.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/sqlite/0008_registration.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/sqlite/0009_client_revision.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/sqlite/0012_authorization_details.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/sqlite/0013_assertion_issuer.sql"),
    },
    Migration {
        works_with: 12,
        sql: include_str!("../../migrations/sqlite/0014_oauth_grant_client.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0015_key_life.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0016_resource_and_user_agent.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0017_root_key.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0020_status_list.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0021_site.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0022_api_token.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/sqlite/0023_api_token_use.sql"),
    },
];

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL) STRICT";

/// The table was made before releases could work side by side.
const COLUMN: &str = "ALTER TABLE schema_version ADD COLUMN works_with INTEGER NOT NULL DEFAULT 1";

const COLUMN_IS_THERE: &str =
    "SELECT 1 FROM pragma_table_info('schema_version') WHERE name = 'works_with'";

/// Applies what is missing in one transaction, so that of several processes one does it and a failure leaves nothing half done.
pub(super) fn migrate(connection: &mut Connection, path: &Path) -> Result<(), OpenError> {
    let found = apply_missing(connection).map_err(Failure::from)?;
    found.admit(MIGRATIONS.len(), &path.display())
}

/// The schema that was there before.
fn apply_missing(connection: &mut Connection) -> rusqlite::Result<Schema> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    transaction.execute_batch(TABLE)?;
    if !transaction.prepare(COLUMN_IS_THERE)?.exists([])? {
        transaction.execute_batch(COLUMN)?;
    }
    let newest = "SELECT version, works_with FROM schema_version ORDER BY version DESC LIMIT 1";
    let found = transaction.query_row(newest, [], |row| {
        Ok(Schema {
            version: row.get(0)?,
            works_with: row.get(1)?,
        })
    });
    let found = found.optional()?.unwrap_or(Schema::NONE);
    let record = "INSERT INTO schema_version (version, works_with) VALUES ($1, $2)";
    for (version, migration) in (1_i64..).zip(&MIGRATIONS) {
        if version > found.version {
            transaction.execute_batch(migration.sql)?;
            transaction.execute(record, [version, migration.works_with])?;
        }
    }
    transaction.commit()?;
    Ok(found)
}
