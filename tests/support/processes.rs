//! Programs that a test starts, speaks to by signals, and leaves no trace of.

use std::net::TcpListener;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rustix::process::{Pid, kill_process};
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::watch;
use tokio::time::timeout;

pub use rustix::process::Signal;

/// How long a test waits for anything before it fails. Far longer than a busy machine takes.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// A running program. Dropping it ends it; a test that fails shows what it printed.
#[derive(Debug)]
pub struct Process {
    name: String,
    child: Child,
    pid: Pid,
    output: Output,
}

impl Process {
    /// Starts a program; what it prints to either stream is kept, line by line.
    ///
    /// Panics when it cannot be started.
    #[track_caller]
    pub fn start(mut command: Command) -> Self {
        let name = command.as_std().get_program().display().to_string();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command
            .spawn()
            .unwrap_or_else(|error| panic!("{name} does not start: {error}"));
        let pid = child
            .id()
            .and_then(|id| Pid::from_raw(i32::try_from(id).ok()?))
            .expect("a program that was just started has an id");
        let output = Output::default();
        if let Some(stdout) = child.stdout.take() {
            output.collect(stdout);
        }
        if let Some(stderr) = child.stderr.take() {
            output.collect(stderr);
        }
        Self {
            name,
            child,
            pid,
            output,
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.pid.as_raw_nonzero().get().unsigned_abs()
    }

    /// Everything printed so far, both streams in the order in which the lines came.
    pub fn output(&self) -> String {
        self.output.text()
    }

    /// Waits for a line from which something can be read, and returns that.
    ///
    /// Lines printed before the call count too. Panics after [`PATIENCE`], or when the program ends first.
    pub async fn line<T>(&mut self, read: impl Fn(&str) -> Option<T>) -> T {
        let mut seen = self.output.lines.subscribe();
        let found = async {
            loop {
                if let Some(found) = self.output.find(&read) {
                    return Some(found);
                }
                tokio::select! {
                    _ = seen.changed() => {}
                    _ = self.child.wait() => return self.output.drained(&read).await,
                }
            }
        };
        timeout(PATIENCE, found)
            .await
            .unwrap_or_else(|_| panic!("{} does not say what is awaited", self.name))
            .unwrap_or_else(|| panic!("{} ended before it said what is awaited", self.name))
    }

    /// Sends a signal.
    pub fn signal(&self, signal: Signal) {
        kill_process(self.pid, signal)
            .unwrap_or_else(|error| panic!("{} takes no signal: {error}", self.name));
    }

    /// Asks it to end (`SIGTERM`) and waits until it has.
    pub async fn terminate(mut self) -> ExitStatus {
        self.signal(Signal::TERM);
        self.ended().await
    }

    /// Ends it without a word (`SIGKILL`), as a crash or a power cut would.
    pub async fn kill(mut self) -> ExitStatus {
        self.signal(Signal::KILL);
        self.ended().await
    }

    /// Waits until it ends by itself. Panics after [`PATIENCE`].
    pub async fn ended(&mut self) -> ExitStatus {
        timeout(PATIENCE, self.child.wait())
            .await
            .unwrap_or_else(|_| panic!("{} does not end", self.name))
            .unwrap_or_else(|error| panic!("{} cannot be waited for: {error}", self.name))
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("--- {} printed:\n{}---", self.name, self.output());
        }
    }
}

/// The lines that a program printed. The watch tells how many there are.
#[derive(Clone, Debug)]
struct Output {
    text: Arc<Mutex<Vec<String>>>,
    lines: Arc<watch::Sender<usize>>,
    open: Arc<watch::Sender<usize>>,
}

impl Default for Output {
    fn default() -> Self {
        Self {
            text: Arc::default(),
            lines: Arc::new(watch::Sender::new(0)),
            open: Arc::new(watch::Sender::new(0)),
        }
    }
}

impl Output {
    /// Keeps the lines of a stream as they come, until it closes.
    fn collect(&self, stream: impl AsyncRead + Unpin + Send + 'static) {
        let output = self.clone();
        output.open.send_modify(|open| *open += 1);
        tokio::spawn(async move {
            let mut lines = BufReader::new(stream).split(b'\n');
            while let Ok(Some(line)) = lines.next_segment().await {
                output.push(&String::from_utf8_lossy(&line));
            }
            output.open.send_modify(|open| *open -= 1);
        });
    }

    fn push(&self, line: &str) {
        self.text
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line.trim_end().to_owned());
        self.lines.send_modify(|lines| *lines += 1);
    }

    fn find<T>(&self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let lines = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().find_map(|line| read(line))
    }

    /// Looks once more after everything that an ended program printed has arrived.
    async fn drained<T>(&self, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let mut open = self.open.subscribe();
        open.wait_for(|open| *open == 0).await.ok()?;
        self.find(read)
    }

    fn text(&self) -> String {
        let lines = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        lines
            .iter()
            .fold(String::new(), |text, line| text + line + "\n")
    }
}

/// A port of the loopback address that nobody used a moment ago.
///
/// Another program may take it first: prefer port 0 and reading back what was given, wherever a program can do that.
pub fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .expect("the loopback address has a free port")
        .port()
}
