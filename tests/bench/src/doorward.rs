//! Doorward as an operator runs it: a binary, a data directory, and its command line.

use std::{
    collections::HashMap, env, fs, net::SocketAddr, path::PathBuf, process::Stdio, rc::Rc,
    time::Duration,
};

use anyhow::{Context, bail, ensure};
use tempfile::TempDir;
use tokio::{io::AsyncWriteExt, process::Command};

use crate::{
    operation::{Check, PASSWORD, PEOPLE},
    relying_party::{Client, Endpoints, RelyingParty},
    server::{Server, free_address},
    signature::Algorithm,
};

/// The configuration under test. All load comes from one address and a few people, which the usual limits
/// against guessing and flooding would stop; how many logins may wait stays as it is. The load is believed as a proxy is.
const CONFIGURATION: &str = "\
[limits]
failed_sign_ins_per_minute_and_address = 100000
sign_in_attempts_per_account = 1000
authorization_requests_per_minute_and_address = 1000000
[proxy]
trusted = [\"127.0.0.1/32\"]
";

/// How clients get tokens: for people, and for themselves.
const GRANT_TYPES: &str = "authorization_code,refresh_token,client_credentials";

/// A scope of a resource server whose tokens say nothing.
pub(crate) const OPAQUE_SCOPE: &str = "files";

/// The answer of a server that can do its work.
const READY: &str = "/health/ready";

/// The program to measure.
#[derive(Clone, Debug)]
pub(crate) struct Binary(PathBuf);

impl Binary {
    /// The given path, or `doorward` beside this program.
    pub(crate) fn locate(given: Option<PathBuf>) -> anyhow::Result<Self> {
        let path = match given {
            Some(path) => path,
            None => env::current_exe()?.with_file_name("doorward"),
        };
        ensure!(
            path.is_file(),
            "there is no program at {}\nBuild it with `cargo build --release --package doorward`, or say where it is with `--doorward PATH`.",
            path.display()
        );
        Ok(Self(path))
    }

    /// What the program says of its version.
    pub(crate) async fn version(&self) -> anyhow::Result<String> {
        let output = Command::new(&self.0).arg("--version").output().await?;
        Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
    }
}

/// A data directory in a temporary place, which goes away with this.
pub(crate) struct Installation {
    binary: Binary,
    directory: TempDir,
}

impl Installation {
    /// An installation that holds nothing but its configuration.
    pub(crate) fn empty(binary: &Binary) -> anyhow::Result<Self> {
        let directory = tempfile::Builder::new()
            .prefix("doorward-bench-")
            .tempdir()?;
        fs::write(directory.path().join("doorward.toml"), CONFIGURATION)?;
        Ok(Self {
            binary: binary.clone(),
            directory,
        })
    }

    /// Adds people, and a client for each algorithm.
    pub(crate) async fn furnish(&self) -> anyhow::Result<Clients> {
        for name in PEOPLE {
            let mut user = self.command(&["user", "add", name, "--password-stdin"]);
            user.args(["--email", &format!("{name}@bench.test")]);
            run(user, PASSWORD).await?;
        }
        let mut files = self.command(&["resource", "add", "urn:bench:files"]);
        files.args(["--scope", &format!("{OPAQUE_SCOPE}=Read files")]);
        files.args(["--token-format", "opaque"]);
        run(files, "").await?;
        let mut site = self.command(&["site", "add", Check::SITE, "--resource", "urn:bench:files"]);
        site.args(["--allow", &format!("scope:{OPAQUE_SCOPE}")]);
        run(site, "").await?;
        let mut clients = HashMap::new();
        for algorithm in Algorithm::ALL {
            let name = format!("bench-{}", algorithm.name().to_ascii_lowercase());
            let mut client = self.command(&["client", "add", &name]);
            client.args(["--redirect-uri", RelyingParty::REDIRECT_URI]);
            client.args(["--grant-type", GRANT_TYPES]);
            client.args(["--scope", "openid profile email offline_access"]);
            client.args(["--scope", Client::OWN_SCOPE, "--scope", OPAQUE_SCOPE]);
            client.args(["--algorithm", algorithm.name()]);
            client.args(["--access-token-algorithm", algorithm.name(), "--json"]);
            let answer = run(client, "").await?;
            let client = serde_json::from_str(&answer)
                .with_context(|| format!("`client add` answered {answer}"))?;
            clients.insert(algorithm.name(), client);
        }
        Ok(Clients(clients))
    }

    /// Starts the server at a free address, and waits until `path` answers.
    pub(crate) async fn serve(&self, path: &str) -> anyhow::Result<Server> {
        self.serve_at(free_address()?, path).await
    }

    async fn serve_at(&self, address: SocketAddr, path: &str) -> anyhow::Result<Server> {
        let mut serve = self.command(&["serve"]);
        serve.args([
            "--listen",
            &address.to_string(),
            "--issuer",
            &format!("http://{address}"),
        ]);
        Server::start(serve, address, path, &self.path("serve.log")).await
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.binary.0);
        command.args(words);
        command.arg("--data").arg(self.path("data"));
        command.arg("--config").arg(self.path("doorward.toml"));
        command
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }
}

/// The clients of an installation, by the algorithm of their tokens.
#[derive(Clone, Debug)]
pub(crate) struct Clients(HashMap<&'static str, Client>);

/// A running provider with people and clients.
pub(crate) struct Provider {
    /// Its process.
    pub(crate) server: Server,
    /// Where its public keys are.
    pub(crate) jwks: String,
    parties: HashMap<&'static str, Rc<RelyingParty>>,
    installation: Installation,
}

impl Provider {
    /// Sets up a fresh provider.
    pub(crate) async fn start(binary: &Binary) -> anyhow::Result<Self> {
        let installation = Installation::empty(binary)?;
        let clients = installation.furnish().await?;
        let server = installation.serve(READY).await?;
        let endpoints = Endpoints::discover(server.address)
            .await
            .with_context(|| server.last_words())?;
        Ok(Self {
            jwks: endpoints.jwks.clone(),
            parties: parties(server.address, &endpoints, &clients),
            server,
            installation,
        })
    }

    /// The client whose ID tokens have this algorithm.
    pub(crate) fn party(&self, algorithm: Algorithm) -> anyhow::Result<Rc<RelyingParty>> {
        self.parties
            .get(algorithm.name())
            .cloned()
            .context("no client with this algorithm")
    }

    /// The same provider in a new process: same data, same address, nothing in memory.
    pub(crate) async fn restart(self) -> anyhow::Result<Self> {
        self.refurnished(async |_| Ok(())).await
    }

    /// The same provider in a new process, after `refurnish` has put more into the file of its directory.
    pub(crate) async fn refurnished(
        self,
        refurnish: impl AsyncFnOnce(PathBuf) -> anyhow::Result<()>,
    ) -> anyhow::Result<Self> {
        let address = self.server.address;
        self.server.stop().await?;
        refurnish(self.installation.path("data/directory.sqlite")).await?;
        let server = self.installation.serve_at(address, READY).await?;
        Ok(Self { server, ..self })
    }

    /// Ends the process, and returns how long that took.
    pub(crate) async fn stop(self) -> anyhow::Result<Duration> {
        self.server.stop().await
    }
}

fn parties(
    server: SocketAddr,
    endpoints: &Endpoints,
    clients: &Clients,
) -> HashMap<&'static str, Rc<RelyingParty>> {
    let party = |client: &Client| RelyingParty::new(server, endpoints.clone(), client.clone());
    clients
        .0
        .iter()
        .map(|(name, client)| (*name, Rc::new(party(client))))
        .collect()
}

/// Runs a command to its end, and returns what it printed.
async fn run(mut command: Command, input: &str) -> anyhow::Result<String> {
    command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command
        .spawn()
        .with_context(|| format!("cannot start {command:?}"))?;
    if let Some(mut stdin) = child.stdin.take() {
        // A command that reads no input may have ended already; its status tells.
        let _ = stdin.write_all(input.as_bytes()).await;
    }
    let output = child.wait_with_output().await?;
    if !output.status.success() {
        let reason = String::from_utf8_lossy(&output.stderr);
        bail!(
            "{:?} failed ({}):\n{reason}",
            command.as_std(),
            output.status
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
