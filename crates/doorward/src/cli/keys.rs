//! `doorward keys`

mod rewrap;

use anyhow::Result;
use clap::Subcommand;
use serde_json::json;

use super::administration::Administration;
use super::answer::{Answer, date, table, timestamp};
use rewrap::Rewrap;

/// Signing keys
#[derive(Debug, Subcommand)]
pub(super) enum Keys {
    /// List the signing keys; private parts are never shown
    List,
    /// Change the key-encryption key, while servers run
    Rewrap(Rewrap),
}

impl Keys {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::List => list(admin).await,
            Self::Rewrap(rewrap) => rewrap.run(admin).await,
        }
    }
}

async fn list(admin: &Administration) -> Result<Answer> {
    let keys = admin.directory.keys().all().await?;
    let rows: Vec<[String; 4]> = keys
        .iter()
        .map(|key| {
            let algorithm = key.algorithm.to_string();
            [
                key.kid.clone(),
                algorithm,
                key.state.as_str().to_owned(),
                date(key.created_at),
            ]
        })
        .collect();
    let value: Vec<_> = keys
        .iter()
        .map(|key| {
            json!({
                "kid": key.kid,
                "algorithm": key.algorithm,
                "state": key.state.as_str(),
                "created_at": timestamp(key.created_at),
            })
        })
        .collect();
    let text = table(
        ["KID", "ALGORITHM", "STATE", "MADE"],
        &rows,
        "no keys yet; the first start makes them",
    );
    Ok(Answer::new(&value, text)?)
}
