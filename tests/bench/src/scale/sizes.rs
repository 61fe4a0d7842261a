//! What a row takes: in the directory with its indexes, and in the session store.

use doorward_sessions::Location;
use rusqlite::Connection;

use super::{
    filling::{Target, connect},
    rows::TABLES,
    stores::Stores,
};

/// A kind of row, and the bytes that one takes.
#[derive(Clone, Debug)]
pub(crate) struct Size {
    /// The table, or the kind of entry.
    pub(crate) name: String,
    /// How many rows there were.
    pub(crate) rows: f64,
    /// What one took, indexes and spare room included.
    pub(crate) bytes: f64,
}

impl Size {
    fn new(name: &str, rows: f64, total: f64) -> Self {
        Self {
            name: name.to_owned(),
            rows,
            bytes: total / rows.max(1.0),
        }
    }
}

/// Measures what the stores hold.
pub(crate) async fn measure(stores: &Stores) -> anyhow::Result<Vec<Size>> {
    let mut sizes = match &stores.directory {
        Target::Sqlite(file) => of_sqlite(&Connection::open(file)?)?,
        Target::Postgres(url) => of_postgres(url).await?,
    };
    sizes.push(of_sessions(stores).await?);
    Ok(sizes)
}

/// What was filled, and what came of being used.
fn tables() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name).chain(["event"])
}

fn of_sqlite(connection: &Connection) -> anyhow::Result<Vec<Size>> {
    let pages = "SELECT SUM(pgsize) FROM dbstat WHERE name IN \
                 (SELECT name FROM sqlite_schema WHERE tbl_name = ?1)";
    let mut sizes = Vec::new();
    for table in tables() {
        let count = format!("SELECT COUNT(*) FROM {table}");
        let rows = connection.query_row(&count, [], |row| row.get(0))?;
        let total = connection.query_row(pages, [table], |row| row.get(0))?;
        sizes.push(Size::new(table, float(rows), float(total)));
    }
    Ok(sizes)
}

async fn of_postgres(url: &str) -> anyhow::Result<Vec<Size>> {
    let client = connect(url).await?;
    let mut sizes = Vec::new();
    for table in tables() {
        let sql =
            format!("SELECT (SELECT COUNT(*) FROM {table}), pg_total_relation_size('{table}')");
        let row = client.query_one(&sql, &[]).await?;
        sizes.push(Size::new(
            table,
            float(row.try_get(0)?),
            float(row.try_get(1)?),
        ));
    }
    Ok(sizes)
}

/// All memory of Redis by its keys; a file by its entries.
async fn of_sessions(stores: &Stores) -> anyhow::Result<Size> {
    let name = "cookie in the session store";
    if let Some(redis) = &stores.redis {
        let keys = redis.ask(&["DBSIZE"]).await?;
        let memory = redis.ask(&["INFO", "memory"]).await?;
        let used = memory
            .lines()
            .find_map(|line| line.strip_prefix("used_memory:"));
        let used: f64 = used.unwrap_or_default().trim().parse()?;
        return Ok(Size::new(name, keys.trim().parse()?, used));
    }
    let Location::Embedded(file) = &stores.sessions else {
        anyhow::bail!("sessions are nowhere");
    };
    let connection = Connection::open(file)?;
    let rows = connection.query_row("SELECT COUNT(*) FROM entry", [], |row| row.get(0))?;
    let total = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()";
    let total = connection.query_row(total, [], |row| row.get(0))?;
    Ok(Size::new(name, float(rows), float(total)))
}

#[expect(clippy::cast_precision_loss, reason = "no store here has 2^53 bytes")]
fn float(number: i64) -> f64 {
    number as f64
}
