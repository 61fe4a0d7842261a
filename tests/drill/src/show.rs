//! A cluster to look at: two nodes that share one login, and two applications that use it.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use doorward::configuration::Issuer;
use doorward::demo::{Applications, PASSWORD, Registered, USERNAME};
use doorward::provider::Ambient;
use doorward_core::secret::{Secret, SecretKind};
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::net::TcpListener;

use crate::cli::Up;
use crate::cluster::folder::Folder;
use crate::cluster::node::Node;
use crate::cluster::process::eventually;
use crate::cluster::{Application, Cluster, Keepsakes, Purpose};
use crate::programs::{Front, Programs};
use crate::told_to_stop;

/// The sample applications by their client ids.
const APPLICATIONS: [&str; 2] = ["wiki", "payroll"];

/// How long a cluster may take to end.
const ENDS_WITHIN: Duration = Duration::from_mins(2);

/// Brings up a cluster and keeps it until this program is told to stop.
pub(crate) async fn up(arguments: &Up) -> Result<()> {
    let _running = Running::note()?;
    let programs = Programs::locate(arguments.doorward.clone(), Front::Balancer)?;
    let folder = match &arguments.keep {
        Some(path) => Folder::kept(path)?,
        None => Folder::temporary()?,
    };
    let mut keepsakes = Keepsakes::of(&folder)?;
    eprintln!("starting PostgreSQL, Redis, Sentinel, two nodes and Caddy ...");
    let starting = Cluster::start(&programs, folder, None, &keepsakes, Purpose::Show);
    let cluster = tokio::select! {
        started = starting => started?,
        stopped = told_to_stop() => return stopped,
    };
    let shown = show(&cluster, &mut keepsakes).await;
    eprintln!("stopping ...");
    cluster.stop().await.and(shown)
}

/// Ends the cluster that another process keeps.
pub(crate) async fn down() -> Result<()> {
    let Some(pid) = running() else {
        bail!("no cluster is running");
    };
    kill_process(pid, Signal::TERM).context("the cluster cannot be told to stop")?;
    let gone = async || (running() != Some(pid)).then_some(());
    eventually("the cluster ends", ENDS_WITHIN, gone).await?;
    eprintln!("the cluster is down");
    Ok(())
}

/// Serves the applications until this program is told to stop.
async fn show(cluster: &Cluster, keepsakes: &mut Keepsakes) -> Result<()> {
    let [wiki, payroll] = furnish(cluster, keepsakes).await?;
    let addresses = [wiki.address()?, payroll.address()?];
    let issuer = Issuer::on_localhost(keepsakes.balancer.port());
    let applications = Applications::serve(&issuer, wiki, payroll, &Ambient::default())?;
    println!("{}", boxed(&welcome(cluster, &addresses)));
    told_to_stop().await?;
    applications.stop().await;
    Ok(())
}

/// Adds a person and the applications, unless an earlier time has.
async fn furnish(cluster: &Cluster, keepsakes: &mut Keepsakes) -> Result<[Registered; 2]> {
    let operator = cluster.operator()?;
    if keepsakes.applications.is_empty() {
        add_person(operator).await?;
    }
    let mut places = Vec::new();
    for (number, id) in APPLICATIONS.into_iter().enumerate() {
        let known = keepsakes.applications.get(number).cloned();
        places.push(match known {
            Some(known) => Registered {
                listener: TcpListener::bind(known.address).await?,
                secret: secret(&known.secret)?,
            },
            None => register(id, operator, keepsakes).await?,
        });
    }
    keepsakes.keep(cluster.folder())?;
    let places = places.try_into();
    places.map_err(|_| anyhow::anyhow!("there are two applications"))
}

async fn add_person(operator: &Node) -> Result<()> {
    let email = format!("{USERNAME}@example.com");
    let person = ["user", "add", USERNAME, "--email", &email];
    let person = [&person[..], &["--password-stdin"]].concat();
    operator
        .administer(&person, &format!("{PASSWORD}\n"))
        .await?;
    Ok(())
}

async fn register(id: &str, operator: &Node, keepsakes: &mut Keepsakes) -> Result<Registered> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let home = format!("http://localhost:{}/", listener.local_addr()?.port());
    let callback = format!("{home}callback");
    let arguments = ["client", "add", id, "--redirect-uri", &callback];
    let after = ["--post-logout-redirect-uri", &home];
    let added = operator
        .administer(&[&arguments[..], &after].concat(), "")
        .await?;
    let text = added
        .get("client_secret")
        .and_then(|secret| secret.as_str());
    let text = text.context("`client add` answered without a secret")?;
    keepsakes.applications.push(Application {
        address: listener.local_addr()?,
        secret: text.to_owned(),
    });
    Ok(Registered {
        listener,
        secret: secret(text)?,
    })
}

fn secret(text: &str) -> Result<Secret> {
    Secret::parse(SecretKind::ClientSecret, text).context("a client secret is damaged")
}

fn welcome(cluster: &Cluster, applications: &[url::Url; 2]) -> String {
    let [wiki, payroll] = applications;
    let nodes: Vec<_> = cluster
        .nodes
        .iter()
        .map(|node| node.address().to_string())
        .collect();
    let folder = cluster.folder();
    format!(
        "Two nodes of Doorward are running behind one balancer, on this machine only.\n\n\
         Open       {wiki}   the wiki\n\
         and        {payroll}   the payroll\n\
         Provider   {}\n\
         User name  {USERNAME}\n\
         Password   {PASSWORD}\n\n\
         Nodes      {}\n\
         Logs       {}\n\
         Settings   {}/node-1.toml, node-2.toml\n\n\
         Sign in at the wiki, then at the payroll: the password is asked for once,\n\
         whichever node answers. Kill one of them and go on.\n\
         Stop everything with Ctrl+C, or with `just cluster down` in another terminal.",
        cluster.issuer,
        nodes.join(", "),
        folder.logs().display(),
        folder.path().display(),
    )
}

/// `text` in a box.
fn boxed(text: &str) -> String {
    let lengths = text.lines().map(|line| line.chars().count());
    let width = lengths.max().unwrap_or(0);
    let rule = "─".repeat(width + 2);
    let lines = text.lines().map(|line| format!("│ {line:<width$} │"));
    let lines: Vec<_> = lines.collect();
    format!("┌{rule}┐\n{}\n└{rule}┘", lines.join("\n"))
}

/// A note that says which process keeps a cluster. Dropping it removes it.
struct Running(PathBuf);

impl Running {
    fn note() -> Result<Self> {
        ensure!(
            running().is_none(),
            "a cluster is running already; end it with `just cluster down`"
        );
        let path = note();
        fs::write(&path, std::process::id().to_string())
            .with_context(|| path.display().to_string())?;
        Ok(Self(path))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_file(&self.0)
            && error.kind() != ErrorKind::NotFound
        {
            eprintln!("{}: {error}", self.0.display());
        }
    }
}

fn note() -> PathBuf {
    let user = rustix::process::getuid().as_raw();
    std::env::temp_dir().join(format!("doorward-cluster-{user}.pid"))
}

/// The process that keeps a cluster, if it is one of this program.
fn running() -> Option<Pid> {
    let pid: i32 = fs::read_to_string(note()).ok()?.trim().parse().ok()?;
    let name = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
    let pid = Pid::from_raw(pid)?;
    let is_ours = name.trim() == "doorward-drill" && test_kill_process(pid).is_ok();
    is_ours.then_some(pid)
}
