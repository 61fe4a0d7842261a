//! A database as of one moment, read at length.

use async_trait::async_trait;
use deadpool_postgres::Object;

use super::read;
use crate::database::{Row, Value, View};
use crate::failure::Failure;

/// The moment is that of the first read, so there is one. What is read at length may take its time.
const BEGIN: &str = "
    BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
    SET LOCAL statement_timeout = '10min';
    SET LOCAL idle_in_transaction_session_timeout = '1h';
    SELECT version FROM schema_version LIMIT 1;";

/// A connection in a transaction that only reads; it is closed with the view, not given back to the pool.
#[derive(Debug)]
pub(super) struct PostgresView(deadpool_postgres::ClientWrapper);

impl PostgresView {
    pub(super) async fn begin(connection: Object) -> Result<Self, Failure> {
        let client = Object::take(connection);
        client.batch_execute(BEGIN).await?;
        Ok(Self(client))
    }
}

#[async_trait]
impl View for PostgresView {
    async fn query(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, Failure> {
        Ok(read(&self.0, sql, &params).await?)
    }
}
