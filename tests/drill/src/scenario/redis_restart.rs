//! Redis is told to stop, writes what it has, and is started again.

use anyhow::Result;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    let primary = cluster.primary().await?;
    primary.stop().await?;
    primary.start_again().await?;
    cluster.until_replicated().await?;
    mended(cluster, stage).await
}
