//! Redis for tests: one server that all of them share, or one of a test's own that it may stop and kill.

use std::env;

use tempfile::TempDir;
use tokio::process::Command;

use crate::processes::{Process, Signal, free_port};
use crate::requirements::{needed, program};

/// The address of the Redis server that all tests share, for tests that take keys of their own and leave it alone.
pub fn shared_redis() -> Option<String> {
    let url = env::var("DOORWARD_TEST_REDIS").ok();
    needed("a Redis server at DOORWARD_TEST_REDIS", url)
}

/// A Redis server of one test. It writes every change to disk before it answers, so that a restart loses nothing.
#[derive(Debug)]
pub struct RedisServer {
    process: Option<Process>,
    port: u16,
    folder: TempDir,
}

impl RedisServer {
    /// Starts a server on a free port, and returns once it answers. `None` where Redis is not installed.
    pub async fn start() -> Option<Self> {
        needed(
            "redis-server",
            program("DOORWARD_TEST_REDIS_SERVER", "redis-server"),
        )?;
        let folder = TempDir::new().expect("a temporary folder");
        loop {
            let port = free_port();
            if let Some(process) = listening(port, &folder).await {
                let process = Some(process);
                return Some(Self {
                    process,
                    port,
                    folder,
                });
            }
        }
    }

    /// Its address, the same after a restart.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// Ends the server without a word, as a crash would.
    pub async fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill().await;
        }
    }

    /// Starts it again after [`Self::kill`], at the same address and with what it had on disk.
    pub async fn start_again(&mut self) {
        let process = listening(self.port, &self.folder).await;
        self.process = Some(process.expect("the port is still free"));
    }

    /// Makes the server hang: connections stay open and nothing answers.
    pub fn pause(&self) {
        self.signal(Signal::STOP);
    }

    /// Ends a [`Self::pause`].
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let process = self.process.as_ref().expect("the server runs");
        process.signal(signal);
    }
}

/// A server that accepts connections on that port, or `None` when somebody else has the port.
async fn listening(port: u16, folder: &TempDir) -> Option<Process> {
    let program = program("DOORWARD_TEST_REDIS_SERVER", "redis-server")?;
    let mut command = Command::new(program);
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1"]);
    command.args([
        "--save",
        "",
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]);
    command.arg("--dir").arg(folder.path());
    let mut server = Process::start(command);
    let ready = server.line(|line| {
        let ready = line.contains("Ready to accept connections");
        let taken = line.contains("Address already in use");
        (ready || taken).then_some(ready)
    });
    ready.await.then_some(server)
}
