//! One node after the other is told to stop (`SIGTERM`) and started again, as for an upgrade. No request may be lost.

use anyhow::Result;
use tokio::time::sleep;

use super::{Ended, UNTIL_SEEN, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    for node in &mut cluster.nodes {
        node.stop().await?;
        node.start().await?;
        sleep(UNTIL_SEEN).await;
    }
    mended(cluster, stage).await
}
