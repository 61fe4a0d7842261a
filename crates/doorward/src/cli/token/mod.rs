//! `doorward token`

mod check;
mod create;
mod list;
mod rotate;
mod stop;
mod view;

use std::time::Duration;

use anyhow::{Context as _, Result};
use clap::{Args, Subcommand};
use doorward_core::api_token::{ApiToken, FoundToken, Lifetime};
use doorward_core::event::{ApiTokenChange, Event, EventRecord};
use doorward_core::identifiers::{ApiTokenId, EventId};

use super::Input;
use super::administration::Administration;
use super::answer::Answer;
use check::Check;
use create::Create;
use list::List;
use rotate::Rotate;
pub(super) use stop::counted;
use stop::{Resume, Revoke, Suspend};
use view::Shown;

/// Tokens that people, programs and projects show to APIs
#[derive(Debug, Subcommand)]
#[command(after_help = "\
Three kinds: a personal access token (dw_pat_…) acts for a person, a token of a service account
(dw_sat_…) for a program, and an API key (dw_key_…) says which project a request belongs to.
Which scopes they may have is said by the API: doorward resource add --api-token-scope.

Their time, number and networks are limited by the section [api_tokens] of the configuration.")]
pub(super) enum Token {
    /// Make a token, which is shown this once
    #[command(after_help = create::EXAMPLES)]
    Create(Box<Create>),
    /// List tokens, the newest first
    List(List),
    /// Show a token: what it may do, until when, and whether it works
    Show(Id),
    /// Give a token another secret; the one before goes on for a while
    #[command(after_help = rotate::EXAMPLES)]
    Rotate(Rotate),
    /// Stop a token until it is resumed
    #[command(after_help = stop::SUSPENSIONS)]
    Suspend(Suspend),
    /// Let a token work again that was suspended, or that waits since the directory was restored
    #[command(after_help = stop::RESUMPTIONS)]
    Resume(Resume),
    /// End a token, all tokens of a person, or all that there are: nothing revives them
    #[command(after_help = stop::REVOCATIONS)]
    Revoke(Revoke),
    /// Tell whether a token works, and why not; it is read from standard input
    #[command(after_help = check::EXAMPLES)]
    Check(Check),
}

#[derive(Debug, Args)]
pub(super) struct Id {
    /// The token's ID, as `token list` shows it: not the token itself
    #[arg(value_name = "ID")]
    id: ApiTokenId,
}

impl Token {
    pub(super) async fn run(self, admin: &Administration, input: &mut Input) -> Result<Answer> {
        match self {
            Self::Create(create) => create.run(admin).await,
            Self::List(list) => list.run(admin).await,
            Self::Show(Id { id }) => {
                let shown = Shown::of(found(id, admin).await?, admin).await?;
                shown.answer(admin.now())
            }
            Self::Rotate(rotate) => rotate.run(admin).await,
            Self::Suspend(suspend) => suspend.run(admin).await,
            Self::Resume(resume) => resume.run(admin).await,
            Self::Revoke(revoke) => revoke.run(admin).await,
            Self::Check(check) => check.run(admin, input).await,
        }
    }
}

/// The token of this ID; an error that says so when there is none.
async fn found(id: ApiTokenId, admin: &Administration) -> Result<FoundToken> {
    let found = admin.directory.api_tokens().by_id(id).await?;
    found.with_context(|| absent(id))
}

fn absent(id: ApiTokenId) -> String {
    format!("there is no API token {id}; `doorward token list` shows those that there are")
}

/// Records that an operator did `action` to a token, and what came of it.
async fn record(
    action: &str,
    found: &FoundToken,
    change: ApiTokenChange,
    admin: &Administration,
) -> Result<()> {
    let administered = admin.record_of(action, found.token.id.to_string());
    let changed = EventRecord {
        id: EventId::generate(administered.at, &*admin.random),
        at: administered.at,
        reference: None,
        event: Event::ApiTokenChanged {
            token: found.token.id,
            name: found.token.name.to_string(),
            owner: owner(found),
            change,
        },
    };
    let records = vec![administered, changed];
    Ok(admin.directory.events().record(records).await?)
}

fn owner(found: &FoundToken) -> String {
    found
        .owner()
        .map_or_else(|| "nobody".to_owned(), |owner| owner.to_string())
}

/// The token as it is known with what `change` made of it.
fn with(found: FoundToken, token: &ApiToken) -> FoundToken {
    FoundToken {
        token: token.clone(),
        ..found
    }
}

/// How long a token is to live, as an argument says it.
fn lifetime(text: &str) -> Result<Lifetime, &'static str> {
    match text {
        "never" => Ok(Lifetime::Endless),
        text => span(text).map(Lifetime::For),
    }
    .map_err(|_: &str| "allowed is a time such as 30d or 12h, or never")
}

fn span(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .map(Duration::from_secs)
        .ok_or("allowed is a time such as 24h or 7d")
}
