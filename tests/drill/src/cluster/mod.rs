//! A cluster as plain processes: PostgreSQL, Redis with a replica and three Sentinels, nodes, and Caddy in front.

pub(crate) mod balancer;
pub(crate) mod disk;
mod keepsakes;
mod sentinel;
pub(crate) mod settings;

use std::net::SocketAddr;

pub(crate) use doorward_tests::cluster::{folder, node, process, redis};
use doorward_tests::cluster::{port, postgres};

use anyhow::{Context as _, Result};
use url::Url;

use crate::programs::Programs;
use balancer::Balancer;
use disk::Disk;
use folder::Folder;
pub(crate) use keepsakes::{Application, Keepsakes, random_text};
use node::Node;
use postgres::{Postgres, Room};
use process::{PATIENCE, eventually};
use redis::{Redis, Role};
use sentinel::Sentinels;
pub(crate) use settings::Purpose;

/// How many nodes there are.
const NODES: usize = 2;

/// A running cluster. What is mounted goes before the folder that it is in.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// What all browsers and applications know it by.
    pub(crate) issuer: Url,
    /// The database server.
    pub(crate) postgres: Postgres,
    /// The two Redis servers; which of them takes writes, the Sentinels know.
    pub(crate) redis: Vec<Redis>,
    sentinels: Sentinels,
    /// The nodes.
    pub(crate) nodes: Vec<Node>,
    /// What stands in front of them.
    pub(crate) balancer: Balancer,
    disk: Option<Disk>,
    folder: Folder,
}

impl Cluster {
    /// Starts everything, and returns once all nodes are ready.
    ///
    /// The database's files are on `disk`, if there is one; all else is in `folder`.
    pub(crate) async fn start(
        programs: &Programs,
        folder: Folder,
        disk: Option<Disk>,
        keepsakes: &Keepsakes,
        purpose: Purpose,
    ) -> Result<Self> {
        let database = match &disk {
            Some(disk) => disk.path().to_owned(),
            None => folder.private("postgres")?,
        };
        let postgres = Postgres::start(
            programs,
            &folder,
            &database,
            &keepsakes.database,
            Room::Little,
        );
        let postgres = postgres.await?;
        let redis = redis(programs, &folder, &keepsakes.sessions).await?;
        let primary = redis.first().context("no Redis server")?.address();
        let password = &keepsakes.sessions;
        let sentinels = Sentinels::start(programs, &folder, primary, password).await?;
        let stores = settings::Stores {
            directory: postgres.url(),
            sessions: sentinels.url(),
        };
        let nodes = nodes(programs, &folder, keepsakes, &stores, purpose).await?;
        let addresses: Vec<_> = nodes.iter().map(Node::address).collect();
        let balancer = Balancer::start(programs, &folder, keepsakes.balancer, &addresses).await?;
        Ok(Self {
            issuer: keepsakes.issuer(),
            postgres,
            redis,
            sentinels,
            nodes,
            balancer,
            disk,
            folder,
        })
    }

    /// Where everything is.
    pub(crate) const fn folder(&self) -> &Folder {
        &self.folder
    }

    /// The disk that PostgreSQL has to itself, if it has one.
    pub(crate) const fn disk(&self) -> Option<&Disk> {
        self.disk.as_ref()
    }

    /// A node on which an operator's commands run.
    pub(crate) fn operator(&self) -> Result<&Node> {
        self.nodes.first().context("no node")
    }

    /// The Redis server that takes writes at the moment.
    pub(crate) async fn primary(&mut self) -> Result<&mut Redis> {
        let address = self.sentinels.primary().await?;
        let mut servers = self.redis.iter_mut();
        let primary = servers.find(|server| server.address() == address);
        primary.with_context(|| format!("the Sentinels name a stranger, {address}"))
    }

    /// Waits until the Sentinels have put another server in the place of the one at `address`.
    pub(crate) async fn until_replaced(&self, address: SocketAddr) -> Result<()> {
        let replaced = async || {
            let primary = self.sentinels.primary().await.ok()?;
            (primary != address).then_some(())
        };
        eventually("the replica takes over", PATIENCE, replaced).await
    }

    /// Waits until one Redis server follows the other.
    pub(crate) async fn until_replicated(&self) -> Result<()> {
        let replicated = async || {
            for server in &self.redis {
                if server.follows().await {
                    return Some(());
                }
            }
            None
        };
        eventually("one Redis server follows the other", PATIENCE, replicated).await
    }

    /// Waits until every node is ready, by itself.
    pub(crate) async fn until_ready(&self) -> Result<()> {
        for node in &self.nodes {
            node.until_ready().await?;
        }
        Ok(())
    }

    /// Ends everything in the order in which nobody misses anybody.
    pub(crate) async fn stop(mut self) -> Result<()> {
        self.balancer.stop().await?;
        for node in &mut self.nodes {
            node.stop().await?;
        }
        self.sentinels.stop().await?;
        for server in &mut self.redis {
            server.stop().await?;
        }
        self.postgres.stop().await
    }
}

/// Nodes that run.
async fn nodes(
    programs: &Programs,
    folder: &Folder,
    keepsakes: &Keepsakes,
    stores: &settings::Stores,
    purpose: Purpose,
) -> Result<Vec<Node>> {
    let issuer = keepsakes.issuer();
    let mut nodes = Vec::new();
    for number in 1..=NODES {
        let name = format!("node-{number}");
        let data = node::data(folder, &name);
        let mut node = Node::new(programs, folder, &name, &keepsakes.key, |_| {
            Ok(settings::text(&issuer, &data, stores, purpose))
        })?;
        node.start().await?;
        nodes.push(node);
    }
    Ok(nodes)
}

/// A Redis server and its replica.
async fn redis(programs: &Programs, folder: &Folder, password: &str) -> Result<Vec<Redis>> {
    let primary = Redis::start(programs, folder, "redis-1", Role::Primary, password).await?;
    let role = Role::ReplicaOf(primary.address());
    let replica = Redis::start(programs, folder, "redis-2", role, password).await?;
    let follows = async || replica.follows().await.then_some(());
    eventually("the replica follows", PATIENCE, follows).await?;
    Ok(vec![primary, replica])
}
