//! `doorward keys export-public`

use anyhow::{Context as _, Result, ensure};
use clap::Args;
use doorward_core::jose::SigningKey;
use serde_json::{Value, json};

use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::cli::choice::one_of;

pub(super) const EXAMPLES: &str = "\
Whoever verifies tokens without asking the key set at /jwks needs their keys some other way.

Examples:
  The whole key set, as /jwks has it:
    doorward keys export-public

  One key, for a gateway that is configured with PEM:
    doorward keys export-public --kid 2021-key --format pem";

/// How a key is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Jwk,
    Pem,
}

const FORMATS: [(&str, Format); 2] = [("jwk", Format::Jwk), ("pem", Format::Pem)];

/// Print the public halves of signing keys
#[derive(Debug, Args)]
pub(in crate::cli) struct ExportPublic {
    /// One key only
    #[arg(long, value_name = "KID")]
    kid: Option<String>,
    /// As JSON Web Keys (jwk) or as PEM (pem)
    #[arg(long, value_name = "FORMAT", default_value = "jwk", value_parser = one_of(&FORMATS))]
    format: Format,
}

impl ExportPublic {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let sealer = admin.signing_key_sealer().await?;
        let mut keys = Vec::new();
        for stored in admin.directory.keys().all().await? {
            if self.kid.as_ref().is_none_or(|kid| *kid == stored.kid) {
                let opened = SigningKey::unseal(&stored, &sealer);
                keys.push(opened.with_context(|| format!("the signing key {}", stored.kid))?);
            }
        }
        if let Some(kid) = &self.kid {
            ensure!(!keys.is_empty(), "there is no key {kid}");
        }
        match self.format {
            Format::Jwk => jwk(&keys, self.kid.is_some()),
            Format::Pem => pem(&keys),
        }
    }
}

fn jwk(keys: &[SigningKey], one: bool) -> Result<Answer> {
    let keys = keys
        .iter()
        .map(|key| serde_json::to_value(key.public_jwk()));
    let mut keys = keys.collect::<Result<Vec<Value>, _>>()?;
    let value = match keys.pop() {
        Some(key) if one => key,
        last => {
            keys.extend(last);
            json!({ "keys": keys })
        }
    };
    let text = format!("{value:#}");
    Ok(Answer::new(&value, text)?)
}

fn pem(keys: &[SigningKey]) -> Result<Answer> {
    let mut written = Vec::new();
    for key in keys {
        let pem = key.public_pem().context("the key has no public numbers")?;
        written.push((key.kid(), pem));
    }
    let text: Vec<&str> = written.iter().map(|(_, pem)| pem.trim_end()).collect();
    let value: Vec<Value> = written
        .iter()
        .map(|(kid, pem)| json!({ "kid": kid, "pem": pem }))
        .collect();
    Ok(Answer::new(&value, text.join("\n"))?)
}
