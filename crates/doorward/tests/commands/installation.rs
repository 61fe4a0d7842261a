//! A data directory, and the binary that works on it.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

/// How long to wait for what must come, however busy the machine is.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

/// A directory with data in it, sooner or later.
pub(crate) struct Installation(TempDir);

/// What a command came to.
#[derive(Debug)]
pub(crate) struct Outcome {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Outcome {
    /// The answer of a command that did what it was told.
    pub(crate) fn answer(self) -> String {
        assert_eq!(self.code, Some(0), "{self:?}");
        self.out
    }

    /// What a command says that was refused.
    pub(crate) fn refusal(self) -> String {
        assert_eq!((self.code, self.out.as_str()), (Some(1), ""), "{self:?}");
        self.err
    }

    /// What a command says at the end of its log when it gives up.
    pub(crate) fn refusal_after_log(self) -> String {
        let said = self.refusal();
        let (_, error) = said.rsplit_once("error: ").expect(&said);
        error.to_owned()
    }
}

impl Installation {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Where everything is kept; it is made by the program.
    pub(crate) fn data(&self) -> PathBuf {
        self.path("data")
    }

    /// The binary in the installation's directory, without the variables of whoever runs the tests.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_doorward"));
        command
            .args(arguments)
            .current_dir(self.0.path())
            .env_clear()
            .env("DOORWARD_DATA", self.data());
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Outcome {
        self.run_with_input(arguments, "")
    }

    pub(crate) fn run_with_input(&self, arguments: &[&str], input: &str) -> Outcome {
        outcome(self.command(arguments), input)
    }

    /// The JSON answer of a command.
    pub(crate) fn json(&self, arguments: &[&str]) -> Value {
        let answer = self.run(&[arguments, &["--json"]].concat()).answer();
        serde_json::from_str(&answer).unwrap()
    }

    /// Adds a person with a password.
    pub(crate) fn add_person(&self, name: &str, password: &str) -> Value {
        let arguments = ["user", "add", name, "--password-stdin", "--json"];
        let answer = self.run_with_input(&arguments, password).answer();
        serde_json::from_str(&answer).unwrap()
    }

    /// Starts the provider, and returns when it is ready.
    pub(crate) fn serve(&self) -> Provider {
        let process = Process::start(self.command(&["serve", "--listen", "127.0.0.1:0"]));
        let ready = process.wait_for("ready");
        let address = ready["listen"].as_str().unwrap().parse().unwrap();
        Provider { process, address }
    }
}

pub(crate) fn outcome(mut command: Command, input: &str) -> Outcome {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // A command that reads nothing may have ended already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    let output = child.wait_with_output().unwrap();
    Outcome {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A provider that is served.
pub(crate) struct Provider {
    pub(crate) process: Process,
    pub(crate) address: SocketAddr,
}

/// A process that goes on until it is stopped, and its log.
pub(crate) struct Process {
    child: Child,
    log: Receiver<Value>,
}

impl Process {
    pub(crate) fn start(mut command: Command) -> Self {
        command.stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let log = follow(child.stderr.take().unwrap());
        Self { child, log }
    }

    /// The next line of the log that says `message`.
    pub(crate) fn wait_for(&self, message: &str) -> Value {
        self.wait_for_line("message", message)
    }

    /// The next line of the log about an `event`.
    pub(crate) fn wait_for_event(&self, event: &str) -> Value {
        self.wait_for_line("event", event)
    }

    fn wait_for_line(&self, name: &str, wanted: &str) -> Value {
        loop {
            let line = self.log.recv_timeout(PATIENCE);
            let line = line.unwrap_or_else(|_| panic!("the log never said {wanted:?}"));
            if line[name] == wanted {
                return line;
            }
        }
    }

    /// What it writes to standard output.
    pub(crate) fn output(&mut self) -> BufReader<std::process::ChildStdout> {
        BufReader::new(self.child.stdout.take().unwrap())
    }

    /// Asks it to stop, and returns its exit code.
    pub(crate) fn stop(mut self) -> Option<i32> {
        let pid = Pid::from_child(&self.child);
        kill_process(pid, Signal::TERM).unwrap();
        self.child.wait().unwrap().code()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It has ended already, unless the test failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a log as they come; each must be JSON, for there is no terminal.
fn follow(log: ChildStderr) -> Receiver<Value> {
    let (lines, followed) = channel();
    std::thread::spawn(move || {
        for line in BufReader::new(log).lines() {
            let line = line.unwrap();
            let line = serde_json::from_str(&line).unwrap_or_else(|_| Value::from(line));
            // The test may be over.
            let _ = lines.send(line);
        }
    });
    followed
}

/// Asks until the answer is `wanted`, as it must be within a moment.
pub(crate) fn eventually<T: PartialEq + std::fmt::Debug>(wanted: &T, mut ask: impl FnMut() -> T) {
    let deadline = now() + PATIENCE;
    loop {
        let answer = ask();
        if answer == *wanted {
            return;
        }
        assert!(now() < deadline, "still {answer:?}, not {wanted:?}");
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "processes have no clock that a test could set"
)]
fn now() -> Instant {
    Instant::now()
}

/// The permissions of a file or directory.
pub(crate) fn mode(path: &Path) -> u32 {
    use std::os::unix::fs::MetadataExt as _;
    std::fs::metadata(path).unwrap().mode() & 0o777
}
