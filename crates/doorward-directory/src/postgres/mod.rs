//! The directory on PostgreSQL, which many nodes share.
//!
//! This folder alone names tokio-postgres. Each query and each commit is one round trip on a connection of a bounded pool: what a
//! commit needs is sent in one go, its `COMMIT` included.

mod commit;
mod listener;
pub(crate) mod migration;
mod pipeline;
mod server;
mod tls;
mod value;
mod view;

use std::time::Duration;

use async_trait::async_trait;
use deadpool_postgres::{
    ClientWrapper, Hook, HookError, Manager, ManagerConfig, Object, Pool, PoolError,
    RecyclingMethod, Runtime,
};
use doorward_core::Timestamp;
use tokio::time::timeout;
use tokio_postgres::Error;
use tokio_postgres::error::SqlState;
use tokio_postgres_rustls::MakeRustlsConnect;

use crate::database::{Database, Outcome, Row, Statement, Value, View};
use crate::failure::{Failure, OpenError};
use commit::Attempt;
use listener::Listener;
pub use server::Server;
use server::{CONNECT_TIMEOUT, explained};
use view::PostgresView;

/// How long a request waits for a connection of the pool before it fails.
const WAIT: Duration = Duration::from_millis(1500);

/// How long the server may take for a query or a commit, as seen from here.
const PATIENCE: Duration = Duration::from_secs(6);

/// What every connection begins with. The server gives up a little sooner than we do, so that nothing goes on that nobody waits for.
/// A commit is acknowledged when it is on disk, also where the server was set up otherwise; a stricter setting stays.
const SETTINGS: &str = "
    SET statement_timeout = '5s';
    SET lock_timeout = '4s';
    SET idle_in_transaction_session_timeout = '10s';
    SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off';";

/// How often a commit is tried that another one got in the way of, and a query whose connection was lost.
const ATTEMPTS: usize = 5;

/// An open database.
#[derive(Debug)]
pub(crate) struct Postgres {
    pool: Pool,
    listener: Listener,
}

impl Postgres {
    /// Connects to the server and brings the schema up to date.
    pub(crate) async fn open(server: &Server) -> Result<Self, OpenError> {
        let unopened = |reason: String| OpenError::Database {
            place: server.to_string(),
            reason,
        };
        let connector = server.tls.connector().map_err(unopened)?;
        migration::migrate(server, &connector).await?;
        let pool = pool(server, connector.clone()).map_err(unopened)?;
        // The first connection is made now, so that what stands in its way is said at the start.
        let first = pool.get().await;
        drop(first.map_err(|error| unopened(error.to_string()))?);
        Ok(Self {
            pool,
            listener: Listener::start(server.config.clone(), connector),
        })
    }

    async fn connection(&self) -> Result<Object, Failure> {
        self.pool.get().await.map_err(Failure::from)
    }

    async fn read_once(
        &self,
        sql: &str,
        params: &[Value],
    ) -> Result<Result<Vec<Row>, Error>, Failure> {
        let connection = InUse(Some(self.connection().await?));
        let Some(client) = &connection.0 else {
            return Err(too_slow());
        };
        let rows = within_patience(read(client, sql, params)).await?;
        connection.settle(rows.as_ref().err());
        Ok(rows)
    }
}

/// A connection from the pool that goes back there once it has answered; dropped before that, it is closed, so that
/// nobody waits behind what is still under way there.
struct InUse(Option<Object>);

impl InUse {
    /// Gives it back, unless the server said that it is of no more use.
    fn settle(mut self, error: Option<&Error>) {
        if !error.is_some_and(|error| is_farewell(error) || is_read_only(error)) {
            drop(self.0.take());
        }
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        if let Some(connection) = self.0.take() {
            drop(Object::take(connection));
        }
    }
}

fn pool(server: &Server, connector: MakeRustlsConnect) -> Result<Pool, String> {
    let config = ManagerConfig {
        recycling_method: RecyclingMethod::Fast,
    };
    let manager = Manager::from_config(server.config.clone(), connector, config);
    Pool::builder(manager)
        .max_size(server.connections)
        .runtime(Runtime::Tokio1)
        .wait_timeout(Some(WAIT))
        .create_timeout(Some(CONNECT_TIMEOUT * 2))
        .recycle_timeout(Some(CONNECT_TIMEOUT))
        .post_create(Hook::async_fn(|client, _| {
            Box::pin(async move {
                let set = client.batch_execute(SETTINGS).await;
                set.map_err(HookError::Backend)
            })
        }))
        .build()
        .map_err(|error| error.to_string())
}

#[async_trait]
impl Database for Postgres {
    /// A connection that turns out to be lost is replaced: a server that was restarted is back with the next request.
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure> {
        for _ in 1..ATTEMPTS {
            match self.read_once(sql, &params).await? {
                Err(error) if error.as_db_error().is_none() || is_farewell(&error) => {}
                rows => return Ok(rows?),
            }
        }
        Ok(self.read_once(sql, &params).await??)
    }

    /// Goes on when nobody waits for it any more: half of a commit must not stay behind on a connection.
    async fn commit(&self, statements: Vec<Statement>) -> Result<Outcome, Failure> {
        let pool = self.pool.clone();
        let committing = tokio::spawn(async move { commit_when_free(&pool, &statements).await });
        committing
            .await
            .map_err(|error| Failure::Unavailable(error.to_string()))?
    }

    async fn clock(&self) -> Result<Option<Timestamp>, Failure> {
        let sql = "SELECT (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::BIGINT";
        let rows = self.query(sql, Vec::new()).await?;
        Ok(rows.into_iter().flatten().find_map(|value| match value {
            Value::Integer(millis) => Some(Timestamp::from_millis(millis)),
            _ => None,
        }))
    }

    async fn changed(&self) {
        self.listener.heard().await;
    }

    async fn snapshot(&self) -> Result<Box<dyn View>, Failure> {
        Ok(Box::new(
            PostgresView::begin(self.connection().await?).await?,
        ))
    }

    async fn close(&self) -> Result<(), Failure> {
        self.listener.stop();
        self.pool.close();
        Ok(())
    }
}

/// Tries until no other commit gets in the way.
async fn commit_when_free(pool: &Pool, statements: &[Statement]) -> Result<Outcome, Failure> {
    for _ in 0..ATTEMPTS {
        let connection = InUse(Some(pool.get().await?));
        let Some(client) = &connection.0 else {
            return Err(too_slow());
        };
        let attempt = within_patience(commit::attempt(client, statements)).await?;
        connection.settle(attempt.as_ref().err());
        match attempt? {
            Attempt::Done(outcome) => return Ok(outcome),
            Attempt::Again => {}
        }
    }
    Err(Failure::Unavailable(
        "other commits got in the way of each attempt".to_owned(),
    ))
}

async fn read(connection: &ClientWrapper, sql: &str, params: &[Value]) -> Result<Vec<Row>, Error> {
    let statement = connection.prepare_cached(sql).await?;
    let params = pipeline::parameters(params);
    let rows = connection.query(&statement, &params).await?;
    rows.iter().map(row).collect()
}

fn row(row: &tokio_postgres::Row) -> Result<Row, Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}

/// Whether the server says with its last words on a connection that it is ending it.
fn is_farewell(error: &Error) -> bool {
    let code = error.code();
    code == Some(&SqlState::ADMIN_SHUTDOWN) || code == Some(&SqlState::CRASH_SHUTDOWN)
}

/// Whether the server has become one that takes no writes: another one is the primary now.
fn is_read_only(error: &Error) -> bool {
    error.code() == Some(&SqlState::READ_ONLY_SQL_TRANSACTION)
}

async fn within_patience<T>(answer: impl Future<Output = T>) -> Result<T, Failure> {
    timeout(PATIENCE, answer).await.map_err(|_| too_slow())
}

fn too_slow() -> Failure {
    Failure::Unavailable(format!("PostgreSQL did not answer within {PATIENCE:?}"))
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Unavailable(explained(&error))
    }
}

impl From<PoolError> for Failure {
    fn from(error: PoolError) -> Self {
        Self::Unavailable(match error {
            PoolError::Backend(error) => explained(&error),
            PoolError::Closed => "the directory is closed".to_owned(),
            error => error.to_string(),
        })
    }
}

#[cfg(test)]
mod tests;
