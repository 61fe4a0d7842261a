//! `doorward assertion-issuer`

mod registration;
mod view;

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Subcommand};
use doorward_core::assertion_issuer::{
    AssertionIssuer as Registered, AssertionIssuerName as Name, AssertionIssuerStatus as Status,
};
use doorward_core::client::GrantType;
use doorward_core::identifiers::ClientId;
use doorward_core::resource_server::Resource;
use doorward_directory::clients::Added;
use serde_json::json;

use super::administration::Administration;
use super::answer::{Answer, table};
use super::unreadable::Unreadable;

use registration::Registration;

/// Others whose word is taken for who somebody is, so that applications get tokens for it
#[derive(Debug, Subcommand)]
pub(super) enum AssertionIssuer {
    /// Trust somebody's word, for some applications and some APIs
    #[command(after_help = registration::EXAMPLES)]
    Add(Box<Registration>),
    /// Register one anew, in place of what it was registered with
    Replace(Box<Registration>),
    /// List those whose word is trusted
    List,
    /// Show what somebody's word is good for
    Show(Id),
    /// Trust somebody's word again
    Enable(Id),
    /// Trust somebody's word no more for the time being; tokens that came of it stop working where Doorward is asked
    Disable(Id),
    /// Remove one; tokens that came of its word stop working where Doorward is asked
    Remove(Id),
}

#[derive(Debug, Args)]
pub(super) struct Id {
    /// What you call it
    #[arg(value_name = "NAME")]
    name: Name,
}

impl AssertionIssuer {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::Add(registration) => add(*registration, admin).await,
            Self::Replace(registration) => replace(*registration, admin).await,
            Self::List => list(admin),
            Self::Show(Id { name }) => view::answer(&*registered(&name, admin)?),
            Self::Enable(Id { name }) => set_status(&name, Status::Enabled, admin).await,
            Self::Disable(Id { name }) => set_status(&name, Status::Disabled, admin).await,
            Self::Remove(Id { name }) => remove(&name, admin).await,
        }
    }
}

/// The assertion issuer of this name; an error that says so when there is none.
fn registered(name: &Name, admin: &Administration) -> Result<Arc<Registered>> {
    let registry = admin.directory.assertion_issuers().registry();
    let issuer = registry.get(name).cloned();
    issuer.with_context(|| format!("there is no assertion issuer {name}"))
}

async fn add(registration: Registration, admin: &Administration) -> Result<Answer> {
    let issuer = registration.issuer(admin.now())?;
    ensure_sound(&issuer, admin)?;
    let added = admin.directory.assertion_issuers().add(&issuer).await?;
    let name = &issuer.name;
    ensure!(
        added == Added::Added,
        "there is an assertion issuer {name} already; replace registers it anew"
    );
    admin.record("assertion-issuer add", name.as_str()).await?;
    view::answer(&issuer)
}

async fn replace(registration: Registration, admin: &Administration) -> Result<Answer> {
    let asked = registration.issuer(admin.now())?;
    let replace = |before: &Registered| {
        let issuer = Registered {
            status: before.status,
            created_at: before.created_at,
            ..asked.clone()
        };
        ensure_sound(&issuer, admin)?;
        Ok(issuer)
    };
    change(&asked.name, replace, "assertion-issuer replace", admin).await
}

async fn set_status(name: &Name, status: Status, admin: &Administration) -> Result<Answer> {
    let set = |before: &Registered| {
        Ok(Registered {
            status,
            ..before.clone()
        })
    };
    let action = match status {
        Status::Enabled => "assertion-issuer enable",
        Status::Disabled => "assertion-issuer disable",
    };
    change(name, set, action, admin).await
}

async fn change(
    name: &Name,
    decide: impl FnMut(&Registered) -> Result<Registered> + Send,
    action: &str,
    admin: &Administration,
) -> Result<Answer> {
    let issuers = admin.directory.assertion_issuers();
    let issuer = issuers.update(name, decide).await?.present();
    let issuer = issuer.with_context(|| format!("there is no assertion issuer {name}"))?;
    admin.record(action, name.as_str()).await?;
    view::answer(&issuer)
}

/// What one registration cannot know of itself: who is registered, and whom somebody else speaks of already.
fn ensure_sound(issuer: &Registered, admin: &Administration) -> Result<()> {
    let ours = admin.configuration.server.issuer.as_str();
    ensure!(
        issuer.issuer.as_str() != ours,
        "{ours} is the issuer itself; its tokens are exchanged instead (client add --exchange-for)"
    );
    let registry = admin.directory.assertion_issuers().registry();
    if let Some((client, by)) = registry.taken(issuer) {
        bail!(
            "{client} brings assertions of {} already, as {} has it; one registration says what they are worth",
            issuer.issuer,
            by.name
        );
    }
    let clients = admin.directory.clients();
    let cannot = |id: &&ClientId| {
        let client = clients.client(id);
        !client.is_some_and(|client| client.may_use(GrantType::JwtBearer))
    };
    if let Some(id) = issuer.clients.iter().find(cannot) {
        bail!(
            "there is no client {id} that may use assertions; register it so: \
             doorward client add {id} --public --grant-type jwt_bearer --scope SCOPE"
        );
    }
    let servers = admin.directory.resource_servers().registry();
    let unknown = |resource: &&Resource| servers.get(resource).is_none();
    match issuer.resources.iter().find(unknown) {
        None => Ok(()),
        Some(resource) => bail!("there is no API {resource}; doorward resource add registers it"),
    }
}

fn list(admin: &Administration) -> Result<Answer> {
    let issuers = admin.directory.assertion_issuers();
    let registry = issuers.registry();
    let unreadable = Unreadable {
        names: issuers.unreadable(),
        member: "name",
        remove: "doorward assertion-issuer remove",
    };
    let rows: Vec<[String; 4]> = registry
        .iter()
        .map(|issuer| {
            [
                issuer.name.to_string(),
                issuer.issuer.to_string(),
                view::status(issuer).to_owned(),
                view::joined(&issuer.clients),
            ]
        })
        .collect();
    let views = registry.iter().map(|issuer| view::members(issuer));
    let views: Vec<_> = views.chain(unreadable.views()).collect();
    let heads = ["NAME", "ISSUER", "STATUS", "CLIENTS"];
    let text = table(heads, &rows, "no assertion issuers");
    Ok(Answer::new(&views, unreadable.below(text))?)
}

async fn remove(name: &Name, admin: &Administration) -> Result<Answer> {
    let removed = admin.directory.assertion_issuers().remove(name).await?;
    ensure!(removed, "there is no assertion issuer {name}");
    admin
        .record("assertion-issuer remove", name.as_str())
        .await?;
    Ok(Answer::new(
        &json!({ "name": name }),
        format!("removed the assertion issuer {name}"),
    )?)
}
