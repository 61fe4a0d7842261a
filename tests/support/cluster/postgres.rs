//! A PostgreSQL server with a data folder of its own.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::Result;
use tokio::process::Command;

use super::folder::Folder;
use super::port::free_address;
use super::process::{Account, Process, Signal, run};
use super::programs::Programs;

/// The role and the database of the provider.
const NAME: &str = "doorward";

/// What every server has. Nothing here or below trades durability for speed.
const SETTINGS: [&str; 3] = [
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "log_checkpoints=off",
];

/// What the machine and its disk can bear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// A small disk.
    Little,
    /// Memory and disk for a directory of millions.
    Plenty,
}

impl Room {
    const fn settings(self) -> [&'static str; 3] {
        match self {
            Self::Little => [
                "shared_buffers=64MB",
                "max_wal_size=32MB",
                "min_wal_size=2MB",
            ],
            Self::Plenty => [
                "shared_buffers=2GB",
                "max_wal_size=4GB",
                "min_wal_size=512MB",
            ],
        }
    }

    const fn segment_megabytes(self) -> &'static str {
        match self {
            Self::Little => "1",
            Self::Plenty => "16",
        }
    }
}

/// A PostgreSQL server.
#[derive(Debug)]
pub struct Postgres {
    programs: Programs,
    account: Account,
    data: PathBuf,
    log: PathBuf,
    address: SocketAddr,
    password: String,
    room: Room,
    process: Option<Process>,
}

impl Postgres {
    /// Starts a server on `data`, which is made if it is empty, with a database for the provider.
    pub async fn start(
        programs: &Programs,
        folder: &Folder,
        data: &Path,
        password: &str,
        room: Room,
    ) -> Result<Self> {
        let mut server = Self {
            programs: programs.clone(),
            room,
            account: Account::for_postgres(),
            data: data.join("data"),
            log: folder.log("postgres"),
            address: free_address()?,
            password: password.to_owned(),
            process: None,
        };
        let is_new = !server.data.join("PG_VERSION").is_file();
        if is_new {
            server.initialise(data).await?;
        }
        server.start_again().await?;
        if is_new {
            server.query(&format!("CREATE DATABASE {NAME}")).await?;
        }
        Ok(server)
    }

    /// The URL for the provider, which holds the password.
    pub fn url(&self) -> String {
        let (password, address) = (&self.password, self.address);
        format!("postgres://{NAME}:{password}@{address}/{NAME}?sslmode=disable")
    }

    /// Its process, the parent of those that work.
    pub fn id(&self) -> Option<u32> {
        self.process.as_ref().map(Process::id)
    }

    /// Ends the server in order: connections are cut, everything is written (`SIGINT`, a fast shutdown).
    pub async fn stop(&mut self) -> Result<()> {
        self.end(Signal::INT).await
    }

    /// Ends the server without a word, so that it has to recover from its log (`SIGQUIT`, an immediate shutdown).
    pub async fn crash(&mut self) -> Result<()> {
        self.end(Signal::QUIT).await
    }

    /// Whether the server's process runs.
    pub fn runs(&mut self) -> bool {
        self.process
            .as_mut()
            .is_some_and(|process| !process.has_ended())
    }

    /// Starts the server at the same address, and returns once it answers.
    pub async fn start_again(&mut self) -> Result<()> {
        let mut command = self.command(&self.programs.postgres);
        command.arg("-D").arg(&self.data);
        command.args(["-p", &self.address.port().to_string()]);
        for setting in SETTINGS.into_iter().chain(self.room.settings()) {
            command.args(["-c", setting]);
        }
        let mut process = Process::start("PostgreSQL", command, &self.log)?;
        let answers = async || self.query("SELECT 1").await.ok();
        process.until("it answers", answers).await?;
        self.process = Some(process);
        Ok(())
    }

    /// Runs SQL in the database `postgres`, and returns what it found.
    pub async fn query(&self, sql: &str) -> Result<String> {
        let mut psql = Command::new(&self.programs.psql);
        psql.env("PGPASSWORD", &self.password)
            .env("PGCONNECT_TIMEOUT", "2")
            .args(["-h", "127.0.0.1", "-p", &self.address.port().to_string()])
            .args(["-U", NAME, "-d", "postgres", "-Atqc", sql]);
        run(psql, "").await
    }

    async fn initialise(&self, data: &Path) -> Result<()> {
        let account = match self.account {
            Account::Postgres => "postgres:postgres",
            Account::Ours => "",
        };
        let secret = data.join("password");
        tokio::fs::write(&secret, &self.password).await?;
        if !account.is_empty() {
            let mut chown = Command::new("chown");
            chown.args(["-R", account]).arg(data);
            run(chown, "").await?;
        }
        let mut initdb = self.command(&self.programs.initdb);
        initdb
            .arg("--pgdata")
            .arg(&self.data)
            .arg("--pwfile")
            .arg(&secret)
            .args(["--username", NAME, "--auth", "scram-sha-256"])
            .args(["--encoding", "UTF8", "--locale", "C.UTF-8"])
            .args(["--wal-segsize", self.room.segment_megabytes()])
            .args(["--no-sync", "--no-instructions"]);
        run(initdb, "").await?;
        tokio::fs::remove_file(&secret).await?;
        Ok(())
    }

    fn command(&self, program: &Path) -> Command {
        let mut command = self.account.command(&self.programs.setpriv, program);
        // Where it is started must be a folder that its account may enter.
        command.current_dir("/");
        command
    }

    async fn end(&mut self, signal: Signal) -> Result<()> {
        match self.process.take() {
            Some(process) => process.end(signal).await,
            None => Ok(()),
        }
    }
}
