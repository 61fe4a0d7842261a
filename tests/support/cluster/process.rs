//! One process of the cluster: it writes to a file of its own, and ends with this program whatever happens.

use std::fs::{self, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, kill_process};
use tokio::process::{Child, Command};
use tokio::time::{interval, timeout};

pub use rustix::process::Signal;

/// How long anything may take to start or to end. Far longer than a busy machine needs.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// How often something that is awaited is looked for.
const PERIOD: Duration = Duration::from_millis(25);

/// The most lines of a log that a failure shows.
const LAST_LINES: usize = 12;

/// Whose rights a process has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Account {
    /// Those of whoever started this program.
    Ours,
    /// Those of the account `postgres`, since PostgreSQL refuses to run as root.
    Postgres,
}

impl Account {
    /// The account for PostgreSQL's programs.
    pub fn for_postgres() -> Self {
        if rustix::process::geteuid().is_root() {
            Self::Postgres
        } else {
            Self::Ours
        }
    }

    /// A command that runs `program` with these rights, and is killed when this program ends in whatever way.
    pub fn command(self, setpriv: &Path, program: &Path) -> Command {
        let mut command = Command::new(setpriv);
        command.args(["--pdeathsig", "KILL"]);
        if self == Self::Postgres {
            command.args(["--reuid=postgres", "--regid=postgres", "--clear-groups"]);
        }
        command.arg("--").arg(program);
        command
    }
}

/// A running process.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    pid: Pid,
    log: PathBuf,
}

impl Process {
    /// Starts a process whose output goes to the end of `log`.
    pub fn start(name: &str, mut command: Command, log: &Path) -> Result<Self> {
        let file = OpenOptions::new().create(true).append(true).open(log);
        let file = file.with_context(|| log.display().to_string())?;
        command
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file)
            // Ctrl+C is for this program alone, which then ends the others in their order.
            .process_group(0)
            .kill_on_drop(true);
        let child = command
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let pid = child.id().and_then(|id| i32::try_from(id).ok());
        let pid = pid.and_then(Pid::from_raw);
        Ok(Self {
            name: name.to_owned(),
            pid: pid.with_context(|| format!("{name} has no process"))?,
            child,
            log: log.to_owned(),
        })
    }

    /// Waits until `attempt` yields something; gives up when the process ends.
    pub async fn until<T>(
        &mut self,
        what: &str,
        attempt: impl AsyncFn() -> Option<T>,
    ) -> Result<T> {
        let mut turns = interval(PERIOD);
        let found = async {
            loop {
                turns.tick().await;
                if let Some(status) = self.child.try_wait()? {
                    bail!("{} ended ({status})", self.name);
                }
                if let Some(found) = attempt().await {
                    return Ok(found);
                }
            }
        };
        let found = timeout(PATIENCE, found).await;
        found
            .unwrap_or_else(|_| bail!("{} does not come so far: {what}", self.name))
            .with_context(|| last_lines(&self.log))
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) -> Result<()> {
        kill_process(self.pid, signal).with_context(|| format!("{} takes no signal", self.name))
    }

    /// Whether it has ended by itself.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }

    /// Sends a signal and waits for the end.
    pub async fn end(mut self, signal: Signal) -> Result<()> {
        if self.has_ended() {
            return Ok(());
        }
        self.signal(signal)?;
        let ended = timeout(PATIENCE, self.child.wait()).await;
        ended.with_context(|| {
            let last = last_lines(&self.log);
            format!("{} does not end:\n{last}", self.name)
        })??;
        Ok(())
    }
}

/// Waits until `attempt` yields something.
pub async fn eventually<T>(
    what: &str,
    within: Duration,
    attempt: impl AsyncFn() -> Option<T>,
) -> Result<T> {
    let mut turns = interval(PERIOD);
    let found = async {
        loop {
            turns.tick().await;
            if let Some(found) = attempt().await {
                return found;
            }
        }
    };
    let found = timeout(within, found).await;
    found.with_context(|| format!("in vain for {} s: {what}", within.as_secs()))
}

/// Runs a command to its end, with `input` to read, and returns what it printed.
pub async fn run(mut command: Command, input: &str) -> Result<String> {
    use tokio::io::AsyncWriteExt as _;
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    let said = command.as_std().get_program().display().to_string();
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {said}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads no input may have ended already; its status tells.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let output = timeout(PATIENCE, child.wait_with_output()).await;
    let output = output.with_context(|| format!("{said} does not end"))??;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!("{said} failed ({}): {}", output.status, reason.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn last_lines(log: &Path) -> String {
    let text = fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<_> = text.lines().collect();
    let start = lines.len().saturating_sub(LAST_LINES);
    let lines = lines.get(start..).unwrap_or_default().join("\n");
    format!("the end of {}:\n{lines}", log.display())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[tokio::test]
    async fn a_process_that_ends_before_it_is_ready_is_reported_with_its_last_words() {
        let folder = tempfile::tempdir().unwrap();
        let log = folder.path().join("log");
        let mut process = Process::start("it", shell("echo no room; exit 3"), &log).unwrap();

        let waited = process.until("it is ready", async || None::<()>).await;

        let error = format!("{:#}", waited.unwrap_err());
        assert!(error.contains("it ended"), "{error}");
        assert!(error.contains("no room"), "{error}");
        assert!(process.has_ended());
    }

    #[tokio::test]
    async fn a_command_is_given_its_input_and_its_failure_says_why() {
        assert_eq!(run(shell("cat"), "hello").await.unwrap(), "hello");
        let failed = run(shell("echo why >&2; exit 1"), "").await;
        assert!(failed.unwrap_err().to_string().ends_with("why"));
    }
}
