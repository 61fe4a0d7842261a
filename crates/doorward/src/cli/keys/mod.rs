//! `doorward keys`

mod emergency;
mod list;
mod order;
mod picture;
mod rewrap;
mod show;
mod status;

use anyhow::Result;
use clap::Subcommand;

use super::administration::Administration;
use super::answer::Answer;
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
    /// Let a key that waits sign from now on, whoever does not know it yet
    Activate(Activate),
    /// Let the next key take the place of this one, or withdraw one that has never signed
    Retire(Retire),
    /// Withdraw a bad key at once, and end everything that it signed
    Revoke(Revoke),
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
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::List => list::list(admin).await,
            Self::Status => status::status(admin).await,
            Self::Show(show) => show.run(admin).await,
            Self::Rotate(rotate) => rotate.run(admin).await,
            Self::Activate(activate) => activate.run(admin).await,
            Self::Retire(retire) => retire.run(admin).await,
            Self::Revoke(revoke) => revoke.run(admin).await,
            Self::Rewrap(rewrap) => rewrap.run(admin).await,
        }
    }
}
