//! A node is killed at any moment (`kill -9`) and started again, while the other one goes on.

use anyhow::{Context as _, Result};

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::stage::Stage;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    for _ in 0..stage.extent.rounds {
        stage.some_moment().await;
        let number = stage.rng.usize(0..cluster.nodes.len());
        let node = cluster.nodes.get_mut(number).context("no such node")?;
        node.kill().await?;
        stage.some_moment().await;
        node.start().await?;
        cluster.until_ready().await?;
        stage.judge(cluster.operator()?).await?;
    }
    mended(cluster, stage).await
}
