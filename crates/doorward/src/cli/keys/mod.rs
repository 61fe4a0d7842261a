//! `doorward keys`

mod emergency;
mod export_public;
mod import;
mod list;
mod order;
mod picture;
mod rewrap;
mod show;
mod status;
mod unreadable;

use anyhow::Result;
use clap::Subcommand;

use super::administration::Administration;
use super::answer::Answer;
use export_public::ExportPublic;
use import::Import;
use order::{Activate, Retire, Revoke, Rotate};
use rewrap::Rewrap;
use show::Show;

/// Keys that sign tokens: what becomes of each, and when the next one takes its place
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// List the signing keys; private parts are never shown
    List,
    /// Show what comes next, and which applications know the keys that wait
    Status,
    /// Show one key: its life, and which applications know it
    Show(Show),
    /// Publish the next key, which takes over by the schedule; or answer a leak at once
    #[command(after_help = ROTATE)]
    Rotate(Rotate),
    /// Let a key that waits sign in five minutes, whoever does not know it yet
    Activate(Activate),
    /// Let the next key take the place of this one, or withdraw one that has never signed
    Retire(Retire),
    /// Withdraw a bad key at once, and end everything that it signed
    Revoke(Revoke),
    /// Bring in a signing key that was made elsewhere: from a file, or one that stays in hardware
    #[command(after_help = import::EXAMPLES)]
    Import(Import),
    /// Print the public halves of signing keys
    #[command(after_help = export_public::EXAMPLES)]
    ExportPublic(ExportPublic),
    /// Change the key-encryption key, while servers run
    Rewrap(Rewrap),
}

const ROTATE: &str = "\
Keys change by themselves (`keys.rotate_every`); this is for doing so earlier.

Examples:
  See what would happen, and when:
    doorward keys rotate --dry-run
  Publish the next key of one algorithm; it signs after `keys.publish_before`:
    doorward keys rotate --algorithm ES256
  All keys have leaked: new ones at once, and nothing that the old ones signed is good any more:
    doorward keys rotate --emergency";

impl Keys {
    /// Whether it is done before the first start as well.
    pub(super) const fn begins(&self) -> bool {
        matches!(self, Self::Import(_))
    }

    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::List => list::list(admin).await,
            Self::Status => status::status(admin).await,
            Self::Show(show) => show.run(admin).await,
            Self::Rotate(rotate) => rotate.run(admin).await,
            Self::Activate(activate) => activate.run(admin).await,
            Self::Retire(retire) => retire.run(admin).await,
            Self::Revoke(revoke) => revoke.run(admin).await,
            Self::Import(import) => import.run(admin).await,
            Self::ExportPublic(export) => export.run(admin).await,
            Self::Rewrap(rewrap) => rewrap.run(admin).await,
        }
    }
}
