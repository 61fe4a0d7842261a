//! A service account as answers show it.

use anyhow::Result;
use doorward_core::api_token::ServiceAccount;
use doorward_core::person::PersonStatus;
use serde_json::{Value, json};

use super::tokens_of;
use crate::cli::administration::Administration;
use crate::cli::answer::{Answer, date, facts, table, timestamp};
use crate::cli::owner::{NamedOwner, Names};

/// An account, with the name of its owner and the number of its tokens.
pub(super) struct Shown {
    pub(super) account: ServiceAccount,
    owner: NamedOwner,
    tokens: u64,
}

impl Shown {
    pub(super) async fn of(account: ServiceAccount, admin: &Administration) -> Result<Self> {
        Self::named(account, &mut Names::default(), admin).await
    }

    pub(super) async fn named(
        account: ServiceAccount,
        names: &mut Names,
        admin: &Administration,
    ) -> Result<Self> {
        Ok(Self {
            owner: names.of_owner(&account.owner, admin).await?,
            tokens: tokens_of(&account, admin).await?,
            account,
        })
    }

    pub(super) fn answer(&self) -> Result<Answer> {
        let account = &self.account;
        let text = facts(&[
            ("name", Some(account.name.to_string())),
            ("sub", Some(account.id.to_string())),
            ("owner", Some(self.owner.in_words())),
            ("status", Some(self.status().to_owned())),
            ("created", Some(date(account.created_at))),
            ("API tokens", Some(self.tokens.to_string())),
        ]);
        Ok(Answer::new(&self.members(), text)?)
    }

    fn members(&self) -> Value {
        let account = &self.account;
        json!({
            "name": account.name,
            "sub": account.id,
            "owner_user": self.owner.user(),
            "owner_group": self.owner.group(),
            "status": account.status,
            "created_at": timestamp(account.created_at),
            "api_tokens": self.tokens,
        })
    }

    const fn status(&self) -> &'static str {
        match self.account.status {
            PersonStatus::Enabled => "enabled",
            PersonStatus::Disabled => "disabled",
        }
    }

    fn row(&self) -> [String; 4] {
        [
            self.account.name.to_string(),
            self.owner.in_words(),
            self.status().to_owned(),
            self.tokens.to_string(),
        ]
    }
}

/// The answer that lists accounts.
pub(super) fn list(accounts: &[Shown]) -> Result<Answer> {
    let views: Vec<Value> = accounts.iter().map(Shown::members).collect();
    let rows: Vec<[String; 4]> = accounts.iter().map(Shown::row).collect();
    let headings = ["NAME", "OWNER", "STATUS", "API TOKENS"];
    let text = table(headings, &rows, "no service accounts");
    Ok(Answer::new(&views, text)?)
}
