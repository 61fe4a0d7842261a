//! Redis is emptied: everybody is signed out, or nobody.

use std::time::Instant;

use anyhow::Result;

use super::{Ended, mended};
use crate::cluster::Cluster;
use crate::ledger::Promise;
use crate::stage::Stage;

pub(super) async fn play(cluster: &mut Cluster, stage: &mut Stage) -> Result<Ended> {
    stage.calm().await;
    // Nothing is under way, so that it is certain what came before.
    let quiet = stage.load.quiet().await;
    cluster.primary().await?.flush().await?;
    let promise = Promise::AllBefore(Instant::now());
    stage.load.books.ledger().promise(promise);
    drop(quiet);
    mended(cluster, stage).await
}
