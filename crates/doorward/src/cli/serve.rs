//! `doorward serve`

use anyhow::{Context as _, Result};
use clap::Args;
use tokio::net::TcpListener;

use super::Surroundings;
use super::answer::Answer;
use crate::configuration::Loaded;
use crate::server::Server;
use crate::{signals, telemetry};

/// Starts the provider and serves until SIGTERM or Ctrl+C
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  doorward serve
  doorward serve --config /etc/doorward.toml
  doorward serve --issuer https://login.example.com --listen 0.0.0.0:8000

The first start makes the data directory, the signing keys and the key that they are sealed with.
Logs go to standard error: for people on a terminal, JSON elsewhere and with --json.
After SIGTERM, requests that have begun are answered.")]
pub(super) struct Serve {
    /// Listen for HTTP at this IP address and port [default: 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    #[arg(
        long,
        value_name = "URL",
        help = "The URL that people and applications reach the provider at, without a path [default: http://localhost:8000]"
    )]
    issuer: Option<String>,
}

impl Serve {
    /// The settings that flags name; `json` is what `--json` means here, where only the log answers.
    pub(super) fn flags(&self, json: bool) -> Vec<(&'static str, &'static str, String)> {
        [
            ("listen", "--listen", self.listen.clone()),
            ("issuer", "--issuer", self.issuer.clone()),
            ("log.format", "--json", json.then(|| "json".to_owned())),
        ]
        .into_iter()
        .filter_map(|(key, flag, value)| Some((key, flag, value?)))
        .collect()
    }
}

/// Serves what is configured until the process is told to stop.
pub(super) async fn run(loaded: &Loaded, surroundings: &Surroundings) -> Result<Answer> {
    let configuration = &loaded.configuration;
    telemetry::start(&configuration.log)?;
    warn(loaded);
    let stopped = signals::stop()?;
    let listen = configuration.server.listen;
    let listener = TcpListener::bind(listen)
        .await
        .with_context(|| format!("cannot listen on {listen}"))?;
    let server = Server::start(listener, configuration, &surroundings.ambient()).await?;
    stopped.await;
    server.stop().await?;
    Ok(Answer::none())
}

/// Says what is allowed and may still be a mistake.
fn warn(loaded: &Loaded) {
    for name in &loaded.unknown_variables {
        tracing::warn!(variable = name, "there is no setting of this variable");
    }
    let issuer = &loaded.configuration.server.issuer;
    if issuer.is_plain_http() {
        tracing::warn!(
            %issuer,
            "the issuer is http on this machine, which is for trying out: \
             set an https issuer before anybody signs in from elsewhere"
        );
    }
}
