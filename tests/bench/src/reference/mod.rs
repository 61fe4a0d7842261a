//! The reference server: the least that a token endpoint can do on axum. A ceiling to measure against, not a product.
//!
//! It has no sessions, no audit, no limits and no configuration; what it does, it does for real: it
//! authenticates the client, signs the token or makes it durable, and answers in JSON.

mod durable;
mod token;

use std::{net::SocketAddr, path::PathBuf, sync::Arc};

use axum::{
    Json, Router,
    routing::{get, post},
};
use clap::Args;
use serde_json::{Value, json};
use tokio::{net::TcpListener, runtime};

use self::{durable::DurableTokens, token::Issuer};
use crate::{relying_party::Client, signature::Algorithm};

/// How the benchmark starts its own reference server.
#[derive(Args, Debug)]
pub(crate) struct ReferenceArguments {
    /// Where to listen
    #[arg(long)]
    pub(crate) listen: SocketAddr,
    /// The threads that serve requests
    #[arg(long)]
    pub(crate) workers: usize,
    /// The database of durable tokens; it must not exist yet
    #[arg(long)]
    pub(crate) database: PathBuf,
}

/// The one client that the reference server knows.
pub(crate) fn client() -> Client {
    Client::known(token::CLIENT_ID, token::CLIENT_SECRET)
}

/// Where tokens signed with an algorithm are had.
pub(crate) fn token_path(algorithm: Algorithm) -> String {
    format!("/{algorithm}/token")
}

/// Where opaque tokens are had that are on disk before they are answered.
pub(crate) const DURABLE_PATH: &str = "/durable/token";

/// A JSON document of about the size of a token response.
pub(crate) const JSON_PATH: &str = "/json";

/// Serves until the process is ended.
pub(crate) fn serve(arguments: &ReferenceArguments) -> anyhow::Result<()> {
    let issuer = Arc::new(Issuer::new(DurableTokens::create(&arguments.database)?)?);
    let router = Router::new()
        .route("/", get(async || "hello"))
        .route(JSON_PATH, get(async || Json(document())))
        .route(DURABLE_PATH, post(token::durable))
        .route("/{algorithm}/token", post(token::signed))
        .with_state(issuer);
    let runtime = runtime::Builder::new_multi_thread()
        .worker_threads(arguments.workers)
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = TcpListener::bind(arguments.listen).await?;
        axum::serve(listener, router).await?;
        Ok(())
    })
}

fn document() -> Value {
    json!({
        "access_token": "a".repeat(700),
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "openid",
    })
}
