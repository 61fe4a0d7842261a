//! Redis hangs for ten seconds: its connections stay open and nothing answers. Sentinel replaces it meanwhile.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::cluster::redis::Redis;
use crate::stage::Stage;

const HANGS: Duration = Duration::from_secs(10);

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    let takeover = stage.replica_takes_over();
    cluster.primary().await?.pause()?;
    sleep(HANGS).await;
    // Whoever hung is woken; the Sentinels may call the other one the primary by now.
    cluster.redis.iter().try_for_each(Redis::resume)?;
    cluster.until_replicated().await?;
    stage.replica_has_taken_over(&takeover);
    mended(cluster, stage).await
}
