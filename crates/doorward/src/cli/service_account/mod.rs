//! `doorward service-account`

mod view;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use doorward_core::api_token::{ServiceAccount as Account, ServiceAccountName};
use doorward_core::identifiers::ServiceAccountId;
use doorward_core::person::PersonStatus;
use doorward_directory::api_tokens::ApiTokenFilter;
use doorward_directory::clients::Added;
use serde_json::json;

use super::administration::{Administration, PAGE};
use super::answer::Answer;
use super::owner::{Names, OwnerArguments};
use super::token::counted;
use view::Shown;

/// Programs with API tokens of their own
#[derive(Debug, Subcommand)]
#[command(after_help = "\
A service account acts for itself, not for a person, and can do what its owner can, as far as its
tokens name it. It stops working when its owner does: hand it over before somebody leaves.")]
pub(super) enum ServiceAccount {
    /// Add a service account
    #[command(after_help = "\
Examples:
  doorward service-account add nightly --owner-group accountants
  doorward token create cron --service-account nightly --scope reports:read --expires 90d")]
    Add(Owned),
    /// List the service accounts
    List,
    /// Show a service account
    Show(Name),
    /// Let somebody else answer for a service account; its tokens can do what that owner can
    #[command(after_help = "\
Example:
  doorward service-account hand-over nightly --owner-user bob")]
    HandOver(Owned),
    /// Let its tokens no longer be used, until it is enabled
    Disable(Name),
    /// Let its tokens be used again
    Enable(Name),
    /// Remove a service account for good, and all its tokens
    Remove(Name),
}

#[derive(Debug, Args)]
pub(super) struct Owned {
    #[command(flatten)]
    name: Name,
    #[command(flatten)]
    owner: OwnerArguments,
}

#[derive(Debug, Args)]
pub(super) struct Name {
    /// What you call it
    #[arg(value_name = "NAME")]
    name: ServiceAccountName,
}

impl ServiceAccount {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::Add(owned) => owned.add(admin).await,
            Self::List => list(admin).await,
            Self::Show(name) => name.show(admin).await,
            Self::HandOver(owned) => owned.hand_over(admin).await,
            Self::Disable(name) => name.set_status(PersonStatus::Disabled, admin).await,
            Self::Enable(name) => name.set_status(PersonStatus::Enabled, admin).await,
            Self::Remove(name) => name.remove(admin).await,
        }
    }
}

impl Owned {
    async fn add(self, admin: &Administration) -> Result<Answer> {
        let account = Account {
            id: ServiceAccountId::generate(admin.now(), &*admin.random),
            name: self.name.name,
            owner: self.owner.owner(admin).await?,
            status: PersonStatus::Enabled,
            created_at: admin.now(),
        };
        let name = &account.name;
        let added = admin.directory.service_accounts().add(&account).await?;
        ensure!(
            added == Added::Added,
            "there is a service account {name} already; hand-over gives it another owner"
        );
        admin.record("service-account add", name.as_str()).await?;
        Shown::of(account, admin).await?.answer()
    }

    async fn hand_over(self, admin: &Administration) -> Result<Answer> {
        let owner = self.owner.owner(admin).await?;
        let hand_over = |account: &Account| Account {
            owner: owner.clone(),
            ..account.clone()
        };
        self.name
            .change(hand_over, "service-account hand-over", admin)
            .await
    }
}

impl Name {
    async fn account(&self, admin: &Administration) -> Result<Account> {
        let account = admin.directory.service_accounts().get(&self.name).await?;
        account.with_context(|| self.absent())
    }

    fn absent(&self) -> String {
        format!("there is no service account {}", self.name)
    }

    async fn show(&self, admin: &Administration) -> Result<Answer> {
        let account = self.account(admin).await?;
        Shown::of(account, admin).await?.answer()
    }

    async fn set_status(&self, status: PersonStatus, admin: &Administration) -> Result<Answer> {
        let set = |account: &Account| Account {
            status,
            ..account.clone()
        };
        let action = match status {
            PersonStatus::Enabled => "service-account enable",
            PersonStatus::Disabled => "service-account disable",
        };
        self.change(set, action, admin).await
    }

    async fn change(
        &self,
        decide: impl Fn(&Account) -> Account + Send + Sync,
        action: &str,
        admin: &Administration,
    ) -> Result<Answer> {
        let accounts = admin.directory.service_accounts();
        let decide = |account: &Account| anyhow::Ok(decide(account));
        let account = accounts.update(&self.name, decide).await?.present();
        let account = account.with_context(|| self.absent())?;
        admin.record(action, self.name.as_str()).await?;
        let account = account.as_ref().clone();
        Shown::of(account, admin).await?.answer()
    }

    async fn remove(&self, admin: &Administration) -> Result<Answer> {
        let account = self.account(admin).await?;
        let tokens = tokens_of(&account, admin).await?;
        let accounts = admin.directory.service_accounts();
        ensure!(accounts.remove(&self.name).await?, self.absent());
        let target = self.name.as_str();
        admin.record("service-account remove", target).await?;
        let text = format!(
            "removed the service account {}, and {} with it",
            self.name,
            counted(tokens)
        );
        let value = json!({ "name": self.name, "api_tokens": tokens });
        Ok(Answer::new(&value, text)?)
    }
}

/// How many tokens an account has that have neither expired nor been revoked.
async fn tokens_of(account: &Account, admin: &Administration) -> Result<u64> {
    let filter = ApiTokenFilter::ServiceAccount(account.id);
    let tokens = admin.directory.api_tokens();
    Ok(tokens.count(&filter, admin.now()).await?)
}

async fn list(admin: &Administration) -> Result<Answer> {
    let (mut shown, mut names): (Vec<Shown>, _) = (Vec::new(), Names::default());
    loop {
        let after = shown.last().map(|shown| &shown.account.name);
        let page = admin.directory.service_accounts().list(after, PAGE).await?;
        if page.is_empty() {
            return view::list(&shown);
        }
        for account in page {
            shown.push(Shown::named(account, &mut names, admin).await?);
        }
    }
}
