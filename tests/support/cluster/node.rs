//! `doorward serve`, one of several.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::load::http::{Connection, Request};
use anyhow::{Context as _, Result};
use serde_json::Value;
use tokio::process::Command;
use url::Url;

use super::folder::Folder;
use super::port::free_address;
use super::process::{Account, PATIENCE, Process, Signal, eventually, run};
use super::programs::Programs;

/// How long a node may take to say how it is.
const ANSWER_WITHIN: Duration = Duration::from_secs(3);

/// A node of the cluster; between two lives it has no process.
#[derive(Debug)]
pub struct Node {
    name: String,
    programs: Programs,
    configuration: PathBuf,
    key: String,
    log: PathBuf,
    address: SocketAddr,
    process: Option<Process>,
}

impl Node {
    /// A node that does not run yet, with the settings for the address that it will listen at.
    /// `key` is the key-encryption key of all nodes.
    pub fn new(
        programs: &Programs,
        folder: &Folder,
        name: &str,
        key: &str,
        settings: impl FnOnce(SocketAddr) -> Result<String>,
    ) -> Result<Self> {
        let address = free_address()?;
        let settings = settings(address)?;
        Ok(Self {
            name: name.to_owned(),
            programs: programs.clone(),
            configuration: folder.write(&format!("{name}.toml"), &settings)?,
            key: key.to_owned(),
            log: folder.log(name),
            address,
            process: None,
        })
    }

    /// What logs and messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it listens.
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Its process.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Starts it and returns once it is ready.
    pub async fn start(&mut self) -> Result<()> {
        self.start_with(|_| {}).await
    }

    /// Starts it with a changed command, and returns once it is ready.
    pub async fn start_with(&mut self, change: impl FnOnce(&mut Command)) -> Result<()> {
        let programs = &self.programs;
        let mut command = Account::Ours.command(&programs.setpriv, &programs.doorward);
        command.args(["serve", "--listen", &self.address.to_string()]);
        self.configure(&mut command);
        change(&mut command);
        let mut process = Process::start(&self.name, command, &self.log)?;
        let ready = async || self.is_ready().await.then_some(());
        process.until("it is ready", ready).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Ends it without a word, as a crash or a power cut would.
    pub async fn kill(&mut self) -> Result<()> {
        self.end(Signal::KILL).await
    }

    /// Asks it to end, and waits until it has.
    pub async fn stop(&mut self) -> Result<()> {
        self.end(Signal::TERM).await
    }

    /// Whether it says that requests may be sent to it.
    pub async fn is_ready(&self) -> bool {
        let ready = Url::parse(&format!("http://{}/health/ready", self.address));
        match ready {
            Ok(ready) => answers(&ready).await,
            Err(_) => false,
        }
    }

    /// Waits until it is ready, by itself.
    pub async fn until_ready(&self) -> Result<()> {
        let ready = async || self.is_ready().await.then_some(());
        eventually(&format!("{} is ready again", self.name), PATIENCE, ready).await
    }

    /// Runs a command of an operator with this node's settings, and returns its answer for programs.
    pub async fn administer(&self, arguments: &[&str], input: &str) -> Result<Value> {
        let mut command = Command::new(&self.programs.doorward);
        command.args(arguments).arg("--json");
        self.configure(&mut command);
        let answer = run(command, input).await?;
        serde_json::from_str(&answer).with_context(|| format!("{arguments:?} answered {answer}"))
    }

    /// The settings of this installation alone, whatever the surroundings have.
    fn configure(&self, command: &mut Command) {
        for (variable, _) in std::env::vars_os() {
            if variable.to_string_lossy().starts_with("DOORWARD_") {
                command.env_remove(variable);
            }
        }
        command
            .arg("--config")
            .arg(&self.configuration)
            .env("DOORWARD_KEY_ENCRYPTION_KEY", &self.key);
    }

    async fn end(&mut self, signal: Signal) -> Result<()> {
        match self.process.take() {
            Some(process) => process.end(signal).await,
            None => Ok(()),
        }
    }
}

/// Whether 200 comes from there.
pub async fn answers(url: &Url) -> bool {
    let Some(address) = url
        .socket_addrs(|| None)
        .ok()
        .and_then(|all| all.first().copied())
    else {
        return false;
    };
    let request = Request::get(address, url.path()).into_bytes();
    let answer = Connection::to(address)
        .within(ANSWER_WITHIN)
        .exchange(&request)
        .await;
    answer.is_ok_and(|answer| answer.status == 200)
}

/// Where a node keeps what is its own alone.
pub fn data(folder: &Folder, name: &str) -> PathBuf {
    Path::new(folder.path()).join(name)
}
