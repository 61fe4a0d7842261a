//! `doorward keys rotate`, `activate`, `retire` and `revoke`: orders, carried out at once or only drawn.

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{Change, Key, Order, Stage, Uptake, after, timeline};
use doorward_directory::keys::KeySet;
use serde_json::json;

use super::emergency::Emergency;
use super::picture::{picture, programs};
use super::status::{applications, members};
use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::signing_keys::{Keeper, Readers};

/// Whether an order is carried out.
#[derive(Clone, Copy, Debug, Args)]
pub(super) struct Trial {
    /// Only show what would happen, and when
    #[arg(long)]
    dry_run: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Rotate {
    /// Only the key of this algorithm
    #[arg(long, value_name = "ALG")]
    algorithm: Option<Algorithm>,
    /// The active keys are bad: withdraw them at once, and end everything that they signed
    #[arg(long)]
    emergency: bool,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Activate {
    /// The key, as `keys list` shows it
    #[arg(value_name = "KID")]
    kid: String,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Retire {
    /// The key, as `keys list` shows it
    #[arg(value_name = "KID")]
    kid: String,
    #[command(flatten)]
    trial: Trial,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Revoke {
    /// The key, as `keys list` shows it
    #[arg(value_name = "KID")]
    kid: String,
    #[command(flatten)]
    trial: Trial,
}

impl Rotate {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let keys = Ordered::read(admin).await?;
        let algorithms = self
            .algorithm
            .map_or(Algorithm::ALL.into(), |one| vec![one]);
        let orders: Vec<Order> = if self.emergency {
            keys.signing(&algorithms).map(Order::Revoke).collect()
        } else {
            algorithms.into_iter().map(Order::Rotate).collect()
        };
        ensure!(
            !orders.is_empty(),
            "no key signs; the next start makes keys"
        );
        keys.carry_out("keys rotate", &orders, self.trial).await
    }
}

impl Activate {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let orders = [Order::Activate(self.kid.clone())];
        let keys = Ordered::read(admin).await?;
        keys.carry_out("keys activate", &orders, self.trial).await
    }
}

impl Retire {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let orders = [Order::Retire(self.kid.clone())];
        let keys = Ordered::read(admin).await?;
        keys.carry_out("keys retire", &orders, self.trial).await
    }
}

impl Revoke {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let orders = [Order::Revoke(self.kid.clone())];
        let keys = Ordered::read(admin).await?;
        keys.carry_out("keys revoke", &orders, self.trial).await
    }
}

/// The keys that orders are given for, as they were read.
struct Ordered<'a> {
    admin: &'a Administration,
    read: KeySet,
    keys: Vec<Key>,
}

impl<'a> Ordered<'a> {
    async fn read(admin: &'a Administration) -> Result<Self> {
        let read = admin.directory.keys().read().await?;
        let keys = read.keys.iter().map(StoredKey::as_key).collect();
        Ok(Self { admin, read, keys })
    }

    /// The names of the keys that sign with `algorithms`.
    fn signing(&self, algorithms: &[Algorithm]) -> impl Iterator<Item = String> {
        let now = self.admin.now();
        let signing = self.keys.iter().filter(move |key| {
            key.life.stage(now) == Stage::Active && algorithms.contains(&key.algorithm)
        });
        signing.map(|key| key.kid.clone())
    }

    /// What all `orders` together change.
    fn changes(&self, orders: &[Order]) -> Result<Vec<Change>> {
        let (now, schedule) = (self.admin.now(), self.admin.configuration.key_schedule());
        let (mut keys, mut all) = (self.keys.clone(), Vec::new());
        for order in orders {
            let changes = order.changes(&keys, &schedule, now)?;
            keys = after(&keys, &changes);
            all.extend(changes);
        }
        Ok(all)
    }

    async fn carry_out(self, command: &str, orders: &[Order], trial: Trial) -> Result<Answer> {
        let (admin, now) = (self.admin, self.admin.now());
        let changes = self.changes(orders)?;
        let revoked: Vec<&Key> = self.revoked(orders).collect();
        let emergency = Emergency::of(admin, &revoked).await?;
        let readers = Readers::load(&admin.directory, now).await?;
        let uptake = self.begins(&changes).map(|key| readers.uptake(key));
        let unknown_to: Vec<Uptake> = uptake
            .flatten()
            .filter(|uptake| !uptake.is_known())
            .collect();
        let keys = if trial.dry_run {
            after(&self.keys, &changes)
        } else {
            self.write(command, orders, &changes, &unknown_to).await?
        };
        let schedule = admin.configuration.key_schedule();
        let happenings = timeline(&keys, &Algorithm::ALL, &schedule, now);
        let mut text = vec![picture(&happenings, now)];
        if !unknown_to.is_empty() {
            text.push(format!(
                "These applications were not seen to know the key that takes over:\n{}",
                applications(&unknown_to)
            ));
        }
        text.extend(emergency.as_ref().map(Emergency::in_words));
        if trial.dry_run {
            text.push("Nothing was changed: without --dry-run it is.".to_owned());
        }
        let value = json!({
            "changed": !trial.dry_run,
            "timeline": programs(&happenings),
            "unknown_to": members(&unknown_to),
            "ended": emergency.as_ref().map(Emergency::to_json),
        });
        Ok(Answer::new(&value, text.join("\n\n"))?)
    }

    async fn write(
        &self,
        command: &str,
        orders: &[Order],
        changes: &[Change],
        unknown_to: &[Uptake],
    ) -> Result<Vec<Key>> {
        let admin = self.admin;
        let sealer = admin.signing_key_sealer().await?;
        let keeper = Keeper {
            directory: &admin.directory,
            sealer: &sealer,
            random: &*admin.random,
        };
        let names: Vec<String> = unknown_to
            .iter()
            .map(|one| one.application.clone())
            .collect();
        let told = keeper.carry_out(&self.read, None, changes, &names, admin.now());
        told.await?.context(
            "somebody else changed the keys at the same moment; nothing was changed, try again",
        )?;
        let targets: Vec<String> = orders.iter().map(target).collect();
        admin.record(command, targets.join(" ")).await?;
        let keys = admin.directory.keys().all().await?;
        Ok(keys.iter().map(StoredKey::as_key).collect())
    }

    /// The keys that nobody is to trust any more.
    fn revoked(&self, orders: &[Order]) -> impl Iterator<Item = &Key> {
        let revoked: Vec<&String> = orders
            .iter()
            .filter_map(|order| match order {
                Order::Revoke(kid) => Some(kid),
                _ => None,
            })
            .collect();
        self.keys
            .iter()
            .filter(move |key| revoked.contains(&&key.kid))
    }

    /// The keys that sign from now on because of `changes`, though they only waited.
    fn begins(&self, changes: &[Change]) -> impl Iterator<Item = &Key> {
        let begun: Vec<&String> = changes
            .iter()
            .filter_map(|change| match change {
                Change::Live { kid, life } if life.holds_office() => Some(kid),
                _ => None,
            })
            .collect();
        self.keys
            .iter()
            .filter(move |key| begun.contains(&&key.kid))
    }
}

fn target(order: &Order) -> String {
    match order {
        Order::Rotate(algorithm) => algorithm.to_string(),
        Order::Activate(kid) | Order::Retire(kid) | Order::Revoke(kid) => kid.clone(),
    }
}
