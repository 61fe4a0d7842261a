//! One node after the other is told to stop (`SIGTERM`) and started again, as for an upgrade. No request may be lost.

use anyhow::Result;
use tokio::process::Command;
use tokio::time::sleep;

use super::{Ended, UNTIL_SEEN, mended};
use crate::cluster::Cluster;
use crate::cluster::node::Node;
use crate::stage::Stage;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    for node in &mut cluster.nodes {
        restart(node, stage, |_| {}).await?;
        sleep(UNTIL_SEEN).await;
    }
    mended(cluster, stage).await
}

/// Restarts a node with a changed command. Whoever goes past the balancer has no claim to be answered meanwhile, and stays away.
pub(super) async fn restart(
    node: &mut Node,
    stage: &Stage,
    change: impl FnOnce(&mut Command),
) -> Result<()> {
    {
        let _quiet = stage.load.quiet().await;
        stage.load.place.shun(Some(node.address()));
    }
    node.stop().await?;
    node.start_with(change).await?;
    stage.load.place.shun(None);
    Ok(())
}
