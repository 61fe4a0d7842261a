//! All rows of a directory as of one moment, to be carried away.

use std::collections::VecDeque;

use super::batch::Batch;
use super::catalogue::{CATALOGUE, Table};
use crate::Directory;
use crate::database::{Row, View};
use crate::failure::Failure;
use crate::row::{self, Fields, Stored};
use crate::value::params;

/// How many rows are read at a time.
const PAGE: u32 = 500;

/// A consistent view of a directory, read batch by batch in the order of the tables' references.
///
/// Whoever writes meanwhile neither waits nor is seen.
#[derive(Debug)]
pub struct Departure {
    view: Box<dyn View>,
    rows: u64,
    epoch: i64,
    /// The number of the last event that is left behind.
    events_before: i64,
    /// The present table and those to come.
    tables: &'static [Table],
    /// The key of the last row that was read of the present table.
    last: Option<Row>,
    waiting: VecDeque<Row>,
}

/// One number, such as a count.
struct Number(i64);

impl Stored for Number {
    fn read(fields: &mut Fields) -> Result<Self, Failure> {
        fields.columns_of("revision").integer().map(Self)
    }
}

impl Directory {
    /// Looks at all rows as they are now.
    pub async fn departure(&self) -> Result<Departure, Failure> {
        Departure::of(self.database.snapshot().await?, 0).await
    }
}

impl Departure {
    /// All rows of the view but the events up to the number `events_before`.
    pub(super) async fn of(view: Box<dyn View>, events_before: i64) -> Result<Self, Failure> {
        let mut rows = 0;
        for table in CATALOGUE.iter() {
            rows += number(&*view, &table.count).await?.unsigned_abs();
        }
        let epoch = "SELECT number FROM revision WHERE name = 'epoch'";
        Ok(Self {
            epoch: number(&*view, epoch).await?,
            view,
            rows,
            events_before,
            tables: CATALOGUE.as_slice(),
            last: None,
            waiting: VecDeque::new(),
        })
    }

    /// How many rows there are in all.
    pub const fn rows(&self) -> u64 {
        self.rows
    }

    /// When the directory was last restored from a backup, in milliseconds since 1970; 0 for never.
    pub const fn epoch(&self) -> i64 {
        self.epoch
    }

    /// The next rows; `None` after the last.
    pub async fn next(&mut self) -> Result<Option<Batch>, Failure> {
        while let Some((table, rest)) = self.tables.split_first() {
            if self.waiting.is_empty() {
                self.waiting = self.page(table).await?;
            }
            if !self.waiting.is_empty() {
                return Ok(Some(Batch::load(table, &mut self.waiting)));
            }
            (self.tables, self.last) = (rest, None);
        }
        Ok(None)
    }

    /// The rows after those that were read, without the keys that only order them.
    async fn page(&mut self, table: &'static Table) -> Result<VecDeque<Row>, Failure> {
        if table.is_numbered() && self.last.is_none() {
            self.last = Some(params![self.events_before]);
        }
        let (sql, mut params) = match self.last.take() {
            None => (&table.first_page, Row::new()),
            Some(last) => (&table.next_page, last),
        };
        params.extend(params![PAGE]);
        let mut rows = self.view.query(sql, params).await?;
        for row in &mut rows {
            self.last = Some(row.split_off(table.columns.len()));
        }
        Ok(rows.into())
    }
}

async fn number(view: &dyn View, sql: &'static str) -> Result<i64, Failure> {
    let found: Option<Number> = row::first(view.query(sql, params![]).await?)?;
    found.map(|number| number.0).ok_or_else(|| Failure::BadRow {
        table: "revision",
        reason: "it is not there".to_owned(),
    })
}
