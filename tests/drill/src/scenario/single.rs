//! A single node with files of its own, whose disk is full, and then it is not.

use std::net::SocketAddr;

use anyhow::Result;
use fastrand::Rng;
use url::Url;

use super::Ended;
use super::full_disk::NOT_PERMITTED;
use crate::cluster::disk::Disk;
use crate::cluster::folder::Folder;
use crate::cluster::node::Node;
use crate::cluster::{Keepsakes, Purpose, settings};
use crate::ledger::Faults;
use crate::load::{Figures, Load};
use crate::logs::Logs;
use crate::programs::Programs;
use crate::stage::{Extent, Stage};

/// The size of the disk, in megabytes.
const SIZE: u64 = 64;

/// Plays from its beginning to its end.
pub(crate) async fn full_disk_of_one_node(
    programs: &Programs,
    extent: Extent,
    rng: &mut Rng,
) -> Result<(Ended, Figures, Faults)> {
    let folder = Folder::temporary()?;
    let Some(disk) = Disk::mount(&folder, "data", SIZE).await? else {
        let none = Ended::NotRun(NOT_PERMITTED.to_owned());
        return Ok((none, Figures::default(), Faults::default()));
    };
    let mut node = node(programs, &folder, &disk)?;
    node.start().await?;
    let place = (
        issuer(node.address())?,
        node.address(),
        vec![node.address()],
    );
    let mut stage = Stage {
        load: Load::start(&node, place, extent.people, rng).await?,
        logs: Logs::of(folder.logs()),
        rng: rng.fork(),
        extent,
    };
    play(&node, &disk, &mut stage).await?;
    let books = stage.load.books.clone();
    drop(stage);
    node.stop().await?;
    let figures = books.tally().take(std::time::Instant::now());
    let faults = books.ledger().take_faults();
    Ok((Ended::Well, figures, faults))
}

async fn play(node: &Node, disk: &Disk, stage: &mut Stage) -> Result<()> {
    stage.calm().await;
    disk.fill().await?;
    stage.calm().await;
    disk.free()?;
    node.until_ready().await?;
    stage.calm().await;
    stage.judge(node).await
}

fn issuer(address: SocketAddr) -> Result<Url> {
    Ok(Url::parse(&format!(
        "http://localhost:{}/",
        address.port()
    ))?)
}

fn node(programs: &Programs, folder: &Folder, disk: &Disk) -> Result<Node> {
    let keepsakes = Keepsakes::of(folder)?;
    let data = disk.path().join("doorward");
    let stores = settings::Stores::embedded();
    Node::new(programs, folder, "node", &keepsakes.key, |address| {
        Ok(settings::text(
            &issuer(address)?,
            &data,
            &stores,
            Purpose::Drill,
        ))
    })
}
