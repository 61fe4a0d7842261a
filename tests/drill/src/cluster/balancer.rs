//! Caddy in front of the nodes: it sends requests to those that are ready, and to all when none is.

use std::net::SocketAddr;

use anyhow::Result;
use url::Url;

use super::folder::Folder;
use super::process::{Account, Process, Signal};
use crate::programs::Programs;

/// How requests are sent on: what is deployed elsewhere, too.
const SNIPPETS: &str = include_str!("../../../../deploy/cluster/balancing.caddy");

/// A running Caddy, at the issuer's address.
#[derive(Debug)]
pub(crate) struct Balancer {
    process: Process,
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
        let ready = Url::parse(&format!("http://{address}/.well-known/openid-configuration"))?;
        let answers = async || super::node::answers(&ready).await.then_some(());
        process.until("a node answers through it", answers).await?;
        Ok(Self { process })
    }

    /// Ends it.
    pub(crate) async fn stop(self) -> Result<()> {
        self.process.end(Signal::TERM).await
    }
}

fn caddyfile(address: SocketAddr) -> String {
    let (ip, port) = (address.ip(), address.port());
    format!(
        "{{\n\tadmin off\n\tauto_https off\n}}\n\n{SNIPPETS}\n\
         http://:{port} {{\n\tbind {ip}\n\timport doorward\n}}\n"
    )
}
