//! Out of a file, into a directory: verify, bring in, compare, declare whole.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use doorward_core::Timestamp;
use doorward_core::seal::KeyEncryptionKey;
use doorward_directory::transfer::{Arrival, TableTally, Tally};
use serde_json::json;
use tokio::task::yield_now;

use super::House;
use super::passage::{Lives, Passage};
use super::tables;
use crate::archive::{Description, Kind, Piece, Reader, Unreadable};
use crate::cli::answer::{Answer, date, timestamp};
use crate::encryption_key::EncryptionKeys;
use crate::signing_keys;

/// What will be there when the file has come in.
#[derive(Default)]
struct Expected {
    tally: Tally,
    /// How many rows were ended on the way, by table.
    ended: BTreeMap<&'static str, u64>,
}

/// What has come in.
struct Entered {
    description: Description,
    tables: Vec<TableTally>,
    ended: BTreeMap<&'static str, u64>,
    epoch: i64,
    resumed: bool,
}

/// Brings in an export, with everything alive. `source` are the keys of the source, when they are others.
pub(super) async fn import(
    house: &House,
    file: &Path,
    source: Option<EncryptionKeys>,
) -> Result<Answer> {
    let opened = open(file, source.as_ref().unwrap_or(&house.keys))?;
    ensure!(
        opened.0.description().kind == Kind::Export,
        "{} is a backup: what was revoked after it was made would live again; \
         use `doorward restore`, which ends it",
        file.display()
    );
    let entered = enter(house, opened, |_| Lives::Kept);
    let entered = entered.await.with_context(|| file.display().to_string())?;
    let value = json!({
        "file": file,
        "id": entered.description.id,
        "made_at": timestamp(entered.description.made_at),
        "resumed": entered.resumed,
        "tables": entered.tables,
    });
    let text = format!(
        "{}\n\nEverything of {} has come in and is the same, row by row.",
        tables::shown(&entered.tables),
        date(entered.description.made_at)
    );
    Ok(Answer::new(&value, text)?)
}

/// Brings back a backup or an export, and ends whatever was alive in it.
pub(super) async fn restore(
    house: &House,
    file: &Path,
    source: Option<EncryptionKeys>,
) -> Result<Answer> {
    let opened = open(file, source.as_ref().unwrap_or(&house.keys))?;
    let entered = enter(house, opened, Lives::Ended);
    let entered = entered.await.with_context(|| file.display().to_string())?;
    let ended = |table| entered.ended.get(table).copied().unwrap_or(0);
    let (sessions, grants) = (ended("session"), ended("oauth_grant"));
    let made_at = entered.description.made_at;
    let value = json!({
        "file": file,
        "id": entered.description.id,
        "made_at": timestamp(made_at),
        "resumed": entered.resumed,
        "ended_sessions": sessions,
        "revoked_grants": grants,
        "epoch": timestamp(Timestamp::from_millis(entered.epoch)),
        "tables": entered.tables,
    });
    let text = format!(
        "{}\n\nEverything of {} is back, row by row, but nothing of it is alive:\n\
         sessions ended {sessions}, grants revoked {grants}. \
         People sign in again, applications ask again.\n\n\
         All else is as it was then. Before you start the server, do again what you did since:\n\
         disable or remove people, replace passwords and client secrets, remove applications.",
        tables::shown(&entered.tables),
        date(made_at)
    );
    Ok(Answer::new(&value, text)?)
}

/// The archive, and whichever of the keys it was sealed under.
fn open<'k>(file: &Path, keys: &'k EncryptionKeys) -> Result<(Reader, &'k KeyEncryptionKey)> {
    Reader::open_with(file, keys.all()).with_context(|| file.display().to_string())
}

/// Brings in all that `reader` reads. What becomes of the living depends on when it began.
async fn enter(
    house: &House,
    (mut reader, source): (Reader, &KeyEncryptionKey),
    lives: impl FnOnce(Timestamp) -> Lives,
) -> Result<Entered> {
    let admin = &house.admin;
    let description = reader.description().clone();
    let mut arrival = admin.directory.arrival(description.id, admin.now()).await?;
    let resumed = arrival.is_resumed();
    let lives = lives(arrival.started_at());
    let keys = (source, house.keys.newest());
    let passage = Passage::new(keys, lives, &*admin.random);

    let expected = verify(house, &mut reader, &passage).await?;
    bring_in(house, &mut reader, &passage, &mut arrival).await?;
    let tables = compare(house, &arrival, expected.tally).await?;
    prove_keys(house, &mut arrival, &passage).await?;
    let epoch = lives.epoch(description.epoch);
    let record = admin.record_of(lives.name(), description.id.to_string());
    arrival.finish(epoch, &record, admin.now()).await?;
    Ok(Entered {
        description,
        tables,
        ended: expected.ended,
        epoch,
        resumed,
    })
}

/// Whether the file has what its own sums say. A file of an earlier release names fewer tables than there are now.
fn agree(said: &[TableTally], read: &[TableTally]) -> bool {
    let named = |table: &TableTally| said.iter().any(|said| said.table == table.table);
    said.iter().all(|said| read.contains(said))
        && read.iter().all(|table| named(table) || table.rows == 0)
}

/// Reads the whole file once, before anything is written.
async fn verify(house: &House, reader: &mut Reader, passage: &Passage<'_>) -> Result<Expected> {
    let (mut written, mut expected) = (Tally::default(), Expected::default());
    house.progress.begin("verifying", reader.description().rows);
    loop {
        let mut batch = match reader.next()? {
            Piece::Rows(batch) => batch,
            Piece::Last(tables) if agree(&tables, &written.tables()) => return Ok(expected),
            Piece::Last(_) => bail!(Unreadable::Damaged),
        };
        written.add(&batch);
        *expected.ended.entry(batch.table()).or_default() += passage.change(&mut batch)?;
        expected.tally.add(&batch);
        house.progress.advance(batch.rows());
        // So that Ctrl+C is heard.
        yield_now().await;
    }
}

/// Writes what is not there yet.
async fn bring_in(
    house: &House,
    reader: &mut Reader,
    passage: &Passage<'_>,
    arrival: &mut Arrival<'_>,
) -> Result<()> {
    reader.rewind()?;
    arrival.begin().await?;
    let mut there = arrival.batches();
    house
        .progress
        .begin("bringing in", reader.description().rows);
    while let Piece::Rows(mut batch) = reader.next()? {
        let rows = batch.rows();
        if there > 0 {
            there -= 1;
            yield_now().await;
        } else {
            passage.change(&mut batch)?;
            arrival.put(batch).await?;
        }
        house.progress.advance(rows);
    }
    Ok(())
}

/// Reads everything back and proves that it is what the file holds.
async fn compare(house: &House, arrival: &Arrival<'_>, expected: Tally) -> Result<Vec<TableTally>> {
    let mut departure = arrival.arrived().await?;
    let mut tally = Tally::default();
    house.progress.begin("comparing", departure.rows());
    while let Some(batch) = departure.next().await? {
        tally.add(&batch);
        house.progress.advance(batch.rows());
    }
    house.progress.end();
    let (arrived, expected) = (tally.tables(), expected.tables());
    let pairs = arrived.iter().zip(&expected);
    let differing: Vec<&str> = pairs
        .filter(|(arrived, expected)| arrived != expected)
        .map(|(arrived, _)| arrived.table.as_str())
        .collect();
    ensure!(
        differing.is_empty(),
        "what came in differs from the file in {}: another process has written there, or the disk is \
         damaged; empty the directory and begin again",
        differing.join(", ")
    );
    Ok(arrived)
}

/// Proves that the keys open which have come in. A source that kept no root key has its own as it was.
async fn prove_keys(house: &House, arrival: &mut Arrival<'_>, passage: &Passage<'_>) -> Result<()> {
    let directory = &house.admin.directory;
    let root = if let Some(stored) = directory.root_key().present().await? {
        house.keys.open(&stored)?.0
    } else {
        let (root, sealed) = passage.inherited();
        arrival.give_root(sealed);
        root
    };
    signing_keys::prove(directory, root.sealer("signing-key")).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(name: &str, rows: u64) -> TableTally {
        TableTally {
            table: name.to_owned(),
            rows,
            sha256: format!("{name} {rows}"),
        }
    }

    #[test]
    fn a_file_of_an_earlier_release_may_name_fewer_tables_and_no_other_rows() {
        let (client, key) = (table("client", 2), table("signing_key", 4));
        let earlier = [client.clone(), key.clone()];
        let read = |api: u64| [client.clone(), table("resource_server", api), key.clone()];
        assert!(agree(&earlier, &read(0)));
        assert!(
            !agree(&earlier, &read(1)),
            "rows that the file does not own up to"
        );
        assert!(!agree(&[table("client", 3), key.clone()], &read(0)));
        let later = [client.clone(), key.clone(), table("unheard", 0)];
        assert!(!agree(&later, &read(0)));
        assert!(agree(&read(1), &read(1)));
    }
}
