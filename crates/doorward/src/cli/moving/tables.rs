//! Rows and checksums, table by table, for the answer.

use doorward_directory::transfer::TableTally;

use crate::cli::answer::table;

/// How many digits of a checksum people are shown; programs get all.
const SHOWN: usize = 16;

/// One line for each table.
pub(super) fn shown(tables: &[TableTally]) -> String {
    let rows: Vec<[String; 3]> = tables
        .iter()
        .map(|tally| {
            let checksum = tally.sha256.chars().take(SHOWN).collect();
            [tally.table.clone(), tally.rows.to_string(), checksum]
        })
        .collect();
    table(["TABLE", "ROWS", "SHA-256"], &rows, "")
}
