//! The clock of a node is stepped: by five minutes, so that it has to step back, and by as little as it must bear.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use tokio::process::Command;
use tokio::time::sleep;

use super::rolling::restart;
use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::cluster::balancer::Balancer;
use crate::cluster::node::Node;
use crate::cluster::process::{PATIENCE, eventually};
use crate::stage::Stage;

/// Where Debian keeps the library, by the machine's kind.
const LIBRARIES: &str = "/usr/lib";
const LIBRARY: &str = "faketime/libfaketime.so.1";

/// The age from which on a client was there for every node, however slow a clock it must bear.
const OLDER_THAN_SMALL_STEPS: Duration = Duration::from_secs(25);

/// How long a node may take to notice that its clock is wrong.
const NOTICES_WITHIN: Duration = Duration::from_secs(15);

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    let Some(library) = library() else {
        let reason = "the library faketime is not here: sudo apt-get install faketime";
        return Ok(Ended::NotRun(reason.to_owned()));
    };
    let clock = Clock(cluster.folder().path().join("clock"));
    clock.set("+0")?;
    let node = cluster.nodes.last_mut().context("no node")?;
    restart(node, stage, |command| preload(command, &library, &clock.0)).await?;
    // No grant may be older than its client's registration, not even by a clock that is slow.
    sleep(OLDER_THAN_SMALL_STEPS.saturating_sub(stage.load.registered.elapsed())).await;
    for small in ["+20", "-20"] {
        clock.set(small)?;
        stage.calm().await;
        ensure!(
            node.is_ready().await,
            "{} is not ready with a clock that is {small} s off",
            node.name()
        );
    }
    for large in ["+300", "-300"] {
        step_away(node, &cluster.balancer, &clock, large, stage).await?;
    }
    restart(node, stage, |_| {}).await?;
    mended(cluster, stage).await
}

/// Steps a clock so far that its node must step back. Everybody waits until it has, and the balancer knows.
async fn step_away(
    node: &Node,
    balancer: &Balancer,
    clock: &Clock,
    offset: &str,
    stage: &Stage,
) -> Result<()> {
    let quiet = stage.load.quiet().await;
    clock.set(offset)?;
    until_unready(node).await?;
    stage.load.place.shun(Some(node.address()));
    balancer.until_only_ready().await?;
    drop(quiet);
    stage.calm().await;
    clock.set("+0")?;
    node.until_ready().await?;
    stage.load.place.shun(None);
    Ok(())
}

/// The clock of one node, as an offset in seconds.
struct Clock(PathBuf);

impl Clock {
    fn set(&self, offset: &str) -> Result<()> {
        let new = self.0.with_extension("new");
        fs::write(&new, format!("{offset}\n"))?;
        // In one step: a node that reads half of it would be anywhere.
        fs::rename(&new, &self.0).context("the clock cannot be set")
    }
}

fn preload(command: &mut Command, library: &Path, clock: &Path) {
    command
        .env("LD_PRELOAD", library)
        .env("FAKETIME_TIMESTAMP_FILE", clock)
        .env("FAKETIME_NO_CACHE", "1")
        // Time that passes is not time of day.
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
}

async fn until_unready(node: &Node) -> Result<()> {
    let unready = async || (!node.is_ready().await).then_some(());
    let what = format!("{} notices that its clock is wrong", node.name());
    eventually(&what, NOTICES_WITHIN.min(PATIENCE), unready).await
}

fn library() -> Option<PathBuf> {
    let kinds = fs::read_dir(LIBRARIES).ok()?.flatten();
    kinds
        .map(|kind| kind.path().join(LIBRARY))
        .find(|path| path.is_file())
}
