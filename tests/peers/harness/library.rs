//! Libraries of other languages: a folder with what is installed, and a script for each feature.

use std::env;
use std::process::Stdio;

use doorward_tests::processes::PATIENCE;
use doorward_tests::requirements::{needed, program, repository};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::process::{ChildStdin, ChildStdout, Command};
use tokio::time::timeout;

use super::conversation::{Ask, answer};
use super::scene::{API, Scene};
use super::setting::Setting;

/// A library, by its folder in `tests/peers`.
pub(crate) struct Library {
    pub(crate) folder: &'static str,
    pub(crate) language: Language,
}

/// What its scripts are written in.
pub(crate) enum Language {
    /// JavaScript for Node.js, with what `npm ci` put into `node_modules`.
    JavaScript,
    /// Python, with what `pip` put into `.venv`.
    Python,
}

impl Library {
    /// Runs the script of that feature as an application that is registered with these arguments, and shows what it
    /// printed. Panics unless it says that all is well.
    pub(crate) async fn plays(&self, feature: &str, registration: &[&str]) {
        let setting = Setting {
            registration,
            ..Setting::default()
        };
        self.plays_in(&setting, feature).await;
    }

    /// The same where more than the application's registration is as the test says.
    pub(crate) async fn plays_in(&self, setting: &Setting<'_>, feature: &str) {
        let Some(command) = self.command(feature) else {
            return;
        };
        let Some(mut scene) = Scene::set(setting).await else {
            return;
        };
        run(command, &mut scene).await;
    }

    /// The script, ready to run; `None` where the library is not installed.
    fn command(&self, feature: &str) -> Option<Command> {
        let folder = repository().join("tests/peers").join(self.folder);
        let (interpreter, installed, script) = match self.language {
            Language::JavaScript => (
                program("DOORWARD_TEST_NODE", "node"),
                folder.join("node_modules"),
                folder.join(feature).with_extension("mjs"),
            ),
            Language::Python => (
                Some(folder.join(".venv/bin/python")),
                folder.join(".venv/bin/python"),
                folder.join(feature).with_extension("py"),
            ),
        };
        let interpreter = interpreter.filter(|_| installed.exists());
        let mut command = Command::new(needed(self.folder, interpreter)?);
        command.arg(script);
        Some(command)
    }
}

/// Lets a program run to its end, and answers what it asks.
async fn run(mut command: Command, scene: &mut Scene) {
    command
        .env_clear()
        .envs(environment(scene))
        .envs(files(scene))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true);
    let mut child = command.spawn().expect("the interpreter starts");
    let answers = child.stdin.take().expect("its input is ours");
    let asks = child.stdout.take().expect("its output is ours");
    let talk = timeout(PATIENCE, converse(asks, answers, scene)).await;
    talk.expect("the script comes to its end");
    let ended = timeout(PATIENCE, child.wait()).await;
    let status = ended.expect("the script ends").expect("it ran");
    assert!(status.success(), "{status}; what it says is above");
}

async fn converse(asks: ChildStdout, mut answers: ChildStdin, scene: &mut Scene) {
    let mut asks = BufReader::new(asks).lines();
    while let Some(line) = asks.next_line().await.expect("a script prints text") {
        let Ok(ask) = serde_json::from_str::<Ask>(&line) else {
            eprintln!("{line}");
            continue;
        };
        let answer = answer(ask, scene).await;
        let answer = serde_json::to_string(&answer).expect("an answer is JSON");
        // A script that has seen enough does not listen any more.
        let _unheard = answers.write_all(format!("{answer}\n").as_bytes()).await;
    }
}

/// What an application's owner configures, and nothing of the test's own environment but where programs are.
fn environment(scene: &Scene) -> [(&'static str, String); 9] {
    let peers = repository().join("tests/peers");
    [
        ("PATH", env::var("PATH").unwrap_or_default()),
        // Node.js 18 keeps Web Cryptography behind it.
        ("NODE_OPTIONS", "--experimental-global-webcrypto".to_owned()),
        ("PYTHONPATH", peers.display().to_string()),
        ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ("ISSUER", scene.node.place.issuer.clone()),
        ("API", API.to_owned()),
        ("CLIENT", scene.client.to_string()),
        ("CLIENT_JWK", scene.key.private().to_string()),
        ("CLIENT_OPENING_JWK", scene.opening.private().to_string()),
    ]
}

/// Where a script finds certificates, if Doorward speaks TLS.
fn files(scene: &Scene) -> Vec<(&'static str, String)> {
    let certificates = scene.certificates.as_ref();
    certificates.map_or_else(Vec::new, |certificates| certificates.files.to_vec())
}
