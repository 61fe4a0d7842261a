//! The schema, brought up to date when the database is opened.

use tokio_postgres::{Client, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::server::{Server, explained};
use crate::failure::OpenError;
use crate::schema::{Migration, Schema};

/// Each brings the schema from the version of its position to the next.
const MIGRATIONS: [Migration; 3] = [
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/postgres/0001_directory.sql"),
    },
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/postgres/0002_lease.sql"),
    },
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/postgres/0003_arrival.sql"),
    },
];

/// The lock under which one node at a time looks and migrates: the letters `doorward`, as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7237125663627506276)";

const TABLE: &str = "CREATE TABLE IF NOT EXISTS schema_version \
                     (version BIGINT NOT NULL PRIMARY KEY, works_with BIGINT NOT NULL)";

/// Applies what is missing in one transaction, on a connection of its own: of several nodes that start at once one does it
/// while the others wait, and a failure leaves nothing half done.
pub(super) async fn migrate(
    server: &Server,
    connector: &MakeRustlsConnect,
) -> Result<(), OpenError> {
    let failed = |error: Error| OpenError::Database {
        place: server.to_string(),
        reason: explained(&error),
    };
    let connected = server.config.connect(connector.clone()).await;
    let (mut client, connection) = connected.map_err(failed)?;
    let driven = tokio::spawn(connection);
    let found = apply_missing(&mut client).await.map_err(failed);
    drop(client);
    // It has ended: its client is gone.
    driven.await.ok();
    found?.admit(MIGRATIONS.len(), server)
}

async fn apply_missing(client: &mut Client) -> Result<Schema, Error> {
    let transaction = client.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    transaction.batch_execute(TABLE).await?;
    let newest = "SELECT version, works_with FROM schema_version ORDER BY version DESC LIMIT 1";
    let found = match transaction.query_opt(newest, &[]).await? {
        Some(row) => Schema {
            version: row.try_get(0)?,
            works_with: row.try_get(1)?,
        },
        None => Schema::NONE,
    };
    let record = "INSERT INTO schema_version (version, works_with) VALUES ($1, $2)";
    for (version, migration) in (1_i64..).zip(&MIGRATIONS) {
        if version > found.version {
            transaction.batch_execute(migration.sql).await?;
            let params: [&(dyn tokio_postgres::types::ToSql + Sync); 2] =
                [&version, &migration.works_with];
            transaction.execute(record, &params).await?;
        }
    }
    transaction.commit().await?;
    Ok(found)
}
