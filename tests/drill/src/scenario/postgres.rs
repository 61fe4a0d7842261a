//! PostgreSQL goes away and comes back: in order, or by a crash.

use anyhow::Result;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

pub(super) async fn restart(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    cluster.postgres.stop().await?;
    cluster.postgres.start_again().await?;
    mended(cluster, stage).await
}

pub(super) async fn crash(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    cluster.postgres.crash().await?;
    stage.some_moment().await;
    cluster.postgres.start_again().await?;
    mended(cluster, stage).await
}
