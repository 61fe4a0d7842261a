//! `doorward registration`

use std::time::Duration;

use anyhow::{Result, ensure};
use clap::{Args, Subcommand};
use doorward_core::registration::RegistrationAccess;
use doorward_core::secret::{Secret, SecretKind};
use doorward_directory::clients::Added;
use doorward_directory::initial_access_tokens::InitialAccessToken;
use serde_json::json;

use super::administration::Administration;
use super::answer::{Answer, table, timestamp};
use super::text;

/// Who may register applications without you
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Applications register themselves at /register when the configuration lets them:
  [registration]
  access = \"initial_access_token\"

A token lets whoever has it register so many applications:
  doorward registration add-token partners --uses 20 --lifetime 30d")]
pub(super) enum Registration {
    /// Make a token that lets somebody register applications
    AddToken(AddToken),
    /// List the tokens
    ListTokens,
    /// Remove a token; the applications that were registered with it stay
    RemoveToken(Name),
}

#[derive(Debug, Args)]
pub(super) struct AddToken {
    /// What you call it
    #[arg(value_name = "NAME", value_parser = text::line)]
    name: String,
    /// How many applications may be registered with it
    #[arg(long, value_name = "NUMBER", default_value = "1", value_parser = clap::value_parser!(u32).range(1..=10_000))]
    uses: u32,
    /// How long it works
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = lifetime)]
    lifetime: Duration,
}

#[derive(Debug, Args)]
pub(super) struct Name {
    /// What you call it
    #[arg(value_name = "NAME")]
    name: String,
}

impl Registration {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::AddToken(token) => token.run(admin).await,
            Self::ListTokens => list(admin).await,
            Self::RemoveToken(Name { name }) => remove(&name, admin).await,
        }
    }
}

impl AddToken {
    async fn run(self, admin: &Administration) -> Result<Answer> {
        let token = Secret::generate(SecretKind::InitialAccessToken, &*admin.random);
        let about = InitialAccessToken {
            expires_at: admin.now().plus(self.lifetime),
            created_at: admin.now(),
            uses_left: self.uses,
            name: self.name,
        };
        let tokens = admin.directory.initial_access_tokens();
        let added = tokens.add(&about, &token).await?;
        let name = &about.name;
        ensure!(added == Added::Added, "there is a token {name} already");
        admin.record("registration add-token", name.clone()).await?;
        let mut text = format!(
            "{}\n\nIt is shown this once, and works until {} for {} registrations at /register.",
            token.reveal(),
            timestamp(about.expires_at),
            about.uses_left,
        );
        let access = admin.configuration.registration.access.0;
        if access == RegistrationAccess::Closed {
            text.push_str("\nRegistration is closed: set access = \"initial_access_token\" in [registration].");
        }
        let mut members = members(&about);
        if let Some(members) = members.as_object_mut() {
            members.insert("initial_access_token".to_owned(), token.reveal().into());
        }
        Ok(Answer::new(&members, text)?)
    }
}

async fn list(admin: &Administration) -> Result<Answer> {
    let tokens = admin.directory.initial_access_tokens().list().await?;
    let rows: Vec<[String; 3]> = tokens
        .iter()
        .map(|token| {
            [
                token.name.clone(),
                token.uses_left.to_string(),
                timestamp(token.expires_at),
            ]
        })
        .collect();
    let views: Vec<_> = tokens.iter().map(members).collect();
    let heads = ["NAME", "USES LEFT", "WORKS UNTIL"];
    Ok(Answer::new(&views, table(heads, &rows, "no tokens"))?)
}

async fn remove(name: &str, admin: &Administration) -> Result<Answer> {
    let removed = admin.directory.initial_access_tokens().remove(name).await?;
    ensure!(removed, "there is no token {name}");
    admin
        .record("registration remove-token", name.to_owned())
        .await?;
    Ok(Answer::new(
        &json!({ "name": name }),
        format!("removed the token {name}"),
    )?)
}

fn members(token: &InitialAccessToken) -> serde_json::Value {
    json!({
        "name": token.name,
        "uses_left": token.uses_left,
        "created_at": timestamp(token.created_at),
        "expires_at": timestamp(token.expires_at),
    })
}

fn lifetime(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .filter(|seconds| (60..=365 * 86_400).contains(seconds))
        .map(Duration::from_secs)
        .ok_or("allowed is a time from 1m to 365d")
}
