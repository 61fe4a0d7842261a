//! The schema, brought up to date when the database is opened.

use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::{Client, Error};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::server::{Server, explained};
use crate::failure::OpenError;
use crate::schema::{Migration, Schema};

/// Each brings the schema from the version of its position to the next.
pub(crate) const MIGRATIONS: [Migration; 19] = [
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/postgres/0001_directory.sql"),
    },
    Migration {
        works_with: 1,
        sql: include_str!("../../migrations/postgres/0002_lease.sql"),
    },
    Migration {
        works_with: 3,
        sql: include_str!("../../migrations/postgres/0003_arrival.sql"),
    },
    Migration {
        works_with: 4,
        sql: include_str!("../../migrations/postgres/0004_revoked_access_token.sql"),
    },
    Migration {
        works_with: 4,
        sql: include_str!("../../migrations/postgres/0005_logout_delivery.sql"),
    },
    Migration {
        works_with: 6,
        sql: include_str!("../../migrations/postgres/0006_resource_server.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/postgres/0007_refresh_token_confirmation.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/postgres/0008_registration.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/postgres/0009_client_revision.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/postgres/0012_authorization_details.sql"),
    },
    Migration {
        works_with: 7,
        sql: include_str!("../../migrations/postgres/0013_assertion_issuer.sql"),
    },
    Migration {
        works_with: 12,
        sql: include_str!("../../migrations/postgres/0014_oauth_grant_client.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0015_key_life.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0016_resource_and_user_agent.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0017_root_key.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0020_status_list.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0021_site.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0022_api_token.sql"),
    },
    Migration {
        works_with: 13,
        sql: include_str!("../../migrations/postgres/0023_api_token_use.sql"),
    },
];

/// The lock under which one node at a time looks and migrates: the letters `doorward`, as a number.
const LOCK: &str = "SELECT pg_advisory_xact_lock(7237125663627506276)";

const TABLE: &str = "CREATE TABLE schema_version \
                     (version BIGINT NOT NULL PRIMARY KEY, works_with BIGINT NOT NULL)";

/// A migration waits for another node's, and not for ever for what somebody else holds: behind it, all others would wait.
const SETTINGS: &str = "SET statement_timeout = '10min'; SET lock_timeout = '60s'";

/// How long a server may take to greet us.
const PATIENCE: Duration = Duration::from_secs(10);

/// Applies what is missing in one transaction, on a connection of its own: of several nodes that start at once one does it
/// while the others wait, and a failure leaves nothing half done.
pub(super) async fn migrate(
    server: &Server,
    connector: &MakeRustlsConnect,
) -> Result<(), OpenError> {
    let failed = |reason: String| OpenError::Database {
        place: server.to_string(),
        reason,
    };
    let silent = |_| failed(format!("it says nothing for {PATIENCE:?}"));
    let connected = timeout(PATIENCE, server.config.connect(connector.clone())).await;
    let connected = connected.map_err(silent)?;
    let (mut client, connection) = connected.map_err(|error| failed(explained(&error)))?;
    let driven = tokio::spawn(connection);
    let found = apply_missing(&mut client).await;
    drop(client);
    driven.abort();
    let found = found.map_err(|error| failed(explained(&error)))?;
    found.admit(MIGRATIONS.len(), server)
}

async fn apply_missing(client: &mut Client) -> Result<Schema, Error> {
    client.batch_execute(SETTINGS).await?;
    let transaction = client.transaction().await?;
    transaction.batch_execute(LOCK).await?;
    // Asked for first, since whoever may not make tables may still serve.
    let there = "SELECT to_regclass('schema_version') IS NOT NULL";
    if !transaction.query_one(there, &[]).await?.try_get(0)? {
        transaction.batch_execute(TABLE).await?;
    }
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
