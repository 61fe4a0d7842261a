//! Filling the stores of one provider, as fast as each takes rows in.

mod postgres;
mod sessions;
mod sqlite;

use std::path::PathBuf;

use doorward::provider::Ambient;
use doorward_core::client::Client;
use doorward_core::seal::KeyEncryptionKey;
use doorward_directory::{Directory, Location};
use indicatif::{ProgressBar, ProgressStyle};

use super::{
    population::{Population, Visit},
    rows::{self, CLIENT, Row, SESSION, TABLES, Table},
};
pub(crate) use postgres::connect;
pub(crate) use sessions::{open as open_sessions, put as put_cookies};

/// Where the rows of a directory go.
pub(crate) enum Target {
    /// The file of an SQLite directory.
    Sqlite(PathBuf),
    /// The URL of a PostgreSQL database.
    Postgres(String),
}

impl Target {
    /// The directory, as the product opens it.
    pub(crate) fn location(&self) -> anyhow::Result<Location> {
        Ok(match self {
            Self::Sqlite(file) => Location::Embedded(file.clone()),
            Self::Postgres(url) => {
                Location::Postgres(Box::new(url.parse().map_err(anyhow::Error::msg)?))
            }
        })
    }

    /// Lets the product make its tables, and writes the whole population into them.
    pub(crate) async fn fill(&self, population: &Population) -> anyhow::Result<()> {
        Directory::open(&self.location()?).await?.close().await?;
        let total: u32 = TABLES.iter().map(|table| (table.count)(population)).sum();
        let progress = bar(total.into(), "rows")?;
        for table in &TABLES {
            let count = (table.count)(population);
            let rows = (0..count).map(|number| (table.row)(population, number));
            progress.set_message(table.name);
            self.put(table, &mut progress.wrap_iter(rows)).await?;
        }
        progress.set_message("tidying up");
        self.settle().await?;
        progress.finish_and_clear();
        Ok(())
    }

    /// Gives the directory the root key that comes of `key`, under which cookies are sealed before any node has started.
    pub(crate) async fn put_root(&self, key: &KeyEncryptionKey) -> anyhow::Result<()> {
        let directory = Directory::open(&self.location()?).await?;
        let sealed = key.seal(&*Ambient::default().random, &key.as_root());
        directory.root_key().store_first(&sealed).await?;
        Ok(directory.close().await?)
    }

    /// Adds sessions to a directory that is filled.
    pub(crate) async fn put_sessions(
        &self,
        population: &Population,
        visits: &[Visit],
    ) -> anyhow::Result<()> {
        let rows = visits.iter().map(|visit| rows::session(population, *visit));
        self.put(&SESSION, &mut { rows }).await
    }

    /// Adds clients to a directory that nobody serves.
    pub(crate) async fn put_clients(
        &self,
        clients: impl Iterator<Item = anyhow::Result<Client>>,
    ) -> anyhow::Result<()> {
        let mut rows = clients.map(|client| rows::client(&client?));
        self.put(&CLIENT, &mut rows).await?;
        self.settle().await
    }

    async fn put(
        &self,
        table: &Table,
        rows: &mut dyn Iterator<Item = anyhow::Result<Row>>,
    ) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(file) => sqlite::put(file, table, rows),
            Self::Postgres(url) => postgres::put(url, table, rows).await,
        }
    }

    /// Leaves the directory as it would be some time after its last row came.
    async fn settle(&self) -> anyhow::Result<()> {
        match self {
            Self::Sqlite(file) => sqlite::settle(file),
            Self::Postgres(url) => postgres::settle(url).await,
        }
    }
}

/// How many bytes a database server has ever logged; a file tells nobody.
pub(crate) async fn written(target: &Target) -> anyhow::Result<f64> {
    match target {
        Target::Sqlite(_) => Ok(0.0),
        Target::Postgres(url) => postgres::logged(url).await,
    }
}

/// A bar that shows how much is done, and how fast.
pub(crate) fn bar(total: u64, what: &str) -> anyhow::Result<ProgressBar> {
    let style = ProgressStyle::with_template(&format!(
        "{{elapsed_precise}} {{bar:30}} {{human_pos}}/{{human_len}} {what}, {{per_sec}}, {{eta}} left: {{msg}}"
    ))?;
    Ok(ProgressBar::new(total).with_style(style))
}
