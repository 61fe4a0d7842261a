//! `doorward keys rotate`, `activate`, `retire` and `revoke`: orders, carried out at once or only drawn.

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::jose::{Algorithm, StoredKey};
use doorward_core::keys::{
    Change, Happening, Key, Order, REVOKED_SINCE, Stage, Uptake, after, timeline,
};
use doorward_directory::keys::KeySet;
use serde_json::json;

use super::emergency::Emergency;
use super::picture::{picture, programs};
use super::status::{applications, members};
use super::unreadable::unreadable;
use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::signing_keys::{ClocksApart, Keeper, Readers, algorithms};

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
    /// All keys are bad, also those that wait and those that are retired: withdraw them at once, end everything that they signed, and make new ones
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
            .map_or_else(|| keys.algorithms(), |one| vec![one]);
        let orders = if self.emergency {
            keys.all_revoked(&algorithms)
        } else {
            keys.rotated(&algorithms)
        };
        ensure!(
            !orders.is_empty(),
            "the next keys are there already and take over as `doorward keys status` shows; \
             `doorward keys activate KID` does not wait for that"
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

    /// The algorithms that there are keys for, or shall be.
    fn algorithms(&self) -> Vec<Algorithm> {
        let configured = &self.admin.configuration.keys.algorithms.0;
        let mut all = algorithms(configured, &self.keys, self.admin.now());
        all.retain(|algorithm| self.read.is_whole(*algorithm));
        all
    }

    /// What publishes a next key for those algorithms that have none.
    fn rotated(&self, algorithms: &[Algorithm]) -> Vec<Order> {
        let waits = |algorithm| {
            let mut waiting = self.keys.iter().filter(|key| key.life.waits());
            waiting.any(|key| key.algorithm == algorithm)
        };
        let algorithms = algorithms.iter().copied();
        let without = algorithms.filter(|algorithm| !waits(*algorithm));
        without.map(Order::Rotate).collect()
    }

    /// What withdraws every key of `algorithms`. Those that sign come last: by then no other is left to take their place but a new one.
    fn all_revoked(&self, algorithms: &[Algorithm]) -> Vec<Order> {
        let now = self.admin.now();
        let living = |key: &&Key| key.life.stage(now) != Stage::Gone;
        let of_algorithms = |key: &&Key| algorithms.contains(&key.algorithm);
        let keys = self.keys.iter().filter(living).filter(of_algorithms);
        let (signing, others): (Vec<&Key>, Vec<&Key>) =
            keys.partition(|key| key.life.holds_office());
        let keys = others.into_iter().chain(signing);
        keys.map(|key| Order::Revoke(key.kid.clone())).collect()
    }

    async fn carry_out(self, command: &str, orders: &[Order], trial: Trial) -> Result<Answer> {
        let (admin, now) = (self.admin, self.admin.now());
        let schedule = admin.configuration.key_schedule();
        let changes = Order::all(orders, &self.keys, &schedule, now)?;
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
        let happenings = self.happenings(&keys);
        let mut text = vec![picture(&happenings, now)];
        if !unknown_to.is_empty() {
            text.push(format!(
                "These applications were not seen to know the key that takes over:\n{}",
                applications(&unknown_to)
            ));
        }
        text.extend(emergency.as_ref().map(Emergency::in_words));
        text.extend(unreadable(&self.read.unreadable));
        if trial.dry_run {
            text.extend(self.clocks_apart().await?);
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

    /// Why the order would be refused for the time that this machine has.
    async fn clocks_apart(&self) -> Result<Option<String>> {
        let Administration {
            directory,
            reference,
            ..
        } = self.admin;
        let apart = ClocksApart::found(directory, *reference, self.admin.now()).await?;
        Ok(apart.map(|apart| format!("It would be refused: {apart}.")))
    }

    /// What happens to `keys` from now on that would not have happened without an order.
    fn happenings(&self, keys: &[Key]) -> Vec<Happening> {
        let without = self.timeline(&self.keys);
        let mut with = self.timeline(keys);
        with.retain(|happening| !without.contains(happening));
        with
    }

    /// What happens to `keys` from now on. What was revoked is gone since a moment ago.
    fn timeline(&self, keys: &[Key]) -> Vec<Happening> {
        let (now, schedule) = (self.admin.now(), self.admin.configuration.key_schedule());
        let algorithms = algorithms(&self.admin.configuration.keys.algorithms.0, keys, now);
        let mut happenings = timeline(keys, &algorithms, &schedule, now.minus(REVOKED_SINCE));
        for happening in &mut happenings {
            happening.at = happening.at.max(now);
        }
        happenings
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
            reference: admin.reference,
            rsa: admin.configuration.keys.rsa_bits,
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
        let keys = admin.directory.keys().read().await?.keys;
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
