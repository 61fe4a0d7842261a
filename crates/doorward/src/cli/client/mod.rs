//! `doorward client`

mod certificates;
mod encrypted_responses;
mod maker;
mod registration;
mod request_objects;
mod view;

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use clap::{Args, Subcommand};
use doorward_core::client::{AuthMethod, Client as Registered, ClientSecret, ConsentPolicy};
use doorward_core::identifiers::ClientId;
use doorward_core::registration::Dynamic;
use doorward_directory::clients::{Added, Updated};
use serde_json::json;

use super::administration::Administration;
use super::answer::{Answer, table};
use super::unreadable::Unreadable;

use maker::Maker;
pub(super) use registration::ALGORITHMS;
use registration::Registration;

/// Applications that people sign in to
#[derive(Debug, Subcommand)]
pub(super) enum Client {
    /// Register an application
    #[command(after_help = registration::EXAMPLES)]
    Add(Box<Registration>),
    /// Register an application anew, in place of what it was registered with; its secrets and its tokens stay
    #[command(after_help = "\
Everything that is not said is as for a new application, so say all of it. What `client show` prints is what it has.
An application that changes to client_secret_jwt or from it gets a new secret, and the old one stops working at once.

Example, with new keys:
  doorward client replace ledger --profile fapi2 --redirect-uri https://ledger.example.com/cb \
    --jwks new.jwks.json")]
    Replace(Box<Registration>),
    /// List the applications
    List,
    /// Show how an application is registered
    Show(Id),
    /// Give an application a new secret
    #[command(after_help = "\
Examples:
  The old secret stops working at once:
    doorward client rotate-secret wiki

  Both work for a week, in which the application gets the new one:
    doorward client rotate-secret wiki --overlap 7d

  A secret that has to be changed again within 90 days:
    doorward client rotate-secret wiki --overlap 7d --lifetime 90d")]
    RotateSecret(RotateSecret),
    /// Remove an application; its tokens stop working
    Remove(Id),
}

#[derive(Debug, Args)]
pub(super) struct Id {
    /// The client id
    #[arg(value_name = "ID")]
    id: ClientId,
}

#[derive(Debug, Args)]
pub(super) struct RotateSecret {
    /// The client id
    #[arg(value_name = "ID")]
    id: ClientId,
    /// Let the old secret work for this long, such as 7d; two work at most [default: not at all]
    #[arg(long, alias = "keep-old", value_name = "TIME", value_parser = span)]
    overlap: Option<Duration>,
    /// Let the new secret end by itself after this long, such as 90d [default: it does not]
    #[arg(long, value_name = "TIME", value_parser = span)]
    lifetime: Option<Duration>,
}

impl Client {
    pub(super) async fn run(self, admin: &Administration) -> Result<Answer> {
        match self {
            Self::Add(registration) => add(*registration, admin).await,
            Self::Replace(registration) => replace(*registration, admin).await,
            Self::List => list(admin),
            Self::Show(Id { id }) => view::answer(&*registered(&id, admin)?, None, admin.now()),
            Self::RotateSecret(rotation) => rotation.run(admin).await,
            Self::Remove(Id { id }) => remove(&id, admin).await,
        }
    }
}

/// The client of this id; an error that says so when there is none.
fn registered(id: &ClientId, admin: &Administration) -> Result<Arc<Registered>> {
    let client = admin.directory.clients().client(id);
    client.with_context(|| format!("there is no client {id}"))
}

async fn add(registration: Registration, admin: &Administration) -> Result<Answer> {
    let lifetime = registration.secret_lifetime;
    let mut client = registration.client(admin.now())?;
    let maker = Maker::of(client.token_endpoint_auth_method, lifetime, admin).await?;
    let secret = maker.first_secret(&mut client, admin);
    let id = client.client_id.clone();
    let added = admin.directory.clients().add(&client).await?;
    ensure!(
        added == Added::Added,
        "there is a client {id} already; replace registers it anew"
    );
    admin.record("client add", id.to_string()).await?;
    let added = view::answer(&client, secret.as_ref(), admin.now())?;
    Ok(certificates::with_warning(added, &client, admin))
}

async fn replace(registration: Registration, admin: &Administration) -> Result<Answer> {
    let (consent, lifetime) = (registration.consent, registration.secret_lifetime);
    let asked = registration.client(admin.now())?;
    let id = asked.client_id.clone();
    let maker = Maker::of(asked.token_endpoint_auth_method, lifetime, admin).await?;
    let mut secret = None;
    let clients = admin.directory.clients();
    let replaced = clients.update(&id, |before| {
        let mut client = replacement(asked.clone(), consent, before);
        secret = maker.first_secret(&mut client, admin);
        ensure!(
            secret.is_some() || lifetime.is_none(),
            "{id} keeps the secret that it has; doorward client rotate-secret {id} --lifetime gives it one that ends"
        );
        anyhow::Ok(client)
    });
    let client = present(replaced.await?, &id)?;
    admin.record("client replace", id.to_string()).await?;
    let replaced = view::answer(&client, secret.as_ref(), admin.now())?;
    Ok(certificates::with_warning(replaced, &client, admin))
}

/// The client that is asked for, with what stays of the one that was there before.
fn replacement(
    asked: Registered,
    consent: Option<ConsentPolicy>,
    before: &Registered,
) -> Registered {
    Registered {
        created_at: before.created_at,
        secrets: before.secrets_kept_for(asked.token_endpoint_auth_method),
        // From now on it may ask for this, whatever it says itself.
        dynamic: before.dynamic.clone().map(|dynamic| Dynamic {
            allowed_scope: Some(asked.scope.clone()),
            allowed_authorization_details_types: Some(asked.authorization_details_types.clone()),
            ..dynamic
        }),
        // Nobody answers for an application that registered itself without saying so.
        consent: match (consent, &before.dynamic) {
            (None, Some(_)) => before.consent,
            _ => asked.consent,
        },
        ..asked
    }
}

/// The client that was changed; an error that says so when there is none.
fn present(updated: Updated, id: &ClientId) -> Result<Arc<Registered>> {
    let client = updated.present();
    client.with_context(|| format!("there is no client {id}"))
}

fn list(admin: &Administration) -> Result<Answer> {
    let clients = admin.directory.clients();
    let unreadable = Unreadable {
        names: clients.unreadable(),
        member: "client_id",
        remove: "doorward client remove",
    };
    let clients = clients.list();
    let rows: Vec<[String; 3]> = clients
        .iter()
        .map(|client| {
            let method = client.token_endpoint_auth_method.as_str().to_owned();
            [
                client.client_id.to_string(),
                client.client_name.clone(),
                method,
            ]
        })
        .collect();
    let views = clients
        .iter()
        .map(|client| view::members(client, admin.now()));
    let views: Vec<_> = views.chain(unreadable.views()).collect();
    let text = table(["ID", "NAME", "AUTHENTICATION"], &rows, "no clients");
    Ok(Answer::new(&views, unreadable.below(text))?)
}

async fn remove(id: &ClientId, admin: &Administration) -> Result<Answer> {
    let removed = admin.directory.clients().remove(id, admin.now()).await?;
    ensure!(removed, "there is no client {id}");
    admin.record("client remove", id.to_string()).await?;
    Ok(Answer::new(
        &json!({ "client_id": id }),
        format!("removed the client {id}"),
    )?)
}

impl RotateSecret {
    async fn run(&self, admin: &Administration) -> Result<Answer> {
        let method = registered(&self.id, admin)?.token_endpoint_auth_method;
        ensure!(
            method.needs_secret(),
            "{} is registered for {} and has no secret",
            self.id,
            method.as_str()
        );
        let maker = Maker::of(method, self.lifetime, admin).await?;
        let (secret, made) = maker.make(admin);
        let clients = admin.directory.clients();
        let rotated = clients.update(&self.id, |before| self.rotated(before, method, &made));
        let client = present(rotated.await?, &self.id)?;
        admin
            .record("client rotate-secret", self.id.to_string())
            .await?;
        view::answer(&client, Some(&secret), admin.now())
    }

    /// The client with the secret that was made, and with the old one for as long as that is to work.
    fn rotated(
        &self,
        before: &Registered,
        method: AuthMethod,
        made: &ClientSecret,
    ) -> Result<Registered> {
        ensure!(
            before.token_endpoint_auth_method == method,
            "{} was registered anew just now; try again",
            self.id
        );
        let mut client = before.clone();
        let overlap = self.overlap.unwrap_or_default();
        client.rotate_secret(made.clone(), overlap, made.created_at);
        Ok(client)
    }
}

fn span(text: &str) -> Result<Duration, &'static str> {
    crate::configuration::parse_span(text)
        .map(Duration::from_secs)
        .ok_or("allowed is a time such as 90s, 10m, 24h or 7d")
}
