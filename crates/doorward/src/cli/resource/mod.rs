//! `doorward resource`

mod details_type;
mod registration;
mod view;

use std::sync::Arc;

use anyhow::{Context as _, Result, bail, ensure};
use clap::{Args, Subcommand};
use doorward_core::identifiers::ClientId;
use doorward_core::resource_server::{Resource as Name, ResourceServer};
use doorward_directory::clients::Added;
use serde_json::json;

use super::administration::Administration;
use super::answer::{Answer, table};
use super::unreadable::Unreadable;

use registration::Registration;

/// APIs that take access tokens
#[derive(Debug, Subcommand)]
pub(super) enum Resource {
    /// Register an API, with its scopes
    #[command(after_help = registration::EXAMPLES)]
    Add(Box<Registration>),
    /// Register an API anew, in place of what it was registered with
    Replace(Box<Registration>),
    /// List the APIs
    List,
    /// Show how an API is registered
    Show(Id),
    /// Print what the API is to publish at /.well-known/oauth-protected-resource
    Metadata(Id),
    /// Remove an API; no client gets tokens for it any more
    #[command(after_help = "\
Tokens that were issued before work until they expire, where the API does not ask about them.
When it asks, it is told that they do not.")]
    Remove(Id),
}

#[derive(Debug, Args)]
pub(super) struct Id {
    /// The identifier of the API
    #[arg(value_name = "URI")]
    resource: Name,
}

impl Resource {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::Add(registration) => add(*registration, admin).await,
            Self::Replace(registration) => replace(*registration, admin).await,
            Self::List => list(admin),
            Self::Show(Id { resource }) => view::answer(&*registered(&resource, admin)?),
            Self::Metadata(Id { resource }) => {
                view::metadata(&*registered(&resource, admin)?, admin)
            }
            Self::Remove(Id { resource }) => remove(&resource, admin).await,
        }
    }
}

/// The API of this identifier; an error that says so when there is none.
fn registered(resource: &Name, admin: &Administration) -> Result<Arc<ResourceServer>> {
    let registry = admin.directory.resource_servers().registry();
    let server = registry.get(resource).cloned();
    server.with_context(|| format!("there is no API {resource}"))
}

async fn add(registration: Registration, admin: &Administration) -> Result<Answer> {
    let server = registration.server(admin.now())?;
    ensure_sound(&server, admin)?;
    let added = admin.directory.resource_servers().add(&server).await?;
    let resource = &server.resource;
    ensure!(
        added == Added::Added,
        "there is an API {resource} already; replace registers it anew"
    );
    admin.record("resource add", resource.to_string()).await?;
    view::answer(&server)
}

async fn replace(registration: Registration, admin: &Administration) -> Result<Answer> {
    let asked = registration.server(admin.now())?;
    let resource = &asked.resource;
    let servers = admin.directory.resource_servers();
    let replaced = servers.update(resource, |before| {
        let server = ResourceServer {
            created_at: before.created_at,
            ..asked.clone()
        };
        ensure_sound(&server, admin)?;
        anyhow::Ok(server)
    });
    let server = replaced.await?.present();
    let server = server.with_context(|| format!("there is no API {resource}"))?;
    admin
        .record("resource replace", resource.to_string())
        .await?;
    view::answer(&server)
}

/// What one API cannot know of itself: a scope is one API's, and who asks about tokens is registered.
fn ensure_sound(server: &ResourceServer, admin: &Administration) -> Result<()> {
    let registry = admin.directory.resource_servers().registry();
    ensure!(
        server.resource.as_str() != admin.configuration.server.issuer.as_str(),
        "{} is the issuer, whose tokens are for its own endpoints",
        server.resource
    );
    if let Some((scope, owner)) = registry.taken(server) {
        bail!("the scope {scope} belongs to {} already", owner.resource);
    }
    if let Some((name, owner)) = registry.taken_type(server) {
        bail!(
            "details of the type {name} belong to {} already",
            owner.resource
        );
    }
    let levels = &admin.configuration.acr.levels.0;
    if let Some(minimum) = &server.authentication.minimum_acr {
        let names: Vec<&str> = levels.iter().map(|level| level.name.as_str()).collect();
        ensure!(
            names.contains(&minimum.as_str()),
            "there is no level {minimum}; the setting acr.levels has {}",
            names.join(", ")
        );
    }
    let clients = admin.directory.clients();
    let unknown = |id: &&ClientId| clients.client(id).is_none();
    match server.introspected_by.iter().find(unknown) {
        None => Ok(()),
        Some(id) => bail!(
            "there is no client {id}; register the API as one: \
             doorward client add {id} --grant-type client_credentials"
        ),
    }
}

fn list(admin: &Administration) -> Result<Answer> {
    let servers = admin.directory.resource_servers();
    let registry = servers.registry();
    let unreadable = Unreadable {
        names: servers.unreadable(),
        member: "resource",
        remove: "doorward resource remove",
    };
    let rows: Vec<[String; 4]> = registry
        .iter()
        .map(|server| {
            [
                server.resource.to_string(),
                server.resource_name.clone(),
                server.access_token_format.as_str().to_owned(),
                server.scopes.scope().to_string(),
            ]
        })
        .collect();
    let views = registry.iter().map(|server| view::members(server));
    let views: Vec<_> = views.chain(unreadable.views()).collect();
    let heads = ["URI", "NAME", "TOKENS", "SCOPES"];
    let text = table(heads, &rows, "no APIs");
    Ok(Answer::new(&views, unreadable.below(text))?)
}

async fn remove(resource: &Name, admin: &Administration) -> Result<Answer> {
    let removed = admin.directory.resource_servers().remove(resource).await?;
    ensure!(removed, "there is no API {resource}");
    admin
        .record("resource remove", resource.to_string())
        .await?;
    Ok(Answer::new(
        &json!({ "resource": resource }),
        format!("removed the API {resource}"),
    )?)
}
