//! `doorward site`

mod attempt;
mod registration;
mod view;

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Subcommand};
use doorward_core::forward_auth::{Site as Registered, SiteHost, Who};
use doorward_core::person::GroupName;
use doorward_directory::clients::Added;
use serde_json::json;

use super::administration::Administration;
use super::answer::{Answer, table};
use super::unreadable::Unreadable;

use attempt::Attempt;
use registration::Registration;

/// Web applications behind a proxy that asks Doorward about each request
#[derive(Debug, Subcommand)]
pub(super) enum Site {
    /// Protect a site by rules; what no rule allows is denied
    #[command(after_help = registration::EXAMPLES)]
    Add(Box<Registration>),
    /// Protect a site by other rules, in place of all that it has
    Replace(Box<Registration>),
    /// List the sites
    List,
    /// Show the rules of a site
    Show(Host),
    /// Say which rule decides about a request, and why the others do not
    #[command(after_help = attempt::EXAMPLES)]
    Try(Box<Attempt>),
    /// Remove a site; its proxy lets nobody pass any more
    Remove(Host),
}

#[derive(Debug, Args)]
pub(super) struct Host {
    /// The host of the site's addresses
    #[arg(value_name = "HOST")]
    host: SiteHost,
}

impl Site {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::Add(registration) => add(*registration, admin).await,
            Self::Replace(registration) => replace(*registration, admin).await,
            Self::List => list(admin),
            Self::Show(Host { host }) => view::answer(&*registered(&host, admin)?),
            Self::Try(attempt) => attempt.run(admin).await,
            Self::Remove(Host { host }) => remove(&host, admin).await,
        }
    }
}

/// The site at this host; an error that says so when there is none.
fn registered(host: &SiteHost, admin: &Administration) -> Result<Arc<Registered>> {
    let registry = admin.directory.sites().registry();
    let site = registry.at(host.as_str()).cloned();
    site.with_context(|| format!("there is no site {host}"))
}

async fn add(registration: Registration, admin: &Administration) -> Result<Answer> {
    let site = registration.site(admin.now())?;
    ensure_sound(&site, admin).await?;
    let added = admin.directory.sites().add(&site).await?;
    let host = &site.host;
    ensure!(
        added == Added::Added,
        "there is a site {host} already; replace gives it other rules"
    );
    admin.record("site add", host.as_str()).await?;
    view::answer(&site)
}

async fn replace(registration: Registration, admin: &Administration) -> Result<Answer> {
    let asked = registration.site(admin.now())?;
    ensure_sound(&asked, admin).await?;
    let host = &asked.host;
    let sites = admin.directory.sites();
    let replaced = sites.update(host, |before| {
        anyhow::Ok(Registered {
            created_at: before.created_at,
            ..asked.clone()
        })
    });
    let site = replaced.await?.present();
    let site = site.with_context(|| format!("there is no site {host}"))?;
    admin.record("site replace", host.as_str()).await?;
    view::answer(&site)
}

/// What a site cannot know of itself: whether what its rules name exists, and whether it is not the provider.
async fn ensure_sound(site: &Registered, admin: &Administration) -> Result<()> {
    let issuer = admin.configuration.server.issuer.as_str();
    let ours = issuer.split("://").nth(1).unwrap_or_default();
    ensure!(
        site.host.as_str() != ours,
        "{ours} is the provider itself, which protects its own pages"
    );
    if let Some(resource) = &site.resource {
        let servers = admin.directory.resource_servers().registry();
        ensure!(
            servers.get(resource).is_some(),
            "there is no API {resource}; doorward resource add registers it"
        );
    }
    let groups = admin.directory.groups().list().await?;
    let whom = site.rules.iter().flat_map(|rule| rule.verdict.whom());
    for who in whom {
        ensure_scopes(who, site, admin)?;
        let (_, named) = who.names();
        let unknown = |name: &&GroupName| groups.iter().all(|group| group.name != **name);
        if let Some(name) = named.iter().find(unknown) {
            bail!("there is no group {name}; doorward group add {name} makes it");
        }
    }
    Ok(())
}

/// The tokens that a rule speaks of are for the API of the site, and have a scope of it.
fn ensure_scopes(who: &Who, site: &Registered, admin: &Administration) -> Result<()> {
    if !who.is_by_token() {
        return Ok(());
    }
    let Some(resource) = &site.resource else {
        bail!("{who} speaks of access tokens, so --resource has to say which API they are for");
    };
    let servers = admin.directory.resource_servers().registry();
    let foreign = |token: &&str| {
        let owner = servers.of_scope(token);
        owner.is_none_or(|owner| owner.resource != *resource)
    };
    match who.names().0.iter().find(foreign) {
        None => Ok(()),
        Some(token) => bail!(
            "{resource} has no scope {token}; doorward resource show {resource} lists those that it has"
        ),
    }
}

fn list(admin: &Administration) -> Result<Answer> {
    let sites = admin.directory.sites();
    let registry = sites.registry();
    let unreadable = Unreadable {
        names: sites.unreadable(),
        member: "host",
        remove: "doorward site remove",
    };
    let rows: Vec<[String; 4]> = registry
        .iter()
        .map(|site| {
            let resource = site.resource.as_ref();
            [
                site.host.to_string(),
                site.name.clone(),
                site.rules.len().to_string(),
                resource.map(ToString::to_string).unwrap_or_default(),
            ]
        })
        .collect();
    let views = registry.iter().map(|site| view::members(site));
    let views: Vec<_> = views.chain(unreadable.views()).collect();
    let heads = ["HOST", "NAME", "RULES", "TOKENS FOR"];
    let text = table(heads, &rows, "no sites");
    Ok(Answer::new(&views, unreadable.below(text))?)
}

async fn remove(host: &SiteHost, admin: &Administration) -> Result<Answer> {
    let removed = admin.directory.sites().remove(host).await?;
    ensure!(removed, "there is no site {host}");
    admin.record("site remove", host.as_str()).await?;
    Ok(Answer::new(
        &json!({ "host": host }),
        format!("removed the site {host}; its proxy lets nobody pass any more"),
    )?)
}
