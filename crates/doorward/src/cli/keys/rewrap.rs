//! `doorward keys rewrap`

mod told;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use doorward_core::seal::{Fingerprint, KeyEncryptionKey};
use doorward_directory::root_key::Replaced;

use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::configuration::{KeyCommand, Value as _};
use crate::encryption_key::{EncryptionKeys, Place, Root, Sealed};
use told::{Rewrapping, Stage};

/// Change the key-encryption key, while servers run
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward keys rewrap --dry-run                       what is in place, and what would happen
  doorward keys rewrap                                 seals under the newest key in place
  doorward keys rewrap --to-file new-key               makes new-key if it is not there
  doorward keys rewrap --to-command vault,kv,get,-field=key,secret/doorward

The key-encryption key seals the directory's root key, and everything else that is sealed, named or
marked comes from that one. So only the root key is sealed again, in one step. Servers that run have
it in memory and notice nothing; from then on the new key is what a start needs.

To lose no start whatever happens in between, go in this order:
  1. On every node, put the new key on the first line of the key's place, and leave the old one on
     the second: a file, a variable and the output of a command may all hold several keys.
  2. Run `doorward keys rewrap`, once, on any node.
  3. Take the old key away on every node. Keep it with the backups that were made under it.
Each step can be interrupted and done again. With --to-file or --to-command there is a moment in
which no server starts: from the rewrap until the key is in its place.")]
pub(in crate::cli) struct Rewrap {
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with = "to_command",
        help = "Seal under the key in this file, made if it is not there [default: the newest key in place]"
    )]
    to_file: Option<PathBuf>,
    /// Seal under the key that this command prints; its words are separated by commas
    #[arg(long, value_name = "COMMAND", value_parser = command)]
    to_command: Option<KeyCommand>,
    /// Say what would happen, step by step, and change nothing
    #[arg(long)]
    dry_run: bool,
}

fn command(text: &str) -> Result<KeyCommand, String> {
    let command = KeyCommand::parse(text).filter(|command| !command.words().is_empty());
    command.ok_or_else(|| format!("allowed is {}", KeyCommand::allowed()))
}

/// What to seal under.
enum Target<'a> {
    /// The newest key in place.
    InPlace(&'a EncryptionKeys),
    /// The newest key of another place.
    Elsewhere(EncryptionKeys),
    /// A key that is made when it is done.
    ToBeMade(Place),
}

impl Target<'_> {
    const fn keys(&self) -> Option<&EncryptionKeys> {
        match self {
            Self::InPlace(keys) => Some(keys),
            Self::Elsewhere(keys) => Some(keys),
            Self::ToBeMade(_) => None,
        }
    }

    fn place(&self) -> &Place {
        match self {
            Self::InPlace(keys) => keys.place(),
            Self::Elsewhere(keys) => keys.place(),
            Self::ToBeMade(place) => place,
        }
    }

    fn fingerprint(&self) -> Option<Fingerprint> {
        Some(self.keys()?.newest().fingerprint())
    }
}

impl Rewrap {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let root = admin.root().await?;
        let target = self.target(admin, &root.keys).await?;
        let stage = match target.keys().map(EncryptionKeys::newest) {
            Some(key) if key.fingerprint() == root.stored.sealed_by => Stage::NothingToDo,
            Some(key) if !self.dry_run => {
                seal(admin, &root, key).await?;
                Stage::Done
            }
            _ => Stage::ToDo,
        };
        Rewrapping {
            stage,
            sealed_by: root.stored.sealed_by,
            in_place: root.keys.fingerprints(),
            place: root.keys.place(),
            target: target.fingerprint(),
            target_place: target.place(),
        }
        .answer()
    }

    async fn target<'a>(
        &self,
        admin: &Administration,
        in_place: &'a EncryptionKeys,
    ) -> Result<Target<'a>> {
        let place = match (&self.to_file, &self.to_command) {
            (Some(file), _) => Place::File(file.clone()),
            (None, Some(command)) => Place::Command(command.words().to_vec()),
            (None, None) => return Ok(Target::InPlace(in_place)),
        };
        if let Place::File(file) = &place
            && self.dry_run
            && !file.exists()
        {
            return Ok(Target::ToBeMade(place));
        }
        let environment = &admin.environment;
        let keys = place.keys_or_new(environment, Sealed::Nothing, &*admin.random);
        Ok(Target::Elsewhere(keys.await?))
    }
}

/// Seals the root key under `key` and tells of it, unless another process has sealed it anew meanwhile.
async fn seal(admin: &Administration, root: &Root, key: &KeyEncryptionKey) -> Result<()> {
    let sealed = key.seal(&*admin.random, &root.key);
    key.open(&sealed)
        .context("the root key does not open again")?;
    let event = admin.record_of("keys rewrap", sealed.sealed_by.to_string());
    let stored = admin.directory.root_key();
    match stored.replace(&root.stored, &sealed, &event).await? {
        Replaced::Replaced => Ok(()),
        Replaced::Overtaken => bail!(
            "another process has changed the key-encryption key in this moment; look with --dry-run"
        ),
    }
}
