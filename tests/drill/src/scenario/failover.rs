//! Redis is killed, Sentinel puts the replica in its place, and what was killed comes back as a replica.

use anyhow::Result;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    let primary = cluster.primary().await?;
    let address = primary.address();
    let takeover = stage.replica_takes_over();
    primary.kill().await?;
    cluster.until_replaced(address).await?;
    stage.replica_has_taken_over(&takeover);
    cluster.until_ready().await?;
    stage.calm().await;
    for server in &mut cluster.redis {
        if server.address() == address {
            server.start_again().await?;
        }
    }
    cluster.until_replicated().await?;
    mended(cluster, stage).await
}
