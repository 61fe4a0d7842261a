//! Installations of Doorward: a data directory, the commands that operators type, and nodes that serve it.

use std::fs;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::Stdio;

use doorward_directory::{Directory, Location};
use serde_json::Value;
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;
use tokio::time::{Duration, interval, timeout};

use crate::processes::{PATIENCE, Process, free_port};
use crate::requirements::doorward;

mod tls;

/// How often something that is awaited is looked for.
const PERIOD: Duration = Duration::from_millis(20);

/// A data directory and a configuration. Dropping it removes both.
#[derive(Debug)]
pub struct Installation {
    folder: TempDir,
    variables: Vec<(&'static str, PathBuf)>,
}

/// What a command left behind.
#[derive(Debug)]
pub struct Ran {
    /// The exit code; none when a signal ended it.
    pub code: Option<i32>,
    /// What it printed to its output.
    pub output: String,
    /// What it printed to where errors go.
    pub errors: String,
}

/// An application as its owner knows it after it was registered.
#[derive(Clone, Debug)]
pub struct Application {
    /// `client_id`.
    pub id: String,
    /// `client_secret`; empty for a public client.
    pub secret: String,
    /// Its first redirect URI.
    pub redirect_uri: String,
}

impl Installation {
    /// An installation with these lines in `doorward.toml`. `None` where the binary is not built.
    pub fn new(settings: &str) -> Option<Self> {
        doorward()?;
        let folder = TempDir::new().expect("a temporary folder");
        fs::write(folder.path().join("doorward.toml"), settings).expect("the folder is writable");
        let variables = Vec::new();
        Some(Self { folder, variables })
    }

    /// The same with a variable for everything that it runs.
    #[must_use]
    pub fn with_variable(mut self, (name, value): (&'static str, PathBuf)) -> Self {
        self.variables.push((name, value));
        self
    }

    /// A place in the installation's folder, which goes with it.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// The file with the key-encryption key, which is there after the first start.
    pub fn key_file(&self) -> PathBuf {
        self.path("data/key-encryption-key")
    }

    /// Its directory, as another process has it.
    pub async fn directory(&self) -> Directory {
        let settings = fs::read_to_string(self.path("doorward.toml")).expect("it is there");
        let settings: toml::Table = settings.parse().expect("it is TOML");
        let place = settings.get("directory").and_then(toml::Value::as_str);
        let place = Location::parse(place.unwrap_or("embedded"), &self.path("data"));
        let opened = Directory::open(&place.expect("a place")).await;
        opened.expect("the data is there")
    }

    /// The binary with these arguments, on this installation.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = doorward().expect("the binary is built");
        command
            .envs(self.variables.iter().map(|(name, value)| (name, value)))
            .args(arguments)
            .arg("--data")
            .arg(self.folder.path().join("data"))
            .arg("--config")
            .arg(self.folder.path().join("doorward.toml"));
        command
    }

    /// Runs a command to its end, with `input` to read.
    pub async fn run(&self, arguments: &[&str], input: &str) -> Ran {
        let mut command = self.command(arguments);
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        let mut child = command.spawn().expect("the binary starts");
        let mut stdin = child.stdin.take().expect("its input is ours");
        // A command that reads nothing may have ended by now.
        let _unread = stdin.write_all(input.as_bytes()).await;
        drop(stdin);
        let ended = timeout(PATIENCE, child.wait_with_output()).await;
        let ended = ended.expect("a command ends").expect("it can be read");
        Ran {
            code: ended.status.code(),
            output: String::from_utf8_lossy(&ended.stdout).into_owned(),
            errors: String::from_utf8_lossy(&ended.stderr).into_owned(),
        }
    }

    /// Runs a command that has to succeed, and returns its answer for programs.
    pub async fn ask(&self, arguments: &[&str], input: &str) -> Value {
        let arguments = [arguments, &["--json"]].concat();
        let ran = self.run(&arguments, input).await;
        assert_eq!(ran.code, Some(0), "{arguments:?}: {}", ran.errors);
        serde_json::from_str(&ran.output).expect("the answer is JSON")
    }

    /// Adds a person, as an operator would.
    pub async fn add_person(&self, username: &str, password: &str) {
        let email = format!("{username}@example.com");
        let arguments = [
            "user",
            "add",
            username,
            "--email",
            &email,
            "--password-stdin",
        ];
        self.ask(&arguments, &format!("{password}\n")).await;
    }

    /// Registers an application, as an operator would.
    pub async fn add_application(
        &self,
        id: &str,
        redirect_uri: &str,
        arguments: &[&str],
    ) -> Application {
        let beginning = ["client", "add", id, "--redirect-uri", redirect_uri];
        let added = self.ask(&[&beginning, arguments].concat(), "").await;
        Application {
            id: added["client_id"].as_str().expect("an id").to_owned(),
            secret: added["client_secret"]
                .as_str()
                .unwrap_or_default()
                .to_owned(),
            redirect_uri: redirect_uri.to_owned(),
        }
    }

    /// Serves the installation at a free port, which is the issuer's too.
    pub async fn serve(&self) -> Node {
        loop {
            let port = free_port();
            let address = format!("127.0.0.1:{port}");
            if let Some(node) = self.serve_at(&address, &format!("http://{address}")).await {
                return node;
            }
        }
    }

    /// Serves the installation at any port, for an issuer that is elsewhere: a node behind a proxy.
    pub async fn serve_for(&self, issuer: &str) -> Node {
        let node = self.serve_at("127.0.0.1:0", issuer).await;
        node.expect("there is always a free port")
    }

    /// Serves the installation again where `node` did, which has ended.
    pub async fn serve_again(&self, place: &Place) -> Node {
        let node = self
            .serve_at(&place.address.to_string(), &place.issuer)
            .await;
        node.expect("the port is still free")
    }

    /// Serves the installation at an address of its own where something is missing, so that it is not ready.
    pub async fn serve_unready(&self) -> Node {
        loop {
            let address = format!("127.0.0.1:{}", free_port());
            if let Some(node) = self.begun_at(&address, &format!("http://{address}")).await {
                return node;
            }
        }
    }

    /// A node that is ready, or `None` when somebody else has the port.
    async fn serve_at(&self, listen: &str, issuer: &str) -> Option<Node> {
        let node = self.begun_at(listen, issuer).await?;
        eventually("the node is ready", async || {
            node.is_ready().await.then_some(())
        })
        .await;
        Some(node)
    }

    /// A node that listens, or `None` when somebody else has the port.
    async fn begun_at(&self, listen: &str, issuer: &str) -> Option<Node> {
        let command = self.command(&["serve", "--listen", listen, "--issuer", issuer]);
        let mut process = Process::start(command);
        let address = process.line(announced).await.ok()?;
        let place = Place {
            address,
            issuer: issuer.to_owned(),
        };
        Some(Node { process, place })
    }
}

/// Reads the address that a node listens at from the line in which it says so, or that it cannot.
fn announced(line: &str) -> Option<Result<SocketAddr, ()>> {
    if line.contains("cannot listen on") {
        return Some(Err(()));
    }
    let line: Value = serde_json::from_str(line).ok()?;
    if line["message"] != "ready" {
        return None;
    }
    line["listen"].as_str()?.parse().ok().map(Ok)
}

/// Where a node serves.
#[derive(Clone, Debug)]
pub struct Place {
    /// The address it listens at.
    pub address: SocketAddr,
    /// The issuer it serves.
    pub issuer: String,
}

/// A running `doorward serve`. Dropping it ends it.
#[derive(Debug)]
pub struct Node {
    /// The process.
    pub process: Process,
    /// Where it serves.
    pub place: Place,
}

impl Node {
    /// The address of a path at this node, whatever the issuer.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.place.address)
    }

    /// Whether it says that requests may be sent to it.
    pub async fn is_ready(&self) -> bool {
        let answer = reqwest::get(self.url("/health/ready")).await;
        answer.is_ok_and(|answer| answer.status().is_success())
    }
}

/// Waits until the attempt yields something, and returns that; panics when it does not in time.
pub async fn eventually<T>(what: &str, attempt: impl AsyncFn() -> Option<T>) -> T {
    let mut turns = interval(PERIOD);
    let found = async {
        loop {
            turns.tick().await;
            if let Some(found) = attempt().await {
                return found;
            }
        }
    };
    let found = timeout(PATIENCE, found).await;
    found.unwrap_or_else(|_| panic!("in vain: {what}"))
}
