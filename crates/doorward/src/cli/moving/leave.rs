//! Out of a directory, into a file.

use std::path::PathBuf;

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::identifiers::ArchiveId;
use doorward_core::seal::{KeyEncryptionKey, SealedRoot};
use doorward_directory::transfer::{Departure, SHAPE, TableTally, Tally};
use serde_json::json;

use super::House;
use super::tables;
use crate::archive::{Description, Existing, Kind, Writer};
use crate::cli::answer::{Answer, date, timestamp};
use crate::signing_keys;

/// Where to write.
#[derive(Debug, Args)]
pub(in crate::cli) struct Destination {
    /// The file to write; only its owner may read it
    file: PathBuf,
    /// Replace the file if there is one
    #[arg(long)]
    force: bool,
}

/// Writes everything as it is now; the file is there when it is whole.
pub(super) async fn write(house: &House, kind: Kind, destination: &Destination) -> Result<Answer> {
    let admin = &house.admin;
    let stored = admin.directory.root_key().present().await?;
    let stored = stored.context("there is no root key any more")?;
    let (root, key) = house.keys.open(&stored)?;
    // Whoever restores it some day finds out now, not then, that a key does not open.
    signing_keys::prove(&admin.directory, root.sealer("signing-key")).await?;
    let departure = admin.directory.departure().await?;
    let description = describe(house, kind, key, &departure);
    let file = destination.file.display();
    let written = fill(house, destination, (&description, key), departure).await;
    let (tables, length) = written.with_context(|| file.to_string())?;
    let id = description.id.to_string();
    admin.record(kind.as_str(), &id).await?;
    let value = json!({
        "file": destination.file,
        "id": id,
        "made_at": timestamp(description.made_at),
        "bytes": length,
        "sealed_by": description.sealed_by,
        "tables": tables,
    });
    let text = format!(
        "{}\n\n{file} holds everything as of {}, in {length} bytes.\n\
         It opens with the key-encryption key {} alone.\n{}",
        tables::shown(&tables),
        date(description.made_at),
        key.fingerprint(),
        advice(kind),
    );
    Ok(Answer::new(&value, text)?)
}

fn describe(
    house: &House,
    kind: Kind,
    key: &KeyEncryptionKey,
    departure: &Departure,
) -> Description {
    let made_at = house.admin.now();
    Description {
        id: ArchiveId::generate(made_at, &*house.admin.random),
        kind,
        made_at,
        release: env!("CARGO_PKG_VERSION").to_owned(),
        shape: SHAPE,
        epoch: departure.epoch(),
        rows: departure.rows(),
        sealed_by: Some(key.fingerprint()),
    }
}

/// What the tables come to, and how long the file is.
async fn fill(
    house: &House,
    destination: &Destination,
    (description, key): (&Description, &KeyEncryptionKey),
    mut departure: Departure,
) -> Result<(Vec<TableTally>, u64)> {
    let place = (destination.file.as_path(), destination.existing());
    let mut writer = Writer::begin(place, description, key, &*house.admin.random)?;
    let mut tally = Tally::default();
    house.progress.begin("writing", description.rows);
    while let Some(mut batch) = departure.next().await? {
        batch.reseal(|stored| sealed_under(key, stored))?;
        tally.add(&batch);
        writer.rows(&batch)?;
        house.progress.advance(batch.rows());
    }
    let tables = tally.tables();
    let length = writer.finish(&tables)?;
    house.progress.end();
    Ok((tables, length))
}

/// The root key as it is, if it is sealed under the key that the file is sealed under: whoever opens the one opens the other.
fn sealed_under(key: &KeyEncryptionKey, stored: &SealedRoot) -> Result<SealedRoot> {
    ensure!(
        stored.sealed_by == key.fingerprint(),
        "the key-encryption key was changed in this moment; run the command again"
    );
    Ok(stored.clone())
}

impl Destination {
    const fn existing(&self) -> Existing {
        if self.force {
            Existing::Replaced
        } else {
            Existing::Kept
        }
    }
}

const fn advice(kind: Kind) -> &'static str {
    match kind {
        Kind::Export => {
            "`doorward import` brings it into an empty directory. \
             What a server does here from now on is not in it."
        }
        Kind::Backup => {
            "`doorward restore` brings it back. Keep the key-encryption key as well, and apart from it."
        }
    }
}
