//! Rows into PostgreSQL, by `COPY` in its binary format.

use std::pin::pin;

use bytes::BytesMut;
use tokio_postgres::{
    Client, NoTls,
    binary_copy::BinaryCopyInWriter,
    types::{IsNull, ToSql, Type, to_sql_checked},
};

use crate::scale::rows::{Field, Kind, Row, Table};

impl ToSql for Field {
    fn to_sql(
        &self,
        kind: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Self::Null => Ok(IsNull::Yes),
            Self::Integer(integer) => integer.to_sql(kind, out),
            Self::Text(text) => text.to_sql(kind, out),
            Self::Blob(bytes) => bytes.to_sql(kind, out),
        }
    }

    fn accepts(kind: &Type) -> bool {
        [Type::INT8, Type::TEXT, Type::BYTEA].contains(kind)
    }

    to_sql_checked!();
}

impl Kind {
    const fn postgres(self) -> Type {
        match self {
            Self::Integer => Type::INT8,
            Self::Text => Type::TEXT,
            Self::Blob => Type::BYTEA,
        }
    }
}

/// Writes the rows of one table.
pub(super) async fn put(
    url: &str,
    table: &Table,
    rows: &mut dyn Iterator<Item = anyhow::Result<Row>>,
) -> anyhow::Result<()> {
    let client = connect(url).await?;
    // References need no proof row by row: a test reads what the generator makes through the directory.
    client
        .batch_execute("SET session_replication_role = replica; SET synchronous_commit = off")
        .await?;
    let columns: Vec<_> = table.columns.iter().map(|(name, _)| *name).collect();
    let types: Vec<_> = table
        .columns
        .iter()
        .map(|(_, kind)| kind.postgres())
        .collect();
    let copy = format!(
        "COPY {} ({}) FROM STDIN BINARY",
        table.name,
        columns.join(", ")
    );
    let sink = client.copy_in(&copy).await?;
    let mut writer = pin!(BinaryCopyInWriter::new(sink, &types));
    for row in rows {
        writer.as_mut().write_raw(&row?).await?;
    }
    writer.finish().await?;
    Ok(())
}

/// Does what autovacuum would do after a while, and writes everything out.
pub(super) async fn settle(url: &str) -> anyhow::Result<()> {
    let client = connect(url).await?;
    client.execute("VACUUM (ANALYZE)", &[]).await?;
    client.execute("CHECKPOINT", &[]).await?;
    Ok(())
}

/// How many bytes of the write-ahead log were ever written.
pub(super) async fn logged(url: &str) -> anyhow::Result<f64> {
    let sql = "SELECT (pg_current_wal_insert_lsn() - '0/0')::FLOAT8";
    Ok(connect(url).await?.query_one(sql, &[]).await?.try_get(0)?)
}

/// A connection, which ends when the client is dropped.
pub(crate) async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}
