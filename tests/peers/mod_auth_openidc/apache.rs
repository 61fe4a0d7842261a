//! Apache, with a site behind the module.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use doorward_tests::processes::{Process, free_port};
use doorward_tests::requirements::{needed, program};
use doorward_tests::serving::{Installation, Node};
use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

const MODULE: &str = "/usr/lib/apache2/modules/mod_auth_openidc.so";

/// What is on the site.
pub(super) const WELCOME: &str = "Only for those who are known.";

/// What tells the site that somebody signed out at Doorward.
#[derive(Clone, Copy)]
pub(super) enum Channel {
    /// Doorward itself.
    Back,
    /// The browser, as it loads an address of the site unseen.
    Front,
}

impl Channel {
    /// How the site is registered for it, and the address that the module has for it.
    fn of(self, site: &str) -> [String; 2] {
        let (option, said) = match self {
            Self::Back => ("--backchannel-logout-uri", "backchannel"),
            Self::Front => ("--frontchannel-logout-uri", "get"),
        };
        [option.to_owned(), format!("{site}/oidc?logout={said}")]
    }
}

/// A running Apache. Dropping it ends it.
pub(super) struct Apache {
    _process: Process,
    _folder: TempDir,
    /// The address of the site.
    pub(super) site: String,
}

/// The program, where the module is there too.
pub(super) fn installed() -> Option<PathBuf> {
    let apache = program("DOORWARD_TEST_APACHE", "apache2");
    let apache = apache.or_else(|| Some(PathBuf::from("/usr/sbin/apache2")));
    let both = apache.filter(|apache| apache.is_file() && Path::new(MODULE).is_file());
    needed("Apache with mod_auth_openidc", both)
}

impl Apache {
    /// Registers the site and serves it at a port that nobody has.
    pub(super) async fn start(
        program: &Path,
        installation: &Installation,
        node: &Node,
        method: &str,
        channel: Channel,
    ) -> Self {
        loop {
            let site = format!("http://127.0.0.1:{}", free_port());
            let client = register(installation, &site, method, channel).await;
            let folder = configured(&site, node, &client);
            let mut process = Process::start(command(program, folder.path()));
            if process.line(outcome).await.is_ok() {
                return Self {
                    _process: process,
                    _folder: folder,
                    site,
                };
            }
            installation.ask(&["client", "remove", "site"], "").await;
        }
    }
}

async fn register(
    installation: &Installation,
    site: &str,
    method: &str,
    channel: Channel,
) -> Value {
    let callback = format!("{site}/oidc");
    let home = format!("{site}/signed-out");
    let arguments = [
        ["client", "add", "site", "--auth-method", method],
        ["--redirect-uri", &callback, "--pkce", "required", "--name"],
    ]
    .concat();
    let more = ["Site", "--post-logout-redirect-uri", &home];
    let [option, told] = channel.of(site);
    let all = [&arguments[..], &more, &[&option, &told]].concat();
    installation.ask(&all, "").await
}

/// A folder that the account of web servers may read, with the configuration and a page.
fn configured(site: &str, node: &Node, client: &Value) -> TempDir {
    let folder = TempDir::new().expect("a temporary folder");
    let path = folder.path();
    let text = |name: &str| client[name].as_str().expect("it is text");
    let port = site.rsplit(':').next().expect("a port");
    let configuration = include_str!("apache.conf")
        .replace("FOLDER", &path.display().to_string())
        .replace("PORT", port)
        .replace("ISSUER", &node.place.issuer)
        .replace("SECRET", text("client_secret"))
        .replace("METHOD", text("token_endpoint_auth_method"));
    fs::create_dir(path.join("site")).expect("the folder is writable");
    fs::write(path.join("site/index.html"), WELCOME).expect("the folder is writable");
    fs::write(path.join("apache.conf"), configuration).expect("the folder is writable");
    // Whoever Apache runs as writes its files here.
    let open = fs::set_permissions(path, Permissions::from_mode(0o777));
    open.expect("the folder is ours");
    folder
}

/// Apache in one process, which ends with the test, and without the rights of root.
fn command(program: &Path, folder: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL"]);
    if rustix::process::geteuid().is_root() {
        command.args(["--reuid=www-data", "--regid=www-data", "--clear-groups"]);
    }
    command.arg("--").arg(program).args(["-X", "-f"]);
    command.arg(folder.join("apache.conf"));
    command
}

/// Reads that Apache has its port, which it takes before its modules begin, or that somebody else has.
fn outcome(line: &str) -> Option<Result<(), ()>> {
    if line.contains("could not bind") {
        return Some(Err(()));
    }
    line.contains(" - init - ").then_some(Ok(()))
}
