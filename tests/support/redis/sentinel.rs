//! A master with a replica, and a sentinel that watches over both.

use tempfile::TempDir;
use tokio::process::Command;

use super::acl::{PASSWORD_IN_URL, USER, user};
use super::server::{RedisServer, answer};
use crate::processes::{Process, free_port};
use crate::requirements::program;
use crate::serving::eventually;

/// The name that the sentinel knows the master by.
const MASTER: &str = "main";

/// A master, its replica and their sentinel, which takes a master for dead after half a second.
#[derive(Debug)]
pub struct RedisSentinel {
    /// The server that is the master at first.
    pub master: RedisServer,
    /// The server that takes over.
    pub replica: RedisServer,
    port: u16,
    _sentinel: Process,
    _folder: TempDir,
}

impl RedisSentinel {
    /// Starts all three. `None` where Redis is not installed.
    pub async fn start() -> Option<Self> {
        let master = RedisServer::start().await?;
        let replica = master.start_replica().await?;
        for server in [&master, &replica] {
            let [_, name, rules @ ..] = &user()[..] else {
                unreachable!("a user has a name");
            };
            let rules = rules.iter().map(String::as_str);
            let words: Vec<&str> = ["ACL", "SETUSER", name].into_iter().chain(rules).collect();
            assert_eq!(server.tell(&words).await, "+OK\r\n");
        }
        let folder = TempDir::new().expect("a temporary folder");
        let (sentinel, port) = loop {
            let port = free_port();
            if let Some(sentinel) = watching(port, master.port(), &folder).await {
                break (sentinel, port);
            }
        };
        let set = Self {
            master,
            replica,
            port,
            _sentinel: sentinel,
            _folder: folder,
        };
        set.until_the_replica_is_known().await;
        Some(set)
    }

    /// Where sessions are, for a setting.
    pub fn url(&self) -> String {
        format!(
            "redis+sentinel://{USER}:{PASSWORD_IN_URL}@127.0.0.1:{}/{MASTER}",
            self.port
        )
    }

    /// A sentinel cannot promote a replica that it has not heard of.
    async fn until_the_replica_is_known(&self) {
        eventually("the sentinel knows the replica", async || {
            let told = answer(self.port, &["SENTINEL", "REPLICAS", MASTER]).await;
            told.is_ok_and(|told| told.starts_with("*1")).then_some(())
        })
        .await;
    }
}

/// A sentinel on that port, or `None` when somebody else has the port. It writes to its own configuration.
async fn watching(port: u16, master: u16, folder: &TempDir) -> Option<Process> {
    let file = folder.path().join("sentinel.conf");
    let text = format!(
        "port {port}\nbind 127.0.0.1\ndir {}\n\
         sentinel monitor {MASTER} 127.0.0.1 {master} 1\n\
         sentinel down-after-milliseconds {MASTER} 500\n\
         sentinel failover-timeout {MASTER} 3000\n",
        folder.path().display()
    );
    std::fs::write(&file, text).expect("a file in a temporary folder");
    let mut command = Command::new(program("DOORWARD_TEST_REDIS_SERVER", "redis-server")?);
    command.arg(file).arg("--sentinel");
    let mut sentinel = Process::start(command);
    let ready = sentinel.line(|line| {
        let ready = line.contains("+monitor master");
        let taken = line.contains("Address already in use");
        (ready || taken).then_some(ready)
    });
    ready.await.then_some(sentinel)
}
