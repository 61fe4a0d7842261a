//! Tokens, as pages show them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use doorward_core::api_token::{
    ActsFor, ApiToken, ApiTokenRefused, Cause, FoundToken, MANAGE_TOKENS, READ_TOKENS, Rights,
};
use doorward_core::authorization::OwnPage;
use doorward_core::event::ApiTokenChange;
use doorward_core::identifiers::{ApiTokenId, PersonId};
use doorward_core::resource_server::{Resource, ResourceServers};
use doorward_core::secret::Secret;
use doorward_core::time::Timestamp;

use super::usage::usage;
use super::visit::Visit;
use super::{API_TOKENS, address};
use crate::pages::{
    Allowance, AllowedLine, ApiTokenCard, ApiTokenState, ApiTokenUsage, Before, Held,
    ShownApiToken, TokenOf, Why,
};
use crate::refusal::{Failed, PageError};

/// How long before its end a token is said to expire soon.
const SOON: Duration = Duration::from_hours(7 * 24);

/// What is known beside the tokens themselves to show them.
pub(super) struct Shelf {
    now: Timestamp,
    viewer: PersonId,
    servers: Arc<ResourceServers>,
    usage: BTreeMap<ApiTokenId, ApiTokenUsage>,
}

impl Shelf {
    /// For these tokens, as whoever visits is shown them.
    pub(super) async fn of(visit: &Visit, tokens: &[FoundToken]) -> Result<Self, PageError> {
        let ids: Vec<ApiTokenId> = tokens.iter().map(|found| found.token.id).collect();
        Ok(Self {
            now: visit.app.now(),
            viewer: visit.person().id,
            servers: visit.app.directory.resource_servers().registry(),
            usage: usage(&visit.app, &ids).await?,
        })
    }

    pub(super) fn cards(&self, tokens: &[FoundToken]) -> Vec<ApiTokenCard> {
        tokens.iter().map(|found| self.card(found)).collect()
    }

    pub(super) fn card(&self, found: &FoundToken) -> ApiTokenCard {
        let token = &found.token;
        let rights = Rights::of(token.kind(), &found.standing.owner, &self.servers);
        let networks = token.networks.as_ref();
        let usage = self.usage.get(&token.id).cloned();
        ApiTokenCard {
            url: address(OwnPage::ApiToken(token.id)),
            name: token.name.to_string(),
            of: self::of(found),
            allowed: self.allowed(found, &rights),
            networks: networks.map(|list| list.iter().map(ToString::to_string).collect()),
            quota: token.quota,
            created_at: token.created_at,
            rotated_at: token.rotated_at,
            expires_at: token.expires_at,
            state: self.state(found, &rights),
            usage: usage.unwrap_or_default(),
        }
    }

    fn allowed(&self, found: &FoundToken, rights: &Rights) -> Vec<AllowedLine> {
        let token = &found.token;
        let scopes = token.scope.iter().map(|scope| AllowedLine {
            what: self.allowance(scope),
            held: if rights.scope.contains(scope) {
                Held::Still
            } else {
                Held::NoLonger
            },
        });
        let resources = token.resources.iter().map(|resource| AllowedLine {
            what: match self.servers.get(resource) {
                Some(server) => Allowance::Identify {
                    server: server.resource_name.clone(),
                },
                None => Allowance::Gone(resource.as_str().to_owned()),
            },
            held: if rights.resources.contains(resource) {
                Held::Still
            } else {
                Held::NoLonger
            },
        });
        scopes.chain(resources).collect()
    }

    fn allowance(&self, scope: &str) -> Allowance {
        match scope {
            READ_TOKENS => return Allowance::ReadTokens,
            MANAGE_TOKENS => return Allowance::ManageTokens,
            _ => {}
        }
        let server = self.servers.of_scope(scope);
        let known = server.and_then(|server| Some((server, server.scopes.allows(scope)?)));
        match known {
            Some((server, words)) => Allowance::At {
                server: server.resource_name.clone(),
                words: words.to_owned(),
            },
            None => Allowance::Gone(scope.to_owned()),
        }
    }

    fn state(&self, found: &FoundToken, rights: &Rights) -> ApiTokenState {
        let token = &found.token;
        let ends_before = |at: Timestamp| token.expires_at.is_some_and(|end| end <= at);
        match found.is_alive(self.now) {
            Err(ApiTokenRefused::Revoked { at, because }) => {
                let why = self.why(because);
                ApiTokenState::Revoked { at, why }
            }
            _ if ends_before(self.now) => ApiTokenState::Expired,
            Err(ApiTokenRefused::Suspended { at, because }) => {
                let why = self.why(because);
                ApiTokenState::Suspended { at, why }
            }
            Err(ApiTokenRefused::Restored(at)) => ApiTokenState::Restored { at },
            Err(_) => ApiTokenState::Disabled,
            Ok(()) if nothing_is_left(found, rights) => ApiTokenState::NothingLeft,
            Ok(()) if ends_before(self.now.plus(SOON)) => ApiTokenState::ExpiresSoon,
            Ok(()) => ApiTokenState::Works,
        }
    }

    /// An address where a token may be shown: the first API's, or ours.
    fn example(&self, token: &ApiToken, issuer: &str) -> Option<String> {
        let reached = self.servers.reached(&token.scope, &token.resources);
        let mut addresses = reached.into_keys().map(Resource::as_str);
        let first = addresses
            .find(|address| address.starts_with("https://") || address.starts_with("http://"));
        let manages = token
            .scope
            .iter()
            .any(|scope| [READ_TOKENS, MANAGE_TOKENS].contains(&scope));
        let ours = manages.then(|| format!("{issuer}/api/v1/tokens"));
        first.map(str::to_owned).or(ours)
    }

    /// Why a token was stopped, as whoever visits is told.
    pub(super) fn why(&self, because: Cause) -> Why {
        match because {
            Cause::Person { person } if person == self.viewer => Why::You,
            Cause::Person { .. } => Why::SomebodyElse,
            Cause::Operator => Why::Operator(None),
            Cause::OperatorBecause { words } => Why::Operator(Some(words)),
            Cause::Leak => Why::Leak,
            Cause::Signal { words } => Why::Signal(words),
        }
    }
}

fn nothing_is_left(found: &FoundToken, rights: &Rights) -> bool {
    let token = &found.token;
    let scope_left = !token.scope.intersection(&rights.scope).is_empty();
    let named_left = !token.resources.is_disjoint(&rights.resources);
    !(scope_left || token.scope.is_empty() && named_left)
}

/// The page that shows what opens a token, this one time, after this was done to it.
pub(super) async fn secret_page(
    visit: &Visit,
    id: ApiTokenId,
    secret: Secret,
    before: Before,
    change: ApiTokenChange,
) -> Result<Response, PageError> {
    let app = &visit.app;
    let found = app.directory.api_tokens().by_id(id).await?;
    let found = found.ok_or_else(|| Failed("a token was removed while it was made".to_owned()))?;
    visit.note(&found, change);
    let shelf = Shelf::of(visit, std::slice::from_ref(&found)).await?;
    let page = ShownApiToken {
        secret,
        card: shelf.card(&found),
        before,
        example: shelf.example(&found.token, &app.issuer),
        now: shelf.now,
        list_url: API_TOKENS.to_owned(),
    };
    Ok(page.page(visit.texts()).into_response())
}

fn of(found: &FoundToken) -> TokenOf {
    match &found.token.acts_for {
        ActsFor::Person(_) => TokenOf::Person,
        ActsFor::Project { project, .. } => TokenOf::Project(project.to_string()),
        ActsFor::ServiceAccount(id) => {
            let account = found.standing.account.as_ref();
            let name = account.map(|account| account.name.to_string());
            TokenOf::ServiceAccount(name.unwrap_or_else(|| id.to_string()))
        }
    }
}
