//! `doorward token create`

use anyhow::{Context as _, Result, ensure};
use clap::{ArgGroup, Args};
use doorward_core::api_token::{
    ActsFor, ApiToken, Issuer, Issuing, Lifetime, NewApiToken, Owner, ProjectName, Quota,
    ServiceAccountName, TokenName, issue,
};
use doorward_core::event::ApiTokenChange;
use doorward_core::identifiers::ApiTokenId;
use doorward_core::network::Network;
use doorward_core::person::Username;
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;
use doorward_core::secret::Secret;
use doorward_directory::api_tokens::ApiTokenFilter;

use super::view::Shown;
use super::{found, lifetime, record};
use crate::cli::administration::Administration;
use crate::cli::answer::Answer;
use crate::cli::contradiction::Contradiction;
use crate::cli::owner::OwnerArguments;

pub(super) const EXAMPLES: &str = "\
Examples:
  A personal access token, for thirty days and from one office:
    doorward token create 'backup of the wiki' --user alice --scope reports:read \\
      --expires 30d --network 192.0.2.0/24 --network 2001:db8::/32

  A token of a program, which goes on when one of its owners leaves:
    doorward service-account add nightly --owner-group accountants
    doorward token create cron --service-account nightly --scope 'reports:read reports:write'

  An API key, which says whose project a request is; one API counts its uses:
    doorward token create 'shop front' --project website --owner-group web \\
      --resource https://reports.example.com --per-minute 60 --per-day 10000

The token is shown this once: only its hash is kept. Whoever has it can do what it may, so put it
where only its program reads it, and never into an address, an argument or a repository.";

/// Makes a token
#[derive(Debug, Args)]
#[command(group(ArgGroup::new("for").required(true).args(["user", "service_account", "project"])))]
pub(in crate::cli) struct Create {
    /// What to call it, in a word or a line
    #[arg(value_name = "NAME")]
    name: TokenName,
    /// The person that it acts for
    #[arg(long, value_name = "NAME")]
    user: Option<Username>,
    /// The program that it acts for
    #[arg(long, value_name = "NAME")]
    service_account: Option<ServiceAccountName>,
    /// The project that it identifies; --owner-user or --owner-group says who answers for it
    #[arg(long, value_name = "PROJECT")]
    project: Option<ProjectName>,
    #[command(flatten)]
    owner: OwnerArguments,
    /// What it may do: a scope that an API takes API tokens for, or doorward:tokens:read or doorward:tokens:manage; several between quotation marks, or given again
    #[arg(long = "scope", value_name = "SCOPE")]
    scopes: Vec<Scope>,
    /// An API that it is for by name; others follow from its scopes; may be given again
    #[arg(long = "resource", value_name = "URI")]
    resources: Vec<Resource>,
    /// A network that it works from; may be given again [default: everywhere]
    #[arg(long = "network", value_name = "CIDR")]
    networks: Vec<Network>,
    /// How long it works, such as 30d, or never where the configuration allows that [default: as the configuration says]
    #[arg(long, value_name = "TIME", value_parser = lifetime)]
    expires: Option<Lifetime>,
    /// How often it may be used in a minute
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    per_minute: Option<u32>,
    /// How often it may be used in a day, by UTC
    #[arg(long, value_name = "NUMBER", value_parser = clap::value_parser!(u32).range(1..))]
    per_day: Option<u32>,
}

impl Create {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        let (acts_for, owner) = self.acts_for(admin).await?;
        let token = issued(self.asked(acts_for), &owner, admin).await?;
        let secret = Secret::generate(token.kind().secret(), &*admin.random);
        admin.directory.api_tokens().add(&token, &secret).await?;
        let found = found(token.id, admin).await?;
        let change = ApiTokenChange::Created { scope: token.scope };
        record("token create", &found, change, admin).await?;
        let shown = Shown::of(found, admin).await?;
        shown.answer_with(&secret, admin.now(), "")
    }

    /// For whom it is to act, and who answers for it.
    async fn acts_for(&self, admin: &Administration) -> Result<(ActsFor, Owner)> {
        ensure!(
            self.project.is_some() || self.owner.is_empty(),
            Contradiction::OwnerOfNoProject
        );
        match (&self.user, &self.service_account, &self.project) {
            (Some(username), ..) => {
                let person = admin.person(username).await?.id;
                Ok((ActsFor::Person(person), Owner::Person(person)))
            }
            (None, Some(name), _) => {
                let account = admin.directory.service_accounts().get(name).await?;
                let account = account.with_context(|| {
                    format!("there is no service account {name}; `doorward service-account add {name}` makes it")
                })?;
                Ok((ActsFor::ServiceAccount(account.id), account.owner))
            }
            (None, None, Some(project)) => {
                let owner = self.owner.owner(admin).await?;
                let acts_for = ActsFor::Project {
                    project: project.clone(),
                    owner: owner.clone(),
                };
                Ok((acts_for, owner))
            }
            (None, None, None) => Err(Contradiction::TokenOfNobody.into()),
        }
    }

    fn asked(self, acts_for: ActsFor) -> NewApiToken {
        let networks: Vec<Network> = self.networks;
        NewApiToken {
            name: self.name,
            acts_for,
            scope: self
                .scopes
                .into_iter()
                .reduce(|all, more| all.union(&more))
                .unwrap_or_default(),
            resources: self.resources.into_iter().collect(),
            networks: (!networks.is_empty()).then(|| networks.into()),
            quota: Quota {
                per_minute: self.per_minute,
                per_day: self.per_day,
            },
            lifetime: self.expires.unwrap_or_default(),
        }
    }
}

async fn issued(new: NewApiToken, owner: &Owner, admin: &Administration) -> Result<ApiToken> {
    let (tokens, now) = (admin.directory.api_tokens(), admin.now());
    let filter = ApiTokenFilter::of(&new.acts_for);
    let issuing = Issuing {
        by: Issuer::Somebody,
        owner: &tokens.standing_of(owner).await?,
        held: tokens.count(&filter, now).await?,
        servers: &admin.directory.resource_servers().registry(),
        policy: &admin.configuration.api_tokens.policy(),
        now,
    };
    let id = ApiTokenId::generate(now, &*admin.random);
    issue(new, id, issuing).context("the token is not made")
}
