//! The disk of PostgreSQL is full, and then it is not.

use std::time::Duration;

use anyhow::Result;
use tokio::time::sleep;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

/// Why a full disk was not tried.
pub(super) const NOT_PERMITTED: &str =
    "a small disk cannot be mounted here; run it as root on a machine that permits that";

/// More files than the server has prepared for its log.
const PREPARED: u32 = 100;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    let Some(disk) = cluster.disk() else {
        return Ok(Ended::NotRun(NOT_PERMITTED.to_owned()));
    };
    disk.fill().await?;
    use_up_log(cluster).await;
    stage.calm().await;
    stage.calm().await;
    disk.free()?;
    if !cluster.postgres.runs() {
        // It gives up when it cannot recover for lack of room. Whoever supervises it starts it again.
        cluster.postgres.start_again().await?;
    }
    mended(cluster, stage).await
}

/// Makes the server go on to its next file of the log, until there is none and no room for one.
async fn use_up_log(cluster: &Cluster) {
    for _ in 0..PREPARED {
        if cluster
            .postgres
            .query("SELECT pg_switch_wal()")
            .await
            .is_err()
        {
            return;
        }
        // It goes on only when something was written meanwhile.
        sleep(Duration::from_millis(20)).await;
    }
}
