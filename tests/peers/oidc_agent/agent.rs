//! The agent and its programs, in a folder of their own.

use std::fs;
use std::path::PathBuf;

use doorward_tests::processes::Process;
use doorward_tests::requirements::{needed, program};
use doorward_tests::serving::eventually;
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::harness::Scene;

/// A running agent. Dropping it ends it.
pub(super) struct Agent {
    process: Process,
    home: Home,
}

impl Agent {
    /// Starts one that keeps nothing outside of a folder of its own; `None` where it is not installed.
    pub(super) async fn start() -> Option<Self> {
        Some(Self::start_in(Home::new()?).await)
    }

    /// Starts it again, and has it read the account from its folder.
    pub(super) async fn restarted(self) -> Self {
        self.process.terminate().await;
        let agent = Self::start_in(self.home).await;
        let mut command = agent.home.command("oidc-add");
        command.args(["--pw-env", "shop"]);
        assert!(Process::start(command).ended().await.success());
        agent
    }

    async fn start_in(home: Home) -> Self {
        let socket = home.socket();
        let _none_yet = fs::remove_file(&socket);
        let mut command = home.command(AGENT);
        command.args(["--console", "--socket-path"]).arg(&socket);
        let process = Process::start(command);
        let listens = async || socket.exists().then_some(());
        eventually("the agent listens", listens).await;
        Self { process, home }
    }

    /// Begins to make the account `shop` by that flow, as the registered application.
    pub(super) fn generates(&self, scene: &Scene, flow: &str) -> Process {
        let text = |name: &str| {
            let member = scene.client.get(name);
            member.and_then(Value::as_str).unwrap_or_default()
        };
        let arguments = [
            "--manual",
            &format!("--flow={flow}"),
            &format!("--client-id={}", text("client_id")),
            &format!("--client-secret={}", text("client_secret")),
            "--redirect-uri=http://localhost:4242",
        ];
        self.begins(scene, &arguments)
    }

    /// The same as an application that the agent registers with this token.
    pub(super) fn registers(&self, scene: &Scene, token: &str) -> Process {
        self.begins(scene, &["--flow=code", &format!("--at={token}")])
    }

    fn begins(&self, scene: &Scene, arguments: &[&str]) -> Process {
        let mut command = self.home.command("oidc-gen");
        command
            .args(arguments)
            .arg(format!("--iss={}", scene.node.place.issuer))
            .args([
                "--scope=openid offline_access email",
                "--no-webserver",
                "--no-url-call",
            ])
            .args(UNATTENDED)
            .arg("shop");
        Process::start(command)
    }

    /// Finishes that with the address that the browser was sent to.
    pub(super) async fn is_told(&self, address: &str) {
        let mut command = self.home.command("oidc-gen");
        command.arg(format!("--codeExchange={address}"));
        command.args(UNATTENDED);
        assert!(Process::start(command).ended().await.success());
    }

    /// An access token of the account.
    pub(super) async fn token(&self, arguments: &[&str]) -> String {
        let mut command = self.home.command("oidc-token");
        command.args(arguments).arg("shop");
        let mut process = Process::start(command);
        process
            .line(|line| (!line.is_empty()).then(|| line.to_owned()))
            .await
    }
}

const AGENT: &str = "oidc-agent";

/// Nobody is there who could be asked anything.
const UNATTENDED: [&str; 3] = ["--pw-env", "--prompt=none", "--confirm-yes"];

/// Where the programs are, and the folder in which they find their files and the agent.
struct Home {
    folder: TempDir,
    programs: PathBuf,
}

impl Home {
    fn new() -> Option<Self> {
        let agent = needed(AGENT, program("DOORWARD_TEST_OIDC_AGENT", AGENT))?;
        let folder = TempDir::new().expect("a temporary folder");
        fs::create_dir(folder.path().join(".oidc-agent")).expect("the folder is writable");
        let programs = agent.parent().expect("it is in a folder").to_owned();
        Some(Self { folder, programs })
    }

    fn socket(&self) -> PathBuf {
        self.folder.path().join("socket")
    }

    fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.programs.join(program));
        command
            .env("HOME", self.folder.path())
            .env("OIDC_SOCK", self.socket())
            .env("OIDC_ENCRYPTION_PW", "for a test only");
        command
    }
}
