//! Caddy in front of the nodes: it sends requests to those that are ready, and to all when none is.

use std::net::SocketAddr;

use anyhow::Result;
use url::Url;

use super::folder::Folder;
use super::process::{Account, PATIENCE, Process, Signal, eventually};
use crate::programs::Programs;

/// How requests are sent on: what is deployed elsewhere, too.
const SNIPPETS: &str = include_str!("../../../../deploy/cluster/balancing.caddy");

/// So many answers in a row that a node which still takes part gave one of them.
const ANSWERS: usize = 20;

/// A running Caddy, at the issuer's address.
#[derive(Debug)]
pub(crate) struct Balancer {
    process: Process,
    address: SocketAddr,
}

impl Balancer {
    /// Starts Caddy at `address`, in front of these nodes.
    pub(crate) async fn start(
        programs: &Programs,
        folder: &Folder,
        address: SocketAddr,
        nodes: &[SocketAddr],
    ) -> Result<Self> {
        let file = folder.write("Caddyfile", &caddyfile(address))?;
        let nodes: Vec<_> = nodes.iter().map(ToString::to_string).collect();
        let mut command = Account::Ours.command(&programs.setpriv, &programs.caddy);
        command
            .args(["run", "--adapter", "caddyfile", "--config"])
            .arg(file)
            .env("DOORWARD_NODES", nodes.join(" "))
            .env("HOME", folder.private("caddy")?);
        let mut process = Process::start("Caddy", command, &folder.log("balancer"))?;
        let ready = ready(address)?;
        let answers = async || super::node::answers(&ready).await.then_some(());
        process.until("a node answers through it", answers).await?;
        Ok(Self { process, address })
    }

    /// Where it listens.
    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Waits until it sends nothing any more to a node that is not ready. Idle nodes are chosen at random.
    pub(crate) async fn until_only_ready(&self) -> Result<()> {
        let ready = ready(self.address)?;
        let only = async || {
            for _ in 0..ANSWERS {
                if !super::node::answers(&ready).await {
                    return None;
                }
            }
            Some(())
        };
        eventually("the balancer leaves out who is not ready", PATIENCE, only).await
    }

    /// Ends it.
    pub(crate) async fn stop(self) -> Result<()> {
        self.process.end(Signal::TERM).await
    }
}

fn ready(address: SocketAddr) -> Result<Url> {
    Ok(Url::parse(&format!("http://{address}/health/ready"))?)
}

fn caddyfile(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\n{SNIPPETS}\n\
         http://:{port} {{\n\tbind {ip}\n\timport doorward\n}}\n"
    )
}
