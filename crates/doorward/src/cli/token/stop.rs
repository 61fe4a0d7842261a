//! `doorward token suspend`, `resume` and `revoke`

use anyhow::{Context as _, Result};
use clap::Args;
use doorward_core::api_token::{ApiToken, ApiTokenStatus, Cause, Issuer, StateRefused, resume};
use doorward_core::event::ApiTokenChange;
use doorward_core::identifiers::ApiTokenId;
use doorward_core::person::Username;
use doorward_directory::api_tokens::{ApiTokenFilter, Whose};
use doorward_directory::clients::Updated;
use serde_json::json;

use super::view::Shown;
use super::{Id, absent, found, list, record, with};
use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::cli::text;

pub(super) const SUSPENSIONS: &str = "\
Example:
  doorward token suspend 0192f0c1-0000-7000-8000-000000000000 \\
    --reason 'used from two countries at once'

Its owner sees the reason.";

pub(super) const RESUMPTIONS: &str = "\
Examples:
  doorward token resume 0192f0c1-0000-7000-8000-000000000000
  doorward token resume --restored

After the directory was restored from a backup, every token of that backup waits: it may have been
revoked since. Look at them (doorward token list), revoke those that should be, and resume the rest.";

pub(super) const REVOCATIONS: &str = "\
Examples:
  doorward token revoke 0192f0c1-0000-7000-8000-000000000000
  doorward token revoke --user alice   with those of her projects and service accounts
  doorward token revoke --all          all programs that use one stop working

Each is one step: these tokens are refused from the next request on, and on every node within
a second.";

/// Why, for whoever answers for the token.
#[derive(Debug, Args)]
struct Reason {
    /// Why, for whoever answers for the token
    #[arg(long, value_name = "TEXT", value_parser = text::line)]
    reason: Option<String>,
}

impl Reason {
    fn cause(self) -> Cause {
        let because = |words| Cause::OperatorBecause { words };
        self.reason.map_or(Cause::Operator, because)
    }
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Suspend {
    #[command(flatten)]
    token: Id,
    #[command(flatten)]
    reason: Reason,
}

#[derive(Debug, Args)]
#[group(id = "which", required = true, multiple = false)]
pub(in crate::cli) struct Resume {
    /// The token's ID, as `token list` shows it
    #[arg(value_name = "ID")]
    id: Option<ApiTokenId>,
    /// Every token that waits since the directory was restored
    #[arg(long)]
    restored: bool,
}

#[derive(Debug, Args)]
pub(in crate::cli) struct Revoke {
    #[command(flatten)]
    which: Which,
    #[command(flatten)]
    reason: Reason,
}

/// What ends.
#[derive(Debug, Args)]
#[group(id = "which", required = true, multiple = false)]
struct Which {
    /// The token's ID, as `token list` shows it
    #[arg(value_name = "ID")]
    id: Option<ApiTokenId>,
    /// Every token that this person answers for
    #[arg(long, value_name = "NAME")]
    user: Option<Username>,
    /// Every token that there is
    #[arg(long)]
    all: bool,
}

impl Suspend {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let (now, because) = (admin.now(), self.reason.cause());
        let suspend = |token: &ApiToken| {
            let state = token.state.clone().suspended(now, because.clone());
            if state.is_revoked() {
                return Err(StateRefused::Revoked.into());
            }
            Ok(ApiToken {
                state,
                ..token.clone()
            })
        };
        let change = ApiTokenChange::Suspended {
            because: because.clone(),
        };
        change_one(self.token.id, suspend, ("token suspend", change), admin).await
    }
}

impl Resume {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self.id {
            Some(id) => {
                let change = ("token resume", ApiTokenChange::Resumed);
                change_one(id, |token| resumed(token, admin), change, admin).await
            }
            None => resume_restored(admin).await,
        }
    }
}

fn resumed(token: &ApiToken, admin: &Administration) -> Result<ApiToken> {
    resume(token, Issuer::Somebody, admin.now()).context("the token is not resumed")
}

async fn resume_restored(admin: &Administration) -> Result<Answer> {
    let (tokens, now) = (admin.directory.api_tokens(), admin.now());
    let mut count: u64 = 0;
    for found in list::all(&ApiTokenFilter::All, admin).await? {
        if found.status(now) != ApiTokenStatus::Waiting {
            continue;
        }
        let updated = tokens.update(found.token.id, |token| resumed(token, admin));
        count += u64::from(matches!(updated.await?, Updated::Updated(_)));
    }
    let target = format!("{count} that waited since the directory was restored");
    admin.record("token resume", target).await?;
    let text = format!("resumed {}", counted(count));
    Ok(Answer::new(&json!({ "resumed": count }), text)?)
}

impl Revoke {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let because = self.reason.cause();
        match (self.which.id, &self.which.user) {
            (Some(id), _) => revoke(id, because, admin).await,
            (None, Some(username)) => {
                let person = admin.person(username).await?.id;
                revoke_all(Whose::Person(person), username.as_str(), because, admin).await
            }
            (None, None) => revoke_all(Whose::Everybody, "everybody", because, admin).await,
        }
    }
}

async fn revoke(id: ApiTokenId, because: Cause, admin: &Administration) -> Result<Answer> {
    let now = admin.now();
    let revoke = |token: &ApiToken| {
        let state = token.state.clone().revoked(now, because.clone());
        Ok(ApiToken {
            state,
            ..token.clone()
        })
    };
    let change = ApiTokenChange::Revoked {
        because: because.clone(),
    };
    change_one(id, revoke, ("token revoke", change), admin).await
}

async fn revoke_all(
    whose: Whose,
    name: &str,
    because: Cause,
    admin: &Administration,
) -> Result<Answer> {
    let tokens = admin.directory.api_tokens();
    let count = tokens.revoke_all(whose, because, admin.now()).await?;
    let target = format!("{} of {name}", counted(count));
    admin.record("token revoke", target).await?;
    let text = format!("revoked {}", counted(count));
    Ok(Answer::new(&json!({ "revoked": count }), text)?)
}

/// So many tokens, in words.
pub(in crate::cli) fn counted(count: u64) -> String {
    match count {
        0 => "no API token".to_owned(),
        1 => "1 API token".to_owned(),
        _ => format!("{count} API tokens"),
    }
}

/// Puts what `decide` makes of a token in its place, and records that if it is another.
async fn change_one(
    id: ApiTokenId,
    decide: impl FnMut(&ApiToken) -> Result<ApiToken> + Send,
    (action, change): (&str, ApiTokenChange),
    admin: &Administration,
) -> Result<Answer> {
    let before = found(id, admin).await?;
    let updated = admin.directory.api_tokens().update(id, decide).await?;
    let is_changed = matches!(updated, Updated::Updated(_));
    let token = updated.present().with_context(|| absent(id))?;
    let found = with(before, &token);
    if is_changed {
        record(action, &found, change, admin).await?;
    }
    Shown::of(found, admin).await?.answer(admin.now())
}
