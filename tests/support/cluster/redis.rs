//! A Redis server: the one that is written to, or a replica of it. Which it is may change as Sentinel decides.

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use tokio::process::Command;

use super::folder::Folder;
use super::port::free_address;
use super::process::{Account, Process, Signal, run};
use super::programs::Programs;

/// What a server is when it is started for the first time.
#[derive(Clone, Copy, Debug)]
pub enum Role {
    /// It takes writes.
    Primary,
    /// It follows the server at this address.
    ReplicaOf(SocketAddr),
}

/// A Redis server.
#[derive(Debug)]
pub struct Redis {
    name: String,
    programs: Programs,
    address: SocketAddr,
    password: String,
    configuration: PathBuf,
    log: PathBuf,
    process: Option<Process>,
}

impl Redis {
    /// Starts a server that keeps its data below `folder`.
    pub async fn start(
        programs: &Programs,
        folder: &Folder,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<Self> {
        let address = free_address()?;
        let data = folder.private(name)?;
        let settings = settings(address, &data, role, password);
        let mut server = Self {
            name: name.to_owned(),
            programs: programs.clone(),
            address,
            password: password.to_owned(),
            configuration: folder.write(&format!("{name}.conf"), &settings)?,
            log: folder.log(name),
            process: None,
        };
        server.start_again().await?;
        Ok(server)
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// The URL for the provider, which holds the password.
    pub fn url(&self) -> String {
        format!("redis://:{}@{}/", self.password, self.address)
    }

    /// Starts it at the same address with what it had on disk, and returns once it answers.
    pub async fn start_again(&mut self) -> Result<()> {
        let mut command =
            Account::Ours.command(&self.programs.setpriv, &self.programs.redis_server);
        command.arg(&self.configuration);
        let mut process = Process::start(&self.name, command, &self.log)?;
        let answers = async || {
            let answer = self.ask(&["PING"]).await.ok()?;
            (answer.trim() == "PONG").then_some(())
        };
        process.until("it answers", answers).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Ends it in order, its log written.
    pub async fn stop(&mut self) -> Result<()> {
        self.end(Signal::TERM).await
    }

    /// Ends it without a word.
    pub async fn kill(&mut self) -> Result<()> {
        self.end(Signal::KILL).await
    }

    /// Makes it hang: connections stay open and nothing answers.
    pub fn pause(&self) -> Result<()> {
        self.signal(Signal::STOP)
    }

    /// Ends a [`Self::pause`].
    pub fn resume(&self) -> Result<()> {
        self.signal(Signal::CONT)
    }

    /// Forgets everything, on the replicas too.
    pub async fn flush(&self) -> Result<()> {
        let answer = self.ask(&["FLUSHALL"]).await?;
        ensure!(answer.trim() == "OK", "{} answered {answer}", self.name);
        Ok(())
    }

    /// Whether it is a replica that has all that its primary has.
    pub async fn follows(&self) -> bool {
        let answer = self.ask(&["INFO", "replication"]).await;
        answer.is_ok_and(|answer| answer.contains("master_link_status:up"))
    }

    /// Runs a command on it, and returns what it answered.
    pub async fn ask(&self, words: &[&str]) -> Result<String> {
        let mut command = Command::new(&self.programs.redis_cli);
        command
            .env("REDISCLI_AUTH", &self.password)
            .args(["-h", "127.0.0.1", "-p", &self.address.port().to_string()])
            .args(words);
        run(command, "").await
    }

    fn signal(&self, signal: Signal) -> Result<()> {
        match &self.process {
            Some(process) => process.signal(signal),
            None => Ok(()),
        }
    }

    async fn end(&mut self, signal: Signal) -> Result<()> {
        match self.process.take() {
            Some(process) => process.end(signal).await,
            None => Ok(()),
        }
    }
}

fn settings(address: SocketAddr, data: &Path, role: Role, password: &str) -> String {
    let mut settings = format!(
        "bind 127.0.0.1\nport {}\ndir {}\nrepl-diskless-sync-delay 0\n\
         appendonly yes\nappendfsync everysec\nmaxmemory-policy noeviction\n\
         requirepass {password}\nmasterauth {password}\n",
        address.port(),
        data.display(),
    );
    if let Role::ReplicaOf(primary) = role {
        // Writing to a string cannot fail.
        let _ = writeln!(settings, "replicaof 127.0.0.1 {}", primary.port());
    }
    settings
}
