//! Redis hangs for ten seconds: its connections stay open and nothing answers. Sentinel replaces it meanwhile.

use std::time::{Duration, Instant};

use anyhow::Result;
use tokio::time::sleep;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

const HANGS: Duration = Duration::from_secs(10);

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    let broken = Instant::now();
    let primary = cluster.primary().await?;
    primary.pause()?;
    sleep(HANGS).await;
    primary_resumes(cluster)?;
    cluster.until_replicated().await?;
    stage.excuse_last_moments(broken);
    mended(cluster, stage).await
}

/// Wakes whoever sleeps; the Sentinels may call another one the primary by now.
fn primary_resumes(cluster: &Cluster) -> Result<()> {
    cluster.redis.iter().try_for_each(|server| server.resume())
}
