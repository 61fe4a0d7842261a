//! A server as a process of its own: started, awaited, ended.

use std::{
    fs::{self, File},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use rustix::process::{Pid, Signal, kill_process};
use tokio::process::{Child, Command};

use crate::http::{Connection, Request};

/// A server that does not answer within this time has failed.
const PATIENCE: Duration = Duration::from_mins(1);

/// How often a starting server is asked.
const ASKING: Duration = Duration::from_millis(1);

/// The most of a server's log that a failure shows.
const LOG_LINES: usize = 15;

/// A running server. It is killed when this is dropped.
pub(crate) struct Server {
    child: Child,
    log: PathBuf,
    /// Its process.
    pub(crate) pid: u32,
    /// Where it listens.
    pub(crate) address: SocketAddr,
    /// The time from its start to its first answer of 200.
    pub(crate) started_in: Duration,
}

impl Server {
    /// Starts a server that will listen at `address`, and waits until `path` answers 200.
    pub(crate) async fn start(
        mut command: Command,
        address: SocketAddr,
        path: &str,
        log: &Path,
    ) -> anyhow::Result<Self> {
        let output = File::create(log).with_context(|| log.display().to_string())?;
        command
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true);
        let begun = Instant::now();
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {command:?}"))?;
        let pid = child.id().context("the server has no process")?;
        let mut server = Self {
            child,
            log: log.to_owned(),
            pid,
            address,
            started_in: Duration::ZERO,
        };
        server.await_answer(path, begun).await?;
        server.started_in = begun.elapsed();
        Ok(server)
    }

    async fn await_answer(&mut self, path: &str, begun: Instant) -> anyhow::Result<()> {
        let request = Request::get(self.address, path).into_bytes();
        while begun.elapsed() < PATIENCE {
            let answer = Connection::to(self.address).exchange(&request).await;
            if answer.is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                bail!(
                    "the server ended at its start ({status}):\n{}",
                    self.last_words()
                );
            }
            tokio::time::sleep(ASKING).await;
        }
        bail!(
            "no 200 from {path} within {PATIENCE:?}:\n{}",
            self.last_words()
        )
    }

    /// Sends SIGTERM, and returns the time until the process has ended.
    pub(crate) async fn stop(mut self) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        self.ask_to_end()?;
        let Ok(status) = tokio::time::timeout(PATIENCE, self.child.wait()).await else {
            bail!(
                "the server did not end within {PATIENCE:?}:\n{}",
                self.last_words()
            );
        };
        status?;
        Ok(begun.elapsed())
    }

    fn ask_to_end(&self) -> anyhow::Result<()> {
        let pid = i32::try_from(self.pid).ok().and_then(Pid::from_raw);
        kill_process(pid.context("no process to end")?, Signal::TERM).context("SIGTERM")
    }

    /// The end of the server's log.
    pub(crate) fn last_words(&self) -> String {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        let lines: Vec<_> = log.lines().collect();
        let start = lines.len().saturating_sub(LOG_LINES);
        lines.get(start..).unwrap_or_default().join("\n")
    }
}

/// An address on loopback that was free just now.
pub(crate) fn free_address() -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(listener.local_addr()?)
}
