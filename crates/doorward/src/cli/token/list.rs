//! `doorward token list`

use anyhow::{Context as _, Result};
use clap::Args;
use doorward_core::api_token::{FoundToken, ProjectName, ServiceAccountName};
use doorward_core::person::Username;
use doorward_directory::api_tokens::ApiTokenFilter;

use super::view::{self, Shown};
use crate::cli::administration::{Administration, PAGE};
use crate::cli::answer::Answer;
use crate::cli::owner::Names;

/// Whose tokens are listed
#[derive(Debug, Args)]
#[group(multiple = false)]
pub(in crate::cli) struct List {
    /// Only those that this person answers for: their own, those of their projects, and those of their service accounts
    #[arg(long, value_name = "NAME")]
    user: Option<Username>,
    /// Only those of this program
    #[arg(long, value_name = "NAME")]
    service_account: Option<ServiceAccountName>,
    /// Only those of this project
    #[arg(long, value_name = "PROJECT")]
    project: Option<ProjectName>,
}

impl List {
    pub(super) async fn run(&self, admin: &Administration) -> Result<Answer> {
        let (mut shown, mut names) = (Vec::new(), Names::default());
        for found in all(&self.filter(admin).await?, admin).await? {
            shown.push(Shown::named(found, &mut names, admin).await?);
        }
        view::list(&shown, admin.now())
    }

    async fn filter(&self, admin: &Administration) -> Result<ApiTokenFilter> {
        if let Some(username) = &self.user {
            let person = admin.person(username).await?.id;
            return Ok(ApiTokenFilter::AnsweredForBy(person));
        }
        if let Some(name) = &self.service_account {
            let account = admin.directory.service_accounts().get(name).await?;
            let account = account.with_context(|| format!("there is no service account {name}"))?;
            return Ok(ApiTokenFilter::ServiceAccount(account.id));
        }
        let project = self.project.clone();
        Ok(project.map_or(ApiTokenFilter::All, ApiTokenFilter::Project))
    }
}

/// All tokens of a filter, page by page.
pub(super) async fn all(
    filter: &ApiTokenFilter,
    admin: &Administration,
) -> Result<Vec<FoundToken>> {
    let tokens = admin.directory.api_tokens();
    let mut all: Vec<FoundToken> = Vec::new();
    loop {
        let after = all.last().map(|found| found.token.id);
        let page = tokens.list(filter, after, PAGE).await?;
        if page.is_empty() {
            return Ok(all);
        }
        all.extend(page);
    }
}
