//! Access tokens at sites. Every kind of token comes in here, and leaves as what its holder may do.

use std::net::IpAddr;
use std::sync::Arc;

use axum::http::HeaderMap;
use doorward_core::access_token::{AccessTokenClaims, AccessTokenFallen, Subject};
use doorward_core::api_token::usage::Agent;
use doorward_core::api_token::{ActsFor, ApiTokenRefused, PresentedApiToken};
use doorward_core::assertion_issuer::VouchedFor;
use doorward_core::bearer::{BearerRefused, Presented, constrained};
use doorward_core::event::Reference;
use doorward_core::forward_auth::{Caller, Holder};
use doorward_core::person::Person;
use doorward_core::resource_server::Resource;
use doorward_core::scope::Scope;
use doorward_core::secret::SecretHash;
use doorward_core::time::Timestamp;

use crate::access_token::{Living, authorization, living};
use crate::api_tokens::{self, Shown, ShownTo, WorkingApiToken};
use crate::provider::App;
use crate::refusal::BearerError;

/// A token that somebody brings to a site.
#[derive(Clone, Copy)]
pub(super) struct Brought<'a> {
    pub(super) presented: Presented<'a>,
    /// The resource server that it must be for.
    pub(super) resource: &'a Resource,
    /// Where the request came from.
    pub(super) address: IpAddr,
    /// The program that sent it.
    pub(super) agent: Option<Agent>,
    /// The request that asks.
    pub(super) reference: Reference,
}

/// The token that a request has in its header, if it has one.
pub(super) fn token(headers: &HeaderMap) -> Result<Option<Presented<'_>>, BearerRefused> {
    Ok(authorization(headers)?.and_then(Presented::of_header))
}

/// Who holds a token, if it works there and now.
pub(super) async fn bearer(app: &App, brought: Brought<'_>) -> Result<Arc<Caller>, BearerError> {
    match PresentedApiToken::parse(brought.presented.token) {
        Some(token) => api_token(app, &token, brought).await,
        None => access_token(app, brought).await,
    }
}

/// What an API token is known to be is remembered with it, and each request counts as one use.
async fn api_token(
    app: &App,
    token: &PresentedApiToken,
    brought: Brought<'_>,
) -> Result<Arc<Caller>, BearerError> {
    constrained(brought.presented.scheme, None, None, Ok(None))?;
    let shown = Shown {
        address: Some(brought.address),
        agent: brought.agent,
        to: ShownTo::Resource(brought.resource),
        reference: brought.reference,
    };
    let WorkingApiToken { found, working } = api_tokens::check(app, token, shown).await?;
    let servers = app.directory.resource_servers().registry();
    let server = servers.get(brought.resource);
    let server = server.filter(|server| working.resources.contains(&server.resource));
    let server = server.ok_or_else(|| BearerRefused::from(ApiTokenRefused::ForOthers))?;
    Ok(Arc::new(Caller::Token(Holder {
        subject: found.token.acts_for.sub(),
        client: None,
        scope: working.scope.intersection(&server.scopes.scope()),
        person: person(app, &found.token.acts_for).await?,
    })))
}

/// The person for whom a token acts, if it acts for one.
async fn person(app: &App, acts_for: &ActsFor) -> Result<Option<Person>, BearerError> {
    let ActsFor::Person(id) = acts_for else {
        return Ok(None);
    };
    let (key, now) = (SecretHash::of(&id.to_string()), app.now());
    if let Some(known) = app.token_owners.get(key, now) {
        return Ok(Some(known));
    }
    let person = app.directory.people().person(*id).await?;
    if let Some(person) = &person {
        let always = Timestamp::from_millis(i64::MAX);
        app.token_owners.remember(key, person.clone(), now, always);
    }
    Ok(person)
}

async fn access_token(app: &App, brought: Brought<'_>) -> Result<Arc<Caller>, BearerError> {
    let (key, now) = (brought.key(), app.now());
    if let Some(known) = app.token_holders.get(key, now) {
        return Ok(known);
    }
    let living = living(app, brought.presented.token).await?;
    living.claims.is_for(brought.resource.as_str())?;
    let here = living.claims.works_from(Some(brought.address));
    here.map_err(BearerRefused::from)?;
    // A proof would name this request, which the proxy tells of and does not pass on.
    let scheme = brought.presented.scheme;
    constrained(scheme, living.claims.cnf.as_ref(), None, Ok(None))?;
    // What the resource server has today, as at introspection.
    let servers = app.directory.resource_servers().registry();
    let server = servers.get(brought.resource);
    let server = server.ok_or(AccessTokenFallen::ForOthers)?;
    let scope = living.claims.scope.intersection(&server.scopes.scope());
    let ends = Timestamp::from_seconds(living.claims.exp);
    let holder = Arc::new(Caller::Token(holder(living, scope)));
    app.token_holders
        .remember(key, Arc::clone(&holder), now, ends);
    Ok(holder)
}

impl Brought<'_> {
    /// What the answer depends on.
    fn key(&self) -> SecretHash {
        let Presented { scheme, token } = self.presented;
        let (scheme, resource) = (scheme.as_str(), self.resource);
        SecretHash::of(&format!("{scheme} {resource} {} {token}", self.address))
    }
}

fn holder(living: Living, scope: Scope) -> Holder {
    let Living {
        claims, allowed, ..
    } = living;
    Holder {
        subject: subject(&claims),
        client: Some(claims.client_id),
        scope,
        person: allowed.map(|(_, person)| person),
    }
}

fn subject(claims: &AccessTokenClaims) -> String {
    match &claims.subject {
        Subject::EndUser(end_user) => end_user.sub.to_string(),
        Subject::Vouched(vouched) => match &vouched.sub {
            VouchedFor::Person(person) => person.to_string(),
            VouchedFor::Client(client) => client.to_string(),
        },
        Subject::ApiToken(by) => by.sub.clone(),
        Subject::Client { sub } => sub.to_string(),
    }
}
