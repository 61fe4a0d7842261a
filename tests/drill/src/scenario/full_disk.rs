//! The disk of PostgreSQL is full, and then it is not.

use anyhow::Result;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

/// Why a full disk was not tried.
pub(super) const NOT_PERMITTED: &str =
    "a small disk cannot be mounted here; run it as root on a machine that permits that";

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    let Some(disk) = cluster.disk() else {
        return Ok(Ended::NotRun(NOT_PERMITTED.to_owned()));
    };
    disk.fill()?;
    stage.calm().await;
    stage.calm().await;
    disk.free()?;
    if !cluster.postgres.runs() {
        // It gives up when it cannot recover for lack of room. Whoever supervises it starts it again.
        cluster.postgres.start_again().await?;
    }
    mended(cluster, stage).await
}
