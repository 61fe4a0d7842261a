//! `doorward export`, `import`, `backup` and `restore`

mod enter;
mod house;
mod leave;
mod passage;
mod progress;
mod tables;

use std::path::PathBuf;

use anyhow::{Result, bail, ensure};
use clap::{Args, Subcommand};

use super::Surroundings;
use super::answer::Answer;
use crate::archive::Kind;
use crate::configuration::{Configuration, Environment};
use crate::encryption_key::{EncryptionKeys, Place};
use crate::signals;
use house::{House, Purpose};
use leave::Destination;
pub(super) use progress::Progress;

/// Everything lasting, in one file
#[derive(Debug, Subcommand)]
pub(super) enum Moving {
    /// Write everything into one file, to move it to another database
    #[command(after_help = "\
Examples:
  doorward export house.doorward
  doorward import house.doorward --data new-data --source-key-file doorward-data/key-encryption-key

The file holds people, groups, clients, consents, sessions, grants, refresh tokens, signing
keys and events as of one moment. It is sealed with the key-encryption key, and nothing opens it
without. After `import` everything goes on as before: every password, every refresh token, and
every browser that is signed in, if the session store and the key stay the same.

What a server does after that moment is not in the file, so stop it first: a refresh would be
lost, and what was revoked meanwhile would live again. To save a server that goes on running,
there is `doorward backup`.")]
    Export(Destination),
    /// Bring in what `export` wrote, into an empty directory
    #[command(after_help = "\
Examples:
  doorward import house.doorward
  doorward import house.doorward --config new.toml --source-key-file old-key

The whole file is verified before anything is written. Rows then come in step by step.
Interrupted, by Ctrl+C or worse, the same command goes on where it stopped; until it is done no
server starts there. In the end every table is read back and compared with the file by its number
of rows and a checksum.

The target must have no people, groups and clients, and no running server. Signing keys that it
made for itself are replaced: nobody has a token from them. The root key, which everything sealed
comes from, comes along: with --source-key-file it is opened with the source's key and sealed again
under the target's. The source's key is not needed afterwards.")]
    Import(Import),
    /// Save everything into one file, while the server runs
    #[command(after_help = "\
Examples:
  doorward backup /backup/doorward-2026-11-24
  doorward backup --force /backup/latest

The file holds everything as of one moment, whatever is written meanwhile. It is sealed with the
key-encryption key: save that too, apart from the file. Nothing opens the one without the other.

`doorward restore` brings it back, and everybody signs in again. To move to another database and
stay signed in, there is `doorward export`.")]
    Backup(Destination),
    /// Bring back what `backup` saved, into an empty directory; everybody signs in again
    #[command(after_help = "\
Examples:
  doorward restore /backup/doorward-2026-11-24 --data new-data
  doorward restore /backup/doorward-2026-11-24 --source-key-file old-key

The key-encryption key that the backup was made with must be in place, or be named with
--source-key-file when another one is in place by now. The whole file is verified before anything
is written. Interrupted, the same command goes on where it stopped.

A backup does not know what was revoked after it was made. So that nothing of that lives again,
the restore ends all sessions and revokes all grants: people sign in again, applications ask
again. API tokens wait, each until it is rotated or resumed: revoke those that should be, then
`doorward token resume --restored`. Everything else is as it was then. Before you start the server,
do again what you did since: disable or remove people, replace passwords and client secrets, remove
applications.")]
    Restore(Restore),
}

/// What to bring in, and the key that opens it.
#[derive(Debug, Args)]
pub(super) struct Import {
    /// The file that `export` wrote
    file: PathBuf,
    #[command(flatten)]
    source: Source,
}

/// What to bring back.
#[derive(Debug, Args)]
pub(super) struct Restore {
    /// The file that `backup` wrote
    file: PathBuf,
    #[command(flatten)]
    source: Source,
}

/// The installation that the file is from.
#[derive(Debug, Args)]
pub(super) struct Source {
    #[arg(
        long,
        value_name = "FILE",
        help = "The file with the key-encryption key that the file was sealed with [default: the key that is in place here]"
    )]
    source_key_file: Option<PathBuf>,
}

impl Source {
    /// Its keys, where they are others than those here.
    async fn keys(&self) -> Result<Option<EncryptionKeys>> {
        let Some(file) = &self.source_key_file else {
            return Ok(None);
        };
        ensure!(file.exists(), "{} is not there", file.display());
        let place = Place::File(file.clone());
        Ok(Some(place.keys(&Environment::default()).await?))
    }
}

impl Moving {
    /// Does it, unless Ctrl+C comes first.
    pub(super) async fn run(
        self,
        configuration: Configuration,
        surroundings: &Surroundings,
        progress: Progress,
    ) -> Result<Answer> {
        let interrupted = self.interrupted();
        let stopped = signals::stop()?;
        let work = async {
            let house = self.open(configuration, surroundings, progress).await?;
            let answer = self.work(&house).await;
            house.admin.directory.close().await?;
            answer
        };
        tokio::select! {
            answer = work => answer,
            () = stopped => bail!(interrupted),
        }
    }

    const fn interrupted(&self) -> &'static str {
        match self {
            Self::Export(_) | Self::Backup(_) => "interrupted; no file was written",
            Self::Import(_) | Self::Restore(_) => {
                "interrupted; the same command goes on where this one stopped"
            }
        }
    }

    async fn open(
        &self,
        configuration: Configuration,
        surroundings: &Surroundings,
        progress: Progress,
    ) -> Result<House> {
        let purpose = match self {
            Self::Export(_) | Self::Backup(_) => Purpose::Leaving,
            Self::Import(Import { source, .. }) | Self::Restore(Restore { source, .. }) => {
                match source.source_key_file {
                    Some(_) => Purpose::Entering,
                    None => Purpose::EnteringWithTheKey,
                }
            }
        };
        House::open(purpose, configuration, surroundings, progress).await
    }

    async fn work(&self, house: &House) -> Result<Answer> {
        match self {
            Self::Export(destination) => leave::write(house, Kind::Export, destination).await,
            Self::Backup(destination) => leave::write(house, Kind::Backup, destination).await,
            Self::Import(import) => {
                let source = import.source.keys().await?;
                enter::import(house, &import.file, source).await
            }
            Self::Restore(restore) => {
                let source = restore.source.keys().await?;
                enter::restore(house, &restore.file, source).await
            }
        }
    }
}
