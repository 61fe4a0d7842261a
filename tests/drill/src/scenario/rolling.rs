//! One node after the other is told to stop (`SIGTERM`) and started again, as for an upgrade. No request may be lost.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

/// Longer than the balancer takes to see that a node is ready again.
const UNTIL_SEEN: Duration = Duration::from_millis(1_500);

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    for node in &mut cluster.nodes {
        node.stop().await?;
        node.start().await?;
        sleep(UNTIL_SEEN).await;
    }
    mended(cluster, stage).await
}
