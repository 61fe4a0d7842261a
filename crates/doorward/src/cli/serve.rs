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

The first start makes the data directory, the signing keys and the key that they are sealed with.")]
#[expect(
    clippy::doc_markdown,
    reason = "this is help at the terminal, where backticks are noise"
)]
pub(super) struct Serve {
    /// Listen for HTTP at this IP address and port [default: 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS")]
    listen: Option<String>,
    /// The URL that people and applications reach the provider at [default: http://localhost:8000]
    #[arg(long, value_name = "URL")]
    issuer: Option<String>,
}

impl Serve {
    /// The settings that flags name.
    pub(super) fn flags(&self) -> Vec<(&'static str, &'static str, String)> {
        [
            ("listen", "--listen", &self.listen),
            ("issuer", "--issuer", &self.issuer),
        ]
        .into_iter()
        .filter_map(|(key, flag, value)| Some((key, flag, value.clone()?)))
        .collect()
    }
}

/// Serves what is configured until the process is told to stop.
pub(super) async fn run(loaded: &Loaded, surroundings: &Surroundings) -> Result<Answer> {
    let configuration = &loaded.configuration;
    telemetry::start(&configuration.log)?;
    for name in &loaded.unknown_variables {
        tracing::warn!(variable = name, "this variable means nothing");
    }
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
