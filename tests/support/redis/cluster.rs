//! Three masters that share the keys.

use super::acl::{PASSWORD_IN_URL, USER, user};
use super::server::RedisServer;
use crate::processes::free_port;
use crate::serving::eventually;

/// The first and the last slot of each node.
const SHARES: [(&str, &str); 3] = [("0", "5460"), ("5461", "10922"), ("10923", "16383")];

/// The setting of the port at which a node speaks to its peers.
const BUS_PORT: &str = "--cluster-port";

/// A cluster without replicas, in which each node goes on when another is lost.
#[derive(Debug)]
pub struct RedisCluster {
    /// Its nodes, each with a third of the slots.
    pub nodes: Vec<RedisServer>,
}

impl RedisCluster {
    /// Starts it, and returns once every node knows who has what. `None` where Redis is not installed.
    pub async fn start() -> Option<Self> {
        let mut nodes = Vec::new();
        for (first, last) in SHARES {
            let node = RedisServer::start_with(node_arguments).await?;
            let given = node.tell(&["CLUSTER", "ADDSLOTSRANGE", first, last]).await;
            assert_eq!(given, "+OK\r\n");
            nodes.push(node);
        }
        let cluster = Self { nodes };
        cluster.meet().await;
        Some(cluster)
    }

    /// Where sessions are, for a setting.
    pub fn url(&self) -> String {
        let hosts = self
            .nodes
            .iter()
            .map(|node| format!("127.0.0.1:{}", node.port()));
        let hosts = hosts.collect::<Vec<_>>().join(",");
        format!("redis+cluster://{USER}:{PASSWORD_IN_URL}@{hosts}")
    }

    async fn meet(&self) {
        let [first, others @ ..] = &self.nodes[..] else {
            unreachable!("a cluster has nodes");
        };
        for other in others {
            let port = other.port().to_string();
            let bus = other
                .argument(BUS_PORT)
                .expect("a node has a port for its peers");
            let met = first
                .tell(&["CLUSTER", "MEET", "127.0.0.1", &port, bus])
                .await;
            assert_eq!(met, "+OK\r\n");
        }
        eventually("the nodes form a cluster", async || {
            for node in &self.nodes {
                let state = node.tell(&["CLUSTER", "INFO"]).await;
                let whole = ["cluster_state:ok", "cluster_slots_ok:16384"];
                if !whole.iter().all(|sign| state.contains(sign)) {
                    return None;
                }
            }
            Some(())
        })
        .await;
    }
}

fn node_arguments(port: u16) -> Vec<String> {
    let (port, bus) = (port.to_string(), free_port().to_string());
    let mut arguments: Vec<String> = [
        ["--port", &port],
        ["--cluster-enabled", "yes"],
        [BUS_PORT, &bus],
        ["--cluster-require-full-coverage", "no"],
        ["--cluster-node-timeout", "1000"],
    ]
    .into_iter()
    .flatten()
    .map(str::to_owned)
    .collect();
    arguments.extend(user());
    arguments
}
