//! What proves that all rows have come over: their number and a checksum, table by table.

use std::fmt::{self, Write as _};

use aws_lc_rs::digest::{Context, SHA256};
use serde::{Deserialize, Serialize};

use super::batch::{Batch, write_row};
use super::catalogue::{CATALOGUE, Table};
use crate::database::{Row, Value};

/// Counts rows and sums them up, in the order in which they come.
///
/// A sealed value is left out of the checksum: it may be other bytes for the same thing. It proves itself by opening.
#[derive(Clone, Debug)]
pub struct Tally(Vec<Sum>);

#[derive(Clone)]
struct Sum {
    table: &'static Table,
    rows: u64,
    digest: Context,
}

/// One table's number of rows and their checksum.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TableTally {
    /// The table's name.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// The SHA-256 of its rows, in hexadecimal digits.
    pub sha256: String,
}

impl fmt::Debug for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} rows", self.table.name, self.rows)
    }
}

impl Default for Tally {
    fn default() -> Self {
        let sums = CATALOGUE.iter().map(|table| Sum {
            table,
            rows: 0,
            digest: Context::new(&SHA256),
        });
        Self(sums.collect())
    }
}

impl Tally {
    /// Adds the rows of a batch.
    pub fn add(&mut self, batch: &Batch) {
        let sum = self
            .0
            .iter_mut()
            .find(|sum| sum.table.name == batch.table.name);
        if let Some(sum) = sum {
            let mut bytes = Vec::new();
            for row in &batch.rows {
                bytes.clear();
                let row = without_seal(row, sum.table);
                write_row(sum.table.without_later(&row), &mut bytes);
                sum.digest.update(&bytes);
            }
            sum.rows += batch.rows();
        }
    }

    /// The sums of all tables, in the order of the catalogue.
    pub fn tables(self) -> Vec<TableTally> {
        let sums = self.0.into_iter();
        sums.map(|sum| TableTally {
            table: sum.table.name.to_owned(),
            rows: sum.rows,
            sha256: hexadecimal(sum.digest.finish().as_ref()),
        })
        .collect()
    }
}

fn without_seal(row: &Row, table: &Table) -> Row {
    let columns = table.columns.iter().zip(row);
    columns
        .map(|(column, value)| {
            if table.seal.contains(column) {
                Value::Null
            } else {
                value.clone()
            }
        })
        .collect()
}

pub(super) fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a text does not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
