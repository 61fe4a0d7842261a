//! Who calls, as their token says.

use std::sync::Arc;

use axum::http::request::Parts;
use doorward_core::api_token::{ActsFor, ApiToken, ApiTokenRefused, FoundToken, PresentedApiToken};
use doorward_core::bearer::{BearerRefused, presented};
use doorward_core::confirmation::TokenType;
use doorward_core::event::Reference;
use doorward_core::identifiers::PersonId;
use doorward_core::parameters::Parameters;

use super::error::ApiError;
use crate::access_token::authorization;
use crate::api_tokens::{Shown, ShownTo, agent, check};
use crate::client_address;
use crate::form;
use crate::provider::App;

/// Who calls.
pub(super) struct Caller {
    /// The person that the token acts for.
    pub(super) person: PersonId,
    found: Arc<FoundToken>,
}

impl Caller {
    /// Whoever shows a token that works here and has this `scope`. It stands in the header alone
    /// ([RFC 6750 section 2.1](https://www.rfc-editor.org/rfc/rfc6750#section-2.1)).
    pub(super) async fn with(
        scope: &'static str,
        app: &App,
        reference: Reference,
        parts: &Parts,
    ) -> Result<Self, ApiError> {
        let token = shown(parts)?;
        let shown = Shown {
            address: client_address::client(parts, &app.settings.trusted_proxies),
            agent: agent(&parts.headers),
            to: ShownTo::Somebody,
            reference,
        };
        let checked = check(app, &token, shown).await?;
        match checked.found.token.acts_for {
            ActsFor::Person(person) if checked.working.scope.contains(scope) => Ok(Self {
                person,
                found: checked.found,
            }),
            _ => Err(ApiError::Scope(scope)),
        }
    }

    /// The token that is shown.
    pub(super) fn token(&self) -> &ApiToken {
        &self.found.token
    }

    /// Another token of the same person, as it is known with what the caller's own tells of who is behind it.
    pub(super) fn beside(&self, token: ApiToken) -> FoundToken {
        FoundToken {
            token,
            secret_ends_at: None,
            standing: self.found.standing.clone(),
        }
    }

    /// How whoever is behind the token stands.
    pub(super) fn found(&self) -> &FoundToken {
        &self.found
    }

    /// The token of this id, if it acts for the same person: those of others are as good as absent.
    pub(super) async fn own(&self, app: &App, id: &str) -> Result<FoundToken, ApiError> {
        let id = id.parse().map_err(|_| ApiError::Absent)?;
        let found = app.directory.api_tokens().by_id(id).await?;
        found
            .filter(|found| found.token.acts_for == self.token().acts_for)
            .ok_or(ApiError::Absent)
    }
}

fn shown(parts: &Parts) -> Result<PresentedApiToken, BearerRefused> {
    let query = form::query(parts).map_err(|_| BearerRefused::Misplaced)?;
    let nothing = Parameters::default();
    let presented = presented(authorization(&parts.headers)?, &nothing, &query)?;
    match presented.scheme {
        TokenType::Dpop => Err(BearerRefused::Unbound),
        TokenType::Bearer => Ok(PresentedApiToken::parse(presented.token)
            .ok_or(BearerRefused::ApiToken(ApiTokenRefused::Unknown))?),
    }
}
