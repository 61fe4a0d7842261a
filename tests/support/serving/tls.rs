//! Nodes that end TLS themselves, with a listener of its own for those who show certificates.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;

use tokio::process::Command;

use super::{Installation, Node, Place, announced, eventually};
use crate::certificates::Authority;
use crate::processes::{Process, free_port};
use crate::tls_client::TlsClient;

/// The files of [`Installation::end_tls`].
const AUTHORITIES: &str = "authorities.pem";
const CERTIFICATE: &str = "server.pem";
const KEY: &str = "server.key";

impl Installation {
    /// Puts the files in place with which it ends TLS: this authority vouches for the server, and for applications.
    pub fn end_tls(&self, authority: &Authority) {
        let server = authority.certify_server();
        let files = [
            (AUTHORITIES, authority.pem()),
            (CERTIFICATE, server.certificate),
            (KEY, server.key),
        ];
        for (name, pem) in files {
            fs::write(self.path(name), pem).expect("the folder is writable");
        }
    }

    /// Serves the installation at free ports over TLS: one that is the issuer's, and one where certificates are asked for.
    ///
    /// The node's [`Node::url`] is for plain HTTP, which it does not speak.
    pub async fn serve_tls(&self, authority: &Authority) -> Node {
        let client = TlsClient::new(authority, None);
        loop {
            let [here, asking] = [free_port(), free_port()];
            if let Some(node) = self.serve_tls_at(here, asking, &client).await {
                return node;
            }
        }
    }

    /// A node that is ready, or `None` when somebody else has a port.
    async fn serve_tls_at(&self, here: u16, asking: u16, client: &TlsClient) -> Option<Node> {
        let mut process = Process::start(self.ending_tls(here, asking));
        let address = process.line(announced).await.ok()?;
        eventually("the node is ready", async || {
            is_ready(client, address).await.then_some(())
        })
        .await;
        let issuer = local(here);
        let place = Place { address, issuer };
        Some(Node { process, place })
    }

    fn ending_tls(&self, here: u16, asking: u16) -> Command {
        let (listen, issuer) = (format!("127.0.0.1:{here}"), local(here));
        let serving = ["serve", "--listen", &listen, "--issuer", &issuer];
        let mut command = self.command(&serving);
        let files: [(&str, PathBuf); 3] = [
            ("DOORWARD_TLS__CERTIFICATE", self.path(CERTIFICATE)),
            ("DOORWARD_TLS__KEY", self.path(KEY)),
            ("DOORWARD_MTLS__AUTHORITIES", self.path(AUTHORITIES)),
        ];
        command
            .envs(files)
            .env("DOORWARD_MTLS__CERTIFICATES", "tls")
            .env("DOORWARD_MTLS__LISTEN", format!("127.0.0.1:{asking}"))
            .env("DOORWARD_MTLS__ADDRESS", local(asking));
        command
    }
}

fn local(port: u16) -> String {
    format!("https://127.0.0.1:{port}")
}

async fn is_ready(client: &TlsClient, at: SocketAddr) -> bool {
    let answer = client.get(at, "/health/ready", &[]).await;
    answer.status.is_success()
}
