//! One Redis server.

use std::path::Path;

use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::timeout;

use super::acl;
use super::certificates::Certificates;
use crate::processes::{PATIENCE, Process, Signal, free_port};
use crate::requirements::{needed, program};
use crate::serving::eventually;

/// A Redis server of one test. It writes every change to disk before it answers, so that a restart loses nothing.
#[derive(Debug)]
pub struct RedisServer {
    process: Option<Process>,
    port: u16,
    folder: TempDir,
    arguments: Vec<String>,
}

impl RedisServer {
    /// Starts a server on a free port, and returns once it answers. `None` where Redis is not installed.
    pub async fn start() -> Option<Self> {
        Self::start_with(|port| vec!["--port".to_owned(), port.to_string()]).await
    }

    /// Starts a server that speaks TLS alone, and to our own user alone.
    pub async fn start_encrypted(certificates: &Certificates) -> Option<Self> {
        let arguments = |port: u16| {
            let mut arguments: Vec<String> = vec![
                "--port".to_owned(),
                "0".to_owned(),
                "--tls-port".to_owned(),
                port.to_string(),
                "--tls-auth-clients".to_owned(),
                "no".to_owned(),
            ];
            for (name, path) in [
                ("--tls-ca-cert-file", certificates.authority()),
                ("--tls-cert-file", certificates.certificate()),
                ("--tls-key-file", certificates.key()),
            ] {
                arguments.extend([name.to_owned(), path.display().to_string()]);
            }
            arguments.extend(acl::user());
            arguments.extend(["--user", "default", "reset"].map(str::to_owned));
            arguments
        };
        Self::start_with(arguments).await
    }

    /// Starts a server that follows this one, and returns once it has everything that this one has.
    pub async fn start_replica(&self) -> Option<Self> {
        let master = self.port.to_string();
        let replica = Self::start_with(|port| {
            let port = port.to_string();
            let arguments = ["--port", &port, "--replicaof", "127.0.0.1", &master];
            arguments.map(str::to_owned).to_vec()
        });
        let replica = replica.await?;
        eventually("the replica has everything", async || {
            let told = replica.tell(&["INFO", "replication"]).await;
            told.contains("master_link_status:up").then_some(())
        })
        .await;
        Some(replica)
    }

    /// Starts a server with the arguments that are made for its port, one of which must be that port.
    pub(super) async fn start_with(arguments: impl Fn(u16) -> Vec<String>) -> Option<Self> {
        needed(
            "redis-server",
            program("DOORWARD_TEST_REDIS_SERVER", "redis-server"),
        )?;
        let mut server = Self {
            process: None,
            port: 0,
            folder: TempDir::new().expect("a temporary folder"),
            arguments: Vec::new(),
        };
        while server.process.is_none() {
            server.port = free_port();
            server.arguments = arguments(server.port);
            server.process = server.launched().await;
        }
        Some(server)
    }

    /// Its port on the loopback address.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its address, the same after a restart.
    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}/", self.port)
    }

    /// The folder with all that was ever written to it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Tells the server something, and returns its answer as it came. Panics when there is none.
    pub async fn tell(&self, words: &[impl AsRef<[u8]>]) -> String {
        let told = timeout(PATIENCE, answer(self.port, words)).await;
        told.expect("in time").expect("Redis answers")
    }

    /// The word that follows `name` among the server's arguments.
    pub(super) fn argument(&self, name: &str) -> Option<&str> {
        let mut words = self.arguments.iter().skip_while(|word| *word != name);
        words.nth(1).map(String::as_str)
    }

    /// Ends the server without a word, as a crash would.
    pub async fn kill(&mut self) {
        if let Some(process) = self.process.take() {
            process.kill().await;
        }
    }

    /// Starts it again after [`Self::kill`], at the same address and with what it had on disk.
    pub async fn start_again(&mut self) {
        self.process = self.launched().await;
        assert!(self.process.is_some(), "the port is still free");
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

    /// The server once it accepts connections, or `None` when somebody else has the port.
    async fn launched(&self) -> Option<Process> {
        let program = program("DOORWARD_TEST_REDIS_SERVER", "redis-server")?;
        let mut command = Command::new(program);
        command.args(["--bind", "127.0.0.1", "--save", ""]);
        command.args(["--repl-diskless-sync-delay", "0"]);
        command.args(["--appendonly", "yes", "--appendfsync", "always"]);
        command.arg("--dir").arg(self.folder.path());
        command.args(&self.arguments);
        let mut server = Process::start(command);
        let ready = server.line(|line| {
            let ready = line.contains("Ready to accept connections");
            let taken = line.contains("Address already in use");
            (ready || taken).then_some(ready)
        });
        ready.await.then_some(server)
    }
}

/// Says one command to a server and returns the answer as it came: a line, or a text of the length it says.
pub(super) async fn answer(port: u16, words: &[impl AsRef<[u8]>]) -> std::io::Result<String> {
    let mut wire = BufReader::new(TcpStream::connect(("127.0.0.1", port)).await?);
    let mut request = format!("*{}\r\n", words.len()).into_bytes();
    for word in words.iter().map(AsRef::as_ref) {
        request.extend(format!("${}\r\n", word.len()).bytes());
        request.extend(word.iter().chain(b"\r\n"));
    }
    wire.write_all(&request).await?;
    let mut answer = String::new();
    wire.read_line(&mut answer).await?;
    if let Some(length) = answer.strip_prefix('$').map(str::trim_end)
        && let Ok(length) = length.parse::<usize>()
    {
        let mut text = vec![0; length];
        wire.read_exact(&mut text).await?;
        answer = String::from_utf8_lossy(&text).into_owned();
    }
    Ok(answer)
}
